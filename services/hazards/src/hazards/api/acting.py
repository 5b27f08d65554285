"""How an action comes in: one transaction, answered with where the hazard stands then."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate
from uuid import UUID

from fastapi import Response

from hazards.api.bodies import AnyAction
from hazards.api.views import HazardState
from hazards.commands.acting import Call
from hazards.domain.record import Hazard
from servicekit.database import Connection
from servicekit.http import respond
from servicekit.kit import Kit, Request

Command = Callable[Concatenate[Call, ...], Awaitable[Hazard]]


async def act(kit: Kit, request: Request, hazard_id: UUID, body: AnyAction, command: Command, **said: Any) -> Response:
    """Run the command of an action on a hazard."""

    async def run(connection: Connection) -> HazardState:
        call = Call(connection, request.principal, hazard_id, body.said(), request.received_at)
        return HazardState.of(await command(call, **said))

    return respond(await kit.answer(request, 200, run))
