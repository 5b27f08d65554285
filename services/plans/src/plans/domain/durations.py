"""Durations as people write them: `30m`, `1h30m`, `2d`, or ISO 8601 as `PT30M`. Days are 24 hours; there are no months."""

import re
from datetime import timedelta
from typing import Final

PATTERN: Final = (
    r"^(?:(?=[0-9])(?:[0-9]{1,3}d)?(?:[0-9]{1,4}h)?(?:[0-9]{1,6}m)?(?:[0-9]{1,8}s)?"
    r"|P(?=[0-9T])(?:[0-9]{1,3}D)?(?:T(?=[0-9])(?:[0-9]{1,4}H)?(?:[0-9]{1,6}M)?(?:[0-9]{1,8}S)?)?)$"
)
_SHAPE: Final = re.compile(PATTERN, re.ASCII)
_PART: Final = re.compile(r"([0-9]+)([DHMS])")
_SECONDS: Final = {"D": 86_400, "H": 3_600, "M": 60, "S": 1}


def parse_duration(text: str) -> timedelta:
    """Read a duration.

    Raises:
        ValueError: the text is no duration; the message says how one is written.
    """
    if not _SHAPE.fullmatch(text):
        raise ValueError("write a duration as 30m, 1h30m or PT30M")
    return timedelta(seconds=sum(int(count) * _SECONDS[unit] for count, unit in _PART.findall(text.upper())))


def in_words(duration: timedelta) -> str:
    """Say a duration in Chinese, as `1小时30分钟`; nothing is `0分钟`."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "天"), (hours, "小时"), (minutes, "分钟"), (seconds, "秒")]
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0分钟"
