"""The administrative tree in the database of a service, and whether a caller's unit reaches another one.

The tables are a projection of plans.unit.v1. They lag behind the owner by the time an event travels; an ancestor whose event
has not come yet grants nothing.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts import Envelope
from contracts.events.units import UnitEvent
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.problems import FieldError, Problem, forbidden, not_found

MAX_DEPTH: Final = 16
"""Levels from a root to the deepest unit. Also ends a walk round the loop that moves met out of order can show for a moment."""

_UPSERT = """
INSERT INTO unit AS known (code, name, level, groups, parent, registered_at, retired_at, sequence)
SELECT code, name, level, ARRAY(SELECT jsonb_array_elements_text(groups::jsonb)), parent, registered_at, retired_at, sequence
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::bigint[])
    AS given (code, name, level, groups, parent, registered_at, retired_at, sequence)
ORDER BY code
ON CONFLICT (code) DO UPDATE
SET name = excluded.name, level = excluded.level, groups = excluded.groups, parent = excluded.parent,
    registered_at = excluded.registered_at, retired_at = excluded.retired_at, sequence = excluded.sequence
WHERE known.sequence < excluded.sequence
RETURNING code
"""

# A join: `= ANY` over a table that has just grown is planned as a scan of all of it.
_FORGET_PLACEMENTS = "DELETE FROM unit_placement USING unnest($1::text[]) AS given (code) WHERE unit_placement.code = given.code"

_PLACE = """
INSERT INTO unit_placement (code, parent, valid_from, valid_until)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
"""

_UP: Final = f"""
WITH RECURSIVE up (code, parent, depth) AS (
    SELECT code, parent, 1 FROM unit WHERE code = $1
    UNION ALL
    SELECT unit.code, unit.parent, up.depth + 1 FROM up JOIN unit ON unit.code = up.parent WHERE up.depth < {MAX_DEPTH}
)
"""
_WITHIN = _UP + "SELECT EXISTS (SELECT FROM up WHERE code = $2)"
_LINEAGE = _UP + "SELECT unit.* FROM up JOIN unit USING (code) ORDER BY up.depth"
_REACHED = f"""
WITH RECURSIVE up (start, code, parent, depth) AS (
    SELECT code, code, parent, 1 FROM unit WHERE code = ANY($1::text[])
    UNION ALL
    SELECT up.start, unit.code, unit.parent, up.depth + 1
    FROM up JOIN unit ON unit.code = up.parent WHERE up.depth < {MAX_DEPTH}
)
SELECT DISTINCT start FROM up WHERE code = $2
"""
_NAMES = "SELECT code, name FROM unit WHERE code = ANY($1::text[])"
_KNOWN = "SELECT code FROM unit JOIN unnest($1::text[]) AS given (code) USING (code)"
_FIND = "SELECT * FROM unit WHERE code = $1"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as last heard of. `sequence` is that of the last event applied."""

    code: str
    name: str
    level: str
    groups: tuple[str, ...]
    parent: str | None
    registered_at: datetime
    retired_at: datetime | None
    sequence: int

    def retired(self, now: datetime) -> bool:
        """Whether the unit has left the tree."""
        return self.retired_at is not None and self.retired_at <= now


async def apply_unit_events(connection: Connection, envelopes: Iterable[Envelope]) -> set[str]:
    """Write the newest state of each unit among `envelopes`; other events are passed over, older ones overwrite nothing.

    Two or three statements, however many events. Returns the codes that changed.
    """
    newest: dict[str, tuple[int, UnitEvent]] = {}
    for envelope in envelopes:
        event = envelope.data
        if isinstance(event, UnitEvent) and newest.get(event.code, (0, event))[0] < envelope.sequence:
            newest[event.code] = envelope.sequence, event
    return await write(connection, list(newest.values()))


async def write(connection: Connection, states: Sequence[tuple[int, UnitEvent]]) -> set[str]:
    """Write states of different units, each with the sequence of its event, where they are newer than what is there.

    Returns the codes that changed. The owner of the tree writes its changes with it: its rows are what its events say.
    """
    if not states:
        return set()
    changed = await _upsert(connection, states)
    if changed:
        # Before its first event a unit had no placements to forget.
        await _forget_placements(connection, [event.code for sequence, event in states if sequence > 1 and event.code in changed])
        await _place(connection, [event for _, event in states if event.code in changed])
    return changed


async def _upsert(connection: Connection, rows: Sequence[tuple[int, UnitEvent]]) -> set[str]:
    events = [event for _, event in rows]
    written = await connection.fetch(
        _UPSERT,
        [event.code for event in events],
        [event.name for event in events],
        [event.level for event in events],
        [json.dumps(event.groups) for event in events],  # unnest would flatten arrays of arrays
        [event.parent for event in events],
        [event.placements[0].valid_from for event in events],
        [event.placements[-1].valid_until for event in events],
        [sequence for sequence, _ in rows],
    )
    return {row["code"] for row in written}


async def _forget_placements(connection: Connection, codes: Sequence[str]) -> None:
    if codes:
        await connection.execute(_FORGET_PLACEMENTS, codes)


async def _place(connection: Connection, events: Sequence[UnitEvent]) -> None:
    # Of two placements from the same instant on, the earlier one is empty.
    placements = {(event.code, place.valid_from): place for event in events for place in event.placements}
    await connection.execute(
        _PLACE,
        [code for code, _ in placements],
        [place.parent for place in placements.values()],
        [valid_from for _, valid_from in placements],
        [place.valid_until for place in placements.values()],
    )


async def find(database: Connection | Pool, code: str) -> Unit | None:
    """Return the unit, or None if it has not been heard of."""
    row = await database.fetchrow(_FIND, code)
    return None if row is None else Unit(**{**row, "groups": tuple(row["groups"])})


async def reached(database: Connection | Pool, codes: Collection[str], ancestor: str) -> set[str]:
    """Return those of `codes` that are `ancestor` or stand below it."""
    return {row["start"] for row in await database.fetch(_REACHED, list(codes), ancestor)}


async def known(database: Connection | Pool, codes: Iterable[str]) -> set[str]:
    """Return those of `codes` that have been heard of."""
    return {row["code"] for row in await database.fetch(_KNOWN, list(codes))}


async def names(database: Connection | Pool, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of those of `codes` that have been heard of."""
    return {row["code"]: row["name"] for row in await database.fetch(_NAMES, list(codes))}


async def lineage(database: Connection | Pool, code: str) -> list[Unit]:
    """Return the unit and its ancestors, from the unit up to the root; empty if the unit has not been heard of."""
    return [Unit(**{**row, "groups": tuple(row["groups"])}) for row in await database.fetch(_LINEAGE, code)]


async def within(database: Connection | Pool, unit: str, ancestor: str) -> bool:
    """Whether `unit` is known and is `ancestor` or stands below it now."""
    found: bool = await database.fetchval(_WITHIN, unit, ancestor)
    return found


async def in_scope(database: Connection | Pool, principal: Principal, code: str, field: str = "unit") -> Unit:
    """Return the unit that the field `field` of a request names, if the caller's subtree holds it.

    An admin whose token names no unit reaches every unit.

    Raises:
        Problem: 404 the unit is not known here; 403 it lies outside the caller's subtree.
    """
    unit = await find(database, code)
    if unit is None:
        raise not_found(field, code)
    if principal.unit is None and "admin" in principal.roles:
        return unit
    if not await within(database, code, principal.acting_unit()):
        raise forbidden(f"{field} {code} lies outside the subtree of {principal.unit}")
    return unit


async def all_in_scope(database: Connection | Pool, principal: Principal, fields: Mapping[str, str]) -> None:
    """Check many units at once: `fields` maps a code to the field of the request that names it.

    Raises:
        Problem: 404 some of the units are not known here; 403 some lie outside the caller's subtree.
    """
    missing = fields.keys() - await known(database, fields)
    if missing:
        named = (FieldError(field, f"{code} is not known here") for code, field in fields.items() if code in missing)
        raise Problem(404, "some units are not known here", *named)
    if principal.unit is None and "admin" in principal.roles:
        return
    foreign = fields.keys() - await reached(database, fields, principal.acting_unit())
    if foreign:
        named = (FieldError(field, f"{code} is foreign") for code, field in fields.items() if code in foreign)
        raise Problem(403, f"some units lie outside the subtree of {principal.unit}", *named)
