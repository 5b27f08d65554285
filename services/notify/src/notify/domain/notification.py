"""What is known of one notification, and the bounds of sending it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from notify.providers.base import Channel

PREFERENCE: Final = (Channel.WECOM, Channel.SMS, Channel.ROBOT)
"""The order in which the addresses of a contact are used (SCENARIO.md, point 10)."""


class State(StrEnum):
    """Where a notification stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    FAILED = "failed"


TERMINAL: Final = frozenset({State.DELIVERED, State.FAILED})

STATUS: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.QUEUED: "pending",
        State.SENDING: "pending",
        State.SUBMITTED: "pending",
        State.UNKNOWN: "unknown",
        State.DELIVERED: "delivered",
        State.FAILED: "failed",
    }
)
"""What a reader is told of each state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The bounds of sending, on the service's clock."""

    backoff_first: timedelta = timedelta(seconds=15)
    backoff_cap: timedelta = timedelta(minutes=15)
    max_attempts: int = 300
    max_age: timedelta = timedelta(hours=72)
    """Counted from the instant of the rule: later, an alert helps nobody."""
    absent_after: timedelta = timedelta(seconds=30)
    """How long the provider may take to have a record of a call that it accepted."""
    repeat_window: timedelta = timedelta(hours=3, minutes=45)
    """How long after a call its repeat is certainly dropped by a provider that drops repeats (WeCom: 4 hours)."""
    query_after: tuple[timedelta, ...] = tuple(
        timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600, 72 * 3600)
    )
    """When to ask for a receipt that has not come, counted from the call; after the last one nobody asks again."""

    def backoff(self, tries: int) -> timedelta:
        """How long to wait after so many calls on a channel."""
        return min(self.backoff_first * (1 << min(tries - 1, 20)), self.backoff_cap)

    def patience(self, tries: int) -> timedelta:
        """How long after a call the absence of a record means that it was not accepted; grows, to be gentle in an outage."""
        return max(self.absent_after, min(self.absent_after * (1 << min(tries - 1, 20)), self.backoff_cap))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What is known of one notification.

    `channels`: those the contact has an address for, best first. `attempts` counts all provider calls, `tries` those on the
    present channel. `unsettled_since`: when the first of the calls began of which nobody knows what became. An instant in
    `next_attempt_at` or `next_query_at` is a promise to act then; `unknown` without either waits for a receipt only.
    """

    raised_at: datetime
    channels: tuple[Channel, ...]
    channel: Channel
    state: State = State.QUEUED
    attempts: int = 0
    tries: int = 0
    sent_at: datetime | None = None
    unsettled_since: datetime | None = None
    reference: str | None = None
    code: str | None = None
    next_attempt_at: datetime | None = None
    next_query_at: datetime | None = None


def queued(raised_at: datetime, channels: tuple[Channel, ...], now: datetime) -> Notification:
    """Make the notification of a new alert: due at once, on the best channel."""
    return Notification(raised_at=raised_at, channels=channels, channel=channels[0], next_attempt_at=now)


def is_expired(known: Notification, now: datetime, policy: Policy) -> bool:
    """Whether the alert is too old to be worth sending."""
    return now > known.raised_at + policy.max_age
