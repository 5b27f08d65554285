"""Deciding about times for a unit and everything below it."""

from datetime import datetime

from hazards.commands import notices
from hazards.domain.policy import Policy, PolicyInForce
from hazards.store import hazards
from hazards.store import policies as store
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool


async def of(database: Connection | Pool, unit: str) -> PolicyInForce:
    """The policy in force for a unit: its own, or that of the nearest unit above it that has one."""
    return await store.in_force(database, [each.code for each in await units.lineage(database, unit)])


async def over(connection: Connection, unit: str) -> PolicyInForce:
    """The policy that binds a unit that rectifies: that of the nearest unit above it that has one.

    Nobody sets the terms of its own duties; only a root, above which nobody stands, has its own.
    """
    line = [each.code for each in await units.lineage(connection, unit)]
    return await store.in_force(connection, line[1:] or line)


async def decide(connection: Connection, principal: Principal, unit: str, policy: Policy, at: datetime) -> PolicyInForce:
    """Put a new version of a unit's policy in force. Limits that were set stay what they are.

    Raises:
        Problem: 403 wrong role or foreign unit; 404 unknown unit.
    """
    principal.require("office", "admin")
    await units.in_scope(connection, principal, unit)
    await hazards.change_lines(connection)  # an order of this moment follows either the old policy or the new one
    decided = await store.add(connection, unit, policy, principal.subject, at)
    await notices.reconsider(connection, unit, at)
    return decided
