"""Items counted inside a paragraph: 一是…二是…, 一要…二要…, ①…②…, (1)…(2)…."""

import re

from plans.importing.outline_marks import number_of
from plans.importing.spellings import plain

Piece = tuple[int, int]
"""Begin and end in the text."""

_CJK = "[一二三四五六七八九十]{1,2}"
_FORMS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?P<n>{_CJK})是[,:]?"),
    re.compile(rf"(?P<n>{_CJK})要[,:]?"),
    re.compile("(?P<n>[\u2460-\u2473])[、.]?"),
    re.compile(r"\((?P<n>\d{1,2})\)[、.]?"),
)
_BOUNDARY = '。;:!?,\n"”)]、'
# 统一是, 唯一是, 之一是, 第一是: no count.
_NO_COUNT = "统唯之第每同万专单"


def items_in(text: str) -> tuple[Piece, ...]:
    """The items of the first form that counts upward from one at least to two; empty where nothing is counted.

    A skipped number is let pass (五是 … 七是), a number that falls back ends the row.
    """
    flat = plain(text)
    for form in _FORMS:
        starts = _row(flat, form)
        if len(starts) > 1:
            return tuple(zip(starts, [*starts[1:], len(text)], strict=True))
    return ()


def without_mark(text: str) -> str:
    """The words of an item behind its 一是 or ①."""
    flat = plain(text)
    for form in _FORMS:
        mark = form.match(flat)
        if mark:
            return text[mark.end() :]
    return text


def _row(flat: str, form: re.Pattern[str]) -> list[int]:
    starts: list[int] = []
    last = 0
    for mark in form.finditer(flat):
        number = number_of(mark["n"])
        before = flat[mark.start() - 1] if mark.start() else "\n"
        if number is None or before in _NO_COUNT:
            continue
        # Behind a mark any next number counts; glued to a word only the very next one does.
        begins = number == 1 if not starts else last < number <= last + 3
        if begins and (before in _BOUNDARY or number == last + 1):
            starts.append(mark.start())
            last = number
    return starts
