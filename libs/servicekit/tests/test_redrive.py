"""Dead letters applied again: in order, once, and without letting an event overtake."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from aiokafka import TopicPartition
from counting.events import NOW, RawRecord, envelope, raw, records
from counting.handler import Counting, applied, until
from counting.topics import write

from local_stack.brokers import Broker
from servicekit import inbox
from servicekit.auth import Authenticator
from servicekit.batches import BatchApplier, read
from servicekit.clock import FixedClock
from servicekit.database import Pool
from servicekit.deadletters import DeadLetterBox, DeadLetterLimit
from servicekit.kit import Kit
from servicekit.progress import Progress
from servicekit.redrive import Redrive, RedriveReport
from servicekit.settings import Settings

pytestmark = pytest.mark.io

_numbers = count(1)
BROKEN = RawRecord(b"{", raw(envelope("m")).headers, b"m")


class Worker:
    """A consumer's applier with real letters, fed by hand, and the redrive beside it."""

    def __init__(self, settings: Settings, pool: Pool, topic: str) -> None:
        self.topic = topic
        self.handler = Counting()
        self.kit = Kit("counting", settings, pool, FixedClock(NOW), Progress(), Authenticator(settings))
        self._offset = count()
        self.box = DeadLetterBox(topic, self.kit.clock, settings)
        limit = DeadLetterLimit(max_consecutive=100, max_ratio=1, window=1000)
        self.applier = BatchApplier(topic, self.handler, pool=pool, clock=self.kit.clock, letters=self.box, limit=limit)

    async def take(self, *batch: RawRecord) -> None:
        placed = [replace(record, topic=self.topic, offset=next(self._offset)) for record in batch]
        assert await self.applier.apply([read(record) for record in placed]) == len(batch)

    async def redrive(self, *, dry_run: bool = False, limit: int = 1000, abandon: tuple[str, ...] = ()) -> RedriveReport:
        redrive = Redrive(self.kit, self.topic, self.handler, dry_run=dry_run, limit=limit, abandon=abandon)
        return await redrive.run([self.topic])

    @property
    def letters(self) -> str:
        return f"{self.topic}.{self.topic}.dlt"


@pytest.fixture
async def worker(embedded_kafka: Broker, settings_of: Callable[..., Settings], pool: Pool) -> Any:
    made = Worker(settings_of(kafka_servers=embedded_kafka.servers), pool, f"plans.redrive.{next(_numbers)}")
    yield made
    await made.box.close()


async def test_mended_letters_are_applied_in_order_and_their_aggregate_goes_on(worker: Worker, pool: Pool) -> None:
    worker.handler.refuse = {"bad"}
    await worker.take(*records("bad", [1, 2]), *records("a", [1]), *records("bad", [3]))
    worker.handler.refuse = set()
    report = await worker.redrive()
    assert report.applied == {worker.letters: 3}
    assert report.let_through == ["bad"]
    assert await applied(pool) == {"a": [1], "bad": [1, 2, 3]}
    await worker.take(*records("bad", [4]))
    assert (await applied(pool))["bad"] == [1, 2, 3, 4]
    assert (await worker.redrive()).applied == {worker.letters: 0}, "what was applied is not looked at again"


async def test_a_dry_run_tells_the_truth_and_changes_nothing(worker: Worker, pool: Pool) -> None:
    worker.handler.refuse = {"bad", "worse"}
    await worker.take(*records("bad", [1, 2]), *records("worse", [1, 2]))
    worker.handler.refuse = {"worse"}
    report = await worker.redrive(dry_run=True)
    assert report.applied == {worker.letters: 2}
    assert [line.split(":")[0] for line in report.left[worker.letters]] == ["offset 2 (handler_error)", "offset 3 (parked)"]
    assert report.lines()[0] == f"{worker.letters}: would apply 2, abandoned 0"
    assert await applied(pool) == {}
    assert await pool.fetchval("SELECT count(*) FROM parked_key") == 2
    assert (await worker.redrive()).applied == {worker.letters: 2}


async def test_from_the_first_letter_that_still_fails_its_aggregate_waits(worker: Worker, pool: Pool) -> None:
    worker.handler.refuse = {"bad", "good"}
    await worker.take(*records("bad", [1]), *records("good", [1]), *records("bad", [2]), *records("good", [2]))
    worker.handler.refuse = {"bad"}
    report = await worker.redrive()
    assert await applied(pool) == {"good": [1, 2]}
    assert report.let_through == ["good"]
    assert len(report.left[worker.letters]) == 2
    await worker.take(*records("bad", [3]), *records("good", [3]))
    worker.handler.refuse = set()
    report = await worker.redrive()
    assert await applied(pool) == {"good": [1, 2, 3], "bad": [1, 2, 3]}
    assert report.let_through == ["bad"]


async def test_a_letter_that_nobody_can_read_can_be_given_up_by_name(worker: Worker, pool: Pool) -> None:
    worker.handler.refuse = {"bad"}
    await worker.take(BROKEN, *records("bad", [1]))
    worker.handler.refuse = set()
    report = await worker.redrive()
    assert await applied(pool) == {"bad": [1]}, "it holds up nobody"
    assert "offset 0 (bad_json)" in report.lines()[1]
    assert (await worker.redrive()).left[worker.letters] != []
    report = await worker.redrive(abandon=(f"{worker.letters}:0",))
    assert report.abandoned == {worker.letters: 1}
    assert (await worker.redrive()).lines() == [f"{worker.letters}: applied 0, abandoned 0"]


async def test_a_limited_run_lets_nobody_through_who_has_letters_behind_the_limit(worker: Worker, pool: Pool) -> None:
    worker.handler.refuse = {"bad"}
    await worker.take(*records("bad", range(1, 8)))
    worker.handler.refuse = set()
    report = await worker.redrive(limit=3)
    assert (report.complete, report.let_through) == (False, [])
    assert "again" in report.lines()[-1]
    await worker.take(*records("bad", [8]))
    assert (await applied(pool))["bad"] == [1, 2, 3], "still parked"
    assert (await worker.redrive()).complete
    assert (await applied(pool))["bad"] == list(range(1, 9))


async def test_letters_that_come_during_a_redrive_go_first(worker: Worker, pool: Pool) -> None:
    """The batch has found the key parked, and sends its letter while the redrive believes it has seen them all."""
    worker.handler.refuse = {"bad"}
    await worker.take(*records("bad", [1]))
    worker.handler.refuse = set()
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        late = replace(records("bad", [2])[0], topic=worker.topic, offset=99)
        parsed: Any = read(late)
        claim = await inbox.claim(connection, worker.topic, [parsed.envelope.id], ["bad"], NOW)
        assert claim.parked
        redriving = asyncio.create_task(worker.redrive())
        await until(lambda: _is_applied(pool))
        await asyncio.sleep(0.1)
        assert not redriving.done(), "letting through waits for the batch"
        await write(worker.kit.settings.kafka_servers, worker.letters, [late])
        await transaction.commit()
    assert (await redriving).let_through == ["bad"]
    assert await applied(pool) == {"bad": [1, 2]}


async def _is_applied(pool: Pool) -> bool:
    return "bad" in await applied(pool)


async def test_an_event_that_is_not_known_to_this_version_is_left_for_the_next(worker: Worker) -> None:
    unknown = replace(
        BROKEN, headers=[(name, b"bihuan.x.New.v1" if name == "ce_type" else value) for name, value in BROKEN.headers]
    )
    await write(worker.kit.settings.kafka_servers, worker.letters, [unknown])
    report = await worker.redrive()
    assert "not known" in report.left[worker.letters][0]


async def test_a_live_consumer_and_a_redrive_share_the_work(
    embedded_kafka: Broker, settings_of: Callable[..., Settings], pool: Pool, consuming: Any
) -> None:
    settings, topic = settings_of(kafka_servers=embedded_kafka.servers), f"plans.redrive.live.{next(_numbers)}"
    handler = Counting(refuse={"bad"})
    last = 300
    async with consuming(settings, topic, handler) as consumer:
        await write(settings.kafka_servers, topic, records("bad", range(1, 101)))
        await until(lambda: _reached(consumer, topic, 100))
        handler.refuse = set()
        side = Worker(settings, pool, topic)
        side.handler = handler
        writing = asyncio.create_task(_write_slowly(settings, topic, 101, last))
        await side.redrive()
        await writing
        await until(lambda: _reached(consumer, topic, last))
        await side.redrive()
    assert await applied(pool) == {"bad": list(range(1, last + 1))}


async def _reached(consumer: Any, topic: str, offset: int) -> bool:
    return bool(consumer.positions.get(TopicPartition(topic, 0)) == offset)


async def _write_slowly(settings: Settings, topic: str, first: int, last: int) -> None:
    for sequence in range(first, last + 1, 10):
        await write(settings.kafka_servers, topic, records("bad", range(sequence, sequence + 10)))
