"""The standard hazards that hazards are instances of."""

from hazards.domain.library import Entry
from hazards.domain.record import Details, Hazard
from hazards.store import library
from servicekit import units
from servicekit.database import Connection
from servicekit.problems import invalid


async def resolved(connection: Connection, unit: str, details: Details) -> Details:
    """Fill in which version of a standard hazard holds for a unit, and its clause unless another one is named.

    Raises:
        Problem: 422 the library of the unit's line has no such code.
    """
    basis = details.basis
    if basis is None or basis.code is None:
        return details
    line = [each.code for each in await units.lineage(connection, unit)]
    entry = await library.entry(connection, line, basis.code)
    if entry is None:
        raise invalid("basis.code", f"{basis.code} is no standard hazard of the library that holds for {unit}")
    filled = {"unit": entry.unit, "version": entry.version, "clause": basis.clause or entry.clause}
    return details.model_copy(update={"basis": basis.model_copy(update=filled)})


async def of(connection: Connection, hazard: Hazard) -> Entry | None:
    """The standard hazard that a hazard was registered by, in the version of that time."""
    basis = hazard.details.basis
    if basis is None or basis.code is None or basis.unit is None or basis.version is None:
        return None
    return await library.version(connection, basis.unit, basis.code, basis.version)
