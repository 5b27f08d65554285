"""Accepting many rectifications at once: all of them, or none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hazards.commands.acting import Call, Said
from hazards.commands.judging import accept
from hazards.domain.record import Hazard
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.problems import FieldError, Problem


async def accept_all(
    connection: Connection, principal: Principal, items: Sequence[tuple[UUID, int]], note: str | None, at: datetime
) -> list[Hazard]:
    """Accept hazards, each at the version that the caller has seen; return them in the order asked for.

    Raises:
        Problem: 409 that names every item that cannot be accepted, with its reason.
    """
    accepted: dict[int, Hazard] = {}
    errors: dict[int, FieldError] = {}
    # In the order of ids: two batches never wait for each other crosswise.
    for index, (hazard_id, version) in sorted(enumerate(items), key=lambda each: each[1]):
        call = Call(connection, principal, hazard_id, Said(version), at)
        try:
            accepted[index] = await accept(call, note=note)
        except Problem as problem:
            errors[index] = FieldError(f"items.{index}", problem.detail)
    if errors:
        told = [errors[index] for index in sorted(errors)]
        raise Problem(409, f"{len(told)} of {len(items)} cannot be accepted, so none was: correct or leave them out", *told)
    return [accepted[index] for index in range(len(items))]
