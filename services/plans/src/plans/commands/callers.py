"""Whom a caller acts for."""

from datetime import datetime

from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.problems import conflict, not_found


async def planning_unit(database: Connection | Pool, principal: Principal, at: datetime) -> str:
    """Return the unit for which the caller imports and drafts plans.

    Raises:
        Problem: 403 wrong role or a token without a unit; 404 an unknown unit; 409 a retired one.
    """
    principal.require("office")
    unit = await units.find(database, principal.acting_unit())
    if unit is None:
        raise not_found("unit", principal.unit)
    if unit.retired(at):
        raise conflict(f"unit {unit.code} is retired and makes no plans", "unit")
    return unit.code
