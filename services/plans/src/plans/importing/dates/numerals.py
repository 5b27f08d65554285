"""One spelling for the many ways of printing digits, dashes, brackets and blanks. Offsets never change."""

import re
from functools import lru_cache
from typing import Final

_SAME: Final[dict[str, str]] = {
    "0": "0○",
    "-": "—–－―─〜～~﹣−‐‑",
    "(": "（﹙",
    ")": "）﹚",
    ",": "，﹐",
    ":": "：﹕",
    ";": "；",
    ".": "．",
    "/": "／",
    " ": "\u3000\t\u00a0\u2002\u2003\u2009\r\x0b\x0c",
    "x": "X×ＸｘХ",
    "*": "＊",
    "_": "＿",
    "!": "！",
    "|": "｜",
}
_TABLE: Final = {ord(variant): plain for plain, variants in _SAME.items() for variant in variants} | {
    0xFF10 + digit: str(digit) for digit in range(10)
}
# A circle stands for zero only between other Chinese digits; plain digits never use it.
_TABLE[ord("○")] = "〇"

_DIGITS: Final = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "元": 1}

# Titles of other documents and their numbers: the years in them belong to those documents.
_FOREIGN: Final = re.compile(r"《[^《》]{0,200}》|[〔\[(【](?:19|20)[0-9x*]{2}[〕\])】] {0,2}第?[0-9x*]{0,6} {0,2}号")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text with one spelling for each sign; as long as the original, character by character."""
    return text.translate(_TABLE)


def own_words(text: str) -> str:
    """Plain text in which titles 《…》 and document numbers are blotted out, so that no date is found in them."""
    return _FOREIGN.sub(lambda found: "□" * len(found.group()), plain(text))


def number(printed: str) -> int | None:
    """An integer written in digits or in Chinese numerals up to 99, or a Chinese year digit by digit; None for blanks."""
    printed = printed.strip()
    if printed.isascii():
        return int(printed) if printed.isdigit() else None
    if "十" in printed:
        tens, _, ones = printed.partition("十")
        if any(part and part not in _DIGITS for part in (tens, ones)):
            return None
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    if not printed or any(character not in _DIGITS for character in printed):
        return None
    return int("".join(str(_DIGITS[character]) for character in printed))
