"""Enterprises under supervision by name. Each action on a listed one names the version that the caller has seen."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Concatenate

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from contracts.values import Instant, Key, Name, Text, UnitCode
from hazards.api.bodies import Body
from hazards.api.record_history import RecordHistory
from hazards.commands import enterprises as commands
from hazards.commands.enterprises import EnterpriseCall, NewListing
from hazards.domain.enterprises import EnterpriseTrigger, Supervised
from hazards.domain.record import Grade
from hazards.store import changes
from hazards.store import enterprises as store
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.kit import Kit, Request
from servicekit.problems import forbidden, not_found

router = APIRouter(prefix="/enterprises/{code}", tags=["enterprises"])
Code = Annotated[Key, Path(description="the unified social credit code")]


class EnterpriseAction(Body):
    """An action on what the caller has read."""

    version: Annotated[int, Field(ge=1)]
    occurred_at: Instant | None = None


class EnterpriseListBody(Body):
    """Who answers for the enterprise, and why it is listed. `version` where it was listed before."""

    name: Name
    unit: UnitCode
    """A unit below the caller's."""
    trigger: EnterpriseTrigger
    reason: Text
    grade: Grade | None = None
    """Of the hazards that it is about: a policy may say which level lists which grade."""
    plan_id: Key | None = None
    progress_every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    version: Annotated[int, Field(ge=1)] | None = None
    occurred_at: Instant | None = None


class EnterpriseReason(EnterpriseAction):
    """Why."""

    reason: Text


class EnterpriseWhere(EnterpriseAction):
    """Where it was made public."""

    where: Text


class EnterpriseText(EnterpriseAction):
    """How far it is."""

    text: Text


Command = Callable[Concatenate[EnterpriseCall, ...], Awaitable[Supervised]]


async def _act(kit: Kit, request: Request, code: str, body: Any, command: Command, **said: Any) -> Response:
    async def run(connection: Connection) -> Supervised:
        call = EnterpriseCall(connection, request.principal, code, request.received_at, body.version, body.occurred_at)
        return await command(call, **said)

    return respond(await kit.answer(request, 200, run))


@router.post("/list", response_model=Supervised, summary="企业挂牌督办 Put an enterprise under supervision")
async def put_on_list(kit: KitDep, request: CommandDep, code: Code, body: EnterpriseListBody) -> Response:
    said = NewListing(**body.model_dump(exclude={"version", "occurred_at"}))

    async def run(connection: Connection) -> Supervised:
        call = EnterpriseCall(connection, request.principal, code, request.received_at, body.version, body.occurred_at)
        return await commands.put_on_list(call, said)

    return respond(await kit.answer(request, 200, run))


@router.post("/publish", response_model=Supervised, summary="公布企业挂牌 Say where it was made public")
async def publish(kit: KitDep, request: CommandDep, code: Code, body: EnterpriseWhere) -> Response:
    return await _act(kit, request, code, body, commands.publish, where=body.where)


@router.post("/raise", response_model=Supervised, summary="企业提级督办 Take the supervision over")
async def raise_to(kit: KitDep, request: CommandDep, code: Code, body: EnterpriseReason) -> Response:
    return await _act(kit, request, code, body, commands.raise_to, reason=body.reason)


@router.post("/tell-progress", response_model=Supervised, summary="报送企业督办进展 Tell how far it is")
async def tell_progress(kit: KitDep, request: CommandDep, code: Code, body: EnterpriseText) -> Response:
    return await _act(kit, request, code, body, commands.tell_progress, text=body.text)


@router.post("/delist", response_model=Supervised, summary="企业摘牌 End the supervision")
async def delist(kit: KitDep, request: CommandDep, code: Code, body: EnterpriseReason) -> Response:
    return await _act(kit, request, code, body, commands.delist, reason=body.reason)


@router.get("", summary="查询企业督办 An enterprise that is or was under supervision")
async def read(kit: KitDep, principal: PrincipalDep, code: Code) -> Supervised:
    return await _readable(kit, principal, code)


@router.get("/history", summary="企业督办档案 Every change of its supervision")
async def read_history(
    kit: KitDep,
    principal: PrincipalDep,
    code: Code,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> RecordHistory:
    await _readable(kit, principal, code)
    return RecordHistory.of(await changes.of_record(kit.pool, "enterprise", code, after, limit + 1), limit)


async def _readable(kit: Kit, principal: Principal, code: str) -> Supervised:
    found = await store.find(kit.pool, code)
    if found is None:
        raise not_found("code", code)
    if not await commands.sees(kit.pool, principal, found):
        raise forbidden("the enterprise lies outside the caller's subtree")
    return found
