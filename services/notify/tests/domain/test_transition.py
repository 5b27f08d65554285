"""Every transition of a notification, as a table."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notify.domain.notification import TERMINAL, Notification, Policy, State, queued
from notify.domain.transition import Abandoned, Answered, Asked, Begin, Fact, Reported, transition
from notify.providers.base import Accepted, Channel, Delivered, Receipt, ReceiptStatus, Refused, Unknown

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
POLICY = Policy()
SMS, WECOM, ROBOT = Channel.SMS, Channel.WECOM, Channel.ROBOT


def after(seconds: float = 0, **more: float) -> datetime:
    return NOW + timedelta(seconds=seconds, **more)


def waiting(*channels: Channel, **changes: Any) -> Notification:
    return replace(queued(NOW, channels or (SMS,), NOW), **changes)


def sending(*channels: Channel, **changes: Any) -> Notification:
    begun = {"state": State.SENDING, "attempts": 1, "tries": 1, "sent_at": NOW, "unsettled_since": NOW, "next_attempt_at": None}
    return waiting(*channels, **(begun | changes))


def unknown(*channels: Channel, **changes: Any) -> Notification:
    return sending(*channels, **({"state": State.UNKNOWN, "next_query_at": NOW} | changes))


def submitted(*channels: Channel, **changes: Any) -> Notification:
    accepted = {"state": State.SUBMITTED, "reference": "biz", "unsettled_since": None, "next_query_at": after(5)}
    return sending(*channels, **(accepted | changes))


def answered(outcome: Any, attempt: int = 1, channel: Channel = SMS) -> Answered:
    return Answered(attempt, channel, outcome)


def receipt(status: str, code: str = "", reference: str | None = None) -> Receipt:
    return Receipt(ReceiptStatus(status), code, None, reference)


def asked(status: str, attempt: int = 1, code: str = "", reference: str | None = None) -> Asked:
    return Asked(attempt, SMS, receipt(status, code, reference), repeat_is_safe=False)


def reported(status: str, code: str = "", reference: str | None = "biz") -> Reported:
    return Reported(receipt(status, code, reference))


BUSY = Refused("busy", "later", permanent=False)
NEVER = Refused("never", "wrong number", permanent=True)
NO_RECEIPTS_BUT_SAFE = Asked(1, WECOM, None, repeat_is_safe=True)
NO_RECEIPTS = Asked(1, ROBOT, None, repeat_is_safe=False)
QUEUED, SENDING, SUBMITTED, UNKNOWN, DELIVERED, FAILED = State


def like(state: State | None = None, **known: Any) -> dict[str, Any]:
    """The fields that count; the others do not."""
    return known if state is None else {"state": state} | known


def rests(state: State, **known: Any) -> dict[str, Any]:
    """Nothing is promised any more."""
    return {"state": state, "next_attempt_at": None, "next_query_at": None} | known


def ends(state: State, **known: Any) -> dict[str, Any]:
    """Nothing is promised, unless said, and no call is unsettled."""
    return rests(state, unsettled_since=None) | known


OLD = NOW - timedelta(hours=73)

TABLE: list[tuple[str, Notification, Fact, datetime, dict[str, Any]]] = [
    ("a due one begins", waiting(), Begin(), NOW, asdict(sending())),
    ("one that is not due waits", waiting(next_attempt_at=after(1)), Begin(), NOW, like(QUEUED, attempts=0)),
    ("one too old is never sent", waiting(raised_at=OLD), Begin(), NOW, ends(FAILED, code="expired", attempts=0)),
    # Answers
    ("accepted awaits its receipt", sending(), answered(Accepted("biz")), NOW, asdict(submitted())),
    ("delivered is the end", sending(WECOM), answered(Delivered("id"), 1, WECOM), NOW, ends(DELIVERED, reference="id")),
    ("no answer is unknown and asked about at once", sending(), answered(Unknown("timeout")), NOW, asdict(unknown())),
    ("a busy provider is tried again later", sending(),
     answered(BUSY), NOW, like(QUEUED, next_attempt_at=after(15), unsettled_since=None, code="busy")),
    ("the pause doubles", sending(tries=3, attempts=3), answered(BUSY, 3), NOW, like(QUEUED, next_attempt_at=after(60))),
    ("the pause is bounded", sending(tries=99, attempts=99), answered(BUSY, 99), NOW, like(next_attempt_at=after(900))),
    ("the provider may ask for more", sending(),
     answered(replace(BUSY, retry_after_seconds=40.0)), NOW, like(next_attempt_at=after(40))),
    ("attempts are bounded", sending(tries=300, attempts=300), answered(BUSY, 300), NOW, ends(FAILED, code="busy")),
    ("nobody waits beyond the age", sending(raised_at=after(10, hours=-72)), answered(BUSY), NOW, ends(FAILED, code="busy")),
    ("the next address is used", sending(WECOM, SMS),
     answered(NEVER, 1, WECOM), NOW, ends(QUEUED, channel=SMS, tries=0, attempts=1, next_attempt_at=NOW, code="never")),
    ("without another address it failed", sending(), answered(NEVER), NOW, ends(FAILED, code="never")),
    ("an answer of another attempt is overtaken", sending(attempts=2), answered(Accepted("old"), 1), NOW, like(SENDING)),
    ("an answer of another channel is overtaken", waiting(WECOM, SMS, channel=SMS, attempts=1),
     answered(Delivered("x"), 1, WECOM), NOW, like(QUEUED, channel=SMS)),
    ("an answer after the receipt query is overtaken", submitted(), answered(Unknown("late")), NOW, like(SUBMITTED)),
    ("a late answer settles what was given up for lost", unknown(), answered(Accepted("biz")), NOW, asdict(submitted())),
    ("a late answer prevents a second call", waiting(attempts=1, tries=1, sent_at=NOW),
     answered(Accepted("biz")), NOW, like(SUBMITTED, next_attempt_at=None)),
    # A sender that died
    ("a dead sender's call is unknown", sending(),
     Abandoned(), after(5), like(UNKNOWN, next_query_at=after(5), attempts=1, unsettled_since=NOW)),
    ("a dead sender's question changes nothing", submitted(), Abandoned(), after(5), like(SUBMITTED, next_query_at=after(5))),
    # Receipt queries
    ("found delivered", unknown(), asked("delivered", reference="biz"), NOW, ends(DELIVERED, reference="biz")),
    ("found failed", unknown(), asked("failed", code="UNDELIV"), NOW, ends(FAILED, code="UNDELIV")),
    ("found failed, other address", unknown(SMS, ROBOT),
     asked("failed", code="UNDELIV"), NOW, ends(QUEUED, channel=ROBOT, next_attempt_at=NOW)),
    ("found accepted", unknown(), asked("pending", reference="biz"), NOW, asdict(submitted())),
    ("absent too early says nothing", unknown(), asked("absent"), after(29), like(UNKNOWN, next_query_at=after(30), attempts=1)),
    ("absent after 30 s was not accepted", unknown(),
     asked("absent"), after(30), like(QUEUED, next_attempt_at=after(30), next_query_at=None, unsettled_since=None)),
    ("patience grows with the tries", unknown(tries=2, attempts=2),
     asked("absent", 2), after(59), like(UNKNOWN, next_query_at=after(60))),
    ("absent and too old", unknown(raised_at=after(hours=-72)), asked("absent"), after(30), ends(FAILED, code="not_accepted")),
    ("absent with all attempts used", unknown(attempts=300), asked("absent", 300), after(30), ends(FAILED, code="not_accepted")),
    ("an unanswered question is asked again", unknown(), asked("unanswered"), after(6), like(UNKNOWN, next_query_at=after(30))),
    ("questions end, and it stays unknown", unknown(), asked("unanswered"), after(hours=72), rests(UNKNOWN, unsettled_since=NOW)),
    ("still pending is asked again", submitted(), asked("pending"), after(5), like(SUBMITTED, next_query_at=after(30))),
    ("a lost record of an accepted call is asked for again", submitted(),
     asked("absent"), after(30), like(SUBMITTED, next_query_at=after(120))),
    ("no receipt for three days is unknown", submitted(), asked("pending"), after(hours=72), rests(UNKNOWN)),
    ("submitted and delivered", submitted(), asked("delivered"), after(5), ends(DELIVERED, reference="biz")),
    ("submitted and failed", submitted(), asked("failed", code="UNDELIV"), after(5), ends(FAILED, code="UNDELIV")),
    ("an answer about an earlier attempt is overtaken", unknown(attempts=2), asked("delivered", 1), NOW, like(UNKNOWN)),
    # Providers without receipts
    ("a safe repeat settles an unknown one", unknown(WECOM),
     NO_RECEIPTS_BUT_SAFE, NOW, like(UNKNOWN, next_attempt_at=after(15), next_query_at=None, unsettled_since=NOW)),
    ("the repeat begins", unknown(WECOM, next_query_at=None, next_attempt_at=after(15)),
     Begin(), after(15), like(SENDING, attempts=2, tries=2, unsettled_since=NOW)),
    ("no repeat when the provider may have forgotten", unknown(WECOM),
     NO_RECEIPTS_BUT_SAFE, after(hours=3, minutes=45), rests(UNKNOWN)),
    ("no overdue repeat either", unknown(WECOM, next_query_at=None, next_attempt_at=after(15)),
     Begin(), after(hours=4), rests(UNKNOWN, attempts=1)),
    ("a refused repeat leaves the first call unknown", sending(WECOM, attempts=2, sent_at=after(15)),
     answered(BUSY, 2, WECOM), after(15), like(UNKNOWN, next_attempt_at=after(30), unsettled_since=NOW)),
    ("refused for good after an unknown call stays unknown", sending(WECOM, attempts=2, sent_at=after(15)),
     answered(NEVER, 2, WECOM), after(15), rests(UNKNOWN, code="never")),
    ("refused for good after an unknown call: other address", sending(WECOM, SMS, attempts=2, sent_at=after(15)),
     answered(NEVER, 2, WECOM), after(15), ends(QUEUED, channel=SMS, next_attempt_at=after(15))),
    ("a robot's unknown stays unknown", unknown(ROBOT), NO_RECEIPTS, NOW, rests(UNKNOWN)),
    # Pushed receipts
    ("delivered before the answer", sending(), reported("delivered"), NOW, ends(DELIVERED, reference="biz")),
    ("delivered while unknown", unknown(), reported("delivered"), NOW, ends(DELIVERED)),
    ("delivered while queued again", waiting(attempts=1, tries=1), reported("delivered"), NOW, ends(DELIVERED)),
    ("failed before the answer", sending(), reported("failed", "UNDELIV"), NOW, ends(FAILED, code="UNDELIV")),
    ("failed after the answer", submitted(SMS, ROBOT),
     reported("failed", "UNDELIV"), NOW, ends(QUEUED, channel=ROBOT, next_attempt_at=NOW)),
    ("a failure of another call", submitted(), reported("failed", "UNDELIV", "other"), NOW, like(SUBMITTED)),
    ("a failure of nobody knows which call", sending(tries=2, attempts=2), reported("failed", "UNDELIV"), NOW, like(SENDING)),
    ("a failure after going elsewhere", sending(SMS, ROBOT, channel=ROBOT),
     reported("failed", "UNDELIV"), NOW, like(SENDING, channel=ROBOT)),
    ("a push that says nothing final", submitted(), reported("pending"), NOW, like(SUBMITTED)),
]  # fmt: skip


@pytest.mark.parametrize(("before", "fact", "now", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_transition(before: Notification, fact: Fact, now: datetime, expected: dict[str, Any]) -> None:
    became = asdict(transition(before, fact, now, POLICY))
    assert {name: became[name] for name in expected} == expected


@pytest.mark.parametrize("state", sorted(TERMINAL))
@pytest.mark.parametrize(
    "fact", [Begin(), Abandoned(), answered(Accepted("x")), asked("absent"), reported("failed"), reported("delivered")]
)
def test_an_end_is_an_end(state: State, fact: Fact) -> None:
    ended = sending(state=state, unsettled_since=None)
    assert transition(ended, fact, after(60), POLICY) is ended


def test_the_pauses_are_those_that_operators_were_told() -> None:
    assert [POLICY.backoff(tries).total_seconds() for tries in range(1, 9)] == [15, 30, 60, 120, 240, 480, 900, 900]
    assert [POLICY.patience(tries).total_seconds() for tries in range(1, 8)] == [30, 60, 120, 240, 480, 900, 900]
