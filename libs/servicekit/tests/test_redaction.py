"""What a caller writes into an address can be a secret, and stays out of the traces."""

import httpx
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from servicekit.telemetry import AddressRedaction


async def test_a_span_tells_the_route_of_a_request_and_not_its_path() -> None:
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(AddressRedaction())
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = FastAPI()

    @app.get("/receipts/{token}")
    async def receive(token: str) -> dict[str, str]:
        return {"got": token}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        assert (await client.get("/receipts/s3cret?key=s3cret")).json() == {"got": "s3cret"}

    [served] = [span for span in exporter.get_finished_spans() if span.kind is trace.SpanKind.SERVER]
    assert served.attributes is not None
    assert served.attributes["http.route"] == "/receipts/{token}"
    assert "s3cret" not in served.to_json()
