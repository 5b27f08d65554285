"""When and where a camera says it took a picture: values of EXIF 2.32 tags, any of which may be nonsense."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, SupportsFloat
from zoneinfo import ZoneInfo

from hazards.domain.evidence import EARLIEST, Position

EXIF_IFD: Final = 0x8769
GPS_IFD: Final = 0x8825

_TAKEN, _OFFSET = 0x9003, 0x9011
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE, _GPS_TIME, _GPS_DATE = 1, 2, 3, 4, 7, 29
_FORMAT: Final = "%Y:%m:%d %H:%M:%S"
_ZONE: Final = ZoneInfo("Asia/Shanghai")


def position_of(gps: Mapping[int, object]) -> Position | None:
    """Return the place in GPS tags, or None."""
    latitude = _degrees(gps.get(_LATITUDE), gps.get(_LATITUDE_REF), "N", "S")
    longitude = _degrees(gps.get(_LONGITUDE), gps.get(_LONGITUDE_REF), "E", "W")
    if latitude is None or longitude is None:
        return None
    try:
        return Position(latitude, longitude)
    except ValueError:
        return None


def taken_of(exif: Mapping[int, object], gps: Mapping[int, object]) -> datetime | None:
    """Return the instant in the tags, or None.

    A camera's clock tells local time: its own offset says which, else the satellites' time is taken, else Beijing's.
    """
    local = _parsed(exif.get(_TAKEN))
    offset = exif.get(_OFFSET)
    instant = None
    if local is not None and isinstance(offset, str):
        instant = _with_offset(local, offset.strip("\x00 "))
    if instant is None:
        instant = _satellite(gps)
    if instant is None and local is not None:
        instant = local.replace(tzinfo=_ZONE)
    return plausible(instant)


def plausible(instant: datetime | None) -> datetime | None:
    """Return the instant in UTC; None where a clock was never set."""
    try:
        whole = None if instant is None else instant.astimezone(UTC)
    except OverflowError:
        return None
    return None if whole is None or whole < EARLIEST else whole


def _degrees(value: object, reference: object, positive: str, negative: str) -> float | None:
    sign = {positive: 1.0, negative: -1.0}.get(str(reference).strip("\x00 "))
    parts = _numbers(value)
    if sign is None or parts is None:
        return None
    degrees, minutes, seconds = parts
    return sign * (degrees + minutes / 60 + seconds / 3600)


def _numbers(value: object) -> tuple[float, float, float] | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    try:
        first, second, third = (float(each) if isinstance(each, SupportsFloat) else math.nan for each in value)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return (first, second, third) if all(map(math.isfinite, (first, second, third))) else None


def _parsed(value: object) -> datetime | None:
    try:
        return datetime.strptime(str(value).strip("\x00 ")[:19], _FORMAT)  # noqa: DTZ007 - local by definition
    except ValueError:
        return None


def _with_offset(local: datetime, offset: str) -> datetime | None:
    try:
        return datetime.strptime(f"{local:{_FORMAT}} {offset}", f"{_FORMAT} %z")
    except ValueError:
        return None


def _satellite(gps: Mapping[int, object]) -> datetime | None:
    clock = _numbers(gps.get(_GPS_TIME))
    try:
        day = datetime.strptime(str(gps.get(_GPS_DATE)).strip("\x00 "), "%Y:%m:%d").replace(tzinfo=UTC)
        return None if clock is None else day + timedelta(hours=clock[0], minutes=clock[1], seconds=int(clock[2]))
    except (ValueError, OverflowError):
        return None
