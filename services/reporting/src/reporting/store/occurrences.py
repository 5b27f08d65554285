"""What happened that starts a limit: as declared, and what it makes owed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from reporting.domain.limits import starts_with_occurrence
from reporting.store.plans import Duty, duty_from
from reporting.store.visibility import Conditions, scope_of
from servicekit.auth import Principal
from servicekit.database import Connection, Pool

_INSERT: Final = """
INSERT INTO occurrence (occurrence_id, plan_id, obligation, unit, period, occurred_at, declared_at, subject, acting_unit, what)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
# Whoever declares something of an obligation waits for others who do: the earliest limit of a day is found from all of it.
_DUTIES: Final = """
SELECT o.*, plan.zone FROM obligation o JOIN plan USING (plan_id)
WHERE o.obligation = $1 AND ($2::text IS NULL OR o.plan_id = $2)
ORDER BY o.plan_id FOR NO KEY UPDATE OF o
"""
_OF_INSTANCE: Final = """
SELECT occurred_at FROM occurrence
WHERE plan_id = $1 AND obligation = $2 AND unit = $3 AND period = $4 AND occurred_at >= $5
"""
_OPEN: Final = """
SELECT p.only_unit, p.period, p.cutoff_at, occurrence.occurred_at
FROM obligation_period p
JOIN occurrence ON occurrence.plan_id = p.plan_id AND occurrence.obligation = p.obligation AND occurrence.unit = p.only_unit
    AND occurrence.period = p.period
WHERE p.plan_id = $1 AND p.obligation = $2 AND p.cutoff_at > $3 AND NOT p.ended
ORDER BY p.only_unit, p.period
"""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened to a unit. `period` is its local date, by which what is owed for it is keyed."""

    occurrence_id: UUID
    plan_id: str
    obligation: str
    unit: str
    period: date
    occurred_at: datetime
    declared_at: datetime
    what: str


async def insert(connection: Connection, occurrence: Occurrence, principal: Principal) -> None:
    """Keep what was declared, and who declared it; never changed afterwards."""
    await connection.execute(
        _INSERT,
        occurrence.occurrence_id,
        occurrence.plan_id,
        occurrence.obligation,
        occurrence.unit,
        occurrence.period,
        occurrence.occurred_at,
        occurrence.declared_at,
        principal.subject,
        principal.unit,
        occurrence.what,
    )


async def lock_duties(connection: Connection, obligation: str, plan_id: str | None) -> tuple[list[Duty], bool]:
    """Lock the obligations in force of a name that occurrences start, and whether there is any obligation of that name."""
    rows = await connection.fetch(_DUTIES, obligation, plan_id)
    duties = [duty_from(row) for row in rows if row["next_due_day"] is not None]
    return [duty for duty in duties if starts_with_occurrence(duty.terms.schedule)], bool(rows)


async def of_instance(connection: Connection, duty: Duty, unit: str, period: date) -> list[datetime]:
    """When things happened to a unit on a local day since the obligation is in force."""
    rows = await connection.fetch(_OF_INSTANCE, duty.plan_id, duty.obligation, unit, period, duty.terms.in_force_from)
    return [row["occurred_at"] for row in rows]


async def open_instances(
    connection: Connection, duty: Duty, after: datetime
) -> dict[tuple[str, date], tuple[datetime, Sequence[datetime]]]:
    """What is owed for occurrences and falls due after an instant, by unit and period: the cut-off, and when things happened."""
    cutoffs: dict[tuple[str, date], datetime] = {}
    occurred: dict[tuple[str, date], list[datetime]] = defaultdict(list)
    for row in await connection.fetch(_OPEN, duty.plan_id, duty.obligation, after):
        key = row["only_unit"], row["period"]
        cutoffs[key] = row["cutoff_at"]
        occurred[key].append(row["occurred_at"])
    return {key: (cutoff_at, occurred[key]) for key, cutoff_at in cutoffs.items()}


async def listed(
    pool: Pool, caller: str | None, filters: dict[str, str | None], after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Occurrences that a caller sees, in the order in which they happened, with the limit of what is owed for them."""
    given = Conditions()
    for name in ("plan_id", "obligation", "unit"):
        given.equal(f"o.{name}", filters.get(name))
    if after is not None:
        given.add(f"(o.occurred_at, o.occurrence_id) > ({given.bind(after[0])}, {given.bind(after[1])})")
    (await scope_of(pool, caller)).among(given, "o.unit")
    query = f"""
        SELECT o.*, report_id_of(o.plan_id, o.obligation, o.unit, o.period) AS report_id, p.cutoff_at, p.explanation
        FROM occurrence o
        LEFT JOIN obligation_period p ON p.plan_id = o.plan_id AND p.obligation = o.obligation AND p.period = o.period
            AND p.only_unit = o.unit
        WHERE {given} ORDER BY o.occurred_at, o.occurrence_id LIMIT {limit:d}"""
    return [dict(row) for row in await pool.fetch(query, *given.values)]
