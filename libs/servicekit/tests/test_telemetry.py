"""No mobile number leaves the process in a log line, wherever it stood."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from servicekit import telemetry
from servicekit.settings import Settings

MOBILE, MASKED = "13812345678", "138****5678"


@dataclass
class Contact:
    mobile: str


@pytest.fixture
def lines(settings_of: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Log as a service does; call it for the lines written so far."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    telemetry.set_up("counting", settings_of(log_level="debug"))
    stream.truncate(0)  # OpenTelemetry complains that it was set up by an earlier test
    stream.seek(0)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (MOBILE, MASKED),
        (f"call {MOBILE}, then {MOBILE}.", f"call {MASKED}, then {MASKED}."),
        (f"手机{MOBILE}，", f"手机{MASKED}，"),
        ("+8613812345678", "+86138****5678"),
        ("8613812345678", "86138****5678"),
        ("0086 13812345678", "0086 138****5678"),
        ("138-1234-5678", MASKED),
        ("138 1234 5678", MASKED),
        ("330802101201", "330802101201"),
        ("12812345678", "12812345678"),
        ("1381234567", "1381234567"),
        ("138123456789", "138123456789"),
        ("0199a138-1234-5678-9012-013812345678", "0199a138-1234-5678-9012-013812345678"),
    ],
)
def test_what_looks_like_a_mobile_number_is_masked(text: str, masked: str) -> None:
    assert telemetry.mask_mobile(text) == masked


@pytest.mark.parametrize(
    "value",
    [
        MOBILE,
        int(MOBILE),
        [MOBILE],
        (int(MOBILE),),
        {MOBILE},
        {"contact": {"mobiles": [{"number": int(MOBILE)}]}},
        {MOBILE: "key"},
        Contact(MOBILE),
        [Contact(MOBILE)],
        ValueError(f"{MOBILE} is refused"),
        MOBILE.encode(),
    ],
)
def test_no_value_of_a_log_line_shows_a_number(lines: Callable[[], list[dict[str, Any]]], value: object) -> None:
    structlog.get_logger("x").info("sent", value=value)
    (line,) = lines()
    assert MOBILE not in json.dumps(line)
    assert "5678" in json.dumps(line["value"])


def test_the_text_of_an_exception_is_masked(lines: Callable[[], list[dict[str, Any]]]) -> None:
    def fail(mobile: str) -> None:
        raise ValueError(f"{mobile} is refused")

    try:
        fail(MOBILE)
    except ValueError as error:
        structlog.get_logger("x").exception("sending_failed")
        structlog.get_logger("x").error("sending_failed", exc_info=error)
        logging.getLogger("foreign").exception("failed for %s", MOBILE)
    written = lines()
    assert len(written) == 3
    for line in written:
        assert f"{MASKED} is refused" in line["exception"]
        assert MOBILE not in json.dumps(line)


def test_lines_of_other_libraries_are_masked_too(lines: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("foreign").warning("to %s", MOBILE, extra={"contact": {"mobile": MOBILE}})
    (line,) = lines()
    assert line["event"] == f"to {MASKED}"
    assert line["contact"] == {"mobile": MASKED}
    assert line["logger"] == "foreign"


def test_other_values_stay_what_they_are(lines: Callable[[], list[dict[str, Any]]]) -> None:
    structlog.get_logger("x").info("counted", count=3, ratio=0.5, done=True, nothing=None, names=["甲"])
    (line,) = lines()
    assert (line["count"], line["ratio"], line["done"], line["nothing"], line["names"]) == (3, 0.5, True, None, ["甲"])
    assert (line["service"], line["level"]) == ("counting", "info")


def test_a_line_carries_the_trace_it_belongs_to(lines: Callable[[], list[dict[str, Any]]]) -> None:
    with TracerProvider().get_tracer("x").start_as_current_span("s") as span:
        structlog.get_logger("x").info("inside")
    structlog.get_logger("x").info("outside")
    inside, outside = lines()
    assert inside["trace_id"] == format(span.get_span_context().trace_id, "032x")
    assert "trace_id" not in outside


def test_the_creation_context_of_an_event_is_the_span_in_progress() -> None:
    assert telemetry.current_traceparent() is None
    with TracerProvider().get_tracer("x").start_as_current_span("s") as span:
        traceparent = telemetry.current_traceparent()
    link = telemetry.link_to(traceparent)
    assert link is not None
    assert link.context.span_id == span.get_span_context().span_id


@pytest.mark.parametrize("traceparent", [None, "", "00-zz-1-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_traceparent_that_is_none_makes_no_link(traceparent: str | None) -> None:
    assert telemetry.link_to(traceparent) is None
    assert not trace.get_current_span().get_span_context().is_valid
