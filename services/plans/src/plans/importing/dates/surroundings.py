"""The year that a plan speaks of, read from its number, its date of issue, its title and its range."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from plans.importing.dates.context import Context
from plans.importing.dates.mentions import dates_in
from plans.importing.dates.spoken_years import spoken_year
from plans.importing.lines import Line
from plans.importing.spellings import plain_dates

_NUMBER_LINE: Final = re.compile(
    r"^\W{0,4}(?:发文字号|文号|发文号)?:? {0,4}[^ ,。;:()《》]{1,24}?"
    r"[〔\[(【](?P<year>(?:19|20)[0-9]{2})[〕\])】] {0,2}第?[0-9]{1,5} {0,2}号 *$"
)
_CN: Final = "一二三四五六七八九十"
_ISSUED_LINE: Final = re.compile(
    r"^\W{0,4}(?:(?:成文|发文|印发|发布|公开发布|签发)(?:日期|时间):? {0,4})?"
    r"(?:(?:19|20)[0-9]{2}|[一二][〇零九][〇零一二三四五六七八九]{2}) {0,2}(?:年|[-./]) {0,3}"
    rf"(?:[0-9]{{1,2}}|[{_CN}]{{1,2}}) {{0,2}}(?:月|[-./]) {{0,3}}(?:[0-9]{{1,2}}|[{_CN}]{{1,3}}) {{0,2}}日? *(?:印发)?$"
)
_TITLE_LINE: Final = re.compile(
    r"(?P<year>20[0-9]{2})(?: {0,2}年|年?-{1,2}20[0-9]{2}学?年)[^,。;]{0,60}?(?:方案|计划|通知|意见|要点|安排|总结)"
)
_WHOLE: Final = re.compile(r"(?:从|自|为期|时间(?:安排)?(?:为|:)|期限(?:为|:)) *$")
_WHOLE_TAIL: Final = re.compile(r"[^。;]{0,20}?(?:分(?:为|成)?.{1,3}个?(?:阶段|步骤)|开展|实施|进行|为期|结束|止)")
_HEAD_LINES: Final = 40
"""A document number or a date of issue stands near the top, or, as a signature, near the end."""


def context_of(lines: Sequence[Line]) -> Context:
    """What the lines of one plan say about its years: its number, date of issue, title and range, else the year it speaks of."""
    printed = [line for line in lines if line.text.strip()]
    texts = [plain_dates(line.text).strip() for line in (*printed[:_HEAD_LINES], *printed[_HEAD_LINES:][-5:])]
    issued_on = _issued_on(texts)
    number_year = next((int(found["year"]) for text in texts if (found := _NUMBER_LINE.match(text))), None)
    start, end = _range_of(printed)
    heads = [text for text in texts[:5] if len(text) < 80]
    title_year = next((int(found["year"]) for text in heads if (found := _TITLE_LINE.search(text))), None)
    issued_year, start_year = (day.year if day else None for day in (issued_on, start))
    told = next((year for year in (number_year, issued_year, title_year, start_year) if year is not None), None)
    usual = spoken_year(printed) if told is None else None
    return Context(told or usual, start, end, inferred=usual is not None, issued_on=issued_on)


def _issued_on(texts: Sequence[str]) -> date | None:
    for text in texts:
        if _ISSUED_LINE.match(text):
            for mention in dates_in(text, Context()):
                if mention.kind == "day" and mention.last is not None:
                    return mention.last
    return None


def _range_of(lines: Sequence[Line]) -> tuple[date | None, date | None]:
    """The range of the whole plan: 从…至…,分四个阶段进行. The first such sentence counts."""
    for line in lines:
        text = plain_dates(line.text[:200])
        if "月" not in text and "年" not in text:
            continue
        for mention in dates_in(line.text[:200], Context()):
            if mention.kind != "range" or mention.first is None or mention.last is None or mention.start > 60:
                continue
            leads_in = mention.start <= 2 or _WHOLE.search(text, max(0, mention.start - 6), mention.start)
            if leads_in and _WHOLE_TAIL.match(text, mention.end, mention.end + 40):
                return mention.first, mention.last
    return None, None
