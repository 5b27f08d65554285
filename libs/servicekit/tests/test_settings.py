"""Settings: every bound is checked when a process starts, not when it is met."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from servicekit.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "test"),
        ("log_level", "loud"),
        ("http_port", 65_536),
        ("body_limit_bytes", 0),
        ("request_timeout_seconds", 0),
        ("command_attempts", 0),
        ("idempotency_days", 0),
        ("inbox_days", 1),
        ("pool_size", 1),
        ("pool_timeout_seconds", 0),
        ("database_url", "mysql://127.0.0.1/x"),
        ("kafka_request_timeout_ms", 10),
        ("consumer_batch_records", 0),
        ("consumer_batch_records", 5001),
        ("dead_letter_max_consecutive", 0),
        ("dead_letter_max_ratio", 0),
        ("dead_letter_max_ratio", 1.1),
        ("relay_batch_rows", 10_001),
        ("deadline_batch_rows", 0),
        ("stall_seconds", -1),
        ("jwks_url", "file:///etc/passwd"),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_name(settings_of: Callable[..., Settings], name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        settings_of(**{name: value})
    assert [error["loc"] for error in raised.value.errors()] == [(name,)]


@pytest.mark.parametrize("name", ["database_url", "kafka_servers", "jwks_url", "token_issuer"])
def test_what_has_no_safe_default_must_be_given(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    given = {"database_url": "postgresql://h/d", "kafka_servers": "h:1", "jwks_url": "http://h/", "token_issuer": "i"}
    for each, value in given.items():
        monkeypatch.setenv(f"BIHUAN_{each.upper()}", value)
    assert Settings().mode == "production"
    monkeypatch.delenv(f"BIHUAN_{name.upper()}")
    with pytest.raises(ValidationError, match=name):
        Settings()


def test_variables_of_others_are_left_alone(settings_of: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_SMS_SIGN_NAME", "x")
    settings_of()


def test_secrets_are_not_shown(settings_of: Callable[..., Settings]) -> None:
    assert "hush" not in repr(settings_of(otlp_headers="authorization=hush"))
