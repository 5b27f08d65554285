"""Publishing standard hazards."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hazards.domain import library
from hazards.domain.library import Standard
from hazards.domain.rows import RowError
from hazards.sheets.delimited import read_csv
from hazards.sheets.limits import Limits, UnreadableSheet
from hazards.store import library as store
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.problems import FieldError, Problem, conflict, not_found


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: `changed` entries got a next version, `unchanged` ones say what they said."""

    import_id: UUID
    unit: str
    added: int
    changed: int
    unchanged: int


class RowsRefused(Problem):
    """A sheet of which nothing was taken; each of `errors` names its row."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__(422, f"表中有 {len(errors)} 处错误，没有导入任何内容")
        self.rows = errors

    def body(self) -> dict[str, object]:
        """The problem object."""
        rows = [{"row": error.row, "field": error.field, "reason": error.reason} for error in self.rows]
        return super().body() | {"errors": rows}


async def publisher(database: Connection | Pool, principal: Principal, at: datetime) -> str:
    """Return the unit that the caller publishes for: its own.

    Raises:
        Problem: 403 wrong role or a token without a unit; 404 an unknown unit; 409 a retired one.
    """
    principal.require("office")
    unit = await units.find(database, principal.acting_unit())
    if unit is None:
        raise not_found("unit", principal.unit)
    if unit.retired(at):
        raise conflict(f"unit {unit.code} is retired and publishes no standards", "unit")
    return unit.code


def read(content: bytes, limits: Limits) -> list[Standard]:
    """Read a CSV file of standard hazards.

    Raises:
        RowsRefused: 422 some rows are wrong.
        Problem: 413 the file holds too much; 422 it cannot be read.
    """
    try:
        found = library.parsed(read_csv(content, limits))
    except UnreadableSheet as refused:
        status = 413 if refused.code.startswith("too_") else 422
        raise Problem(status, str(refused), FieldError("file", refused.code)) from refused
    standards = [each for each in found if isinstance(each, Standard)]
    if len(standards) < len(found):
        raise RowsRefused([each for each in found if isinstance(each, RowError)])
    return standards


async def publish(
    connection: Connection, principal: Principal, content: bytes, standards: Sequence[Standard], at: datetime
) -> Imported:
    """Publish what a file says, all of it: what is new as version 1, what says something new as the next version.

    Raises:
        Problem: those of `publisher`.
    """
    unit = await publisher(connection, principal, at)
    await store.lock(connection, unit)
    newest = await store.newest(connection, unit, [each.code for each in standards])
    published, added = library.changes(standards, newest)
    changed, digest = len(published) - added, hashlib.sha256(content).digest()
    new = store.NewImport(unit, at, principal.subject, digest, len(standards), added, changed)
    return Imported(await store.publish(connection, new, published), unit, added, changed, len(standards) - len(published))
