"""The life of one notification: what each new fact makes of it. Pure.

queued → sending → submitted → delivered | failed, and `unknown` whenever nobody can say what became of a call. At most one
call is unsettled at any time: an unknown one is settled by a receipt, by a repeat that the provider drops, or never.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from notify.domain.notification import TERMINAL, Notification, Policy, State, is_expired
from notify.providers.base import Accepted, Channel, Delivered, Outcome, Receipt, ReceiptStatus, Refused, Unknown

EXPIRED: Final = "expired"
NOT_ACCEPTED: Final = "not_accepted"


@dataclass(frozen=True, slots=True)
class Begin:
    """A sender takes a due notification and is about to call the provider."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A provider call came to an end."""

    attempt: int
    channel: Channel
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The process that made the call is dead, and its answer with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A receipt query came to an end; `receipt` is None where the provider has no receipts."""

    attempt: int
    channel: Channel
    receipt: Receipt | None
    repeat_is_safe: bool


@dataclass(frozen=True, slots=True)
class Reported:
    """The provider pushed a receipt. It may come before the answer to the call, twice, or after all was over."""

    receipt: Receipt


Fact = Begin | Answered | Abandoned | Asked | Reported


def transition(known: Notification, fact: Fact, now: datetime, policy: Policy) -> Notification:
    """Return what is known after `fact`; the same object when the fact changes nothing."""
    if known.state in TERMINAL or _is_overtaken(known, fact, now):
        return known
    match fact:
        case Begin():
            return _begin(known, now, policy)
        case Abandoned():
            return _lost_sight(known, now)
        case Answered(_, _, outcome):
            return _answered(known, outcome, now, policy)
        case Asked():
            return _asked(known, fact, now, policy)
        case Reported(receipt):
            return _reported(known, receipt, now, policy)


def _is_overtaken(known: Notification, fact: Fact, now: datetime) -> bool:
    """Whether others were quicker: an answer can be overtaken by a receipt, or by a call on another channel."""
    match fact:
        case Begin():
            return known.next_attempt_at is None or known.next_attempt_at > now
        case Abandoned():
            return known.state is not State.SENDING
        case Answered(attempt, channel):
            return (known.attempts, known.channel) != (attempt, channel) or known.state is State.SUBMITTED
        case Asked(attempt, channel):
            return (known.attempts, known.channel) != (attempt, channel) or known.next_query_at is None
        case Reported():
            return False


def _begin(known: Notification, now: datetime, policy: Policy) -> Notification:
    if is_expired(known, now, policy) or _outside_repeat_window(known, now, policy):
        return _give_up(known, EXPIRED)
    return replace(
        known,
        state=State.SENDING,
        attempts=known.attempts + 1,
        tries=known.tries + 1,
        sent_at=now,
        unsettled_since=known.unsettled_since or now,
        reference=None,
        next_attempt_at=None,
        next_query_at=None,
    )


def _answered(known: Notification, outcome: Outcome, now: datetime, policy: Policy) -> Notification:
    match outcome:
        case Accepted(reference):
            return _submitted(known, reference, now, policy)
        case Delivered(reference):
            return _settled(known, State.DELIVERED, reference=reference, code=None)
        case Refused(code, _, permanent, retry_after_seconds):
            # A refusal settles its own call, not an earlier one that is still unknown.
            earlier = None if known.unsettled_since == known.sent_at else known.unsettled_since
            refused = replace(known, unsettled_since=earlier, code=code)
            if permanent:
                return _elsewhere(refused, code, now, policy)
            return _later(refused, timedelta(seconds=retry_after_seconds or 0), now, policy)
        case Unknown():
            return _lost_sight(known, now)


def _asked(known: Notification, fact: Asked, now: datetime, policy: Policy) -> Notification:
    receipt = fact.receipt
    if receipt is None:
        repeatable = known.state is State.UNKNOWN and fact.repeat_is_safe
        return _later(known, timedelta(0), now, policy) if repeatable else _at_rest(known)
    match receipt.status:
        case ReceiptStatus.DELIVERED:
            return _settled(known, State.DELIVERED, reference=receipt.reference or known.reference, code=None)
        case ReceiptStatus.FAILED:
            return _elsewhere(replace(known, unsettled_since=None), receipt.code, now, policy)
        case ReceiptStatus.PENDING:
            return _submitted(known, receipt.reference or known.reference, now, policy)
        case ReceiptStatus.ABSENT if known.state is State.UNKNOWN:
            return _absent(known, now, policy)
        case _:
            return _ask_again(known, now, policy)


def _reported(known: Notification, receipt: Receipt, now: datetime, policy: Policy) -> Notification:
    if receipt.status is ReceiptStatus.DELIVERED:
        return _settled(known, State.DELIVERED, reference=receipt.reference, code=None)
    awaited = known.channel is Channel.SMS and known.state in (State.SENDING, State.SUBMITTED, State.UNKNOWN)
    # Of several calls, a failure counts only when it is certainly that of the present one; otherwise the query will tell.
    ours = known.tries == 1 if known.reference is None else known.reference == receipt.reference
    if receipt.status is ReceiptStatus.FAILED and awaited and ours:
        return _elsewhere(replace(known, unsettled_since=None), receipt.code, now, policy)
    return known


def _lost_sight(known: Notification, now: datetime) -> Notification:
    return replace(known, state=State.UNKNOWN, next_attempt_at=None, next_query_at=now)


def _submitted(known: Notification, reference: str | None, now: datetime, policy: Policy) -> Notification:
    return _ask_again(replace(known, state=State.SUBMITTED, reference=reference, unsettled_since=None), now, policy)


def _ask_again(known: Notification, now: datetime, policy: Policy) -> Notification:
    sent_at = known.sent_at or now
    instants = (sent_at + after for after in policy.query_after)
    upcoming = next((instant for instant in instants if instant > now), None)
    if upcoming is None:
        return _at_rest(known)
    return replace(known, next_attempt_at=None, next_query_at=upcoming)


def _absent(known: Notification, now: datetime, policy: Policy) -> Notification:
    counts_from = (known.sent_at or now) + policy.patience(known.tries)
    if now < counts_from:
        return replace(known, next_query_at=counts_from)
    settled = replace(known, unsettled_since=None, code=NOT_ACCEPTED)
    if known.attempts >= policy.max_attempts or is_expired(known, now, policy):
        return _give_up(settled, NOT_ACCEPTED)
    return replace(settled, state=State.QUEUED, next_attempt_at=now, next_query_at=None)


def _elsewhere(known: Notification, code: str, now: datetime, policy: Policy) -> Notification:
    """This address cannot be reached: take the contact's next one."""
    rest = known.channels[known.channels.index(known.channel) + 1 :]
    if not rest or known.attempts >= policy.max_attempts or is_expired(known, now, policy):
        return _give_up(known, code)
    return replace(
        known,
        state=State.QUEUED,
        channel=rest[0],
        tries=0,
        unsettled_since=None,
        reference=None,
        code=code,
        next_attempt_at=now,
        next_query_at=None,
    )


def _later(known: Notification, wish: timedelta, now: datetime, policy: Policy) -> Notification:
    """Call again after a pause, if that is still allowed then."""
    at = now + max(policy.backoff(known.tries), wish)
    if known.attempts >= policy.max_attempts or is_expired(known, at, policy) or _outside_repeat_window(known, at, policy):
        return _give_up(known, known.code or EXPIRED)
    state = State.QUEUED if known.unsettled_since is None else State.UNKNOWN
    return replace(known, state=state, next_attempt_at=at, next_query_at=None)


def _outside_repeat_window(known: Notification, at: datetime, policy: Policy) -> bool:
    return known.unsettled_since is not None and at > known.unsettled_since + policy.repeat_window


def _give_up(known: Notification, code: str) -> Notification:
    """End the attempts: failed where nothing can have got through, unknown for good where something may have."""
    return _settled(known, State.FAILED, code=code) if known.unsettled_since is None else _at_rest(known)


def _at_rest(known: Notification) -> Notification:
    return replace(known, state=State.UNKNOWN, next_attempt_at=None, next_query_at=None)


def _settled(known: Notification, state: State, *, code: str | None, reference: str | None = None) -> Notification:
    return replace(
        known,
        state=state,
        unsettled_since=None,
        reference=reference or known.reference,
        code=code,
        next_attempt_at=None,
        next_query_at=None,
    )
