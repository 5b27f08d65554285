"""Informants and their rewards over HTTP. Who an informant is stands in one answer only: that of `disclose`."""

from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Instant, Name, Text, UnitCode
from hazards.commands import informants as commands
from hazards.domain.informants import Identity, Reward, RewardAmount
from hazards.sealing import Keyring, SealingSettings
from hazards.store import informants as store
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, PrincipalDep, respond
from servicekit.kit import Kit
from servicekit.problems import conflict

_FIRST: Final = UUID(int=0)
_READERS: Final = ("office", "supervisor", "auditor")
router = APIRouter(tags=["informants"])


class Body(BaseModel):
    """A request body: a misspelt field is told, not ignored."""

    model_config = ConfigDict(extra="forbid")


class DisclosureBody(Body):
    """Why somebody has to know."""

    reason: Text


class ProposalBody(Body):
    """A reward that is proposed."""

    informant_id: UUID
    amount: RewardAmount = Field(description="yuan, more than 0")
    ground: Text = Field(description="what the amount goes by; never who the informant is")


class DecisionBody(Body):
    """What is decided about a proposed reward."""

    approved: bool
    note: Text | None = None


class PaymentBody(Body):
    """That a reward was paid."""

    paid_at: Instant
    receipt: Name = Field(description="the number of the receipt")


class ResealBody(Body):
    """How many identities are sealed anew."""

    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000


class InformantView(BaseModel):
    """An informant, without who that is."""

    informant_id: UUID
    hazard_id: UUID


class InformantIdentity(BaseModel):
    """Who told of a hazard."""

    informant_id: UUID
    recorded_at: Instant
    identity: Identity


class DisclosureView(BaseModel):
    """All that is known of those who told of a hazard. That it was read is recorded."""

    hazard_id: UUID
    informants: list[InformantIdentity]


class ReadingView(BaseModel):
    """That somebody read who the informants of a hazard are."""

    disclosure_id: UUID
    informants: list[UUID]
    disclosed_at: Instant
    subject: str
    unit: UnitCode
    reason: str


class ReadingPage(BaseModel):
    """Readings, the oldest first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[ReadingView]
    next: UUID | None


class RewardPage(BaseModel):
    """Rewards, the oldest proposal first. `next` goes into `after` for the following page; null: this is the last."""

    items: list[Reward]
    next: UUID | None


class ResealView(BaseModel):
    """How many identities were sealed under the newest key, and how many wait."""

    sealed: int
    left: int


After = Annotated[UUID | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.post(
    "/hazards/{hazard_id}/informant", status_code=201, response_model=InformantView, summary="登记举报人 Keep who told of it"
)
async def record(kit: KitDep, request: CommandDep, hazard_id: UUID, body: Identity) -> Response:
    keyring = _keyring(kit)
    # A plain hash of so little text could be guessed back; this one is kept with the first answer.
    marked = replace(request, fingerprint=keyring.mark(request.fingerprint))

    async def run(connection: Connection) -> InformantView:
        at = request.received_at
        informant_id = await commands.record(connection, request.principal, keyring, hazard_id, body, at)
        return InformantView(informant_id=informant_id, hazard_id=hazard_id)

    return respond(await kit.answer(marked, 201, run))


@router.post(
    "/hazards/{hazard_id}/informant/disclose", response_model=DisclosureView, summary="查阅举报人 Read who told of it; recorded"
)
async def disclose(kit: KitDep, principal: PrincipalDep, request: Request, hazard_id: UUID, body: DisclosureBody) -> Response:
    keyring = _keyring(kit)

    async def run(connection: Connection) -> list[commands.Disclosed]:
        return await commands.disclose(connection, principal, keyring, hazard_id, body.reason, request.state.received_at)

    # Not `kit.answer`: it would keep the answer for the next request with the same key.
    opened = await kit.command(run)
    items = [
        InformantIdentity(informant_id=each.informant_id, recorded_at=each.recorded_at, identity=each.identity) for each in opened
    ]
    content = DisclosureView(hazard_id=hazard_id, informants=items).model_dump_json()
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/hazards/{hazard_id}/informant/disclosures", summary="查阅记录 Who read it, when and why")
async def read_disclosures(
    kit: KitDep, principal: PrincipalDep, hazard_id: UUID, after: After = None, limit: Limit = 100
) -> ReadingPage:
    await commands.require_line(kit.pool, principal, hazard_id, "supervisor", "auditor")
    found = await store.disclosures(kit.pool, hazard_id, after or _FIRST, limit + 1)
    items = [
        ReadingView(
            disclosure_id=each.disclosure_id,
            informants=each.informants,
            disclosed_at=each.disclosed_at,
            subject=each.subject,
            unit=each.unit,
            reason=each.reason,
        )
        for each in found[:limit]
    ]
    return ReadingPage(items=items, next=items[-1].disclosure_id if len(found) > limit else None)


@router.post("/informants/reseal", response_model=ResealView, summary="更换密钥 Seal identities under the newest key")
async def reseal(kit: KitDep, request: CommandDep, body: ResealBody) -> Response:
    keyring = _keyring(kit)

    async def run(connection: Connection) -> ResealView:
        sealed, left = await commands.seal_again(connection, request.principal, keyring, body.limit)
        return ResealView(sealed=sealed, left=left)

    return respond(await kit.answer(request, 200, run))


@router.post("/hazards/{hazard_id}/reward", status_code=201, response_model=Reward, summary="提出奖励 Propose a reward")
async def propose(kit: KitDep, request: CommandDep, hazard_id: UUID, body: ProposalBody) -> Response:
    async def run(connection: Connection) -> Reward:
        return await commands.propose(
            connection,
            request.principal,
            hazard_id,
            body.informant_id,
            amount=body.amount,
            ground=body.ground,
            at=request.received_at,
        )

    return respond(await kit.answer(request, 201, run))


@router.post("/hazards/{hazard_id}/reward/{reward_id}/decide", response_model=Reward, summary="审定奖励 Decide on a reward")
async def decide(kit: KitDep, request: CommandDep, hazard_id: UUID, reward_id: UUID, body: DecisionBody) -> Response:
    said: dict[str, Any] = {"approved": body.approved, "note": body.note, "at": request.received_at}

    async def run(connection: Connection) -> Reward:
        return await commands.decide(connection, request.principal, hazard_id, reward_id, **said)

    return respond(await kit.answer(request, 200, run))


@router.post("/hazards/{hazard_id}/reward/{reward_id}/pay", response_model=Reward, summary="发放奖励 Note a payment")
async def pay(kit: KitDep, request: CommandDep, hazard_id: UUID, reward_id: UUID, body: PaymentBody) -> Response:
    async def run(connection: Connection) -> Reward:
        return await commands.pay(
            connection,
            request.principal,
            hazard_id,
            reward_id,
            paid_at=body.paid_at,
            receipt=body.receipt,
            at=request.received_at,
        )

    return respond(await kit.answer(request, 200, run))


@router.get("/hazards/{hazard_id}/reward", summary="列出奖励 Rewards for the informants of a hazard")
async def read_rewards(
    kit: KitDep, principal: PrincipalDep, hazard_id: UUID, after: After = None, limit: Limit = 100
) -> RewardPage:
    await commands.require_line(kit.pool, principal, hazard_id, *_READERS)
    found = await store.rewards(kit.pool, hazard_id, after or _FIRST, limit + 1)
    return RewardPage(items=found[:limit], next=found[limit - 1].reward_id if len(found) > limit else None)


def _keyring(kit: Kit) -> Keyring:
    assert isinstance(kit.settings, SealingSettings)  # noqa: S101 - the service runs with its own settings
    keyring = kit.settings.informant_keyring
    if keyring is None:
        raise conflict("no key for informants is configured (BIHUAN_INFORMANT_KEYS, BIHUAN_INFORMANT_KEY)")
    return keyring
