"""The house subscriber on a broker: what is applied, what is dead-lettered, and where the offsets stand."""

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from counting.events import RawRecord, changed, envelope, raw, records
from counting.handler import Counting, applied, until

from servicekit.deadletters import dead_letter_topic

pytestmark = pytest.mark.io


async def send(servers, topic, items, partition=0):
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await producer.start()
    try:
        for item in items:
            await producer.send_and_wait(topic, key=item.key, value=item.value, headers=item.headers, partition=partition)
    finally:
        await producer.stop()


async def letters(servers, topic):
    reader = AIOKafkaConsumer(bootstrap_servers=servers)
    await reader.start()
    place = TopicPartition(topic, 0)
    reader.assign([place])
    await reader.seek_to_beginning(place)
    out = []
    end = (await reader.end_offsets([place]))[place]
    while len(out) < end:
        out += (await reader.getmany(timeout_ms=200)).get(place, [])
    await reader.stop()
    return out


async def test_a_mixed_batch(embedded_kafka, settings_of, pool, consuming, database_url):
    topic = "smoke.mixed"
    good = records("a", [1, 2, 3])
    poison = [
        RawRecord(b"{broken", good[0].headers, b"a"),
        changed(raw(envelope("b")), ce_source=b"\xff\xfe"),
        changed(raw(envelope("b")), ce_id=None),
        changed(raw(envelope("b")), ce_type=b"bihuan.plans.Unheard.v1"),
        RawRecord(b"{}", raw(envelope("b")).headers, b"b"),
        RawRecord(None, raw(envelope("b")).headers, b"b"),
        RawRecord(b"x", [], None),
    ]
    await send(embedded_kafka.servers, topic, [good[0], *poison, *good[1:]])
    handler = Counting()
    settings = settings_of(kafka_servers=embedded_kafka.servers)
    async with consuming(settings, (topic,), handler) as consumer:

        async def done():
            return consumer.positions.get(TopicPartition(topic, 0)) == 10

        await until(done)
        assert await applied(pool) == {"a": [1, 2, 3]}
        assert consumer.dead_lettered == 6
    got = await letters(embedded_kafka.servers, dead_letter_topic(topic, "counting"))
    for l in got:
        print(l.key, l.value, dict(l.headers))
