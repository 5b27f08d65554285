"""Sentences and clauses of a line, with their offsets."""

import re
from dataclasses import dataclass
from typing import Final

# No sentence and no clause is longer. Without a bound a file without full stops would make every look at a sentence
# a look at the file.
_SENTENCE: Final = re.compile(r"[^。;!?]{1,1500}")
_CLAUSE: Final = re.compile(r"[^,。;!?:]{1,600}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: its plain words and where they begin in the line."""

    start: int
    words: str

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.start + len(self.words)


def sentences(words: str, start: int = 0) -> tuple[Piece, ...]:
    """What stands between full stops and semicolons."""
    return tuple(Piece(start + found.start(), found.group()) for found in _SENTENCE.finditer(words) if found.group().strip())


def clauses(words: str, start: int = 0) -> tuple[Piece, ...]:
    """What stands between commas, colons and full stops."""
    return tuple(Piece(start + found.start(), found.group()) for found in _CLAUSE.finditer(words) if found.group().strip())
