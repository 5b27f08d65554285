"""What reading gives: the lines of a file and where they came from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from plans.importing.draft import WarningDraft
from plans.importing.lines import Line
from plans.importing.refusal import Unreadable

Format = Literal["txt", "docx", "pdf"]

MAX_CHARACTERS: Final = 1_500_000
"""Far above any plan; it bounds the work of everything that follows."""
_LINE_ENDS: Final = re.compile(r"\r\n|\n|\r")
# Control characters and the noncharacters that PDF readers put for soft hyphens; PostgreSQL holds no NUL.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028\u2029\u2060\ufeff\ufffe\uffff]")
_BLANKS: Final = re.compile("[\t\x85\xa0\u2000-\u200a\u202f\u3000]")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as lines, blank ones included, numbered from 1 without gaps.

    `.txt`: the lines of the file. `.docx`: every paragraph and every table row is a line. `.pdf`: every paragraph is a line.
    `digest` is the SHA-256 of the file's bytes in hexadecimal.
    """

    lines: tuple[Line, ...]
    format: Format
    digest: str
    warnings: tuple[WarningDraft, ...] = ()


def split_lines(text: str) -> list[str]:
    """Split as editors count lines: at line feeds, carriage returns, or both together."""
    if len(text) > MAX_CHARACTERS:
        raise Unreadable("too_much_text", f"{len(text)} 字,上限 {MAX_CHARACTERS} 字")
    return _LINE_ENDS.split(text.removesuffix("\n").removesuffix("\r"))


def numbered(texts: Iterable[str]) -> tuple[Line, ...]:
    """Number lines from 1; blanks of every kind become spaces, the outer ones go, and so does what cannot be printed."""
    return tuple(Line(number, _BLANKS.sub(" ", _UNPRINTABLE.sub("", text)).strip()) for number, text in enumerate(texts, start=1))
