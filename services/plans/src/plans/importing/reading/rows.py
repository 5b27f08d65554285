"""Rows of tables as sentences under their header: `1.清理占道。责任单位:安监站;完成时限:6月底前`."""

import re
from collections.abc import Sequence
from typing import Final

_LONGEST_HEADER: Final = 16
_ORDINAL: Final = re.compile(r"序\s*号|编\s*号|No\.?")
_END: Final = re.compile("[。;\uff1b]+$")
_MATTER: Final = re.compile("任务|内容|事项|措施|项目|工作|问题")
_NOTHING: Final = re.compile(r"[-—–/无]{0,2}")


def is_header(row: Sequence[str], width: int) -> bool:
    """Whether every cell of a row is a short word of its own."""
    return len(row) == width == len(set(row)) and all(0 < len(cell) <= _LONGEST_HEADER for cell in row)


def sentence_of(header: Sequence[str], row: Sequence[str], ordinal: str = "") -> str:
    """A row so that it reads as an item of a list: its number before it (`ordinal` where the row has none), what is to be done
    without a label, every other cell behind the word of its column. Both have the same length; cells with a dash are empty."""
    number, matter = ordinal, ""
    rest: list[str] = []
    for name, cell in zip(header, row, strict=True):
        if _ORDINAL.fullmatch(name) and cell.isdigit():
            number = f"{cell}."
        elif _MATTER.search(name) and not matter and not rest:
            matter = f"{_END.sub('', cell)}。" if cell else ""
        elif not _NOTHING.fullmatch(cell):
            rest.append(f"{name}:{cell}")
    return number + matter + ";".join(rest)
