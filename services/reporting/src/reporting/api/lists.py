"""Reads: reports, totals, roll-ups, contradictions, alerts. A caller sees its subtree."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from contracts.values import Key, UnitCode
from reporting.api.views import (
    AlertSummary,
    Page,
    Report,
    ReportDetail,
    Rollup,
    SuspectedContradiction,
    Total,
    Verdict,
    page_of,
)
from reporting.store import reads
from reporting.store.quantities import from_json
from servicekit.auth import Principal
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import invalid, not_found

router = APIRouter()
Limit = Annotated[int, Query(ge=1, le=1000)]
After = Annotated[str | None, Query(max_length=300)]


def _scope(principal: Principal) -> str | None:
    """The unit whose subtree the caller sees; None for a platform admin or auditor, who sees everything."""
    if principal.unit is None:
        principal.require("admin", "auditor")
    return principal.unit


def _cursor(after: str | None, parts: int) -> list[str] | None:
    if after is None:
        return None
    values = after.split("~")
    if len(values) != parts or "\x00" in after:
        raise invalid("after", "is not a cursor that this list gave out")
    return values


def _uuid(after: str | None) -> UUID | None:
    try:
        return None if after is None else UUID(after)
    except ValueError:
        raise invalid("after", "is not a cursor that this list gave out") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid("after", "is not a cursor that this list gave out") from None


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
    """Expected reports with their verdicts as of now, in the order of their ids."""
    filters = {"obligation": obligation, "period": period, "verdict": verdict, "unit": unit, "after": _uuid(after)}
    rows = await reads.reports(kit.pool, _scope(principal), kit.clock.now(), filters, limit)
    return Page[Report].model_validate(page_of(Report, rows, limit, str(rows[-1]["report_id"]) if rows else None))


@router.get("/reports/{report_id}")
async def report(kit: KitDep, principal: PrincipalDep, report_id: UUID) -> ReportDetail:
    """One report with every version."""
    row = await reads.report(kit.pool, _scope(principal), kit.clock.now(), report_id)
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
    """Counts per obligation and period."""
    place = _cursor(after, 3)
    filters = {"obligation": obligation, "first": first, "last": last}
    position = None if place is None else (place[0], place[1], _date(place[2]))
    rows = await reads.totals(kit.pool, _scope(principal), kit.clock.now(), filters, position, limit)
    cursor = "~".join((rows[-1]["plan_id"], rows[-1]["obligation"], rows[-1]["period"].isoformat())) if rows else None
    return Page[Total].model_validate(page_of(Total, rows, limit, cursor))


@router.get("/rollups")
async def rollups(
    kit: KitDep,
    principal: PrincipalDep,
    obligation: Annotated[Key | None, Query()] = None,
    period: Annotated[date | None, Query()] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[Rollup]:
    """Owed roll-ups: what was frozen, what was restated, whose lateness it was."""
    filters = {"obligation": obligation, "period": period, "after": _uuid(after)}
    rows = await reads.rollups(kit.pool, _scope(principal), kit.clock.now(), filters, limit)
    for row in rows:
        row["sums"] = from_json(row["sums"] or {})
        row["missing_children"] = row["missing_children"] or []
        row["restated"] = row["restated_sums"] is not None
        row["restated_sums"] = None if row["restated_sums"] is None else from_json(row["restated_sums"])
    return Page[Rollup].model_validate(page_of(Rollup, rows, limit, str(rows[-1]["report_id"]) if rows else None))


@router.get("/contradictions")
async def contradictions(
    kit: KitDep, principal: PrincipalDep, after: After = None, limit: Limit = 100
) -> Page[SuspectedContradiction]:
    """Suspected contradictions, for a person to judge."""
    place = _cursor(after, 2)
    position = None if place is None else (place[0], _date(place[1]))
    rows = await reads.contradictions(kit.pool, _scope(principal), kit.clock.now(), position, limit)
    cursor = "~".join((rows[-1]["unit"], rows[-1]["period"].isoformat())) if rows else None
    return Page[SuspectedContradiction].model_validate(page_of(SuspectedContradiction, rows, limit, cursor))


@router.get("/alert-summaries")
async def alert_summaries(kit: KitDep, principal: PrincipalDep, after: After = None, limit: Limit = 100) -> Page[AlertSummary]:
    """Alerts and how many contacts were reached, oldest first. For the platform's own admins and auditors."""
    principal.require("admin", "auditor")
    place = _cursor(after, 2)
    rows = await reads.alerts(kit.pool, None if place is None else (_instant(place[0]), place[1]), limit)
    cursor = "~".join((rows[-1]["raised_at"].isoformat(), rows[-1]["alert_id"])) if rows else None
    return Page[AlertSummary].model_validate(page_of(AlertSummary, rows, limit, cursor))


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("after", "is not a cursor that this list gave out") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
