"""How a scenario writes instants, times of day and durations, and how a result writes instants."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_DURATION = timedelta(days=366)


class WrittenWrongError(ValueError):
    """A text in a scenario cannot be read; says so in Chinese and in English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese = chinese


_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?"
_TIME_ONLY = re.compile(_TIME)
_FULL = re.compile(rf"(?P<date>\d{{4}}-\d{{2}}-\d{{2}})[ T]{_TIME}(?P<offset>Z|[+-]\d{{2}}:\d{{2}})?")
_DURATION = re.compile(r"(?:(?P<days>\d{1,4})d)?(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,6})m)?(?:(?P<seconds>\d{1,8})s)?")


def _time(match: re.Match[str], text: str) -> time:
    fraction = (match["fraction"] or "").ljust(6, "0")
    try:
        return time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0), int(fraction))
    except ValueError as error:
        raise WrittenWrongError(f"“{text}”中的时刻不存在", f"{text!r} is no time of the day: {error}") from error


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise WrittenWrongError(f"“{written}”不是存在的日期", f"{written!r} is no date: {error}") from error


def parse_time(text: str) -> time:
    """Read a time of day such as `14:00`, `14:00:00` or `13:59:59.999`.

    Raises:
        WrittenWrongError: the text is no time of day.
    """
    match = _TIME_ONLY.fullmatch(text.strip())
    if match is None:
        raise WrittenWrongError(f"“{text}”不是时刻，应如 14:00 或 13:59:59.999", f"{text!r} is not a time of day such as 14:00")
    return _time(match, text)


def parse_instant(text: str, day: date | None, zone: ZoneInfo) -> datetime:
    """Read a full date and time, or a time of `day`, as an aware instant in `zone`.

    Raises:
        WrittenWrongError: the text is no instant, or a bare time where no day is known (`day` is None).
    """
    text = text.strip()
    match = _FULL.fullmatch(text)
    if match is not None:
        local = datetime.combine(_date(match["date"]), _time(match, text))
        if match["offset"]:
            return datetime.fromisoformat(f"{local.isoformat()}{match['offset']}").astimezone(zone)
        return local.replace(tzinfo=zone)
    if day is None or _TIME_ONLY.fullmatch(text) is None:
        example = "2026-03-02 13:00:00"
        raise WrittenWrongError(f"“{text}”不是时间，应如 {example}", f"{text!r} is not a date and time such as {example}")
    return datetime.combine(day, parse_time(text), zone)


def parse_date(text: str) -> date:
    """Read a period such as `2026-03-02`.

    Raises:
        WrittenWrongError: the text is no date.
    """
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is None:
        raise WrittenWrongError(f"“{text}”不是日期，应如 2026-03-02", f"{text!r} is not a date such as 2026-03-02")
    return _date(text)


def parse_duration(text: str) -> timedelta:
    """Read a duration such as `30m`, `0m`, `90s`, `1h30m` or `2d`.

    Raises:
        WrittenWrongError: the text is no duration, is negative, or is longer than 366 days.
    """
    text = text.strip()
    if text.startswith("-"):
        raise WrittenWrongError(f"时长“{text}”不能为负", f"{text!r} is negative; a duration is 0m or more")
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise WrittenWrongError(
            f"“{text}”不是时长，应如 30m、90s、1h30m、2d", f"{text!r} is not a duration such as 30m, 90s, 1h30m or 2d"
        )
    duration = timedelta(**{unit: int(amount) for unit, amount in match.groupdict(default="0").items()})
    if duration > LONGEST_DURATION:
        days = LONGEST_DURATION.days
        raise WrittenWrongError(f"时长“{text}”超过 {days} 天", f"{text!r} is longer than {days} days")
    return duration


def iso_duration(duration: timedelta) -> str:
    """Write a duration as ISO 8601 (`PT1800S`)."""
    return f"PT{duration // timedelta(seconds=1)}S"


def written(instant: datetime, zone: ZoneInfo) -> str:
    """Write an instant the way a result does: local ISO 8601 with offset, fractions only where there are any."""
    return instant.astimezone(zone).isoformat()
