"""Rules of accountability, the triggers that happened, and what waits to be late enough."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from hazards.domain.accountability.matching import Match
from hazards.domain.accountability.occurrences import Occurrence
from hazards.domain.accountability.rules import MOST_COUNTED, Rules, RuleSet
from servicekit.database import Connection, Pool
from servicekit.units import MAX_DEPTH

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(name, 7406112022)) FROM unnest($1::text[]) AS given (name) ORDER BY name"
_ADD_RULES = """
INSERT INTO rule_set (owner, version, unit, rules, recorded_at, actor_subject)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5 FROM rule_set WHERE owner = $1
RETURNING version
"""
_NEWEST = """
SELECT newest.owner, newest.version, newest.unit, newest.rules
FROM unnest($1::text[]) AS given (owner),
    LATERAL (SELECT * FROM rule_set WHERE rule_set.owner = given.owner ORDER BY version DESC LIMIT 1) AS newest
"""
_OF_VERSION = "SELECT owner, version, unit, rules FROM rule_set WHERE owner = $1 AND version = $2"
_LINES = f"""
WITH RECURSIVE up (start, code, level, parent, depth) AS (
    SELECT code, code, level, parent, 1 FROM unit WHERE code = ANY ($1::text[])
    UNION ALL
    SELECT up.start, unit.code, unit.level, unit.parent, up.depth + 1
    FROM up JOIN unit ON unit.code = up.parent WHERE up.depth < {MAX_DEPTH}
)
SELECT start, code, level FROM up ORDER BY start, depth
"""
_PARENTS_THEN = """
SELECT given.code, given.at, place.parent
FROM unnest($1::text[], $2::timestamptz[]) AS given (code, at) JOIN unit_placement AS place ON place.code = given.code
    AND place.valid_from <= given.at AND (place.valid_until IS NULL OR given.at < place.valid_until)
WHERE place.parent IS NOT NULL
"""
_ADD = """
INSERT INTO occurrence (key, trigger, responsible, enterprise, at, file)
SELECT key, trigger, responsible, enterprise, at, file::jsonb
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
    AS given (key, trigger, responsible, enterprise, at, file)
ORDER BY key
ON CONFLICT DO NOTHING RETURNING key
"""
_EARLIER = f"""
SELECT given.nr, found.file
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) WITH ORDINALITY
        AS given (trigger, responsible, enterprise, since, until, nr),
    LATERAL (
        SELECT file, at FROM occurrence WHERE given.enterprise IS NULL AND occurrence.responsible = given.responsible
            AND occurrence.trigger = given.trigger AND occurrence.at > given.since AND occurrence.at <= given.until
        UNION ALL
        SELECT file, at FROM occurrence WHERE occurrence.enterprise = given.enterprise
            AND occurrence.trigger = given.trigger AND occurrence.at > given.since AND occurrence.at <= given.until
        ORDER BY at DESC LIMIT {MOST_COUNTED}
    ) AS found
"""
_WAIT = """
INSERT INTO lateness (key, check_at, occurrence, rules, rule)
SELECT key, check_at, occurrence::jsonb, rules::jsonb, rule
FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[]) AS given (key, check_at, occurrence, rules, rule)
ORDER BY key
ON CONFLICT DO NOTHING
"""
_TAKE_DUE = """
DELETE FROM lateness USING (
    SELECT key FROM lateness WHERE check_at <= $1 ORDER BY check_at, key LIMIT $2 FOR UPDATE SKIP LOCKED
) AS due
WHERE lateness.key = due.key
RETURNING lateness.*
"""
_NEXT_DUE = "SELECT min(check_at) FROM lateness"
# By the history: whoever looks late must see what was so at that instant.
_STILL_LATE: Final = """
SELECT given.nr
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS given (hazard_id, since, at, nr)
WHERE (
    SELECT state_after FROM hazard_change AS change
    WHERE change.hazard_id = given.hazard_id AND change.recorded_at < given.at ORDER BY version DESC LIMIT 1
) NOT IN ('submitted', 'accepted', 'signed', 'closed', 'dismissed', 'monitored')
AND NOT EXISTS (
    SELECT FROM hazard_change AS change
    WHERE change.hazard_id = given.hazard_id AND change.recorded_at >= given.since AND change.recorded_at < given.at
        AND change.event IN ('RectificationExtended', 'RectificationOrdered', 'RectificationDeferred')
)
"""


@dataclass(frozen=True, slots=True)
class Counting:
    """Which earlier occurrences count: of one trigger, to a unit or an enterprise, after `since` and up to `until`."""

    trigger: str
    responsible: str
    enterprise: str | None
    since: datetime
    until: datetime


async def lock(connection: Connection, names: Iterable[str]) -> None:
    """Let one transaction at a time decide about each name."""
    await connection.execute(_LOCK, sorted(set(names)))


async def add_rules(connection: Connection, owner: str, unit: str, rules: Rules, subject: str, at: datetime) -> RuleSet:
    """Add a version of the rules of an owner."""
    await lock(connection, [f"rules:{owner}"])
    version: int = await connection.fetchval(_ADD_RULES, owner, unit, rules.model_dump(mode="json")["rules"], at, subject)
    return RuleSet(owner=owner, unit=unit, version=version, rules=rules.rules)


async def newest_rules(database: Connection | Pool, owners: Collection[str]) -> dict[str, RuleSet]:
    """Return the newest rules of those of some owners that have any."""
    rows = await database.fetch(_NEWEST, list(owners))
    return {row["owner"]: RuleSet.model_validate(dict(row)) for row in rows}


async def rules_of_version(database: Connection | Pool, owner: str, version: int) -> RuleSet | None:
    """Return rules as they were, or None."""
    row = await database.fetchrow(_OF_VERSION, owner, version)
    return None if row is None else RuleSet.model_validate(dict(row))


async def lines(connection: Connection, codes: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the line of each known unit: codes and levels from itself up to the root."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in await connection.fetch(_LINES, list(codes)):
        found.setdefault(row["start"], []).append((row["code"], row["level"]))
    return found


async def parents_then(connection: Connection, when: Collection[tuple[str, datetime]]) -> dict[tuple[str, datetime], str]:
    """Return under which unit each of some units stood at an instant."""
    rows = await connection.fetch(_PARENTS_THEN, [code for code, _ in when], [at for _, at in when])
    return {(row["code"], row["at"]): row["parent"] for row in rows}


async def add(connection: Connection, occurrences: Sequence[Occurrence]) -> set[str]:
    """Write occurrences; return the keys of those that were not there."""
    rows = await connection.fetch(
        _ADD,
        [each.key for each in occurrences],
        [each.trigger for each in occurrences],
        [each.responsible for each in occurrences],
        [each.enterprise for each in occurrences],
        [each.at for each in occurrences],
        [each.model_dump_json(exclude_defaults=True) for each in occurrences],
    )
    return {row["key"] for row in rows}


async def earlier(connection: Connection, countings: Sequence[Counting]) -> list[list[Occurrence]]:
    """Return what happened before, for each of some questions."""
    rows = await connection.fetch(
        _EARLIER,
        [each.trigger for each in countings],
        [each.responsible for each in countings],
        [each.enterprise for each in countings],
        [each.since for each in countings],
        [each.until for each in countings],
    )
    found: list[list[Occurrence]] = [[] for _ in countings]
    for row in rows:
        found[row["nr"] - 1].append(Occurrence.model_validate(row["file"]))
    return found


async def wait(connection: Connection, waiting: Sequence[tuple[datetime, Match]]) -> None:
    """Look at matches again when they may be late enough."""
    await connection.execute(
        _WAIT,
        [match.key for _, match in waiting],
        [at for at, _ in waiting],
        [match.occurrence.model_dump_json(exclude_defaults=True) for _, match in waiting],
        [json.dumps(_alone(match), ensure_ascii=False) for _, match in waiting],
        [match.rule.id for _, match in waiting],
    )


async def take_due(connection: Connection, now: datetime, limit: int) -> list[tuple[datetime, Match]]:
    """Take at most `limit` matches that may be late enough now, each once."""
    rows: list[asyncpg.Record] = await connection.fetch(_TAKE_DUE, now, limit)
    found: list[tuple[datetime, Match]] = []
    for row in rows:
        rules = RuleSet.model_validate(row["rules"])
        found.append((row["check_at"], Match(rules, rules.rules[0], Occurrence.model_validate(row["occurrence"]))))
    return sorted(found, key=lambda each: each[0])


async def next_due(pool: Pool) -> datetime | None:
    """Return the earliest instant at which something may be late enough."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def still_late(connection: Connection, asked: Sequence[tuple[UUID, datetime, datetime]]) -> set[int]:
    """Return the places of rectifications, due at the first instant, neither submitted nor extended before the other one."""
    rows = await connection.fetch(
        _STILL_LATE, [each for each, _, _ in asked], [since for _, since, _ in asked], [at for _, _, at in asked]
    )
    return {row["nr"] - 1 for row in rows}


def _alone(match: Match) -> dict[str, object]:
    """The set with this rule alone: what was in force when it happened."""
    alone: dict[str, object] = match.rules.model_copy(update={"rules": (match.rule,)}).model_dump(mode="json")
    return alone
