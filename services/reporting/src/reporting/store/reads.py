"""Reads for the API. Every list is bounded, ordered by its key and limited to the caller's subtree."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from servicekit.database import Pool
from servicekit.units import MAX_DEPTH

Filters = Mapping[str, Any]
Row = dict[str, Any]

# $1: the caller's unit, or null for one that sees everything; $2: now.
_SCOPE: Final = f"""
WITH RECURSIVE scope (code, depth) AS (
    SELECT $1::text, 1 WHERE $1::text IS NOT NULL
    UNION ALL
    SELECT unit.code, scope.depth + 1 FROM scope JOIN unit ON unit.parent = scope.code WHERE scope.depth < {MAX_DEPTH}
), judged AS (
    SELECT e.*, CASE
        WHEN e.versions > 0 THEN CASE WHEN e.received_at < e.cutoff_at THEN 'on_time' ELSE 'late' END
        WHEN e.exempt_at IS NOT NULL THEN 'exempt'
        WHEN e.cutoff_at <= $2::timestamptz THEN 'missed'
        ELSE 'pending' END AS verdict
    FROM expected_report e
    WHERE e.withdrawn_at IS NULL
)
"""
_VISIBLE: Final = "($1::text IS NULL OR {column} IN (SELECT code FROM scope))"
_REPORTS = f"""{_SCOPE}
SELECT report_id, plan_id, obligation, type, unit, parent, period, cutoff_at, verdict, received_at, entered_by, versions, zero
FROM judged
WHERE {_VISIBLE.format(column="unit")} AND ($3::text IS NULL OR obligation = $3) AND ($4::date IS NULL OR period = $4)
  AND ($5::text IS NULL OR verdict = $5) AND ($6::text IS NULL OR unit = $6) AND ($7::uuid IS NULL OR report_id > $7)
ORDER BY report_id LIMIT $8
"""
_REPORT = f"""{_SCOPE}
SELECT report_id, plan_id, obligation, type, unit, parent, period, cutoff_at, verdict, received_at, entered_by, versions, zero,
       exempt_at, exempt_reason, exempt_by
FROM judged WHERE {_VISIBLE.format(column="unit")} AND report_id = $3
"""
_SUBMISSIONS = """
SELECT version, received_at, subject, acting_unit, entered_by, zero, items, texts
FROM submission WHERE report_id = $1 ORDER BY version
"""
_TOTALS = f"""{_SCOPE}
SELECT plan_id, obligation, period, count(*) AS expected,
       count(*) FILTER (WHERE verdict = 'on_time') AS on_time, count(*) FILTER (WHERE verdict = 'late') AS late,
       count(*) FILTER (WHERE verdict = 'missed') AS missed, count(*) FILTER (WHERE verdict = 'exempt') AS exempt,
       count(*) FILTER (WHERE verdict = 'pending') AS pending
FROM judged
WHERE {_VISIBLE.format(column="unit")} AND ($3::text IS NULL OR obligation = $3) AND ($4::date IS NULL OR period >= $4)
  AND ($5::date IS NULL OR period <= $5)
  AND ($6::text IS NULL OR (plan_id, obligation, period) > ($6, $7::text, $8::date))
GROUP BY plan_id, obligation, period ORDER BY plan_id, obligation, period LIMIT $9
"""
_ROLLUPS = f"""{_SCOPE}
SELECT judged.report_id, plan_id, obligation, unit, period, cutoff_at, verdict, received_at, r.basis, r.frozen_at, r.sums,
       r.missing_children, r.content_hash, r.attribution, coalesce(r.restatements, 0) AS restatements, r.restated_sums
FROM judged
LEFT JOIN LATERAL (
    SELECT * FROM rollup WHERE rollup.report_id = judged.report_id ORDER BY basis = 'submission' DESC LIMIT 1
) r ON true
WHERE type = 'roll_up' AND {_VISIBLE.format(column="unit")} AND ($3::text IS NULL OR obligation = $3)
  AND ($4::date IS NULL OR period = $4) AND ($5::uuid IS NULL OR judged.report_id > $5)
ORDER BY judged.report_id LIMIT $6
"""
_CONTRADICTIONS = f"""{_SCOPE}
SELECT unit, period, kind, suspected_at, report_id, hazard_id FROM contradiction
WHERE {_VISIBLE.format(column="unit")} AND $2::timestamptz IS NOT NULL
  AND ($3::text IS NULL OR (unit, period) > ($3, $4::date))
ORDER BY unit, period LIMIT $5
"""
_ALERTS = """
SELECT alert_id, reason, about, raised_at, contacts, delivered, failed FROM alert
WHERE ($1::timestamptz IS NULL OR (raised_at, alert_id) > ($1, $2::text)) ORDER BY raised_at, alert_id LIMIT $3
"""


async def _rows(pool: Pool, query: str, *arguments: object) -> list[Row]:
    return [dict(record) for record in await pool.fetch(query, *arguments)]


async def reports(pool: Pool, unit: str | None, now: datetime, filters: Filters, limit: int) -> list[Row]:
    """Expected reports with their verdicts, by report id."""
    return await _rows(
        pool,
        _REPORTS,
        unit,
        now,
        filters.get("obligation"),
        filters.get("period"),
        filters.get("verdict"),
        filters.get("unit"),
        filters.get("after"),
        limit,
    )


async def report(pool: Pool, unit: str | None, now: datetime, report_id: UUID) -> Row | None:
    """One expected report."""
    found = await _rows(pool, _REPORT, unit, now, report_id)
    return found[0] if found else None


async def submissions(pool: Pool, report_id: UUID) -> list[Row]:
    """All versions of a report."""
    return await _rows(pool, _SUBMISSIONS, report_id)


async def totals(
    pool: Pool, unit: str | None, now: datetime, filters: Filters, after: tuple[str, str, date] | None, limit: int
) -> list[Row]:
    """Counts per obligation and period; expected = on_time + late + missed + exempt + pending."""
    place = after or (None, None, None)
    return await _rows(
        pool, _TOTALS, unit, now, filters.get("obligation"), filters.get("first"), filters.get("last"), *place, limit
    )


async def rollups(pool: Pool, unit: str | None, now: datetime, filters: Filters, limit: int) -> list[Row]:
    """Owed roll-ups with what was frozen and restated; the submitted content before what stood at the cut-off."""
    return await _rows(pool, _ROLLUPS, unit, now, filters.get("obligation"), filters.get("period"), filters.get("after"), limit)


async def contradictions(pool: Pool, unit: str | None, now: datetime, after: tuple[str, date] | None, limit: int) -> list[Row]:
    """Suspected contradictions by unit and period."""
    return await _rows(pool, _CONTRADICTIONS, unit, now, *(after or (None, None)), limit)


async def alerts(pool: Pool, after: tuple[datetime, str] | None, limit: int) -> list[Row]:
    """Alerts in the order in which they were raised."""
    return await _rows(pool, _ALERTS, *(after or (None, None)), limit)
