"""Reads for the API. Every list is bounded, ordered by its key and limited to what the caller sees."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from reporting.store.instants import OF_REPORT
from reporting.store.visibility import Conditions, scope_of
from reporting.store.walking import Place, Row, walk
from servicekit.database import Pool
from servicekit.units import within

Filters = Mapping[str, Any]

_VERDICT: Final = """CASE
    WHEN e.versions > 0 THEN CASE WHEN e.received_at < e.cutoff_at THEN 'on_time' ELSE 'late' END
    WHEN e.exempt_at IS NOT NULL THEN 'exempt'
    WHEN e.cutoff_at <= {} THEN 'missed'
    ELSE 'pending' END"""
_COLUMNS: Final = """e.report_id, e.plan_id, e.obligation, e.type, e.unit, e.parent, e.period, e.cutoff_at, e.received_at,
    e.entered_by, e.versions, e.zero, e.exempt_at, e.exempt_reason, e.exempt_by"""
# Of a roll-up that was submitted late, what was submitted comes before what stood at the cut-off.
_FROZEN: Final = """
LEFT JOIN LATERAL (
    SELECT * FROM rollup WHERE rollup.report_id = e.report_id ORDER BY basis = 'submission' DESC LIMIT 1
) r ON true
"""
_FROZEN_COLUMNS: Final = """r.basis, r.frozen_at, r.sums, r.missing_children, r.content_hash, r.attribution,
    coalesce(r.restatements, 0) AS restatements, r.restated_sums"""
_SUBMISSIONS: Final = """
SELECT version, received_at, subject, acting_unit, entered_by, zero, items, texts
FROM submission WHERE report_id = $1 ORDER BY version
"""
_LIST_DAYS: Final = 366
_TOTAL_DAYS: Final = 7


async def reports(
    pool: Pool, unit: str | None, now: datetime, filters: Filters, place: Place | None, limit: int
) -> tuple[list[Row], Place | None]:
    """Expected reports with their verdicts, by period and report id, and where the next page begins."""
    return await _list(pool, unit, now, filters, place, limit)


async def rollups(
    pool: Pool, unit: str | None, now: datetime, filters: Filters, place: Place | None, limit: int
) -> tuple[list[Row], Place | None]:
    """Owed roll-ups with what was frozen and restated, by period and report id, and where the next page begins."""
    return await _list(pool, unit, now, {**filters, "type": "roll_up"}, place, limit, columns=_FROZEN_COLUMNS, joins=_FROZEN)


async def _list(
    pool: Pool,
    unit: str | None,
    now: datetime,
    filters: Filters,
    place: Place | None,
    limit: int,
    *,
    columns: str = "NULL",
    joins: str = "",
) -> tuple[list[Row], Place | None]:
    scope = await scope_of(pool, unit)
    day: date | None = filters.get("period")

    async def fetch(first: date, last: date, after: Place | None) -> list[Row]:
        given = _days(first, last, after, ("e.report_id",))
        for name in ("obligation", "type", "unit"):
            given.equal(f"e.{name}", filters.get(name))
        scope.among(given, "e.unit")
        judged = _VERDICT.format(f"{given.bind(now)}::timestamptz")
        given.equal(f"({judged})", filters.get("verdict"))
        query = f"""
            SELECT {_COLUMNS}, {judged} AS verdict, {columns} FROM expected_report e {joins}
            WHERE {given} ORDER BY e.period, e.report_id LIMIT {limit:d}"""
        return [dict(row) for row in await pool.fetch(query, *given.values)]

    return await walk(
        pool,
        fetch,
        place=_from(place, day or date.min),
        last=day or date.max,
        days=scope.days(_LIST_DAYS),
        limit=limit,
        key=("report_id",),
    )


def _from(place: Place | None, first: date) -> Place:
    return Place(first) if place is None or place.period < first else place


def _days(first: date, last: date, after: Place | None, key: tuple[str, ...]) -> Conditions:
    given = Conditions(["e.withdrawn_at IS NULL"])
    given.add(f"e.period BETWEEN {given.bind(first)} AND {given.bind(last)}")
    if after is not None and after.key is not None:
        values = ", ".join(given.bind(value) for value in (after.period, *after.key))
        given.add(f"({', '.join(('e.period', *key))}) > ({values})")
    return given


async def report(pool: Pool, unit: str | None, now: datetime, report_id: UUID) -> Row | None:
    """One report that is owed, or that was submitted before it ceased to be owed, if the caller sees it."""
    query = f"""
        SELECT {_COLUMNS}, e.withdrawn_at, p.label, p.explanation, {_VERDICT.format("$2::timestamptz")} AS verdict
        FROM expected_report e, {OF_REPORT}
        WHERE e.report_id = $1 AND (e.withdrawn_at IS NULL OR e.versions > 0)"""
    row = await pool.fetchrow(query, report_id, now)
    if row is None or not (unit is None or await within(pool, row["unit"], unit)):
        return None
    return dict(row)


async def submissions(pool: Pool, report_id: UUID) -> list[Row]:
    """All versions of a report."""
    return [dict(row) for row in await pool.fetch(_SUBMISSIONS, report_id)]


async def totals(
    pool: Pool, unit: str | None, now: datetime, filters: Filters, place: Place | None, limit: int
) -> tuple[list[Row], Place | None]:
    """Counts per period, plan and obligation; expected = on_time + late + missed + exempt + pending."""
    scope = await scope_of(pool, unit)
    counts = ", ".join(
        f"count(*) FILTER (WHERE verdict = '{name}') AS {name}" for name in ("on_time", "late", "missed", "exempt", "pending")
    )

    async def fetch(first: date, last: date, after: Place | None) -> list[Row]:
        given = _days(first, last, after, ("e.plan_id", "e.obligation"))
        given.equal("e.obligation", filters.get("obligation"))
        scope.over(given, "e.unit")
        judged = _VERDICT.format(f"{given.bind(now)}::timestamptz")
        query = f"""
            SELECT period, plan_id, obligation, count(*) AS expected, {counts}
            FROM (SELECT e.period, e.plan_id, e.obligation, {judged} AS verdict FROM expected_report e WHERE {given}) AS judged
            GROUP BY period, plan_id, obligation ORDER BY period, plan_id, obligation LIMIT {limit:d}"""
        return [dict(row) for row in await pool.fetch(query, *given.values)]

    return await walk(
        pool,
        fetch,
        place=_from(place, filters.get("first") or date.min),
        last=filters.get("last") or date.max,
        days=scope.days(_TOTAL_DAYS),
        limit=limit,
        key=("plan_id", "obligation"),
    )


async def contradictions(pool: Pool, unit: str | None, after: tuple[str, date] | None, limit: int) -> list[Row]:
    """Suspected contradictions by unit and period."""
    given = Conditions()
    if after is not None:
        given.add(f"(c.unit, c.period) > ({given.bind(after[0])}, {given.bind(after[1])})")
    (await scope_of(pool, unit)).among(given, "c.unit")
    query = f"""
        SELECT unit, period, kind, suspected_at, report_id, hazard_id FROM contradiction c
        WHERE {given} ORDER BY unit, period LIMIT {limit:d}"""
    return [dict(row) for row in await pool.fetch(query, *given.values)]


async def alerts(pool: Pool, after: tuple[datetime, str] | None, limit: int) -> list[Row]:
    """Alerts in the order in which they were raised."""
    given = Conditions()
    if after is not None:
        given.add(f"(raised_at, alert_id) > ({given.bind(after[0])}, {given.bind(after[1])})")
    query = f"""
        SELECT alert_id, reason, about, raised_at, contacts, delivered, failed FROM alert
        WHERE {given} ORDER BY raised_at, alert_id LIMIT {limit:d}"""
    return [dict(row) for row in await pool.fetch(query, *given.values)]
