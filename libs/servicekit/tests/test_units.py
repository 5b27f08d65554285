"""The unit projection: newest state wins, whatever the order; scope follows the present parents."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from contracts import Envelope
from contracts.events.units import Placement, UnitEvent, UnitMoved, UnitRegistered, UnitRetired
from servicekit import units
from servicekit.auth import Principal
from servicekit.migrations import KIT
from servicekit.problems import Problem

pytestmark = pytest.mark.io
START = datetime(2026, 3, 1, tzinfo=UTC)
OFFICE = frozenset({"office"})


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def envelope(event: UnitEvent, sequence: int) -> Envelope:
    return Envelope(
        id=uuid4(), source="/test", type=event.type(), time=event.occurred_at, key=event.code, sequence=sequence, data=event
    )


def registered(code: str, parent: str | None = None, name: str | None = None, groups: tuple[str, ...] = ()) -> Envelope:
    placement = Placement(parent=parent, valid_from=at(0))
    return envelope(
        UnitRegistered(
            occurred_at=at(0),
            recorded_at=at(0),
            code=code,
            name=name or code,
            level="village",
            parent=parent,
            groups=groups,
            placements=(placement,),
        ),
        1,
    )


def moved(code: str, old: str | None, new: str, minutes: int, sequence: int = 2) -> Envelope:
    placements = (
        Placement(parent=old, valid_from=at(0), valid_until=at(minutes)),
        Placement(parent=new, valid_from=at(minutes)),
    )
    return envelope(
        UnitMoved(
            occurred_at=at(minutes),
            recorded_at=at(minutes),
            code=code,
            name=code,
            level="village",
            parent=new,
            placements=placements,
            previous_parent=old,
        ),
        sequence,
    )


def retired(code: str, parent: str, minutes: int, sequence: int = 2) -> Envelope:
    placements = (Placement(parent=parent, valid_from=at(0), valid_until=at(minutes)),)
    return envelope(
        UnitRetired(
            occurred_at=at(minutes),
            recorded_at=at(minutes),
            code=code,
            name=code,
            level="village",
            parent=parent,
            placements=placements,
        ),
        sequence,
    )


@pytest.fixture
async def connection(database: Callable[..., Awaitable[str]]) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(await database(Path(KIT)))
    yield opened
    await opened.close()


async def placements(connection: asyncpg.Connection, code: str) -> list[tuple[object, ...]]:
    rows = await connection.fetch(
        "SELECT parent, valid_from, valid_until FROM unit_placement WHERE code = $1 ORDER BY valid_from", code
    )
    return [tuple(row) for row in rows]


async def test_a_registration_is_projected_with_its_placement(connection: asyncpg.Connection) -> None:
    changed = await units.apply_unit_events(
        connection, [registered("v", "t", name="上溪村", groups=('带"引号', "林区村", "a,b\\"))]
    )

    assert changed == {"v"}
    unit = await units.find(connection, "v")
    assert unit == units.Unit("v", "上溪村", "village", ('带"引号', "林区村", "a,b\\"), "t", at(0), None, 1)
    assert await placements(connection, "v") == [("t", at(0), None)]


async def test_several_events_of_one_unit_in_a_batch_leave_the_newest(connection: asyncpg.Connection) -> None:
    await units.apply_unit_events(connection, [registered("v", "t1"), moved("v", "t1", "t2", 5), retired("v", "t2", 9, 3)])

    unit = await units.find(connection, "v")
    assert unit is not None
    assert (unit.sequence, unit.retired_at) == (3, at(9))
    assert (unit.retired(at(8)), unit.retired(at(9))) == (False, True)


@pytest.mark.parametrize("batches", [[[2], [1]], [[2, 1]], [[1], [2], [1]], [[2], [2]]])
async def test_an_older_event_never_overwrites_a_newer_one(connection: asyncpg.Connection, batches: list[list[int]]) -> None:
    events = {1: registered("v", "t1"), 2: moved("v", "t1", "t2", 5)}

    for batch in batches:
        await units.apply_unit_events(connection, [events[number] for number in batch])

    unit = await units.find(connection, "v")
    assert unit is not None
    assert (unit.parent, unit.sequence) == ("t2", 2)
    assert await placements(connection, "v") == [("t1", at(0), at(5)), ("t2", at(5), None)]


async def test_what_was_not_newer_is_not_told_as_changed(connection: asyncpg.Connection) -> None:
    await units.apply_unit_events(connection, [moved("v", "t1", "t2", 5)])

    assert await units.apply_unit_events(connection, [registered("v", "t1"), registered("w", "t1")]) == {"w"}


async def test_scope_reaches_every_depth_below_and_nothing_beside(connection: asyncpg.Connection) -> None:
    await units.apply_unit_events(
        connection, [registered("v", "t1"), registered("t1", "c"), registered("t2", "c"), registered("c")]
    )

    reach = {
        (unit, above): await units.within(connection, unit, above) for unit in ("v", "t1", "c") for above in ("v", "t1", "c")
    }
    assert [pair for pair, reached in reach.items() if reached] == [
        ("v", "v"), ("v", "t1"), ("v", "c"), ("t1", "t1"), ("t1", "c"), ("c", "c"),
    ]  # fmt: skip
    assert not await units.within(connection, "v", "t2")
    assert not await units.within(connection, "unheard", "unheard")
    assert [unit.code for unit in await units.lineage(connection, "v")] == ["v", "t1", "c"]
    assert await units.known(connection, ["v", "x", "c"]) == {"v", "c"}


async def test_a_loop_of_parents_ends_and_grants_nothing_foreign(connection: asyncpg.Connection) -> None:
    await units.apply_unit_events(connection, [registered("a", "b"), registered("b", "a"), registered("c")])

    assert not await units.within(connection, "a", "c")


async def test_in_scope_tells_unknown_from_foreign(connection: asyncpg.Connection) -> None:
    await units.apply_unit_events(connection, [registered("v", "t1"), registered("t1", "c"), registered("t2", "c")])

    async def status(principal: Principal, code: str) -> int:
        try:
            await units.in_scope(connection, principal, code)
        except Problem as problem:
            return problem.status
        return 200

    assert await status(Principal("s", "t1", OFFICE), "v") == 200
    assert await status(Principal("s", "t2", OFFICE), "v") == 403
    assert await status(Principal("s", "t2", OFFICE), "unheard") == 404
    assert await status(Principal("s", None, OFFICE), "v") == 403
    assert await status(Principal("s", None, frozenset({"admin"})), "v") == 200


async def test_many_units_are_checked_at_once_and_each_offender_is_named(connection: asyncpg.Connection) -> None:
    await units.apply_unit_events(connection, [registered("C"), registered("T", "C"), registered("V", "T"), registered("X")])
    town = Principal("clerk", "T", OFFICE)
    fields = {"V": "units.0", "T": "units.1"}
    await units.all_in_scope(connection, town, fields)
    with pytest.raises(Problem) as unknown:
        await units.all_in_scope(connection, town, fields | {"nowhere": "units.2", "X": "units.3"})
    assert (unknown.value.status, [error.field for error in unknown.value.errors]) == (404, ["units.2"])
    with pytest.raises(Problem) as foreign:
        await units.all_in_scope(connection, town, fields | {"X": "units.3", "C": "units.4"})
    assert (foreign.value.status, [error.field for error in foreign.value.errors]) == (403, ["units.3", "units.4"])
    await units.all_in_scope(connection, Principal("root", None, frozenset({"admin"})), fields | {"X": "units.3"})


async def test_names_are_told_of_known_units_only(connection: asyncpg.Connection) -> None:
    await units.apply_unit_events(connection, [registered("V", name="上溪村")])
    assert await units.names(connection, ["V", "nowhere"]) == {"V": "上溪村"}
