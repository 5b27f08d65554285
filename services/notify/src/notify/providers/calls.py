"""How far a call got that brought no answer."""

from dataclasses import dataclass

from notify.providers.base import Refused


@dataclass(frozen=True, slots=True)
class NotSent:
    """The connection could not be made; not a byte of the request left."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The request was, or may have been, sent, and no usable answer came."""

    reason: str


def refused_unsent(call: NotSent) -> Refused:
    """Judge a send that never left: certainly not accepted, worth another try."""
    return Refused("unreachable", call.reason, permanent=False)
