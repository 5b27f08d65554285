"""A measure of accountability from its proposal to its end.

proposed --issue--> issued --acknowledge--> acknowledged --reply--> replied --close--> closed; withdrawn from any before closed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid5

from pydantic import Field

from contracts.events.accountability import (
    MeasureAcknowledged,
    MeasureClosed,
    MeasureEvent,
    MeasureIssued,
    MeasureProposed,
    MeasureReplied,
    MeasureReplyOverdue,
    MeasureUnacknowledged,
    MeasureWithdrawn,
)
from contracts.values import Instant, Key, Name, Text, UnitCode
from hazards.domain.accountability.matching import Proposal
from hazards.domain.accountability.rules import MAY_BE_AUTOMATIC, Meaning, MeasureKind, Trigger
from hazards.domain.record import Act, Value
from hazards.domain.refusals import conflict, invalid
from hazards.domain.steps import Moment

MeasureState = Literal["proposed", "issued", "acknowledged", "replied", "closed", "withdrawn"]
MeasureAction = Literal["issue", "acknowledge", "reply", "close", "withdraw"]

FROM: Final[Mapping[MeasureAction, frozenset[MeasureState]]] = MappingProxyType(
    {
        "issue": frozenset({"proposed"}),
        "acknowledge": frozenset({"issued"}),
        "reply": frozenset({"issued", "acknowledged"}),
        "close": frozenset({"issued", "acknowledged", "replied"}),
        "withdraw": frozenset({"proposed", "issued", "acknowledged", "replied"}),
    }
)
"""The states in which an action is possible. A reply says that it was received: it needs no acknowledgement before it."""
BY_BODY: Final[frozenset[MeasureAction]] = frozenset({"issue", "close", "withdraw"})
"""The others are for the addressee."""
_EVENTS: Final = UUID("c0a2f8f6-5d43-5b4e-8f57-1e6f0a3d7b90")


class Measure(Value):
    """A measure. `version` counts its changes from 1."""

    measure_id: UUID
    version: Annotated[int, Field(ge=0)] = 0
    state: MeasureState = "proposed"
    measure: MeasureKind
    meaning: Meaning | None = None
    rule: Key
    rule_owner: Key | None = None
    rule_version: int
    body_unit: UnitCode
    unit: UnitCode
    """The addressee, with a post where it is about a person, or the enterprise that it answers for."""
    post: Key | None = None
    enterprise: Key | None = None
    trigger: Trigger
    about: Key
    subject: Key
    title: Text
    plan_id: Key | None = None
    triggered_at: Instant
    proposed_at: Instant
    acknowledge_within_days: int | None = None
    reply_within_days: int | None = None
    """What the rule says; whoever issues it may say otherwise."""
    text: Text | None = None
    automatic: bool = False
    issued_at: Instant | None = None
    issued_by: Name | None = None
    """The token's subject of the person who decided; None: a light one that followed from its rule."""
    acknowledge_by: Instant | None = None
    acknowledged_at: Instant | None = None
    unacknowledged: bool = False
    """`acknowledge_by` passed first."""
    reply_by: Instant | None = None
    reply: Text | None = None
    replied: Act | None = None
    reply_overdue: bool = False
    ended: Act | None = None
    ending: Text | None = None


@dataclass(frozen=True, slots=True)
class MeasureStep:
    """A change. `after.version` is the sequence of the event."""

    after: Measure
    event: MeasureEvent
    event_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the addressee is told, and by when it acknowledges and replies."""

    text: str | None = None
    acknowledge_by: datetime | None = None
    reply_by: datetime | None = None


def propose(proposal: Proposal, now: datetime) -> MeasureStep:
    """Make a measure of what a rule asks for."""
    match = proposal.match
    rule, occurrence = match.rule, match.occurrence
    measure = Measure(
        measure_id=proposal.measure_id,
        version=1,
        measure=rule.measure,
        meaning=rule.meaning,
        rule=rule.id,
        rule_owner=match.rules.owner,
        rule_version=match.rules.version,
        body_unit=proposal.body_unit,
        unit=proposal.unit,
        post=proposal.post,
        enterprise=proposal.enterprise,
        trigger=occurrence.trigger,
        about=occurrence.about,
        subject=occurrence.subject,
        title=occurrence.title,
        plan_id=occurrence.plan_id,
        triggered_at=occurrence.at,
        proposed_at=now,
        acknowledge_within_days=rule.acknowledge_within_days,
        reply_within_days=rule.reply_within_days,
        text=rule.text,
    )
    facts = {"rule": rule.id, "rule_owner": match.rules.owner, "rule_version": match.rules.version}
    occurred_at = max(occurrence.at, match.check_at() or occurrence.at)
    event = MeasureProposed(**_named(measure), occurred_at=occurred_at, recorded_at=now, **facts)
    return MeasureStep(measure, event, uuid5(_EVENTS, f"proposed:{measure.measure_id}"))


def issue(measure: Measure, moment: Moment, terms: Terms) -> MeasureStep:
    """A person of the competent body decides it.

    Raises:
        RefusedError: conflict, it is not a proposal; invalid, a deadline is not in the future, or the reply comes first.
    """
    for field, due in (("acknowledge_by", terms.acknowledge_by), ("reply_by", terms.reply_by)):
        if due is not None and due <= moment.at:
            raise invalid(field, "a deadline lies in the future")
    if terms.acknowledge_by and terms.reply_by and terms.reply_by < terms.acknowledge_by:
        raise invalid("reply_by", "a reply is not due before the acknowledgement")
    issued = {"issued_at": moment.at, "issued_by": moment.actor.subject, **_terms(measure, terms)}
    facts = {"automatic": False, **_terms(measure, terms)}
    return _step(measure, "issue", moment, MeasureIssued, facts, {"state": "issued", **issued})


def issue_by_rule(measure: Measure, terms: Terms, now: datetime) -> MeasureStep:
    """Issue a light one because its rule says so.

    Raises:
        ValueError: it is not a light one; no rule can say so of it.
    """
    if measure.measure not in MAY_BE_AUTOMATIC:
        raise ValueError(f"{measure.measure} is never automatic")
    told = _terms(measure, terms)
    changes = {"state": "issued", "automatic": True, "issued_at": now, **told, "version": measure.version + 1}
    after = measure.model_copy(update=changes)
    event = MeasureIssued(**_named(after), occurred_at=now, recorded_at=now, automatic=True, **told)
    return MeasureStep(after, event, uuid5(_EVENTS, f"issued:{measure.measure_id}"))


def acknowledge(measure: Measure, moment: Moment) -> MeasureStep:
    """The addressee confirms that it has it."""
    facts = {"on_time": _in_time(moment.at, measure.acknowledge_by)}
    return _step(
        measure, "acknowledge", moment, MeasureAcknowledged, facts, {"state": "acknowledged", "acknowledged_at": moment.at}
    )  # fmt: skip


def reply(measure: Measure, moment: Moment, text: str) -> MeasureStep:
    """The addressee says what it does about it."""
    facts = {"text": text, "on_time": _in_time(moment.at, measure.reply_by)}
    changes = {"state": "replied", "reply": text, "replied": moment.act()}
    return _step(measure, "reply", moment, MeasureReplied, facts, changes)


def close(measure: Measure, moment: Moment, note: str | None) -> MeasureStep:
    """The competent body is content.

    Raises:
        RefusedError: conflict, a reply was asked for and has not come.
    """
    if measure.reply_by is not None and measure.replied is None:
        raise conflict("state", "a reply was asked for: withdraw the measure, or wait for it")
    return _step(
        measure, "close", moment, MeasureClosed, {"note": note}, {"state": "closed", "ended": moment.act(), "ending": note}
    )  # fmt: skip


def withdraw(measure: Measure, moment: Moment, reason: str) -> MeasureStep:
    """The competent body drops it."""
    changes = {"state": "withdrawn", "ended": moment.act(), "ending": reason}
    return _step(measure, "withdraw", moment, MeasureWithdrawn, {"reason": reason}, changes)


def fires_at(measure: Measure) -> datetime | None:
    """When time changes it next."""
    return min((due for due, _ in _waiting(measure)), default=None)


def passed(measure: Measure, now: datetime) -> list[MeasureStep]:
    """Let everything up to `now` pass; each deadline is told once, and occurred when it was due."""
    steps: list[MeasureStep] = []
    while (due := min(_waiting(measure), default=None)) is not None and due[0] <= now:
        steps.append(_pass(measure, *due, now))
        measure = steps[-1].after
    return steps


def _waiting(measure: Measure) -> Iterator[tuple[datetime, Literal["acknowledgement", "reply"]]]:
    if measure.state == "issued" and measure.acknowledge_by is not None and not measure.unacknowledged:
        yield measure.acknowledge_by, "acknowledgement"
    if measure.state in ("issued", "acknowledged") and measure.reply_by is not None and not measure.reply_overdue:
        yield measure.reply_by, "reply"


def _pass(measure: Measure, due: datetime, what: Literal["acknowledgement", "reply"], now: datetime) -> MeasureStep:
    flag = "unacknowledged" if what == "acknowledgement" else "reply_overdue"
    after = measure.model_copy(update={flag: True, "version": measure.version + 1})
    event: MeasureEvent
    if what == "acknowledgement":
        event = MeasureUnacknowledged(**_named(after), occurred_at=due, recorded_at=now, acknowledge_by=due)
    else:
        event = MeasureReplyOverdue(**_named(after), occurred_at=due, recorded_at=now, reply_by=due)
    return MeasureStep(after, event, uuid5(_EVENTS, f"{what}:{measure.measure_id}"))


def _step(
    measure: Measure,
    action: MeasureAction,
    moment: Moment,
    event: type[MeasureEvent],
    facts: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> MeasureStep:
    if measure.state not in FROM[action]:
        raise conflict("state", f"the measure is {measure.state}: {action} is not possible")
    after = measure.model_copy(update={**changes, "version": measure.version + 1})
    told = event(**_named(after), occurred_at=moment.occurred_at, recorded_at=moment.at, actor=moment.actor, **facts)
    return MeasureStep(after, told)


def _terms(measure: Measure, terms: Terms) -> dict[str, Any]:
    return {"text": terms.text or measure.text, "acknowledge_by": terms.acknowledge_by, "reply_by": terms.reply_by}


def _in_time(at: datetime, due: datetime | None) -> bool | None:
    return None if due is None else at < due


def _named(measure: Measure) -> dict[str, Any]:
    return {
        "measure_id": str(measure.measure_id),
        "addressee_unit": measure.unit,
        "addressee_post": measure.post,
        "addressee_enterprise": measure.enterprise,
        **measure.model_dump(include={"measure", "meaning", "body_unit", "trigger", "about", "subject", "title", "plan_id"}),
    }
