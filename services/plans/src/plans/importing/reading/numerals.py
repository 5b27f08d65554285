"""Printed numbers: how Word and people write the n-th heading."""

from collections.abc import Callable
from typing import Final

_DIGITS: Final = "零一二三四五六七八九"
_ROMAN: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"


def chinese(number: int) -> str:
    """Write 1 to 99 as 一 to 九十九; other numbers stay in digits."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def letters(number: int) -> str:
    """Write as Word letters lists: a to z, then aa, bb."""
    turns, position = divmod(max(number, 1) - 1, 26)
    return chr(ord("a") + position) * (turns + 1)


def roman(number: int) -> str:
    """Write 1 to 39 in lower-case Roman numerals; other numbers stay in digits."""
    if not 1 <= number <= 39:
        return str(number)
    written = ""
    for value, sign in _ROMAN:
        while number >= value:
            written, number = written + sign, number - value
    return written


def circled(number: int) -> str:
    """Write 1 to 20 as ① to ⑳; other numbers stay in digits."""
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


_STYLES: Final[dict[str, Callable[[int], str]]] = {
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "decimalZero": lambda number: f"{number:02d}",
    "none": lambda _: "",
    "bullet": lambda _: "",
}
_CHINESE: Final = ("chineseCounting", "japaneseCounting", "taiwaneseCounting", "ideographDigital", "chineseLegal")


def formatted(number: int, style: str) -> str:
    """Write a number in one of WordprocessingML's `numFmt` styles (ECMA-376 part 1, 17.18.59); unknown ones as digits."""
    return chinese(number) if style.startswith(_CHINESE) else _STYLES.get(style, str)(number)
