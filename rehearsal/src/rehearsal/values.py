"""The values that a scenario is written with. Every instant is an aware UTC datetime."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo

from rehearsal.instants import WrittenWrongError, parse_date, parse_duration, parse_instant, parse_time

DEFAULT_ZONE: Final = ZoneInfo("Asia/Shanghai")
T = TypeVar("T")


@dataclass(frozen=True)
class Frame:
    """What a bare time of day is relative to: the start day (None if unknown) and the zone."""

    day: date | None
    zone: ZoneInfo


def _reader(read: Callable[[str], T], kind: type[T]) -> BeforeValidator:
    def validate(value: Any) -> T:
        if isinstance(value, kind):
            return value
        if not isinstance(value, str):
            raise WrittenWrongError("必须是加引号的文本", "must be text in quotes")
        return read(value)

    return BeforeValidator(validate)


def _instant(value: Any, info: ValidationInfo) -> datetime:
    frame = info.context if isinstance(info.context, Frame) else Frame(None, DEFAULT_ZONE)
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise WrittenWrongError("必须是加引号的文本", "must be text in quotes")
    return parse_instant(value, frame.day, frame.zone).astimezone(UTC)


Instant = Annotated[datetime, BeforeValidator(_instant)]
Period = Annotated[date, _reader(parse_date, date)]
TimeOfDay = Annotated[time, _reader(parse_time, time)]
Duration = Annotated[timedelta, _reader(parse_duration, timedelta)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.-]{1,32}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.:-]{1,128}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Number = int | Annotated[Decimal, Field(max_digits=15, decimal_places=6, allow_inf_nan=False)]
Items = dict[str, Number | str]


class Part(BaseModel):
    """A piece of a scenario: immutable, and strict about keys and types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ActionPart(Part):
    """What somebody of `unit` does at `at`."""

    at: Instant
    unit: Code
