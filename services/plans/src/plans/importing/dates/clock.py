"""Times of day as cut-offs: 14点前, 下午3:30, 上午, 下班前."""

import re
from datetime import time
from typing import Final

MIDDAY: Final = time(12)
END_OF_OFFICE_HOURS: Final = time(17, 30)
"""下班前, and 下午 without an hour."""
_WORDS: Final = {"上午": MIDDAY, "中午": MIDDAY, "下午": END_OF_OFFICE_HOURS, "下班": END_OF_OFFICE_HOURS}
_AFTERNOON: Final = ("下午", "晚上", "晚", "傍晚")

_HOUR: Final = (
    r"(?P<half>凌晨|早上|早|上午|中午|下午|傍晚|晚上|晚)? {0,2}(?P<hour>[0-9]{1,2}|[一二]?十[一二三四]?|[一二三四五六七八九])"
)
# 点 also counts points of a list: only with one of these behind it does it tell the time.
_POINT: Final = r"点(?:钟|整|(?P<halfpast>半)|(?P<minutes>[0-9]{1,2})分)?(?= {0,2}(?:之?以?前|准时|[-至到起,;。)向将报]|$))"
_CLOCK: Final = re.compile(
    rf"(?<![0-9:.])(?:{_HOUR}(?:: {{0,1}}(?P<colon>[0-5][0-9])(?![0-9])|时(?!候|间|期|限|段)(?P<past>[0-5]?[0-9]分)?|{_POINT})"
    r"|(?P<word>上午|中午|下午|下班)(?= {0,2}(?:之?以?前|[上呈]报|[,;。)向将报]|$)))"
)


def cutoff_in(text: str) -> tuple[time | None, int]:
    """The time of day in plain text that something is due before, and where its words end: 0 where none is printed.

    24:00 gives None, as the end of the day needs no time.
    """
    last = None
    for found in _CLOCK.finditer(text):
        # Of a span such as 9:00-11:00 the end is the limit.
        last = found
    if last is None:
        return None, 0
    if last["word"]:
        return _WORDS[last["word"]], last.end()
    return _time_of(last)


def _time_of(found: re.Match[str]) -> tuple[time | None, int]:
    from_words = {"十": 10, "十一": 11, "十二": 12} | {word: value for value, word in enumerate("〇一二三四五六七八九") if value}
    hour = int(found["hour"]) if found["hour"].isdigit() else from_words.get(found["hour"], -1)
    minutes = found["colon"] or found["minutes"] or (found["past"] or "").rstrip("分")
    minute = 30 if found["halfpast"] else int(minutes or 0)
    if found["half"] in _AFTERNOON and 0 < hour < 12:
        hour += 12
    if hour == 24 and minute == 0:
        return None, found.end()
    return (time(hour, minute), found.end()) if 0 <= hour < 24 and minute < 60 else (None, 0)
