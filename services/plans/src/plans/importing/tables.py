"""Tables in plain text, their cells parted by bars or tabs: rows under a header that names units or limits read as items.

The sentences keep the numbers of the rows. Tables of phases stay as they are: `phase_heads` reads their rows.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from plans.importing.lines import Line
from plans.importing.reading.rows import is_header, sentence_of

_PARTING: Final = re.compile(r"\s*[|\uff5c\t]\s*")
_RULE: Final = re.compile(r"[\s|:\uff5c+-]+")
_TELLING: Final = re.compile("牵头|责任|配合|协办|承办|负责|时限|完成时间|期限")
_PHASES: Final = re.compile("阶段|步骤")
_NUMBER: Final = re.compile(r"^(\d{1,3})\.")
_FEWEST_CELLS: Final = 3
_LONGEST_HEADER: Final = 80


def with_rows_as_sentences(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with every row of such a table as a sentence; headers and ruled lines go, all others stay."""
    return tuple(_read(lines))


def _read(lines: Sequence[Line]) -> Iterator[Line]:
    header: list[str] = []
    count = 0
    for at, line in enumerate(lines):
        cells = _cells(line.text) or _unmarked_header(line.text, lines[at + 1 : at + 3])
        if len(cells) >= _FEWEST_CELLS and _is_telling(cells):
            header, count = cells, 0
        elif header and _RULE.fullmatch(line.text):
            continue
        elif header and len(cells) == len(header):
            count += 1
            # In brackets: the rows stand below whatever number the heading over the table has.
            yield Line(line.number, _NUMBER.sub(r"(\1)", sentence_of(header, cells, f"{count}.")))
        else:
            header = []
            yield line


def _cells(text: str) -> list[str]:
    text = text.strip()
    if "|" not in text and "\uff5c" not in text and "\t" not in text:
        return []
    return [cell.strip() for cell in _PARTING.split(text.strip("|\uff5c"))]


def _unmarked_header(text: str, below: Sequence[Line]) -> list[str]:
    """序号 任务 牵头单位 above rows with bars: the cells of the header are parted by blanks alone."""
    if len(text) > _LONGEST_HEADER or not _TELLING.search(text):
        return []
    cells = text.split()
    row = next((found for line in below if not _RULE.fullmatch(line.text) and (found := _cells(line.text))), [])
    return cells if len(cells) == len(row) else []


def _is_telling(cells: Sequence[str]) -> bool:
    words = "".join(cells)
    return is_header(cells, len(cells)) and _TELLING.search(words) is not None and _PHASES.search(words) is None
