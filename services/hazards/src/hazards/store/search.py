"""Finding hazards: every filter is an index range, every page begins where the last one ended."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hazards.domain.record import Grade, Hazard
from hazards.domain.states import State
from hazards.domain.words import pairs
from hazards.store.hazards import hazard_of
from servicekit.database import Connection, Pool

_FIRST: Final = UUID(int=0)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which hazards of a subtree are wanted; what is None does not matter."""

    ancestor: str
    state: State | None = None
    grade: Grade | None = None
    category: str | None = None
    plan_id: str | None = None
    overdue: bool | None = None
    """Open, and a limit of it has passed."""
    listed: bool | None = None
    responsible: str | None = None
    enterprise: str | None = None
    number: str | None = None
    text: str | None = None
    """Part of the title or the description."""
    reported_from: datetime | None = None
    reported_before: datetime | None = None


def statement(wanted: Filter, after: UUID, limit: int) -> tuple[str, list[Any]]:
    """Write the query of a page. It holds only what is asked for, so that the planner sees which index serves it."""
    values: list[Any] = [wanted.ancestor, after]
    where = ["seen.ancestor = $1", "seen.hazard_id > $2"]

    def add(condition: str, value: object) -> None:
        values.append(value)
        where.append(condition.format(f"${len(values)}"))

    flags = {
        "major": None if wanted.grade is None else wanted.grade == "major",
        "overdue": wanted.overdue,
        "listed": wanted.listed,
    }
    where += [f"seen.{name}" if value else f"NOT seen.{name}" for name, value in flags.items() if value is not None]
    if wanted.grade == "general":
        where.append("hazard.grade = 'general'")
    plain = {
        "seen.state": wanted.state,
        "seen.category": wanted.category,
        "seen.plan_id": wanted.plan_id,
        "hazard.responsible": wanted.responsible,
        "hazard.enterprise": wanted.enterprise,
        "hazard.number": wanted.number,
    }
    for column, value in plain.items():
        if value is not None:
            add(f"{column} = {{}}", value)
    if wanted.reported_from is not None:
        add("hazard.reported_at >= {}", wanted.reported_from)
    if wanted.reported_before is not None:
        add("hazard.reported_at < {}", wanted.reported_before)
    if wanted.text is not None:
        add("hazard.pairs @> {}::text[]", sorted(pairs(wanted.text)))
        add("position(lower({}) IN lower(concat_ws(chr(10), hazard.title, hazard.description))) > 0", wanted.text)
    values.append(limit)
    query = f"""
        SELECT hazard.* FROM hazard_scope AS seen JOIN hazard USING (hazard_id)
        WHERE {" AND ".join(where)} ORDER BY seen.hazard_id LIMIT ${len(values)}
    """
    return query, values


async def page(database: Connection | Pool, wanted: Filter, after: UUID | None, limit: int) -> list[Hazard]:
    """Return hazards that came after the hazard `after`, the oldest first."""
    query, values = statement(wanted, after or _FIRST, limit)
    return [hazard_of(row) for row in await database.fetch(query, *values)]


async def every(database: Connection | Pool, wanted: Filter, most: int) -> AsyncIterator[Hazard]:
    """Go through at most `most` of them, a bounded number at a time."""
    last, left = _FIRST, most
    while left > 0 and (found := await page(database, wanted, last, min(_AT_ONCE, left))):
        for hazard in found:
            yield hazard
        last, left = found[-1].hazard_id, left - len(found)
