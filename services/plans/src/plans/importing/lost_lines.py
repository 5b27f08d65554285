"""Line ends that a web page lost: between two sentences stands a lone letter or sign (。n各单位…) instead.

A sign counts only where it comes back: once it may be a misprint, twice behind a full stop or before a number it is a line end.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from plans.importing.lines import Line
from plans.importing.widths import narrow

_CN: Final = "[\u4e00-\u9fff《“]"
_SIGN: Final = r"(?:\\r\\n|\\n|\\r|/n|(?<![a-z])[a-z](?![a-z])|[¶↵⏎\u240a\u240d§#\u25a1\u0400-\u04ff])"
_NUMBERED: Final = (
    r"(?:[一二三四五六七八九十]{1,3}、|[(][一二三四五六七八九十0-9]{1,3}[)]|[0-9]{1,2}[.、](?![0-9])"
    r"|第[一二三四五六七八九十]{1,3}[章节条阶步])"
)
# Behind the end of a sentence, or behind any word and before the number of a heading.
_SURE: Final = re.compile(
    rf"(?<=[。;!?:)])\s?(?P<a>{_SIGN})\s?(?={_CN}|{_NUMBERED})|(?<={_CN})\s?(?P<b>{_SIGN})\s?(?={_NUMBERED})"
)
_ANY: Final = re.compile(rf"(?<=[\u4e00-\u9fff》”。;!?:)])\s?(?P<a>{_SIGN})\s?(?={_CN}|{_NUMBERED})")
_FEWEST: Final = 2
_MANY: Final = 3
"""So many sure ones show that the sign between two words is a line end as well."""


def with_line_ends(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, parted where such a sign stands; the parts keep the number of their line."""
    counted: Counter[str] = Counter()
    for line in lines:
        counted.update(found["a"] or found["b"] for found in _SURE.finditer(narrow(line.text)))
    return tuple(_parted(lines, counted)) if counted.total() >= _FEWEST else tuple(lines)


def _parted(lines: Iterable[Line], signs: Counter[str]) -> Iterator[Line]:
    for line in lines:
        flat = narrow(line.text)
        sure = {found.start() for found in _SURE.finditer(flat)}
        start = 0
        for found in _ANY.finditer(flat):
            if found.start() in sure or signs[found["a"]] >= _MANY:
                yield from _part(line, start, found.start())
                start = found.end()
        yield from _part(line, start, len(line.text))


def _part(line: Line, start: int, end: int) -> Iterator[Line]:
    if words := line.text[start:end].strip():
        yield Line(line.number, words)
