"""Value types that events share: one type each for instants, dates of a period, counts and amounts.

Where JSON could be written in several ways, one is fixed here for good, so that the schema says exactly what is on the wire.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field, PlainSerializer, StringConstraints, WithJsonSchema


def _to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:  # pydantic turns only ValueError into a validation error
        raise ValueError("the instant lies outside the years 1 to 9999 in UTC") from error


def _plain_number(value: Decimal) -> int | str:
    integral = value.to_integral_value()
    return int(integral) if value == integral else format(value.normalize(), "f")


def _without_offset(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a local time has no offset")
    return value


def _whole_seconds(value: timedelta) -> timedelta:
    if value.microseconds:
        raise ValueError("a duration counts whole seconds")
    return value


def _plain_duration(value: timedelta) -> str:
    # Never years or months: pydantic's own writer says P1Y for 365 days, which others read as a calendar year.
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count)
    days = f"{value.days}D" if value.days else ""
    return f"P{days}T{clock}" if clock else f"P{days}" if days else "PT0S"


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A point in time, always UTC inside; any offset is accepted on input."""

Period = date
"""The local date by which a due report instance is keyed (never its due instant)."""

LocalTime = Annotated[
    time,
    AfterValidator(_without_offset),
    # Not `format: time`: RFC 3339 demands an offset there, and a local time is one for the plan's zone.
    WithJsonSchema({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"}),
]
"""A time of day in a zone that stands beside it."""

Duration = Annotated[
    timedelta,
    Field(ge=timedelta(0), le=timedelta(days=366)),
    AfterValidator(_whole_seconds),
    PlainSerializer(_plain_duration, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "duration"}),
]
"""An offset of 0 to 366 days in whole seconds; ISO 8601 in days, hours, minutes and seconds."""

UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.-]{1,32}$")]
"""Administrative division or organisation code; the aggregate id of a unit."""

Key = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.:-]{1,128}$")]
# PostgreSQL text cannot hold NUL, and no name or sentence needs it.
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]+$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True, pattern=r"^[^\x00]+$")]
ItemName = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True, pattern=r"^[^\x00]+$")]
Count = Annotated[int, Field(ge=0)]

# At most 15 whole digits: every integer on the wire is exact in readers whose only number is a binary double.
_LARGEST: Final = 10**15 - 1

Quantity = Annotated[
    Decimal,
    Field(max_digits=21, decimal_places=6, allow_inf_nan=False),
    PlainSerializer(_plain_number, return_type=int | str, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": -_LARGEST, "maximum": _LARGEST},
                {"type": "string", "pattern": r"^-?[0-9]{1,15}\.[0-9]{1,6}$"},
            ]
        }
    ),
]
"""A reported number. In JSON an integral quantity is a number, any other a decimal string, so no value passes a binary float."""

Amount = Annotated[
    Decimal,
    Field(ge=0, max_digits=17, decimal_places=2, allow_inf_nan=False),
    PlainSerializer(_plain_number, return_type=int | str, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": _LARGEST},
                {"type": "string", "pattern": r"^[0-9]{1,15}\.[0-9]{1,2}$"},
            ]
        }
    ),
]
"""Money in yuan, written as a quantity is."""
