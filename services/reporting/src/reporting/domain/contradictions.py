"""A zero report against a hazard of the same unit and day: suspected omission (漏报) or concealment (瞒报)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class ZeroOrNot:
    """A version of a report: from when it stood, and whether it said zero."""

    received_at: datetime
    zero: bool


@dataclass(frozen=True, slots=True)
class KnownHazard:
    """A hazard of the unit that was there on the day, and since when it is known."""

    hazard_id: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The first moment at which both were known."""

    suspected_at: datetime
    hazard_id: str


def first_contradiction(versions: Sequence[ZeroOrNot], hazards: Sequence[KnownHazard]) -> Contradiction | None:
    """Find the first moment at which the newest version was a zero report while a hazard was known.

    Versions are in order. It does not matter in which order the facts reached this service, nor what was corrected afterwards.
    """
    found: list[Contradiction] = []
    for version, following in pairwise([*versions, None]):
        if version is None or not version.zero:
            continue
        for hazard in hazards:
            moment = max(version.received_at, hazard.recorded_at)
            if following is None or moment < following.received_at:
                found.append(Contradiction(moment, hazard.hazard_id))
    return min(found, key=lambda each: (each.suspected_at, each.hazard_id), default=None)
