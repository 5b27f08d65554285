"""The counting service: `POST /counters` makes events, the consumer counts events.

COUNTING_TOPIC is what it writes and reads, COUNTING_GROUP its consumer group; COUNTING_REFUSE lists keys that its handler cannot
apply, and COUNTING_BATCH_SECONDS makes a batch take its time.
"""

import os
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from contracts.values import Name, UnitCode
from counting.events import event
from counting.handler import Counting
from servicekit import outbox
from servicekit.database import Connection
from servicekit.http import CommandDep, KitDep, respond
from servicekit.outbox import Outgoing
from servicekit.problems import invalid, not_found
from servicekit.service import Consumption, Service

TOPIC = os.environ.get("COUNTING_TOPIC", "plans.unit.v1")
GROUP = os.environ.get("COUNTING_GROUP", "counting")
_NEXT = """
INSERT INTO counter AS known (code, sequence) VALUES ($1, $2)
ON CONFLICT (code) DO UPDATE SET sequence = known.sequence + $2 RETURNING sequence
"""

router = APIRouter()


class NewCount(BaseModel, extra="forbid"):
    """How often to count."""

    code: UnitCode
    times: Annotated[int, Field(ge=1, le=500)] = 1
    note: Name | None = None


async def count(connection: Connection, code: str, times: int, topic: str = TOPIC) -> dict[str, Any]:
    """Make events of one aggregate, numbered without a gap."""
    last: int = await connection.fetchval(_NEXT, code, times)
    made = event(code, topic)
    await outbox.append(connection, [Outgoing(made, sequence) for sequence in range(last - times + 1, last + 1)])
    return {"code": code, "sequence": last}


@router.post("/counters", status_code=201)
async def create(kit: KitDep, request: CommandDep, body: NewCount) -> Response:
    request.principal.require("office")
    if body.code == "unlucky":
        raise invalid("code", "is unlucky")
    return respond(await kit.answer(request, 201, lambda connection: count(connection, body.code, body.times)))


@router.get("/counters/{code}")
async def find(kit: KitDep, code: str) -> dict[str, int]:
    sequence = await kit.pool.fetchval("SELECT sequence FROM counter WHERE code = $1", code)
    if sequence is None:
        raise not_found("code", code)
    return {"sequence": sequence}


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("call 13812345678")


HANDLER = Counting(
    refuse=set(os.environ.get("COUNTING_REFUSE", "").split()), seconds=float(os.environ.get("COUNTING_BATCH_SECONDS", "0"))
)
SERVICE = Service("counting", "Counting", routers=(router,), consumptions=(Consumption(GROUP, (TOPIC,), HANDLER),))
