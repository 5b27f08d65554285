"""One spelling for the many ways of printing signs, digits and blanks.

A sign stays one sign, so that places in the result are places in the text. Two readings share one table. For headings, lists
and tags every square bracket (〔〕, 【】) is `[` or `]`: they all hold a remark. For dates and rhythms square brackets stay as
printed, because they tell a document number (〔2026〕3号) from a date, and every dash, circle and cross is one sign, because
dates print them for 至, 〇 and blanks.
"""

from functools import lru_cache
from typing import Final

_SIGNS: Final[dict[str, str]] = {
    "(": "（﹙",
    ")": "）﹚",
    ",": "，﹐",
    ":": "：﹕",
    ";": "；",
    ".": "．",
    "/": "／",
    "!": "！",
    "?": "？",
    "|": "｜",
    " ": "\u3000\t\u00a0\u2002\u2003\u2009\r\x0b\x0c",
} | {str(digit): chr(0xFF10 + digit) for digit in range(10)}
_SQUARE: Final[dict[str, str]] = {"[": "［〔【﹝", "]": "］〕】﹞"}
# A circle stands for zero only between other Chinese digits; plain digits never use it.
_OF_DATES: Final[dict[str, str]] = {"-": "—–－―─〜～~﹣−‐‑", "〇": "○", "x": "X×ＸｘХ", "*": "＊", "_": "＿"}


def _table(*parts: dict[str, str]) -> dict[int, str]:
    return {ord(variant): plain for part in parts for plain, variants in part.items() for variant in variants}


_TEXT: Final = _table(_SIGNS, _SQUARE)
_DATES: Final = _table(_SIGNS, _OF_DATES)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text with narrow signs, all square brackets as `[` and `]`."""
    return text.translate(_TEXT)


@lru_cache(maxsize=4096)
def plain_dates(text: str) -> str:
    """The text with narrow signs, one dash, one zero and one sign for blanks; square brackets as printed."""
    return text.translate(_DATES)
