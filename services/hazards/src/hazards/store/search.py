"""Finding hazards: every filter is an index range, every page begins where the last one ended."""

from collections.abc import AsyncGenerator, Sequence
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
    # What the scope carries, and what only the hazard does.
    seen, own = ["seen.ancestor = $1"], ["hazard.hazard_id > $2"]

    def add(to: list[str], condition: str, value: object) -> None:
        if value is not None:
            values.append(value)
            to.append(condition.format(f"${len(values)}"))

    major = None if wanted.grade is None else wanted.grade == "major"
    flags = {"major": major, "overdue": wanted.overdue, "listed": wanted.listed}
    seen += [f"seen.{name}" if value else f"NOT seen.{name}" for name, value in flags.items() if value is not None]
    add(seen, "seen.state = {}", wanted.state)
    add(seen, "seen.category = {}", wanted.category)
    add(seen, "seen.plan_id = {}", wanted.plan_id)
    add(own, "hazard.grade = {}", "general" if wanted.grade == "general" else None)
    add(own, "hazard.responsible = {}", wanted.responsible)
    add(own, "hazard.enterprise = {}", wanted.enterprise)
    add(own, "hazard.number = {}", wanted.number)
    add(own, "hazard.reported_at >= {}", wanted.reported_from)
    add(own, "hazard.reported_at < {}", wanted.reported_before)
    if wanted.text is not None:
        add(own, "hazard.pairs @> {}::text[]", sorted(pairs(wanted.text)))
        add(own, "position(lower({}) IN lower(concat_ws(chr(10), hazard.title, hazard.description))) > 0", wanted.text)
    values.append(limit)
    narrow = any(each is not None for each in (wanted.responsible, wanted.enterprise, wanted.number))
    return f"{_from_hazards(own, seen) if narrow else _from_scope(own, seen)} LIMIT ${len(values)}", values


def _from_scope(own: Sequence[str], seen: Sequence[str]) -> str:
    """Walk the scope in its order."""
    where = " AND ".join(("seen.hazard_id > $2", *seen, *own))
    return f"SELECT hazard.* FROM hazard_scope AS seen JOIN hazard USING (hazard_id) WHERE {where} ORDER BY seen.hazard_id"


def _from_hazards(own: Sequence[str], seen: Sequence[str]) -> str:
    """Look up what names few hazards, and ask for each whether it is seen. OFFSET keeps the planner from turning it round."""
    asked = " AND ".join(("seen.hazard_id = hazard.hazard_id", *seen))
    exists = f"EXISTS (SELECT FROM hazard_scope AS seen WHERE {asked} OFFSET 0)"
    return f"SELECT hazard.* FROM hazard WHERE {' AND '.join(own)} AND {exists} ORDER BY hazard.hazard_id"


async def page(database: Connection | Pool, wanted: Filter, after: UUID | None, limit: int) -> list[Hazard]:
    """Return hazards that came after the hazard `after`, the oldest first."""
    query, values = statement(wanted, after or _FIRST, limit)
    return [hazard_of(row) for row in await database.fetch(query, *values)]


async def every(database: Connection | Pool, wanted: Filter, most: int) -> AsyncGenerator[list[Hazard], None]:
    """Give at most `most` of them, page after page."""
    last, left = _FIRST, most
    while left > 0 and (found := await page(database, wanted, last, min(_AT_ONCE, left))):
        yield found
        last, left = found[-1].hazard_id, left - len(found)
