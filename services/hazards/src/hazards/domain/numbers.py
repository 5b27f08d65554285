"""Numbers of hazards, and when a hazard can have been there. Numbers are never used again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hazards.domain.policy import ZONE
from hazards.domain.record import EARLIEST

COUNTY: Final = "county"


def against_occurrence(occurred_at: datetime, received_at: datetime, since: datetime = EARLIEST) -> str | None:
    """Return what is wrong with the instant at which something is said to have happened, or None.

    `since`: when the hazard is said to have come about; nothing happens to it before.
    """
    if occurred_at > received_at:
        return "lies in the future"
    if occurred_at < EARLIEST:
        return f"lies before {EARLIEST.year}"
    if occurred_at < since:
        return f"lies before {since.isoformat()}, when the hazard is said to have been there"
    return None


def county_of(lineage: Sequence[tuple[str, str]]) -> str:
    """Return the code of the county that numbers the hazards of a unit, else of the topmost unit.

    `lineage` holds (code, level) from the unit up.
    """
    return next((code for code, level in lineage if level == COUNTY), lineage[-1][0])


def number_year(received_at: datetime) -> int:
    """The year in a hazard's number."""
    return received_at.astimezone(ZONE).year


def number(county: str, year: int, count: int) -> str:
    """Write a number for people: `330802-2026-000123`."""
    return f"{county}-{year:04}-{count:06}"
