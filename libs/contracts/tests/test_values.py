"""Each value has one spelling on the wire."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.values import Amount, Duration, Instant, LocalTime, Name, Quantity, UnitCode


def written(type_: Any, value: object) -> object:
    return TypeAdapter[Any](type_).dump_python(TypeAdapter[Any](type_).validate_python(value), mode="json")


@pytest.mark.parametrize(
    ("type_", "value", "wire"),
    [
        (Quantity, 4, 4),
        (Quantity, "4.0", 4),
        (Quantity, "-0", 0),
        (Quantity, "0.350", "0.35"),
        (Quantity, "1e3", 1000),
        (Quantity, "-999999999999999.999999", "-999999999999999.999999"),
        (Amount, "1250.50", "1250.5"),
        (Amount, 0, 0),
        (Duration, timedelta(0), "PT0S"),
        (Duration, timedelta(minutes=30), "PT30M"),
        (Duration, timedelta(days=1, hours=2, seconds=3), "P1DT2H3S"),
        (Duration, timedelta(days=366), "P366D"),
        (LocalTime, time(14), "14:00:00"),
        (Instant, "2026-03-02T14:00:00+08:00", "2026-03-02T06:00:00Z"),
        (Name, " 上溪村 ", "上溪村"),
    ],
)
def test_a_value_is_written_one_way(type_: Any, value: object, wire: object) -> None:
    assert written(type_, value) == wire


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (Quantity, "NaN"),
        (Quantity, "0.0000001"),
        (Quantity, 10**15),
        (Amount, -1),
        (Amount, "0.001"),
        (Duration, timedelta(seconds=-1)),
        (Duration, timedelta(days=366, seconds=1)),
        (Duration, timedelta(milliseconds=1500)),
        (LocalTime, "14:00+08:00"),
        (Instant, "2026-03-02T14:00:00"),
        (Instant, "9999-12-31T23:00:00-08:00"),
        (UnitCode, "330899/1"),
        (UnitCode, ""),
        (Name, "   "),
        (Name, "a\0b"),
        (Name, "村" * 201),
    ],
)
def test_a_value_that_nobody_could_read_is_refused(type_: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[Any](type_).validate_python(value)


@given(st.decimals(min_value=-(10**15) + 1, max_value=10**15 - 1, places=6))
def test_every_quantity_comes_back(value: Decimal) -> None:
    adapter = TypeAdapter[Decimal](Quantity)
    assert adapter.validate_json(adapter.dump_json(value)) == value


@given(st.integers(0, 366 * 86400))
def test_every_duration_comes_back(seconds: int) -> None:
    adapter = TypeAdapter[timedelta](Duration)
    assert adapter.validate_json(adapter.dump_json(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


def test_an_instant_is_utc_inside() -> None:
    instant = TypeAdapter[datetime](Instant).validate_python("2026-03-02T00:00:00+08:00")
    assert instant == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert instant.tzinfo is UTC
