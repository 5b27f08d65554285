"""What senders and receipts do to notifications: begin calls, ask for receipts, settle what was learnt, take over from the dead.

Locks are taken in one order everywhere, notifications by id and then alerts by id, so that no two callers wait for each other.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.events.notifications import (
    NotificationDelivered,
    NotificationEvent,
    NotificationFailed,
    NotificationSubmitted,
)
from notify.domain.notification import Policy, State
from notify.domain.transition import Abandoned, Answered, Asked, Begin, Fact, Reported, transition
from notify.providers.base import Accepted, Channel, Delivered, Outcome, Receipt, ReceiptStatus, Refused, Unknown
from notify.store import alerts, notifications
from notify.store.notifications import Filed, Note
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.telemetry import mask_mobile

_NOT_IN_A_CODE: Final = re.compile(r"[^0-9A-Za-z_.:-]+")
_CODE_CHARACTERS: Final = 64
_TEXT_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Learnt:
    """A fact about a notification. `lease` is that of the sender whose work on it ends with this fact."""

    notification_id: UUID
    fact: Fact
    lease: UUID | None = None


async def begin_calls(
    connection: Connection, channel: Channel, lease: UUID, now: datetime, limit: int, policy: Policy
) -> list[Filed]:
    """Claim due notifications and write down, before any call, that a call is about to be made.

    Returns all that were due: those to send are `sending` now, the others were too old.
    """
    due = await notifications.claim_attempts(connection, channel, now, limit)
    after = [each.now_known(transition(each.known, Begin(), now, policy)) for each in due]
    begun = [each.leased(lease) for each in after if each.known.state is State.SENDING]
    ended = [each for each in after if each.known.state is not State.SENDING]
    await notifications.save(connection, [*begun, *ended])
    await notifications.begin_attempts(connection, begun, now)
    await _publish(connection, zip(due, after, strict=True), now)
    return [*begun, *ended]


async def begin_queries(connection: Connection, channel: Channel, lease: UUID, now: datetime, limit: int) -> list[Filed]:
    """Claim notifications of which the provider is to be asked."""
    due = [each.leased(lease) for each in await notifications.claim_queries(connection, channel, now, limit)]
    await notifications.save(connection, due)
    return due


async def settle(connection: Connection, learnt: Sequence[Learnt], now: datetime, policy: Policy) -> None:
    """Write what was learnt about notifications, and tell others of what it changed. Facts about unknown ids are dropped."""
    filed = await notifications.lock(connection, {each.notification_id for each in learnt})
    before = dict(filed)
    changes: list[tuple[Filed, Filed]] = []
    notes: dict[tuple[UUID, int], Note] = {}
    for each in learnt:
        if (found := filed.get(each.notification_id)) is None:
            continue
        fact = _storable(each.fact)
        if (note := _note(found, fact)) is not None:
            place = note.notification_id, note.attempt
            notes[place] = notes[place].followed_by(note) if place in notes else note
        leased_by = None if each.lease == found.leased_by else found.leased_by
        filed[found.id] = found.now_known(transition(found.known, fact, now, policy)).leased(leased_by)
        changes += _steps(found, fact, filed[found.id])
    await notifications.save(connection, [each for each in filed.values() if each != before[each.id]])
    await notifications.note(connection, list(notes.values()), now)
    await _publish(connection, changes, now)


def _steps(before: Filed, fact: Fact, after: Filed) -> list[tuple[Filed, Filed]]:
    """What others are told of a change. A receipt for a call whose answer has not come says that it was accepted, too: the
    events are the same whichever of the two comes first."""
    receipt = fact.receipt if isinstance(fact, Asked | Reported) else None
    seen = before.known.state not in {State.SENDING, State.UNKNOWN} or before.known.state is after.known.state
    if seen or receipt is None or receipt.status not in {ReceiptStatus.DELIVERED, ReceiptStatus.FAILED}:
        return [(before, after)]
    accepted = before.now_known(replace(before.known, state=State.SUBMITTED, reference=receipt.reference))
    return [(before, accepted), (accepted, after)]


async def take_over(connection: Connection, lease: UUID, now: datetime, policy: Policy, besides: Sequence[UUID] = ()) -> int:
    """Release what a dead sender had in its hands, but for `besides`; return how many notifications that were."""
    left = await notifications.lock_leased(connection, lease, besides)
    await settle(connection, [Learnt(each.id, Abandoned(), lease) for each in left], now, policy)
    return len(left)


async def _publish(connection: Connection, changes: Iterable[tuple[Filed, Filed]], now: datetime) -> None:
    made = [
        (after.alert_id, event)
        for before, after in changes
        if before.known.state is not after.known.state and (event := _event(after, now)) is not None
    ]
    if not made:
        return
    last = await alerts.count_events(connection, Counter(alert_id for alert_id, _ in made))
    outgoing: list[Outgoing] = []
    for alert_id, event in made:
        last[alert_id] += 1
        outgoing.append(Outgoing(event, sequence=last[alert_id]))
    await outbox.append(connection, outgoing)


def _event(filed: Filed, now: datetime) -> NotificationEvent | None:
    known = filed.known
    common = {
        "occurred_at": now,
        "recorded_at": now,
        "alert_id": str(filed.alert_id),
        "reason": filed.reason,
        "about": filed.about,
        "raised_at": known.raised_at,
        "notification_id": str(filed.id),
        "unit": filed.unit,
        "role": filed.role,
        "channel": known.channel,
        "attempt": known.attempts,
    }
    match known.state:
        case State.SUBMITTED:
            return NotificationSubmitted.model_validate(common | {"reference": known.reference or None})
        case State.DELIVERED:
            return NotificationDelivered.model_validate(common)
        case State.FAILED:
            return NotificationFailed.model_validate(common | {"code": known.code})
        case _:
            return None


def _note(filed: Filed, fact: Fact) -> Note | None:
    match fact:
        case Answered(attempt, _, outcome):
            return _end_of_call(Note(filed.id, attempt), outcome)
        case Abandoned() if filed.known.state is State.SENDING:
            return Note(filed.id, filed.known.attempts, "unknown", detail="the sender died")
        case Asked(attempt, _, receipt) if receipt is not None:
            return Note(filed.id, attempt, receipt=receipt.status)
        case Reported(receipt):
            return Note(filed.id, filed.known.attempts, receipt=receipt.status)
        case _:
            return None


def _end_of_call(note: Note, outcome: Outcome) -> Note:
    match outcome:
        case Accepted() | Delivered():
            return replace(note, outcome=type(outcome).__name__.lower())
        case Refused(code, detail):
            return replace(note, outcome="refused", code=code, detail=mask_mobile(detail))
        case Unknown(reason):
            return replace(note, outcome="unknown", detail=mask_mobile(reason))


def _storable(fact: Fact) -> Fact:
    """Make what a provider wrote fit for the database and for events."""
    match fact:
        case Answered(_, _, Accepted(reference)):
            return replace(fact, outcome=Accepted(_text(reference)))
        case Answered(_, _, Delivered(reference)):
            return replace(fact, outcome=Delivered(_text(reference) if reference else None))
        case Answered(_, _, Refused(code, detail) as outcome):
            return replace(fact, outcome=replace(outcome, code=_code(code), detail=_text(detail)))
        case Answered(_, _, Unknown(reason)):
            return replace(fact, outcome=Unknown(_text(reason)))
        case Asked(_, _, Receipt() as receipt) | Reported(receipt):
            reference = _text(receipt.reference) if receipt.reference else None
            return replace(fact, receipt=replace(receipt, code=_code(receipt.code), reference=reference))
        case _:
            return fact


def _text(text: str) -> str:
    # Neither NUL nor half a surrogate pair can be stored.
    return text.encode(errors="ignore").decode().replace("\0", "")[:_TEXT_CHARACTERS]


def _code(code: str | None) -> str:
    return _NOT_IN_A_CODE.sub("_", code or "")[:_CODE_CHARACTERS] or "unspecified"
