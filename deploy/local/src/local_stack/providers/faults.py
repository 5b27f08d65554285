"""Faults that a rehearsal orders: which one applies to a call, judged on the rehearsal clock."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from local_stack.providers.answers import Answer

SLOW_SECONDS = 2.0


class Channel(StrEnum):
    """A provider as SCENARIO.md names it; group robots belong to WeCom."""

    SMS = "sms"
    WECOM = "wecom"


class Behaviour(StrEnum):
    """What goes wrong with a send. Queries and tokens are never disturbed: a fault must stay possible to settle."""

    TIMEOUT = "timeout"
    """Accepted and delivered, but the client never hears of it."""
    LOST = "lost"
    """Not accepted, and the client never hears of it."""
    REJECT = "reject"
    """The provider's permanent error."""
    THROTTLE = "throttle"
    """The provider's rate-limit error."""
    SLOW = "slow"
    """A normal answer after two seconds of real time."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One behaviour in force before the instant `until` (exclusive), or for the next `count` calls, or both.

    `code` replaces the error code that `reject` and `throttle` answer with.
    """

    behave: Behaviour
    until: datetime | None = None
    count: int | None = None
    code: str | None = None

    def applies_at(self, now: datetime) -> bool:
        """Tell whether a call at `now` meets this fault."""
        return (self.until is None or now < self.until) and (self.count is None or self.count > 0)

    def shape(self, answer: Answer) -> Answer:
        """Turn the answer to an undisturbed call into what the client gets."""
        match self.behave:
            case Behaviour.TIMEOUT:
                return answer.silenced()
            case Behaviour.SLOW:
                return answer.delayed(SLOW_SECONDS)
            case _:
                return answer


class Faults:
    """The faults in force, at most one per channel; a new one replaces the old one."""

    def __init__(self) -> None:
        self._by_channel: dict[Channel, Fault] = {}

    def put(self, channel: Channel, fault: Fault | None) -> None:
        """Replace the channel's fault; None ends it."""
        if fault is None:
            self._by_channel.pop(channel, None)
        else:
            self._by_channel[channel] = fault

    def take(self, channel: Channel, now: datetime) -> Fault | None:
        """Return the fault that a call at `now` meets, and use up one of its calls if they are counted."""
        fault = self._by_channel.get(channel)
        if fault is None or not fault.applies_at(now):
            return None
        if fault.count is not None:
            self._by_channel[channel] = replace(fault, count=fault.count - 1)
        return fault
