"""Lines read as one text, with the way back from a place in the text to the line that it came from."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from plans.importing.draft import Span
from plans.importing.lines import Line
from plans.importing.spellings import plain

SENTENCE_END = "。;!?:"
WRAPPED_FROM = 20
"""A line of at least so many characters without a mark at its end goes on in the next one (wrapped by a printer)."""


# 完成时限:6月底 below a list of units is a line of its own, however long the list.
_LABELLED = re.compile(
    r"[(\[]?(?:(?:完成|整改|整治|办结|落实)?(?:时限|期限|时间(?:节点)?)|(?:牵头|责任|配合|协办|协助|主办|主责|承办|参与|实施|落实)(?:单位|部门|科室|领导|人))"
    r"(?:要求)?(?: ?:|[为 ]|$)"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Several lines as one text. Wrapped lines are joined, others are kept apart by a line feed; blank lines fall away."""

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    def line_at(self, place: int) -> int:
        """The number of the line that the character at `place` stands on."""
        return self.numbers[max(0, bisect_right(self.starts, place) - 1)]

    def span(self, start: int, end: int) -> Span:
        """First and last line of `text[start:end]`."""
        return self.line_at(start), self.line_at(max(start, end - 1))


def passage_of(lines: Sequence[Line]) -> Passage:
    """At least one line must hold text."""
    parts: list[str] = []
    starts: list[int] = []
    numbers: list[int] = []
    length = 0
    previous = ""
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        wrapped = len(previous) >= WRAPPED_FROM and plain(previous[-1]) not in SENTENCE_END + ")]"
        if previous and not (wrapped and not _LABELLED.match(plain(text))):
            parts.append("\n")
            length += 1
        parts.append(text)
        starts.append(length)
        numbers.append(line.number)
        length += len(text)
        previous = text
    return Passage("".join(parts), tuple(starts), tuple(numbers))
