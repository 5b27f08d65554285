"""Marks of Markdown and HTML in a text that was saved from a web site: they go, the words and the numbers of the lines stay."""

import re
from collections.abc import Sequence
from typing import Final

from plans.importing.lines import Line

_FENCE: Final = "---"
_LONGEST_FRONT_MATTER: Final = 30
_HEADING: Final = re.compile(r"[ \u3000]{0,3}#{1,6}(?:[ \u3000\t]+|$)")
_RULE: Final = re.compile(r"[ \u3000]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \u3000]*")
_BOLD: Final = re.compile(r"(?<!\d)(\*\*|__)(?=[^*_\s])([^*_\n]{1,400}?)\1")
_LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{1,400}\)")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")


def without_markup(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines without marks; a line of nothing but marks is empty."""
    head = _front_matter([line.text.strip() for line in lines[:_LONGEST_FRONT_MATTER]])
    marked = head > 0 or any(_HEADING.match(line.text) for line in lines)
    return tuple(Line(line.number, "" if at < head else _words(line.text, marked=marked)) for at, line in enumerate(lines))


def _front_matter(texts: Sequence[str]) -> int:
    """How many lines at the begin of the file only describe the page."""
    if not texts or texts[0] != _FENCE or _FENCE not in texts[1:]:
        return 0
    return texts.index(_FENCE, 1) + 1


def _words(text: str, *, marked: bool) -> str:
    """`marked`: the file has headings of Markdown, so that stars mean bold type; elsewhere they mask a word (20**年)."""
    if marked and _RULE.fullmatch(text):
        return ""
    if marked:
        text = _LINK.sub(r"\1", _BOLD.sub(r"\2", _HEADING.sub("", text, count=1)))
    return _TAG.sub("", text) if "<" in text else text
