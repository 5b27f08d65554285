"""Importing an older ledger: every row is judged before the first is written, and all of them are written or none."""

import asyncio
import hashlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Final
from uuid import UUID

from contracts import Actor
from hazards.commands.keeping import Doing, keep
from hazards.commands.library import RowsRefused
from hazards.domain import importing, ledger, numbers
from hazards.domain.ledger import Draft
from hazards.domain.rows import Row, RowError, WrongHeaderError, headed
from hazards.domain.steps import Moment
from hazards.sheets.bounded import Bounds, read_bounded
from hazards.sheets.limits import UnreadableSheet
from hazards.store import hazards as store
from hazards.store import ledgers
from hazards.store.ledgers import LedgerImport
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.problems import FieldError, Problem

AT_ONCE: Final = 1000
MOST_ERRORS: Final = 1000
"""What is wrong beyond so many errors is not told; the sheet is to be mended first."""
Transaction = Callable[[Callable[[Connection], Awaitable[LedgerImport]]], Awaitable[LedgerImport]]


@dataclass(slots=True)
class Judged:
    """Rows that can be imported, in a file so that memory is that of a few of them, and what is wrong with others."""

    drafts: IO[bytes]
    errors: list[RowError] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    counties: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft whose units are known."""

    draft: Draft
    unit: str
    county: str
    responsible: str | None


class Ledger:
    """A ledger that a caller imports for the subtree of its unit."""

    def __init__(self, pool: Pool, principal: Principal, content: bytes, at: datetime) -> None:
        self._pool = pool
        self._principal = principal
        self._content = content
        self._digest = hashlib.sha256(content).digest()
        self._at = at
        self._caller = principal.acting_unit()
        self._places: dict[str, list[str]] = {}
        self._counties: dict[str, str] = {}

    async def bring(self, bounds: Bounds, transaction: Transaction) -> LedgerImport:
        """Import it; the same bytes again are what they were.

        Raises:
            Problem: 403 wrong role; 413 too large; 422 it cannot be read, or names each row that is wrong and why.
        """
        self._principal.require("office")
        if (known := await ledgers.find(self._pool, self._caller, self._digest)) is not None:
            return known
        with tempfile.TemporaryFile() as spool:
            judged = Judged(spool)
            await self._judge(judged, bounds)
            if judged.errors:
                raise RowsRefused(judged.errors[:MOST_ERRORS])
            given = await self._numbers(judged.counties)
            return await transaction(lambda connection: self._write(connection, judged, given))

    async def _judge(self, judged: Judged, bounds: Bounds) -> None:
        try:
            async for drafts in _drafts(read_bounded(self._content, bounds), judged.errors):
                await self._place([each for each in drafts if isinstance(each, Draft)], judged)
        except UnreadableSheet as refused:
            status = 413 if refused.code.startswith("too_") else 422
            raise Problem(status, str(refused), FieldError("file", refused.code)) from refused
        except WrongHeaderError as wrong:
            raise RowsRefused(wrong.errors) from wrong

    async def _place(self, drafts: Sequence[Draft], judged: Judged) -> None:
        named = {name for each in drafts for name in (each.unit, each.responsible) if name is not None}
        if unknown := named - self._places.keys():
            self._places |= {name: [] for name in unknown}
            self._places |= await ledgers.called(self._pool, unknown, self._caller, self._at)
        for draft in drafts:
            unit = self._code(draft.row, "unit", draft.unit, judged)
            responsible = None if draft.responsible is None else self._code(draft.row, "responsible", draft.responsible, judged)
            if (wrong := importing.against(draft, self._at)) is not None:
                judged.errors.append(RowError(draft.row, ledger.BY_KEY[wrong[0]].chinese, wrong[1]))
            if unit is None or judged.errors:
                continue
            county = await self._county(unit)
            judged.counts[draft.standing] += 1
            judged.counties[county] += 1
            line = draft.model_copy(update={"unit": unit, "responsible": responsible}).model_dump_json(exclude_none=True)
            judged.drafts.write(line.encode() + b"\n")

    def _code(self, row: int, key: str, name: str, judged: Judged) -> str | None:
        codes = self._places[name]
        if len(codes) == 1:
            return codes[0]
        reason = f"{name} 不是本单位范围内在册的单位" if not codes else f"{name} 有重名，请填单位代码"
        judged.errors.append(RowError(row, ledger.BY_KEY[key].chinese, reason))
        return None

    async def _county(self, unit: str) -> str:
        if unit not in self._counties:
            line = await units.lineage(self._pool, unit)
            self._counties[unit] = numbers.county_of([(each.code, each.level) for each in line])
        return self._counties[unit]

    async def _numbers(self, counties: Counter[str]) -> dict[str, Iterator[int]]:
        """Take the numbers beforehand, in a moment: whoever reports meanwhile need not wait for the import."""
        year = numbers.number_year(self._at)
        async with self._pool.acquire() as connection, connection.transaction():
            return {
                county: iter(await store.next_numbers(connection, county, year, count))
                for county, count in sorted(counties.items())
            }

    async def _write(self, connection: Connection, judged: Judged, given: dict[str, Iterator[int]]) -> LedgerImport:
        await ledgers.lock(connection, self._caller)
        if (known := await ledgers.find(connection, self._caller, self._digest)) is not None:
            return known
        await store.keep_lines(connection)
        import_id = (await store.new_ids(connection))[0]
        judged.drafts.seek(0)
        while lines := judged.drafts.readlines(AT_ONCE * 500):
            for start in range(0, len(lines), AT_ONCE):
                drafts = [Draft.model_validate_json(line) for line in lines[start : start + AT_ONCE]]
                await self._keep(connection, drafts, import_id, given)
        counts = judged.counts
        done = LedgerImport(
            import_id, self._caller, counts.total(), counts["reported"], counts["ordered"], counts["closed"]
        )  # fmt: skip
        await ledgers.add(connection, done, self._at, self._principal.subject, self._digest)
        return done

    async def _keep(
        self, connection: Connection, drafts: Sequence[Draft], import_id: UUID, given: dict[str, Iterator[int]]
    ) -> None:
        year = numbers.number_year(self._at)
        steps = []
        for draft, hazard_id in zip(drafts, await store.new_ids(connection, len(drafts)), strict=True):
            county = self._counties[draft.unit]
            number = numbers.number(county, year, next(given[county]))
            hazard = importing.hazard_of(draft, draft.unit, import_id, (hazard_id, number), self._at)
            actor: Actor = self._principal.actor(draft.unit)
            moment = Moment(at=self._at, actor=actor, unit=self._caller, occurred_at=self._at)
            steps += importing.steps(draft, hazard, draft.responsible, moment)
        await keep(connection, steps, Doing("office"))


async def _drafts(rows: AsyncIterator[Row], errors: list[RowError]) -> AsyncIterator[list[Draft]]:
    """Read rows as drafts, a bounded number at a time, in a thread: the loop goes on answering others."""
    loop = asyncio.get_running_loop()

    async def some() -> list[Row]:
        taken: list[Row] = []
        async for row in rows:
            taken.append(row)
            if len(taken) == AT_ONCE:
                break
        return taken

    def all_rows() -> Iterator[Row]:
        while taken := asyncio.run_coroutine_threadsafe(some(), loop).result():
            yield from taken

    read = headed(all_rows(), ledger.COLUMNS)

    def next_drafts() -> tuple[list[Draft], bool]:
        found: list[Draft] = []
        for number, cells in read:
            made = ledger.parsed(number, cells)
            if isinstance(made, Draft):
                found.append(made)
            else:
                errors.extend(made)
            if len(found) == AT_ONCE or len(errors) >= MOST_ERRORS:
                return found, len(errors) < MOST_ERRORS
        return found, False

    more = True
    while more:
        found, more = await asyncio.to_thread(next_drafts)
        yield found
