"""Logs as JSON lines with trace ids, traces by OpenTelemetry, metrics for Prometheus. No personal data in any of them."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final

import structlog
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from servicekit.settings import Settings

# A UUID is matched first and left alone: its hexadecimal digits can look like a number.
_UUID_OR_MOBILE: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?<!\d)((?:(?:\+|00)?86[- ]?)?1[3-9]\d)([- ]?)\d{4}\2(\d{4})(?!\d)",
    re.IGNORECASE,
)

_WRITTEN_BY_CALLERS: Final = frozenset({"url.path", "url.query"})

REGISTRY: Final = CollectorRegistry()

OUTBOX_PUBLISHED: Final = Counter("bihuan_outbox_published", "Events that the relay published", registry=REGISTRY)
OUTBOX_PENDING: Final = Gauge("bihuan_outbox_pending", "Events that wait for the relay", registry=REGISTRY)
OUTBOX_AGE: Final = Gauge(
    "bihuan_outbox_oldest_age_seconds", "Age of the oldest event that waits for the relay", registry=REGISTRY
)
OUTBOX_REFUSED: Final = Gauge(
    "bihuan_outbox_refused_aggregates", "Aggregates whose next event the broker finds too large", registry=REGISTRY
)
RELAY_FAILURES: Final = Counter("bihuan_relay_failures", "Relay rounds that ended in an error", registry=REGISTRY)
CONSUMED: Final = Counter(
    "bihuan_events_consumed", "Events applied, by consumer and topic", ["consumer", "topic"], registry=REGISTRY
)
DUPLICATES: Final = Counter(
    "bihuan_events_duplicate", "Events met again and skipped by the inbox", ["consumer"], registry=REGISTRY
)
UNKNOWN_TYPES: Final = Counter(
    "bihuan_events_unknown_type", "Events of a type this version does not know, skipped", ["consumer"], registry=REGISTRY
)
DEAD_LETTERED: Final = Counter(
    "bihuan_events_dead_lettered", "Records sent to the dead letters, by reason", ["consumer", "reason"], registry=REGISTRY
)
CONSUMER_HALTED: Final = Gauge(
    "bihuan_consumer_halted",
    "1 while a consumer stands still because too much would be dead-lettered",
    ["consumer"],
    registry=REGISTRY,
)
CONSUMER_LAG: Final = Gauge(
    "bihuan_consumer_time_lag_seconds", "Now minus the time of the last applied event", ["consumer", "topic"], registry=REGISTRY
)
BATCH_SECONDS: Final = Histogram(
    "bihuan_consumer_batch_seconds", "Duration of a batch transaction", ["consumer"], registry=REGISTRY
)
COMMIT_FAILURES: Final = Counter(
    "bihuan_offset_commit_failures", "Offset commits refused, for instance after a rebalance", ["consumer"], registry=REGISTRY
)
DEADLINES_FIRED: Final = Counter("bihuan_deadlines_fired", "Due rows acted upon, by kind", ["kind"], registry=REGISTRY)
DEADLINE_FAILURES: Final = Counter(
    "bihuan_deadline_failures", "Errors while acting upon due rows, by kind", ["kind"], registry=REGISTRY
)
DEADLINE_LATENESS: Final = Gauge(
    "bihuan_deadline_oldest_unfired_seconds", "Now minus the oldest due instant not acted upon", ["kind"], registry=REGISTRY
)
REQUESTS: Final = Histogram("bihuan_http_request_seconds", "HTTP requests", ["method", "route", "status"], registry=REGISTRY)


def mask_mobile(text: str) -> str:
    """Hide the middle digits of anything that looks like a mainland mobile number, with or without 86 before it."""
    return _UUID_OR_MOBILE.sub(lambda found: f"{found[1]}****{found[3]}" if found[1] else found[0], text)


def _mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # structlog keeps the record and other things of its own under names with an underscore, and takes them out at the end.
    return {name: value if name.startswith("_") else _masked(value) for name, value in event.items()}


def _masked(value: object) -> object:
    if isinstance(value, str):
        return mask_mobile(value)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    if value is None or isinstance(value, bool | float):
        return value
    # Numbers, exceptions, models, bytes: whatever the renderer would make a text of.
    text = str(value) if isinstance(value, int) else repr(value)
    masked = mask_mobile(text)
    return value if isinstance(value, int) and masked == text else masked


def _add_trace(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
        event["span_id"] = format(context.span_id, "016x")
    return event


class AddressRedaction(SpanProcessor):
    """Takes what a caller wrote into the address of a request out of its span: it can hold a secret. `http.route` stays."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 - the protocol's signature
        """Overwrite the attributes, which FastAPI gives the span when it makes it."""
        for name in _WRITTEN_BY_CALLERS & (span.attributes or {}).keys():
            span.set_attribute(name, "redacted")


def set_up(service: str, settings: Settings) -> None:
    """Configure logging and tracing of this process. Called once, by the entry point."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
        _add_trace,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("aiokafka", "faststream", "uvicorn", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.namespace": "bihuan"}))
    provider.add_span_processor(AddressRedaction())
    if settings.otlp_endpoint is not None:
        headers = settings.otlp_headers.get_secret_value() if settings.otlp_headers else None
        exporter = OTLPSpanExporter(endpoint=str(settings.otlp_endpoint), headers=_header_pairs(headers))
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


def _header_pairs(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    return {name.strip(): value.strip() for name, _, value in (pair.partition("=") for pair in text.split(","))}


def shut_down() -> None:
    """Flush spans."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def current_traceparent() -> str | None:
    """The W3C traceparent of the span in progress: stored with an outbox row as the creation context of its event."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@lru_cache(maxsize=4096)  # a request, or a deadline that fires, often makes many events
def link_to(traceparent: str | None) -> trace.Link | None:
    """A link to the span that created an event, if its traceparent is one."""
    if traceparent is None:
        return None
    context = trace.get_current_span(propagate.extract({"traceparent": traceparent})).get_span_context()
    return trace.Link(context) if context.is_valid else None
