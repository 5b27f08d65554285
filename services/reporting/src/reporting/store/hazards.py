"""The read model of hazards: what is known of each, one row of history for each event, and which units see it."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from reporting.domain.hazards import KnownHazard
from reporting.store.visibility import Conditions, scope_of
from servicekit.database import Connection, Pool
from servicekit.units import MAX_DEPTH

EVERYWHERE: Final = ""
"""The ancestor under which every hazard is seen."""

_FIELDS: Final = tuple(KnownHazard.model_fields)
_LOCK: Final = f"SELECT {', '.join(_FIELDS)} FROM hazard WHERE hazard_id = ANY($1::text[]) ORDER BY hazard_id FOR NO KEY UPDATE"
_NEVER_CHANGES: Final = frozenset({"hazard_id", "number", "unit", "title"})
_WRITE: Final = f"""
INSERT INTO hazard ({", ".join(_FIELDS)})
SELECT {", ".join(_FIELDS)} FROM jsonb_populate_recordset(NULL::hazard, $1::text::jsonb) ORDER BY hazard_id
ON CONFLICT (hazard_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _FIELDS if name not in _NEVER_CHANGES)}
"""
_RECORD: Final = """
INSERT INTO hazard_event (hazard_id, sequence, kind, occurred_at, recorded_at, unit)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[])
ON CONFLICT DO NOTHING
"""
_RESTATE: Final = """
UPDATE hazard_scope SET state = given.state, overdue = given.overdue
FROM unnest($1::text[], $2::text[], $3::boolean[]) AS given (hazard_id, state, overdue)
WHERE hazard_scope.hazard_id = given.hazard_id
"""
_INSERT_SCOPE: Final = """
INSERT INTO hazard_scope (ancestor, hazard_id, state, overdue)
SELECT line.ancestor, hazard_id, hazard.state, hazard.overdue_since IS NOT NULL AND hazard.stopped_at IS NULL
FROM line JOIN hazard USING (hazard_id)
ORDER BY line.ancestor, hazard_id
ON CONFLICT DO NOTHING
"""
# Parents that have not been heard of see it too: their own events come later and go on from these rows.
_SHOW_TO_LINES: Final = f"""
WITH RECURSIVE up (hazard_id, code, depth) AS (
    SELECT hazard_id, unit, 1 FROM hazard WHERE hazard_id = ANY($1::text[])
    UNION ALL
    SELECT up.hazard_id, unit.parent, up.depth + 1
    FROM up JOIN unit ON unit.code = up.code WHERE unit.parent IS NOT NULL AND up.depth < {MAX_DEPTH}
), line (ancestor, hazard_id) AS (
    SELECT code, hazard_id FROM up UNION SELECT '{EVERYWHERE}', unnest($1::text[])
)
{_INSERT_SCOPE}
"""
_SHOW_TO_UNITS: Final = f"""
WITH line (ancestor, hazard_id) AS (
    SELECT DISTINCT ancestor, hazard_id FROM unnest($1::text[], $2::text[]) AS given (ancestor, hazard_id)
)
{_INSERT_SCOPE}
"""
_SEEN_UNDER: Final = "SELECT DISTINCT hazard_id FROM hazard_scope JOIN unnest($1::text[]) AS given (ancestor) USING (ancestor)"
_SEEN: Final = "EXISTS (SELECT FROM hazard_scope own WHERE own.ancestor = {unit} AND own.hazard_id = h.hazard_id)"
_HISTORY: Final = """
SELECT sequence, kind, occurred_at, recorded_at, unit FROM hazard_event
WHERE hazard_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3
"""
_COUNTS: Final = {
    "found": "true",
    "closed": "state = 'closed'",
    "on_time": "closed_on_time",
    "late": "NOT closed_on_time",
    "on_time_originally": "closed_on_time_originally",
    "late_originally": "NOT closed_on_time_originally",
    "open": "state NOT IN ('closed', 'dismissed', 'monitored')",
    "overdue": "overdue_since IS NOT NULL AND stopped_at IS NULL",
    "listed": "state NOT IN ('closed', 'dismissed') AND listed_by IS NOT NULL",
    "monitored": "state = 'monitored'",
    "dismissed": "state = 'dismissed'",
    "duplicate": "outcome = 'duplicate'",
    "not_our_duty": "outcome = 'not_our_duty'",
    "withdrawn": "outcome = 'withdrawn'",
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row of history. `unit`: for whom somebody acted; None: time did it."""

    hazard_id: str
    sequence: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    unit: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which hazards are asked for; None: any. `unit`: seen by it."""

    unit: str | None = None
    state: str | None = None
    grade: str | None = None
    category: str | None = None
    overdue: bool | None = None
    listed: bool | None = None
    plan_id: str | None = None


async def lock(connection: Connection, hazard_ids: Collection[str]) -> dict[str, KnownHazard]:
    """Lock hazards and return what is known of them; those that are new are left out."""
    rows = await connection.fetch(_LOCK, list(hazard_ids))
    return {row["hazard_id"]: KnownHazard.model_validate(dict(row)) for row in rows}


async def write(connection: Connection, before: dict[str, KnownHazard], after: Sequence[KnownHazard]) -> None:
    """Write what is known of locked or new hazards, and show them to whoever got to do with them."""
    if not after:
        return
    await connection.execute(_WRITE, json.dumps([each.model_dump(mode="json") for each in after], ensure_ascii=False))
    moved = [now for now in after if (was := before.get(now.hazard_id)) is not None and _place(was) != _place(now)]
    if moved:
        await connection.execute(
            _RESTATE, [each.hazard_id for each in moved], [each.state for each in moved], [each.is_overdue for each in moved]
        )
    new = [each.hazard_id for each in after if each.hazard_id not in before]
    if new:
        await connection.execute(_SHOW_TO_LINES, new)
    shown = [(unit, now.hazard_id) for now in after for unit in now.parts() - _parts(before.get(now.hazard_id))]
    if shown:
        await connection.execute(_SHOW_TO_UNITS, [unit for unit, _ in shown], [hazard_id for _, hazard_id in shown])


async def record(connection: Connection, rows: Sequence[Recorded]) -> None:
    """Add to the history; what stands there already is passed over."""
    columns = [[getattr(row, name) for row in rows] for name in Recorded.__slots__]
    await connection.execute(_RECORD, *columns)


async def reshow(connection: Connection, codes: Iterable[str]) -> None:
    """Show hazards to the lines that units which changed have now. The tree is held alone."""
    rows = await connection.fetch(_SEEN_UNDER, list(codes))
    if rows:
        await connection.execute(_SHOW_TO_LINES, [row["hazard_id"] for row in rows])


async def page(pool: Pool, caller: str | None, wanted: Wanted, after: str | None, limit: int) -> list[KnownHazard]:
    """Hazards that the caller sees, in the order of their ids: that in which they were reported."""
    given = Conditions()
    given.equal("seen.ancestor", wanted.unit or caller or EVERYWHERE)
    if wanted.unit is not None and caller is not None:
        given.add(_SEEN.format(unit=given.bind(caller)))
    given.equal("seen.state", wanted.state)
    if wanted.overdue is not None:
        given.add("seen.overdue" if wanted.overdue else "NOT seen.overdue")
    given.equal("h.grade", wanted.grade)
    given.equal("h.category", wanted.category)
    given.equal("h.plan_id", wanted.plan_id)
    if wanted.listed is not None:
        given.add(f"h.listed_by IS {'NOT ' if wanted.listed else ''}NULL")
    if after is not None:
        given.add(f"seen.hazard_id > {given.bind(after)}")
    query = f"""
        SELECT {", ".join(f"h.{name}" for name in _FIELDS)}
        FROM hazard_scope seen JOIN hazard h USING (hazard_id)
        WHERE {given} ORDER BY seen.hazard_id LIMIT {limit:d}"""
    return [KnownHazard.model_validate(dict(row)) for row in await pool.fetch(query, *given.values)]


async def find(pool: Pool, caller: str | None, hazard_id: str) -> KnownHazard | None:
    """A hazard that the caller sees."""
    given = Conditions()
    given.equal("h.hazard_id", hazard_id)
    if caller is not None:
        given.add(_SEEN.format(unit=given.bind(caller)))
    row = await pool.fetchrow(f"SELECT {', '.join(_FIELDS)} FROM hazard h WHERE {given}", *given.values)
    return None if row is None else KnownHazard.model_validate(dict(row))


async def history(pool: Pool, hazard_id: str, after: int, limit: int) -> list[Row]:
    """Events of a hazard in order."""
    return [dict(row) for row in await pool.fetch(_HISTORY, hazard_id, after, limit)]


async def totals(pool: Pool, caller: str | None, unit: str | None, plan_id: str | None) -> Row:
    """Count the hazards of units in the caller's subtree, and in that of `unit`."""
    given = Conditions()
    (await scope_of(pool, caller)).over(given, "h.unit")
    if unit is not None and unit != caller:
        (await scope_of(pool, unit)).over(given, "h.unit")
    given.equal("h.plan_id", plan_id)
    counts = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in _COUNTS.items())
    row = await pool.fetchrow(f"SELECT {counts} FROM hazard h WHERE {given}", *given.values)
    return dict(row or {})


def _place(hazard: KnownHazard) -> tuple[str, bool]:
    return hazard.state, hazard.is_overdue


def _parts(hazard: KnownHazard | None) -> frozenset[str]:
    return frozenset() if hazard is None else hazard.parts()
