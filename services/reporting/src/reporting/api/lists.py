"""Reads: reports, totals, roll-ups, contradictions, alerts. A caller sees its subtree."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from contracts.values import Key, UnitCode
from reporting.api.cursors import After, Limit, cursor_of, instant_of, parsed, parts_of, place_of, written
from reporting.api.views import (
    AlertSummary,
    MovedCutoff,
    Page,
    Report,
    ReportDetail,
    Rollup,
    SuspectedContradiction,
    Total,
    Verdict,
)
from reporting.store import calendars, reads
from reporting.store.quantities import from_json
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import not_found

router = APIRouter()


@router.get("/reports")
async def reports(
    kit: KitDep,
    principal: PrincipalDep,
    obligation: Annotated[Key | None, Query()] = None,
    period: Annotated[date | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    unit: Annotated[UnitCode | None, Query()] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[Report]:
    """Expected reports with their verdicts as of now, by period. A page may be short; the last one has no `next`."""
    filters = {"obligation": obligation, "period": period, "verdict": verdict, "unit": unit}
    place = place_of(after, (UUID,))
    rows, following = await reads.reports(kit.pool, principal.subtree(), kit.clock.now(), filters, place, limit)
    return Page[Report].model_validate({"items": rows, "next": cursor_of(following)})


@router.get("/reports/{report_id}")
async def report(kit: KitDep, principal: PrincipalDep, report_id: UUID) -> ReportDetail:
    """One report with every version."""
    row = await reads.report(kit.pool, principal.subtree(), kit.clock.now(), report_id)
    if row is None:
        raise not_found("report_id", report_id)
    versions = [{**version, "items": from_json(version["items"])} for version in await reads.submissions(kit.pool, report_id)]
    return ReportDetail.model_validate({**row, "submissions": versions})


@router.get("/totals")
async def totals(
    kit: KitDep,
    principal: PrincipalDep,
    obligation: Annotated[Key | None, Query()] = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[Total]:
    """Counts per period, plan and obligation. A page may be short; the last one has no `next`."""
    filters = {"obligation": obligation, "first": first, "last": last}
    place = place_of(after, (str, str))
    rows, following = await reads.totals(kit.pool, principal.subtree(), kit.clock.now(), filters, place, limit)
    return Page[Total].model_validate({"items": rows, "next": cursor_of(following)})


@router.get("/rollups")
async def rollups(
    kit: KitDep,
    principal: PrincipalDep,
    obligation: Annotated[Key | None, Query()] = None,
    period: Annotated[date | None, Query()] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[Rollup]:
    """Owed roll-ups: what was frozen, restated, whose lateness it was. A page may be short; the last one has no `next`."""
    filters = {"obligation": obligation, "period": period}
    place = place_of(after, (UUID,))
    rows, following = await reads.rollups(kit.pool, principal.subtree(), kit.clock.now(), filters, place, limit)
    return Page[Rollup].model_validate({"items": [_rollup(row) for row in rows], "next": cursor_of(following)})


def _rollup(row: dict[str, Any]) -> dict[str, Any]:
    restated = row["restated_sums"]
    return row | {
        "sums": from_json(row["sums"] or {}),
        "missing_children": row["missing_children"] or [],
        "restated": restated is not None,
        "restated_sums": None if restated is None else from_json(restated),
    }


@router.get("/contradictions")
async def contradictions(
    kit: KitDep, principal: PrincipalDep, after: After = None, limit: Limit = 100
) -> Page[SuspectedContradiction]:
    """Suspected contradictions, for a person to judge."""
    parts = parts_of(after, 2)
    position = None if parts is None else (parts[0], parsed(date.fromisoformat, parts[1]))
    rows = await reads.contradictions(kit.pool, principal.subtree(), position, limit)
    following = "~".join((rows[-1]["unit"], rows[-1]["period"].isoformat())) if len(rows) == limit else None
    return Page[SuspectedContradiction].model_validate({"items": rows, "next": following})


@router.get("/alert-summaries")
async def alert_summaries(kit: KitDep, principal: PrincipalDep, after: After = None, limit: Limit = 100) -> Page[AlertSummary]:
    """Alerts and how many contacts were reached, oldest first. For the platform's own admins and auditors."""
    principal.require("admin", "auditor")
    parts = parts_of(after, 2)
    position = None if parts is None else (parsed(instant_of, parts[0]), parts[1])
    rows = await reads.alerts(kit.pool, position, limit)
    following = f"{written(rows[-1]['raised_at'])}~{rows[-1]['alert_id']}" if len(rows) == limit else None
    return Page[AlertSummary].model_validate({"items": rows, "next": following})


@router.get("/moved-cutoffs")
async def moved_cutoffs(kit: KitDep, principal: PrincipalDep, after: After = None, limit: Limit = 100) -> Page[MovedCutoff]:
    """Cut-offs that a changed calendar moved, by plan and obligation. For the platform's own admins and auditors."""
    principal.require("admin", "auditor")
    parts = parts_of(after, 5)
    place = None if parts is None else (parts[0], parts[1], parsed(date.fromisoformat, parts[2]), parts[3], parts[4])
    rows = await calendars.moved_cutoffs(kit.pool, place, limit)
    last = rows[-1] if len(rows) == limit else None
    following = (
        None if last is None else "~".join(str(last[name]) for name in ("plan_id", "obligation", "period", "calendar", "unit"))
    )
    items = [{**row, "unit": row["unit"] or None} for row in rows]
    return Page[MovedCutoff].model_validate({"items": items, "next": following})
