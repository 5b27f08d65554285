"""Pure rules of hazards: facts and an instant in, a decision out. No clock, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

State = Literal["reported", "ordered"]
Action = Literal["order"]

TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = MappingProxyType({("reported", "order"): "ordered"})

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""Years of numbers are those of this zone (DOMAIN 7)."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_LIMIT: Final = timedelta(days=3660)
COUNTY: Final = "county"

_EVENTS: Final = UUID("b3a1f0de-5c1e-5b0a-8f53-3b7c4b9d2a60")


@dataclass(frozen=True, slots=True)
class Order:
    """A rectification order with its five elements (五到位): measures, responsible unit, funds, time limit, contingency plan."""

    ordering_unit: str
    ordered_at: datetime
    due_at: datetime
    measures: str
    responsible: str
    funds: Decimal
    contingency: str


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard as it stands. `version` counts its changes from 1; `overdue_since` is set when its deadline has fired."""

    hazard_id: UUID
    number: str
    unit: str
    category: str
    title: str
    description: str | None
    occurred_at: datetime
    reported_at: datetime
    state: State
    version: int
    order: Order | None = None
    overdue_since: datetime | None = None

    def overdue(self, now: datetime) -> datetime | None:
        """Since when the rectification is overdue: from the due instant on, also before anybody noticed."""
        if self.overdue_since is None and self.order is not None and self.order.due_at <= now:
            return self.order.due_at
        return self.overdue_since


def next_state(state: State, action: Action) -> State | None:
    """The state after `action`, or None where it is not allowed."""
    return TRANSITIONS.get((state, action))


def against_occurrence(occurred_at: datetime, received_at: datetime) -> str | None:
    """Return what is wrong with the instant at which a hazard is said to have been there, or None."""
    if occurred_at > received_at:
        return "lies in the future"
    if occurred_at < EARLIEST:
        return f"lies before {EARLIEST.year}"
    return None


def against_due(due_at: datetime, received_at: datetime) -> str | None:
    """Return what is wrong with a time limit, or None. It is set for each hazard: no number of days follows from a grade."""
    if due_at <= received_at:
        return "must come after the order"
    if due_at > received_at + LONGEST_LIMIT:
        return f"lies more than {LONGEST_LIMIT.days // 366} years ahead"
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


def overdue_event_id(hazard_id: UUID, due_at: datetime) -> UUID:
    """The id of the event that a due instant makes: firing twice cannot make two events."""
    return uuid5(_EVENTS, f"{hazard_id}:{due_at.astimezone(UTC).isoformat()}")
