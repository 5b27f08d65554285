"""An enterprise under supervision by name (挂牌督办): the same duties as those of a listed hazard."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid5

from pydantic import Field

from contracts.events.enterprises import (
    EnterpriseDelisted,
    EnterpriseEvent,
    EnterpriseListed,
    EnterpriseProgressed,
    EnterpriseProgressOverdue,
    EnterprisePublished,
    EnterpriseRaised,
    EnterpriseUnpublished,
)
from contracts.values import Instant, Key, Name, Text, UnitCode
from hazards.domain.record import Act, Grade, Value
from hazards.domain.refusals import conflict
from hazards.domain.steps import Moment

EnterpriseTrigger = Literal["overdue", "major", "serious_violation", "repeated", "other"]
_EVENTS: Final = UUID("0d0c6a1e-3f6c-5a3b-9c0f-2f4f8f0f7c11")


class EnterpriseListing(Act):
    """A supervision; `unit` is the listing body."""

    trigger: EnterpriseTrigger
    reason: Text
    grade: Grade | None = None
    plan_id: Key | None = None
    listed_at: Instant
    """Raising it changes `at` and `unit`, never this."""
    publish_by: Instant | None = None
    published_at: Instant | None = None
    where: Text | None = None
    unpublished: bool = False
    progress_every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    progress_due_at: Instant | None = None


class Supervised(Value):
    """An enterprise. `version` counts its changes from 1; 0: nothing was ever heard of it."""

    code: Key
    name: Name
    unit: UnitCode
    version: int = 0
    listing: EnterpriseListing | None = None


@dataclass(frozen=True, slots=True)
class EnterpriseStep:
    """A change. `after.version` is the sequence of the event; `event_id` is set where the event follows from what is due."""

    before: Supervised
    after: Supervised
    event: EnterpriseEvent
    event_id: UUID | None = None


def put_on_list(enterprise: Supervised, moment: Moment, listing: EnterpriseListing) -> EnterpriseStep:
    """Put it under supervision.

    Raises:
        RefusedError: conflict, it is listed.
    """
    if enterprise.listing is not None:
        raise conflict("listing", f"{enterprise.listing.unit} has listed it: a higher body raises it")
    facts = listing.model_dump(include={"trigger", "reason", "grade", "plan_id", "publish_by", "progress_due_at"})
    return _step(enterprise, moment, EnterpriseListed, facts, listing, listing)


def publish(enterprise: Supervised, moment: Moment, where: str) -> EnterpriseStep:
    """Say where the listing was made public.

    Raises:
        RefusedError: conflict, it was public already, or is not listed.
    """
    listing = listing_of(enterprise)
    if listing.published_at is not None:
        raise conflict("listing", "it is public already")
    after = listing.model_copy(update={"published_at": moment.at, "where": where})
    return _step(enterprise, moment, EnterprisePublished, {"where": where}, listing, after)


def raise_to(enterprise: Supervised, moment: Moment, reason: str) -> EnterpriseStep:
    """Take the supervision over from a lower body."""
    listing = listing_of(enterprise)
    after = listing.model_copy(update=moment.acted())
    return _step(enterprise, moment, EnterpriseRaised, {"previous_unit": listing.unit, "reason": reason}, after, after)


def tell_progress(enterprise: Supervised, moment: Moment, text: str) -> EnterpriseStep:
    """Tell the listing body how far it is; the next telling is due a full interval later."""
    listing = listing_of(enterprise)
    every = listing.progress_every_days
    due = None if every is None else moment.at + timedelta(days=every)
    after = listing.model_copy(update={"progress_due_at": due})
    facts = {"telling_unit": moment.unit, "text": text, "next_due_at": due}
    return _step(enterprise, moment, EnterpriseProgressed, facts, listing, after)


def delist(enterprise: Supervised, moment: Moment, reason: str) -> EnterpriseStep:
    """End the supervision (摘牌)."""
    return _step(enterprise, moment, EnterpriseDelisted, {"reason": reason}, listing_of(enterprise), None)


def listing_of(enterprise: Supervised) -> EnterpriseListing:
    """Return its listing.

    Raises:
        RefusedError: conflict, it has none.
    """
    if enterprise.listing is None:
        raise conflict("listing", "the enterprise is not listed")
    return enterprise.listing


def fires_at(enterprise: Supervised) -> datetime | None:
    """When time changes it next."""
    return min((due for due, _ in _waiting(enterprise)), default=None)


def passed(enterprise: Supervised, now: datetime) -> list[EnterpriseStep]:
    """Let everything up to `now` pass, in the order in which it fell due."""
    steps: list[EnterpriseStep] = []
    while (due := min(_waiting(enterprise), default=None)) is not None and due[0] <= now:
        steps.append(_pass(enterprise, *due, now))
        enterprise = steps[-1].after
    return steps


def _waiting(enterprise: Supervised) -> Iterator[tuple[datetime, Literal["publication", "telling"]]]:
    listing = enterprise.listing
    if listing is None:
        return
    if listing.publish_by is not None and listing.published_at is None and not listing.unpublished:
        yield listing.publish_by, "publication"
    if listing.progress_due_at is not None:
        yield listing.progress_due_at, "telling"


def _pass(enterprise: Supervised, due: datetime, what: Literal["publication", "telling"], now: datetime) -> EnterpriseStep:
    listing = listing_of(enterprise)
    event: EnterpriseEvent
    if what == "publication":
        event = EnterpriseUnpublished(
            **_named(enterprise, listing), occurred_at=due, recorded_at=now, publish_by=due
        )  # fmt: skip
        after = listing.model_copy(update={"unpublished": True})
    else:
        event = EnterpriseProgressOverdue(**_named(enterprise, listing), occurred_at=due, recorded_at=now, due_at=due)
        every = listing.progress_every_days
        after = listing.model_copy(update={"progress_due_at": None if every is None else due + timedelta(days=every)})
    changed = enterprise.model_copy(update={"listing": after, "version": enterprise.version + 1})
    event_id = uuid5(_EVENTS, f"{what}:{enterprise.code}:{changed.version}:{due.isoformat()}")
    return EnterpriseStep(enterprise, changed, event, event_id)


def _step(
    enterprise: Supervised,
    moment: Moment,
    event: type[EnterpriseEvent],
    facts: dict[str, Any],
    told: EnterpriseListing,
    after: EnterpriseListing | None,
) -> EnterpriseStep:
    changed = enterprise.model_copy(update={"listing": after, "version": enterprise.version + 1})
    said = event(
        **_named(enterprise, told), occurred_at=moment.occurred_at, recorded_at=moment.at, actor=moment.actor, **facts
    )  # fmt: skip
    return EnterpriseStep(enterprise, changed, said)


def _named(enterprise: Supervised, listing: EnterpriseListing) -> dict[str, Any]:
    return {**enterprise.model_dump(include={"code", "name", "unit"}), "listing_unit": listing.unit}
