"""The Kafka producer of relays and dead letters: it loses and reorders nothing, and can be dropped at any moment."""

import asyncio
import contextlib
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from servicekit.settings import Settings

_REQUEST_OVERHEAD: Final = 100_000
_CLOSE_SECONDS: Final = 1.0


def make_producer(settings: Settings) -> AIOKafkaProducer:
    """A producer that waits for all replicas and numbers its batches, so that the broker refuses repeats and gaps."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka_servers,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=settings.relay_batch_bytes,
        max_request_size=settings.relay_batch_bytes + _REQUEST_OVERHEAD,
        request_timeout_ms=settings.kafka_request_timeout_ms,
        linger_ms=0,
    )


async def abandon(producer: AIOKafkaProducer) -> None:
    """Close a producer without flushing it; what was not acknowledged is somewhere safe already.

    `stop()` would wait for every batch, and an idempotent producer of aiokafka repeats batches for as long as the broker is away.
    Takes a second or two at most.
    """
    producer._closed = True  # noqa: SLF001 - aiokafka offers no other way to drop what is queued
    sending = producer._sender.sender_task  # noqa: SLF001
    if sending is not None:
        sending.cancel()
        await asyncio.wait([sending], timeout=_CLOSE_SECONDS)
    with contextlib.suppress(TimeoutError, KafkaError):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await producer.client.close()
