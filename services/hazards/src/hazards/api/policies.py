"""What bodies have decided about times."""

from fastapi import APIRouter, Response

from contracts.values import UnitCode
from hazards.commands import policies as commands
from hazards.domain.policy import Policy, PolicyInForce
from servicekit import units
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond

router = APIRouter(tags=["policies"])


@router.put("/policies/{unit}", response_model=PolicyInForce, summary="设定时限规则 Decide about times for a unit's subtree")
async def decide(kit: KitDep, request: CommandDep, unit: UnitCode, body: Policy) -> Response:
    async def run(connection: Connection) -> PolicyInForce:
        return await commands.decide(connection, request.principal, unit, body, request.received_at)

    return respond(await kit.answer(request, 200, run))


@router.get("/policies/{unit}", summary="现行时限规则 The policy in force for a unit: its own, or that of the nearest unit above")
async def read(kit: KitDep, principal: PrincipalDep, unit: UnitCode) -> PolicyInForce:
    await units.in_scope(kit.pool, principal, unit)
    return await commands.of(kit.pool, unit)
