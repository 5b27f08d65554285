"""One trace from the request over the outbox and Kafka to the consumer."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from aiokafka import TopicPartition
from counting.events import NOW
from counting.handler import Counting, until
from counting.service import SERVICE, TOPIC
from counting.topics import headers_of, read_all
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from local_stack.brokers import Broker
from local_stack.issuer import ISSUER, DevelopmentIssuer
from servicekit.auth import Authenticator
from servicekit.clock import FixedClock
from servicekit.database import Pool
from servicekit.http import Edge
from servicekit.kit import Kit
from servicekit.progress import Progress
from servicekit.relay import Relay
from servicekit.service import application
from servicekit.settings import Settings

pytestmark = pytest.mark.io

CALLER_TRACE, CALLER_SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def spans() -> Iterator[Callable[[], list[ReadableSpan]]]:
    """The spans that have ended since."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    yield lambda: list(exporter.get_finished_spans())
    processor.shutdown()


async def test_a_batch_is_linked_to_the_requests_that_made_its_events(  # noqa: PLR0917
    fresh_kafka: Broker,
    settings_of: Callable[..., Settings],
    pool: Pool,
    database_url: str,
    issuer: DevelopmentIssuer,
    consuming: Any,
    spans: Callable[[], list[ReadableSpan]],
) -> None:
    settings = settings_of(database_url=database_url, kafka_servers=fresh_kafka.servers, token_issuer=ISSUER)
    jwks = httpx.MockTransport(lambda _request: httpx.Response(200, json=issuer.jwks()))
    kit = Kit("counting", settings, pool, FixedClock(NOW), Progress(), Authenticator(settings, transport=jwks))
    transport = httpx.ASGITransport(Edge(application(SERVICE, kit), kit))
    headers = {"Authorization": f"Bearer {issuer.token('u1', '330802', ['office'])}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://counting", headers=headers) as client:
        caller = {"traceparent": f"00-{CALLER_TRACE}-{CALLER_SPAN}-01"}
        assert (await client.post("/counters", json={"code": "a", "times": 2}, headers=caller)).status_code == 201
        assert (await client.post("/counters", json={"code": "a"})).status_code == 201
    relay = Relay("counting", kit.clock, kit.progress, settings)
    relaying = asyncio.create_task(relay.run())
    async with consuming(settings, TOPIC, Counting()) as consumer:
        await until(lambda: _committed(consumer, 3))
    relay.stop()
    await relaying

    requests = [span for span in spans() if span.name == "POST /counters"]
    assert [span.kind for span in requests] == [trace.SpanKind.SERVER] * 2
    first = requests[0]
    assert first.parent is not None
    assert format(first.parent.span_id, "016x") == CALLER_SPAN
    assert first.attributes is not None
    assert (first.attributes["http.route"], first.attributes["http.response.status_code"]) == ("/counters", 201)

    # An event is created in the request's trace, by the request's span or one below it.
    traces = [format(span.get_span_context().trace_id, "032x") for span in requests]
    records = await read_all(fresh_kafka.servers, TOPIC)
    carried = [headers_of(record)["traceparent"].decode().split("-")[1:3] for record in records]
    assert [trace_id for trace_id, _ in carried] == [CALLER_TRACE, CALLER_TRACE, traces[1]]
    assert {span_id for _, span_id in carried} <= {format(span.get_span_context().span_id, "016x") for span in spans()}

    batches = [span for span in spans() if span.name == f"process {TOPIC}"]
    assert {span.kind for span in batches} == {trace.SpanKind.CONSUMER}
    links = [link.context for span in batches for link in span.links]
    assert [[format(link.trace_id, "032x"), format(link.span_id, "016x")] for link in links] == carried
    assert sum(int(str((span.attributes or {})["messaging.batch.message_count"])) for span in batches) == 3


async def _committed(consumer: Any, offset: int) -> bool:
    places = [TopicPartition(TOPIC, partition) for partition in range(3)]
    return sum(consumer.positions.get(place, 0) for place in places) == offset
