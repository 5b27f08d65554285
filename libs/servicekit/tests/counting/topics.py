"""Reading and writing topics directly, as a test does."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from counting.events import RawRecord


async def write(servers: str, topic: str, records: Sequence[RawRecord], partition: int = 0) -> None:
    """Send records as they are, in order, also those with neither key nor value."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, max_batch_size=900_000)
    await producer.start()
    try:
        batch = producer.create_batch()
        for record in records:
            taken = batch.append(key=record.key, value=record.value, timestamp=None, headers=record.headers)
            assert taken, "one batch holds them all"
        await (await producer.send_batch(batch, topic, partition=partition))
    finally:
        await producer.stop()


async def read_all(servers: str, topic: str) -> "list[ConsumerRecord[bytes, bytes]]":
    """Every record of a topic, partition by partition."""
    reader = AIOKafkaConsumer(bootstrap_servers=servers, fetch_max_wait_ms=20)
    await reader.start()
    try:
        await reader._client._wait_on_metadata(topic)
        places = [TopicPartition(topic, partition) for partition in sorted(reader.partitions_for_topic(topic) or ())]
        reader.assign(places)
        await reader.seek_to_beginning()
        left = await reader.end_offsets(places)
        records: dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]] = {place: [] for place in places}
        while any(len(records[place]) < left[place] for place in places):
            for place, fetched in (await reader.getmany(timeout_ms=100)).items():
                records[place] += fetched
    finally:
        await reader.stop()
    return [record for place in places for record in records[place]]


def headers_of(record: "ConsumerRecord[bytes, bytes]") -> dict[str, bytes]:
    """The headers of a record by name."""
    return dict(record.headers)
