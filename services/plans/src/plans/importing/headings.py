"""Numbering at the start of a line, as phases need it: (一), 一、, 1., (1), 第一阶段, 一是, ①."""

import re
from dataclasses import dataclass
from typing import Final

from plans.importing.dates.numerals import number

_CN: Final = "[一二三四五六七八九十]{1,3}"
_MARK: Final = re.compile(
    rf" {{0,8}}(?:(?P<stage>第(?P<stage_number>{_CN}|[0-9]{{1,2}}) ?(?:个?阶段|步))|\( ?(?P<bracketed>{_CN}) ?\)[、.]?"
    rf"|(?P<chinese>{_CN})[、.,](?![0-9])|(?P<is>{_CN})是|\( ?(?P<bracketed_digits>[0-9]{{1,2}}) ?\)|(?P<half>[0-9]{{1,2}})\)"
    r"|[0-9]{1,2}\.(?P<decimal>[0-9]{1,2})[、.]? ?(?=[\u4e00-\u9fff])(?![年月日号米元万亿倍度级个])"
    r"|(?P<digits>[0-9]{1,2})(?: ?[、.,](?![0-9])|[、.](?=20[0-9]{2} ?年|[0-9]{1,2} ?月)| (?=[^0-9 年月日.,-]))"
    r"|(?P<circled>[①-⑳]))"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A number in front of a heading. `style` tells siblings from others; `end` is where the heading's words begin."""

    style: str
    ordinal: int
    end: int


def mark_of(text: str, position: int = 0) -> Mark | None:
    """The numbering at a position of plain text, or None."""
    found = _MARK.match(text, position)
    if found is None:
        return None
    style = found.lastgroup or ""
    if found["stage"]:
        return Mark("stage", number(found["stage_number"]) or 0, found.end())
    if style == "circled":
        return Mark(style, ord(found["circled"]) - ord("①") + 1, found.end())
    return Mark(style, number(found[style]) or 0, found.end())
