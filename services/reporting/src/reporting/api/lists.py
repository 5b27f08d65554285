"""Reads: reports, totals, roll-ups, contradictions, alerts. A caller sees its subtree."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query

from contracts.values import Key, UnitCode
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
from reporting.store.walking import Place
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import invalid, not_found

router = APIRouter()
Limit = Annotated[int, Query(ge=1, le=1000)]
After = Annotated[str | None, Query(max_length=300)]
NO_CURSOR: Final = "is not a cursor that this list gave out"
T = TypeVar("T")


def _parts(after: str | None, count: int) -> list[str] | None:
    """Take a cursor apart; None at the start of a list."""
    if after is None:
        return None
    parts = after.split("~")
    if len(parts) != count or "\x00" in after:
        raise invalid("after", NO_CURSOR)
    return parts


def _read(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except (ValueError, OverflowError):
        raise invalid("after", NO_CURSOR) from None


def _place(after: str | None, keys: tuple[Callable[[str], Any], ...]) -> Place | None:
    """Where a walk by period goes on: `2026-03-02~…` in the middle of a period, `2026-03-02~` (without keys) before it."""
    parts = None if after is None else _parts(after, 2 if after.endswith("~") else 1 + len(keys))
    if parts is None:
        return None
    period, *rest = parts
    key = None if rest == [""] else tuple(_read(parse, text) for parse, text in zip(keys, rest, strict=True))
    return Place(_read(date.fromisoformat, period), key)


def _cursor(place: Place | None) -> str | None:
    if place is None:
        return None
    return "~".join([place.period.isoformat(), *("" if key is None else str(key) for key in place.key or (None,))])


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
    place = _place(after, (UUID,))
    rows, following = await reads.reports(kit.pool, principal.subtree(), kit.clock.now(), filters, place, limit)
    return Page[Report].model_validate({"items": rows, "next": _cursor(following)})


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
    place = _place(after, (str, str))
    rows, following = await reads.totals(kit.pool, principal.subtree(), kit.clock.now(), filters, place, limit)
    return Page[Total].model_validate({"items": rows, "next": _cursor(following)})


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
    place = _place(after, (UUID,))
    rows, following = await reads.rollups(kit.pool, principal.subtree(), kit.clock.now(), filters, place, limit)
    return Page[Rollup].model_validate({"items": [_rollup(row) for row in rows], "next": _cursor(following)})


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
    parts = _parts(after, 2)
    position = None if parts is None else (parts[0], _read(date.fromisoformat, parts[1]))
    rows = await reads.contradictions(kit.pool, principal.subtree(), position, limit)
    following = "~".join((rows[-1]["unit"], rows[-1]["period"].isoformat())) if len(rows) == limit else None
    return Page[SuspectedContradiction].model_validate({"items": rows, "next": following})


@router.get("/alert-summaries")
async def alert_summaries(kit: KitDep, principal: PrincipalDep, after: After = None, limit: Limit = 100) -> Page[AlertSummary]:
    """Alerts and how many contacts were reached, oldest first. For the platform's own admins and auditors."""
    principal.require("admin", "auditor")
    parts = _parts(after, 2)
    position = None if parts is None else (_read(_instant, parts[0]), parts[1])
    rows = await reads.alerts(kit.pool, position, limit)
    # No plus sign: it would be a blank for callers who forget to escape it.
    following = f"{rows[-1]['raised_at']:%Y-%m-%dT%H:%M:%S.%fZ}~{rows[-1]['alert_id']}" if len(rows) == limit else None
    return Page[AlertSummary].model_validate({"items": rows, "next": following})


@router.get("/moved-cutoffs")
async def moved_cutoffs(kit: KitDep, principal: PrincipalDep, after: After = None, limit: Limit = 100) -> Page[MovedCutoff]:
    """Cut-offs that a changed calendar moved, by plan and obligation. For the platform's own admins and auditors."""
    principal.require("admin", "auditor")
    parts = _parts(after, 4)
    place = None if parts is None else (parts[0], parts[1], _read(date.fromisoformat, parts[2]), parts[3])
    rows = await calendars.moved_cutoffs(kit.pool, place, limit)
    last = rows[-1] if len(rows) == limit else None
    following = None if last is None else "~".join(str(last[name]) for name in ("plan_id", "obligation", "period", "calendar"))
    return Page[MovedCutoff].model_validate({"items": rows, "next": following})


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
