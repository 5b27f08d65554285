"""Value types that events share: one type each for instants, dates of a period, counts and amounts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, PlainSerializer, StringConstraints


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _plain_number(value: Decimal) -> int | str:
    integral = value.to_integral_value()
    return int(integral) if value == integral else format(value.normalize(), "f")


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A point in time, always UTC inside; any offset is accepted on input."""

Period = date
"""The local date by which a due report instance is keyed (never its due instant)."""

Duration = Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=366))]

UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.-]{1,32}$")]
"""Administrative division or organisation code; the aggregate id of a unit."""

Key = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.:-]{1,128}$")]
# PostgreSQL text cannot hold NUL, and no name or sentence needs it.
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]+$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True, pattern=r"^[^\x00]+$")]
ItemName = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True, pattern=r"^[^\x00]+$")]
Count = Annotated[int, Field(ge=0)]

Quantity = Annotated[
    Decimal,
    Field(max_digits=24, decimal_places=6, allow_inf_nan=False),
    PlainSerializer(_plain_number, return_type=int | str, when_used="json"),
]
"""A reported number. In JSON an integral quantity is a number, any other a decimal string, so no value passes a binary float."""

Amount = Annotated[
    Decimal,
    Field(ge=0, max_digits=20, decimal_places=2, allow_inf_nan=False),
    PlainSerializer(_plain_number, return_type=int | str, when_used="json"),
]
"""Money in yuan."""
