"""The observer and the end offsets on a real (embedded) broker, also across an outage of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from contracts import Envelope, encode
from contracts.events.units import Placement, UnitRegistered
from local_stack.brokers import Broker, make_broker
from local_stack.kafka_topics import platform_topics
from rehearsal.observer import Observer
from rehearsal.quiet import Ends

pytestmark = pytest.mark.io

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TOPIC = "plans.unit.v1"


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    running = make_broker("embedded", tmp_path, platform_topics(2))
    await running.start()
    yield running
    await running.stop()


async def publish(broker: Broker, *ids: UUID, broken: bool = False) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.servers)
    await producer.start()
    try:
        for number, event in enumerate(ids):
            place = Placement(parent=None, valid_from=NOW)
            unit = UnitRegistered(
                occurred_at=NOW, recorded_at=NOW, code=f"33{number}", name="县", level="county", parent=None, placements=(place,)
            )
            key, value, headers = encode(
                Envelope(id=event, source="/t", type=unit.type(), time=NOW, key=unit.key(), sequence=1, data=unit)
            )
            await producer.send_and_wait(TOPIC, b"no json" if broken else value, key=key, headers=headers)
    finally:
        await producer.stop()


async def test_every_event_is_collected_once_however_often_it_was_published(broker: Broker) -> None:
    first, second = uuid4(), uuid4()
    heard: list[UUID] = []
    async with (
        Observer(broker.servers, lambda envelope: heard.append(envelope.id)) as observer,
        Ends(broker.servers, observer.places) as ends,
    ):
        await publish(broker, first, second)
        await publish(broker, first)
        await observer.caught_up(ends)
        assert observer.ids[TOPIC] == {first, second}
        assert sorted(heard) == sorted([first, second])
        assert observer.published == 2
        assert sum((await ends.read())[TOPIC].values()) == 3


async def test_a_record_that_cannot_be_read_is_counted_and_passed(broker: Broker) -> None:
    good = uuid4()
    async with Observer(broker.servers) as observer, Ends(broker.servers, observer.places) as ends:
        await publish(broker, uuid4(), broken=True)
        await publish(broker, good)
        await observer.caught_up(ends)
        assert observer.ids[TOPIC] == {good}
        assert observer.malformed == 1


async def test_reading_goes_on_after_the_broker_was_down(broker: Broker) -> None:
    before, after = uuid4(), uuid4()
    async with Observer(broker.servers) as observer, Ends(broker.servers, observer.places) as ends:
        await publish(broker, before)
        await observer.caught_up(ends)
        await broker.kill()
        await broker.start()
        await publish(broker, after)
        await observer.caught_up(ends)
        assert observer.ids[TOPIC] == {before, after}
