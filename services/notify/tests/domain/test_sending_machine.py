"""Whatever providers, senders and receipts do, and in whatever order: nobody gets a short message twice, and ends are ends."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from notify.domain.notification import TERMINAL, Notification, Policy, State, queued
from notify.domain.transition import Abandoned, Answered, Asked, Begin, Fact, Reported, transition
from notify.providers.base import Accepted, Channel, Delivered, Outcome, Receipt, ReceiptStatus, Refused, Unknown

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
POLICY = Policy(max_attempts=20)
RECORD_LAG = timedelta(seconds=29)
"""How long the modelled provider may take to have a record of what it accepted: less than we are patient."""


@dataclass
class Call:
    """A provider call as it really was: nobody but the test knows."""

    attempt: int
    channel: Channel
    at: datetime
    accepted: bool
    alive: bool = True
    """Somebody still waits for its answer."""
    receipt: ReceiptStatus = ReceiptStatus.PENDING


class Sending(RuleBasedStateMachine):
    """One notification, its provider and its senders."""

    @initialize(channels=strategies.permutations(list(Channel)), size=strategies.integers(1, 3))
    def raise_alert(self, channels: list[Channel], size: int) -> None:
        self.now = NOW
        self.calls: list[Call] = []
        self.asking: Call | None = None
        self.settled_since_last_call = True
        self.known: Notification = queued(NOW, tuple(channels[:size]), NOW)

    def learn(self, fact: Fact) -> None:
        before = self.known
        self.known = transition(before, fact, self.now, POLICY)
        if before.state in TERMINAL:
            assert self.known is before

    @property
    def live(self) -> Call | None:
        return next((call for call in self.calls if call.alive), None)

    @rule(jump=strategies.sampled_from(["next", "1s", "31s", "1h"]))
    def time_passes(self, jump: str) -> None:
        due = [instant for instant in (self.known.next_attempt_at, self.known.next_query_at) if instant is not None]
        if jump == "next":
            self.now = max([self.now, *due[:1]])
        else:
            self.now += timedelta(seconds={"1s": 1, "31s": 31, "1h": 3600}[jump])

    @rule(accepted=strategies.booleans())
    @precondition(lambda self: self.live is None and self.asking is None)
    def a_sender_looks_for_work(self, accepted: bool) -> None:
        before = self.known.attempts
        self.learn(Begin())
        if self.known.state is not State.SENDING or self.known.attempts == before:
            return
        for earlier in self.calls:
            if earlier.channel is self.known.channel is not Channel.WECOM:
                assert not earlier.accepted, "the same message went out twice on a channel that does not drop repeats"
        self.calls.append(Call(self.known.attempts, self.known.channel, self.now, accepted))

    @rule(answer=strategies.sampled_from(["told", "silent"]), permanent=strategies.booleans())
    @precondition(lambda self: self.live is not None)
    def the_call_ends(self, answer: str, permanent: bool) -> None:
        call = self.live
        assert call is not None
        call.alive = False
        outcome: Outcome = Unknown("timeout")
        if answer == "told" and not call.accepted:
            outcome = Refused("no", "", permanent)
        elif answer == "told":
            outcome = Accepted(f"biz{call.attempt}") if call.channel is Channel.SMS else Delivered(None)
        self.learn(Answered(call.attempt, call.channel, outcome))

    @rule()
    @precondition(lambda self: self.live is not None)
    def the_sender_dies(self) -> None:
        call = self.live
        assert call is not None
        call.alive = False
        self.learn(Abandoned())

    @rule(status=strategies.sampled_from([ReceiptStatus.DELIVERED, ReceiptStatus.FAILED]))
    @precondition(lambda self: any(call.accepted for call in self.calls))
    def the_carrier_decides(self, status: ReceiptStatus) -> None:
        for call in self.calls:
            if call.accepted and call.receipt is ReceiptStatus.PENDING:
                call.receipt = status

    @rule(answered=strategies.booleans())
    @precondition(
        lambda self: self.known.next_query_at is not None and self.known.next_query_at <= self.now and self.live is None
    )
    def a_sender_asks(self, answered: bool) -> None:
        call = self.calls[-1]
        if call.channel is not Channel.SMS:
            self.learn(Asked(call.attempt, call.channel, None, repeat_is_safe=call.channel is Channel.WECOM))
            return
        status = ReceiptStatus.UNANSWERED
        if answered:
            recorded = call.accepted and self.now >= call.at + RECORD_LAG
            status = call.receipt if recorded or call.receipt is not ReceiptStatus.PENDING else ReceiptStatus.ABSENT
        self.learn(Asked(call.attempt, call.channel, Receipt(status, "code", None, f"biz{call.attempt}"), repeat_is_safe=False))

    @rule()
    @precondition(lambda self: any(call.receipt is not ReceiptStatus.PENDING for call in self.calls))
    def the_provider_pushes_receipts(self) -> None:
        for call in self.calls:
            if call.channel is Channel.SMS and call.receipt is not ReceiptStatus.PENDING:
                self.learn(Reported(Receipt(call.receipt, "code", None, f"biz{call.attempt}")))

    @invariant()
    def what_is_known_makes_sense(self) -> None:
        known = self.known
        promised = [instant for instant in (known.next_attempt_at, known.next_query_at) if instant is not None]
        assert len(promised) <= 1
        assert known.attempts == len(self.calls) <= POLICY.max_attempts
        assert (known.state is State.SENDING) <= (self.live is not None)
        if known.state in TERMINAL:
            assert promised == []
            assert known.unsettled_since is None
        if known.state is State.QUEUED:
            assert known.next_attempt_at is not None
            assert known.unsettled_since is None
        if known.state is State.FAILED:
            assert known.code

    @invariant()
    def nobody_is_told_delivered_what_was_never_accepted(self) -> None:
        if self.known.state is State.DELIVERED:
            assert any(call.accepted for call in self.calls)


class Unattended(Sending):
    """The same, and whatever happened, following the promises leads to an end."""

    def teardown(self) -> None:
        if not hasattr(self, "known"):
            return
        for _ in range(200):
            if self.live is not None:
                self.the_sender_dies()
            due = self.known.next_attempt_at or self.known.next_query_at
            if due is None:
                break
            self.now = max(self.now, due)
            if self.known.next_attempt_at is not None:
                self.a_sender_looks_for_work(accepted=False)
            else:
                self.a_sender_asks(answered=True)
        assert self.known.state in TERMINAL | {State.UNKNOWN}
        assert self.known.next_attempt_at is None
        assert self.known.next_query_at is None


TestSending = Unattended.TestCase
TestSending.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
