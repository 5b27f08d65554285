"""A batch on a real database: what is applied, what is given up, and what is tried again."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError
from counting.events import NOW, RawRecord, envelope, raw, records
from counting.handler import Counting, applied

from servicekit.batches import INFRASTRUCTURE, BatchApplier, read
from servicekit.clock import FixedClock
from servicekit.database import Pool
from servicekit.deadletters import DeadLetter, DeadLetterLimit

pytestmark = pytest.mark.io

BROKEN = RawRecord(b"{", raw(envelope()).headers)


class Tray:
    """Keeps the letters; fails as often as it is told to."""

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []
        self.failures: list[Exception] = []

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        if letters and self.failures:
            raise self.failures.pop()
        self.letters += letters

    @property
    def reasons(self) -> list[tuple[str, int]]:
        return [(letter.reason, letter.record.offset) for letter in self.letters]


@pytest.fixture
def tray() -> Tray:
    return Tray()


@pytest.fixture
def handler() -> Counting:
    return Counting()


@pytest.fixture
def applier_of(pool: Pool, tray: Tray, handler: Counting) -> Callable[..., BatchApplier]:
    def make(consumer: str = "counting", consecutive: int = 10, ratio: float = 0.5, window: int = 100) -> BatchApplier:
        limit = DeadLetterLimit(max_consecutive=consecutive, max_ratio=ratio, window=window)
        return BatchApplier(consumer, handler, pool=pool, clock=FixedClock(NOW), letters=tray, limit=limit)

    return make


@pytest.fixture
def applier(applier_of: Callable[..., BatchApplier]) -> BatchApplier:
    return applier_of()


def numbered(*batches: Sequence[RawRecord]) -> list[RawRecord]:
    """One after the other in one partition."""
    return [replace(record, offset=offset) for offset, record in enumerate(record for batch in batches for record in batch)]


async def take(applier: BatchApplier, batch: Sequence[RawRecord]) -> int:
    return await applier.apply([read(record) for record in batch])


async def test_a_batch_is_one_call_of_the_handler(applier: BatchApplier, handler: Counting, pool: Pool) -> None:
    batch = numbered(records("a", [1, 2]), records("b", [1]), records("a", [3]))
    assert await take(applier, batch) == 4
    assert handler.batches == [4]
    assert await applied(pool) == {"a": [1, 2, 3], "b": [1]}


async def test_an_event_met_again_has_no_second_effect(applier: BatchApplier, pool: Pool) -> None:
    batch = numbered(records("a", [1, 2, 3]))
    await take(applier, batch)
    later = numbered(batch[1:], records("a", [4]))
    assert await take(applier, later) == 3
    assert await applied(pool) == {"a": [1, 2, 3, 4]}


async def test_an_event_twice_in_one_batch_has_one_effect_at_its_first_place(applier: BatchApplier, pool: Pool) -> None:
    first, second = records("a", [1, 2])
    assert await take(applier, numbered([first, second, first])) == 3
    assert await applied(pool) == {"a": [1, 2]}


async def test_consumers_apply_the_same_event_each_once(applier_of: Callable[..., BatchApplier], pool: Pool) -> None:
    batch = numbered(records("a", [1]))
    for name in ("one", "two", "one"):
        await take(applier_of(name), batch)
    assert await applied(pool) == {"a": [1, 1]}


async def test_malformed_records_and_unknown_types_take_nothing_with_them(applier: BatchApplier, tray: Tray, pool: Pool) -> None:
    unknown = replace(
        BROKEN, headers=[(name, b"bihuan.x.Y.v1" if name == "ce_type" else value) for name, value in BROKEN.headers]
    )
    batch = numbered(records("a", [1]), [BROKEN, unknown], records("a", [2]))
    assert await take(applier, batch) == 4
    assert tray.reasons == [("bad_json", 1)]
    assert await applied(pool) == {"a": [1, 2]}


async def test_a_refused_event_is_given_up_alone_and_its_aggregate_waits(
    applier: BatchApplier, handler: Counting, tray: Tray, pool: Pool
) -> None:
    handler.refuse = {"bad"}
    batch = numbered(records("a", [1]), records("bad", [1, 2]), records("b", [1]), records("bad", [3]), records("a", [2]))
    assert await take(applier, batch) == 6
    assert await applied(pool) == {"a": [1, 2], "b": [1]}
    assert tray.reasons == [("handler_error", 1), ("parked", 2), ("parked", 4)]
    assert "refused" in tray.letters[0].detail
    handler.refuse = set()
    assert await take(applier, numbered(records("bad", [4]), records("a", [3]))) == 2
    assert await applied(pool) == {"a": [1, 2, 3], "b": [1]}, "nothing may overtake the dead letter"


async def test_what_was_applied_before_its_aggregate_was_parked_makes_no_letter_when_it_comes_again(
    applier: BatchApplier, handler: Counting, tray: Tray
) -> None:
    before = records("bad", [1])
    await take(applier, before)
    handler.refuse = {"bad"}
    await take(applier, numbered(records("bad", [2])))
    await take(applier, before)
    assert tray.reasons == [("handler_error", 0)]


async def test_a_consumer_parks_for_itself_only(applier_of: Callable[..., BatchApplier], handler: Counting, pool: Pool) -> None:
    handler.refuse = {"a"}
    await take(applier_of("one"), numbered(records("a", [1])))
    handler.refuse = set()
    await take(applier_of("two"), numbered(records("a", [1])))
    assert await applied(pool) == {"a": [1]}


async def test_too_many_malformed_records_stop_the_batch_before_the_next(
    applier_of: Callable[..., BatchApplier], tray: Tray, pool: Pool
) -> None:
    applier = applier_of(consecutive=3)
    batch = numbered(records("a", [1]), [BROKEN] * 5, records("a", [2]))
    assert await take(applier, batch) == 4
    assert await take(applier, batch[4:]) == 0, "asking again does not help"
    assert len(tray.letters) == 3
    assert await applied(pool) == {"a": [1]}


async def test_too_many_refused_events_stop_the_batch_too(
    applier_of: Callable[..., BatchApplier], handler: Counting, tray: Tray, pool: Pool
) -> None:
    keys = [f"k{number}" for number in range(8)]
    handler.refuse = set(keys)
    applier = applier_of(consecutive=3)
    batch = numbered(records("a", [1]), *(records(key, [1]) for key in keys))
    assert await take(applier, batch) == 4
    assert tray.reasons == [("handler_error", offset) for offset in (1, 2, 3)]
    assert await applied(pool) == {"a": [1]}


async def test_refused_events_count_across_small_batches(
    applier_of: Callable[..., BatchApplier], handler: Counting, tray: Tray
) -> None:
    applier = applier_of(consecutive=3)
    handler.refuse = {f"k{number}" for number in range(6)}
    assert [await take(applier, numbered(records(f"k{number}", [1]))) for number in range(6)] == [1, 1, 1, 0, 0, 0]
    assert len(tray.letters) == 3


async def test_one_broken_aggregate_does_not_stop_the_consumer(
    applier_of: Callable[..., BatchApplier], handler: Counting, tray: Tray
) -> None:
    applier = applier_of(consecutive=2)
    handler.refuse = {"bad"}
    assert await take(applier, numbered(records("bad", range(1, 51)))) == 50
    assert [reason for reason, _ in tray.reasons].count("parked") == 49


@pytest.mark.parametrize("error", [OSError(), TimeoutError(), asyncpg.DeadlockDetectedError(), asyncpg.DiskFullError()])
async def test_an_error_of_the_infrastructure_gives_nothing_up(
    applier: BatchApplier, handler: Counting, tray: Tray, pool: Pool, error: Exception
) -> None:
    handler.failures = [error]
    batch = numbered(records("a", [1]), [BROKEN], records("a", [2]))
    with pytest.raises(type(error)):
        await take(applier, batch)
    assert await applied(pool) == {}
    assert tray.letters == []
    assert await take(applier, batch) == 3
    assert await applied(pool) == {"a": [1, 2]}


async def test_a_retried_batch_counts_its_malformed_records_once(
    applier_of: Callable[..., BatchApplier], handler: Counting, tray: Tray
) -> None:
    applier = applier_of(consecutive=3)
    batch = numbered([BROKEN] * 3, records("a", [1]))
    for _ in range(4):
        handler.failures = [ConnectionResetError()]
        with pytest.raises(ConnectionResetError):
            await take(applier, batch)
    assert await take(applier, batch) == 4


async def test_an_error_outside_the_handler_is_no_fault_of_the_events(applier: BatchApplier, tray: Tray, pool: Pool) -> None:
    await pool.execute("ALTER TABLE inbox RENAME TO elsewhere")
    with pytest.raises(asyncpg.UndefinedTableError):
        await take(applier, numbered(records("a", [1])))
    assert tray.letters == []
    await pool.execute("ALTER TABLE elsewhere RENAME TO inbox")
    assert await take(applier, numbered(records("a", [1]))) == 1


async def test_nothing_is_applied_when_a_letter_cannot_be_sent(
    applier: BatchApplier, handler: Counting, tray: Tray, pool: Pool
) -> None:
    tray.failures = [KafkaConnectionError()]
    batch = numbered(records("a", [1]), [BROKEN])
    with pytest.raises(KafkaConnectionError):
        await take(applier, batch)
    assert await applied(pool) == {}
    handler.refuse, tray.failures = {"bad"}, [KafkaConnectionError()]
    with pytest.raises(KafkaConnectionError):
        await take(applier, numbered(records("bad", [1])))
    assert await pool.fetchval("SELECT count(*) FROM parked_key") == 0, "not parked without its letter"
    await take(applier, batch)
    assert await applied(pool) == {"a": [1]}


async def test_a_batch_costs_four_statements_whatever_its_size(applier: BatchApplier, pool: Pool) -> None:
    seen: list[str] = []
    # asyncpg learns the types of a connection once.
    await asyncio.gather(*(take(applier, numbered(records(f"warm{number}", [1]))) for number in range(2)))
    held = [await pool.acquire() for _ in range(2)]
    for connection in held:
        connection.add_query_logger(lambda query: seen.append(query.query.split()[0]))
    for connection in held:
        await pool.release(connection)
    for size in (1, 500):
        seen.clear()
        await take(applier, numbered(records(f"k{size}", range(1, size + 1))))
        assert seen == ["BEGIN;", "INSERT", "INSERT", "COMMIT;"]


def test_every_way_in_which_the_database_is_away_is_infrastructure() -> None:
    away: list[type[Exception]] = [
        asyncpg.ConnectionDoesNotExistError,
        asyncpg.CannotConnectNowError,
        asyncpg.AdminShutdownError,
        asyncpg.CrashShutdownError,
        asyncpg.QueryCanceledError,
        asyncpg.TooManyConnectionsError,
        asyncpg.OutOfMemoryError,
        asyncpg.DiskFullError,
        asyncpg.ReadOnlySQLTransactionError,
        asyncpg.InvalidPasswordError,
        asyncpg.DeadlockDetectedError,
        asyncpg.SerializationError,
        asyncpg.InterfaceError,
        ConnectionRefusedError,
        TimeoutError,
    ]
    assert [error for error in away if not issubclass(error, INFRASTRUCTURE)] == []
    faults: list[Any] = [asyncpg.UniqueViolationError, asyncpg.DataError, asyncpg.NotNullViolationError, KeyError, ValueError]
    assert [fault for fault in faults if issubclass(fault, INFRASTRUCTURE)] == []
