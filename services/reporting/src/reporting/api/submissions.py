"""Commands: report, correct, exempt, submit and draft a roll-up."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.values import Key, UnitCode
from reporting.api.exact import ExactRoute
from reporting.api.views import Accepted, ExemptionBody, ReportBody, ReportTarget, RollupAccepted
from reporting.commands.exempt import exempt
from reporting.commands.submit import Content, Target, correct, submit
from reporting.commands.submit_rollup import Rollup, draft_rollup, submit_rollup
from reporting.domain.expected import Expected
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond

router = APIRouter(route_class=ExactRoute)


def _target(principal: Principal, body: ReportTarget) -> Target:
    return Target(body.obligation, body.unit or principal.acting_unit(), body.plan_id, body.period)


def _content(body: ReportBody) -> Content:
    return Content(body.zero, body.numbers(), body.texts())


def _accepted(result: tuple[Expected, str]) -> Accepted:
    report, verdict = result
    return Accepted.model_validate(
        {
            "report_id": report.report_id,
            "unit": report.unit,
            "period": report.period,
            "version": report.versions,
            "verdict": verdict,
        }
    )


def _frozen(result: Rollup) -> RollupAccepted:
    return RollupAccepted.model_validate(result, from_attributes=True)


@router.post("/reports", status_code=201, response_model=Accepted)
async def report(kit: KitDep, request: CommandDep, body: ReportBody) -> Response:
    """Report for one's own unit, or for a unit below it (电话报告)."""
    target = _target(request.principal, body)

    async def run(connection: Connection) -> Accepted:
        return _accepted(await submit(connection, request.principal, target, _content(body), request.received_at))

    return respond(await kit.answer(request, 201, run))


@router.post("/reports/corrections", status_code=201, response_model=Accepted)
async def correction(kit: KitDep, request: CommandDep, body: ReportBody) -> Response:
    """Add a version to a report. The first version keeps the verdict; a submitted roll-up is restated."""
    target = _target(request.principal, body)

    async def run(connection: Connection) -> Accepted:
        return _accepted(await correct(connection, request.principal, target, _content(body), request.received_at))

    return respond(await kit.answer(request, 201, run))


@router.post("/reports/exemptions", status_code=201, response_model=Accepted)
async def exemption(kit: KitDep, request: CommandDep, body: ExemptionBody) -> Response:
    """Exempt a unit below one's own from a period, before its cut-off."""
    target = _target(request.principal, body)

    async def run(connection: Connection) -> Accepted:
        return _accepted(await exempt(connection, request.principal, target, body.reason, request.received_at))

    return respond(await kit.answer(request, 201, run))


@router.post("/rollups", status_code=201, response_model=RollupAccepted)
async def rollup(kit: KitDep, request: CommandDep, body: ReportTarget) -> Response:
    """Submit a roll-up: it is frozen with the missing children named."""
    target = _target(request.principal, body)

    async def run(connection: Connection) -> RollupAccepted:
        return _frozen(await submit_rollup(connection, request.principal, target, request.received_at))

    return respond(await kit.answer(request, 201, run))


@router.get("/rollups/draft")
async def rollup_draft(
    kit: KitDep,
    principal: PrincipalDep,
    obligation: Annotated[Key, Query()],
    period: Annotated[date | None, Query()] = None,
    unit: Annotated[UnitCode | None, Query()] = None,
    plan_id: Annotated[Key | None, Query()] = None,
) -> RollupAccepted:
    """What the roll-up would contain if it were submitted now."""
    target = Target(obligation, unit or principal.acting_unit(), plan_id, period)
    async with kit.pool.acquire() as connection, connection.transaction():
        return _frozen(await draft_rollup(connection, principal, target, kit.clock.now()))
