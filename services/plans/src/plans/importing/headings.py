"""Numbering at the start of a line or of a clause: (一), 一、, 1., (1), 第一阶段, 一是, ①, by the table of `outline_marks`."""

from dataclasses import dataclass
from typing import Final

from plans.importing.outline_marks import FIRST_SIGNS, MARKS, number_of

_MOST_BLANKS: Final = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """A number in front of a heading. `style` tells siblings from others; `end` is where the heading's words begin."""

    style: str
    ordinal: int
    end: int


def mark_of(text: str, position: int = 0) -> Mark | None:
    """The numbering at a position of plain text, or None."""
    start = position
    while start - position < _MOST_BLANKS and text[start : start + 1] == " ":
        start += 1
    if text[start : start + 1] not in FIRST_SIGNS:
        return None
    for style, _, pattern in MARKS:
        if found := pattern.match(text, start):
            groups = found.groupdict()
            number = number_of(found["n"] or groups.get("m") or "")
            # What stands in brackets behind 第一阶段 is not of the number: it holds the dates.
            return None if number is None else Mark(style, number, found.end("mark") if "mark" in groups else found.end())
    return None
