"""Putting enterprises under supervision by name, and what follows until they are delisted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Concatenate, Final, ParamSpec

from hazards.commands import accountability, listing_duties
from hazards.domain import enterprises
from hazards.domain.accountability.occurrences import of_enterprise
from hazards.domain.enterprises import EnterpriseListing, EnterpriseStep, EnterpriseTrigger, Supervised
from hazards.domain.numbers import against_occurrence
from hazards.domain.record import Grade
from hazards.domain.refusals import RefusedError
from hazards.domain.steps import Moment
from hazards.store import changes, listings
from hazards.store import enterprises as store
from hazards.store.changes import Changed
from hazards.store.listings import Ending, Supervision
from servicekit import outbox, units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.outbox import Outgoing
from servicekit.problems import conflict, forbidden, invalid, not_found

P = ParamSpec("P")
LISTERS: Final = ("office",)
TELLERS: Final = ("office", "submitter")


@dataclass(frozen=True, slots=True)
class EnterpriseCall:
    """An action on an enterprise as it came in, in its transaction. `at`: when the request arrived."""

    connection: Connection
    principal: Principal
    code: str
    at: datetime
    version: int | None = None
    occurred_at: datetime | None = None

    def moment(self) -> Moment:
        """Who acts when, for its own unit.

        Raises:
            Problem: 422 it happened in the future, or before what can be recorded.
        """
        if self.occurred_at is not None and (reason := against_occurrence(self.occurred_at, self.at)):
            raise invalid("occurred_at", reason)
        caller = self.principal
        return Moment(self.at, caller.actor(), caller.acting_unit(), self.occurred_at or self.at)


@dataclass(frozen=True, slots=True)
class NewListing:
    """What is said of an enterprise that is to be listed."""

    name: str
    unit: str
    trigger: EnterpriseTrigger
    reason: str
    grade: Grade | None
    plan_id: str | None
    progress_every_days: int | None


async def put_on_list(call: EnterpriseCall, said: NewListing) -> Supervised:
    """Put an enterprise that a unit below the caller's answers for under supervision.

    Raises:
        Problem: 403 wrong role, the unit is foreign or the caller's own, or the policy names another level; 404 unknown unit;
            409 it is listed, or another version; 422 the day of publication lies past the published calendar.
    """
    connection = call.connection
    call.principal.require(*LISTERS)
    moment = call.moment()
    answering = await units.in_scope(connection, call.principal, said.unit)
    if answering.code == moment.unit:
        raise forbidden("a body above the unit that answers for the enterprise lists it")
    if answering.retired(call.at):
        raise conflict(f"unit {answering.code} is retired", "unit")
    duties = await listing_duties.of(connection, moment.unit, said.grade, said.plan_id, call.at)
    every = said.progress_every_days or duties.progress_every_days
    listing = EnterpriseListing(
        **moment.acted(),
        trigger=said.trigger,
        reason=said.reason,
        grade=said.grade,
        plan_id=said.plan_id,
        listed_at=call.at,
        publish_by=duties.publish_by,
        progress_every_days=every,
        progress_due_at=None if every is None else call.at + timedelta(days=every),
    )
    enterprise = await store.lock_first(connection, Supervised(code=call.code, name=said.name, unit=said.unit))
    enterprise = await _settled_at_version(call, enterprise)
    if enterprise.listing is None:
        enterprise = enterprise.model_copy(update={"name": said.name, "unit": said.unit})
    return await _apply(call, enterprise, enterprises.put_on_list, listing)


async def publish(call: EnterpriseCall, *, where: str) -> Supervised:
    """Say where the listing was made public. Raises what `_held` raises; 409 it was."""
    return await _apply(call, await _held(call, "lister"), enterprises.publish, where)


async def raise_to(call: EnterpriseCall, *, reason: str) -> Supervised:
    """Take the supervision over from a lower body. Raises what `_held` raises."""
    return await _apply(call, await _held(call, "above_lister"), enterprises.raise_to, reason)


async def tell_progress(call: EnterpriseCall, *, text: str) -> Supervised:
    """Tell the listing body how far it is. Raises what `_held` raises."""
    return await _apply(call, await _held(call, "answering"), enterprises.tell_progress, text)


async def delist(call: EnterpriseCall, *, reason: str) -> Supervised:
    """End the supervision. Raises what `_held` raises."""
    return await _apply(call, await _held(call, "lister"), enterprises.delist, reason)


async def sees(connection: Connection | Pool, principal: Principal, enterprise: Supervised) -> bool:
    """Whether the caller's unit, or one below it, answers for the enterprise or lists it."""
    unit = principal.subtree()
    named = {enterprise.unit, *({enterprise.listing.unit} if enterprise.listing else ())}
    return unit is None or bool(await units.reached(connection, named, unit))


async def settled(connection: Connection, due: Sequence[Supervised], now: datetime) -> list[Supervised]:
    """Let what has fallen due of locked enterprises pass; return them as they stand then (docs/adr/0007)."""
    steps = [step for each in due for step in enterprises.passed(each, now)]
    if steps:
        await _keep(connection, steps)
    last = {step.after.code: step.after for step in steps}
    return [last.get(each.code, each) for each in due]


async def _held(call: EnterpriseCall, needed: str) -> Supervised:
    """Hold a listed enterprise for a caller that is what is needed.

    Raises:
        Problem: 403 wrong role, foreign unit or another part in it; 404 unknown; 409 another version, or not listed.
    """
    call.principal.require(*(TELLERS if needed == "answering" else LISTERS))
    caller = call.principal.acting_unit()
    enterprise = await store.lock(call.connection, call.code)
    if enterprise is None or enterprise.version == 0:
        raise not_found("code", call.code)
    if not await sees(call.connection, call.principal, enterprise):
        raise forbidden(f"the enterprise lies outside the subtree of {caller}")
    enterprise = await _settled_at_version(call, enterprise)
    if enterprise.listing is None:
        raise conflict("the enterprise is not listed", "listing", version=enterprise.version)
    lister = enterprise.listing.unit
    above = caller != lister and await units.within(call.connection, lister, caller)
    if not {"answering": caller == enterprise.unit, "lister": caller == lister, "above_lister": above}[needed]:
        who = {"answering": enterprise.unit, "lister": lister, "above_lister": f"a unit above {lister}"}[needed]
        raise forbidden(f"this is for {who}")
    return enterprise


async def _settled_at_version(call: EnterpriseCall, enterprise: Supervised) -> Supervised:
    enterprise = (await settled(call.connection, [enterprise], call.at))[0]
    if call.version is not None and call.version != enterprise.version:
        raise conflict(f"the enterprise is at version {enterprise.version}: read it again", "version", version=enterprise.version)
    return enterprise


async def _apply(
    call: EnterpriseCall,
    enterprise: Supervised,
    decide: Callable[Concatenate[Supervised, Moment, P], EnterpriseStep],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Supervised:
    try:
        step = decide(enterprise, call.moment(), *args, **kwargs)
    except RefusedError as refused:
        raise conflict(refused.reason, refused.field, version=enterprise.version) from refused
    await _keep(call.connection, [step])
    return step.after


async def _keep(connection: Connection, steps: Sequence[EnterpriseStep]) -> None:
    last = {step.after.code: step for step in steps}
    await store.update(connection, [step.after for step in last.values()])
    await changes.add(connection, "enterprise", [Changed(step.after.version, step.event) for step in steps])
    await outbox.append(connection, [Outgoing(step.event, step.after.version, step.event_id) for step in steps])
    listed = [_supervision(step.after, step.after.listing) for step in last.values() if step.after.listing]
    ended = [_ending(step) for step in last.values() if step.after.listing is None]
    await listings.keep(connection, listed, ended)
    occurrences = [each for step in steps if (each := of_enterprise(step.event, step.after.version)) is not None]
    await accountability.evaluate(connection, occurrences, steps[-1].event.recorded_at)


def _supervision(enterprise: Supervised, listing: EnterpriseListing) -> Supervision:
    return Supervision(
        kind="enterprise",
        subject=enterprise.code,
        title=enterprise.name,
        units=(enterprise.unit,),
        listing_unit=listing.unit,
        trigger=listing.trigger,
        reason=listing.reason,
        listed_at=listing.listed_at,
        grade=listing.grade,
        plan_id=listing.plan_id,
        publish_by=listing.publish_by,
        published_at=listing.published_at,
        progress_due_at=listing.progress_due_at,
    )


def _ending(step: EnterpriseStep) -> Ending:
    reason = getattr(step.event, "reason", "")
    return Ending("enterprise", step.after.code, step.event.occurred_at, reason)
