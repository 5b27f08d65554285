"""Numbers as plans print them, and the words of a text that are its own."""

import re
from functools import lru_cache
from typing import Final

from plans.importing.spellings import plain_dates

_DIGITS: Final = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "元": 1}

# Titles of other documents and their numbers: the years in them belong to those documents.
_FOREIGN: Final = re.compile(r"《[^《》]{0,200}》|[〔\[(【](?:19|20)[0-9x*]{2}[〕\])】] {0,2}第?[0-9x*]{0,6} {0,2}号")


@lru_cache(maxsize=4096)
def own_words(text: str) -> str:
    """Plain text in which titles 《…》 and document numbers are blotted out, so that no date is found in them."""
    return _FOREIGN.sub(lambda found: "□" * len(found.group()), plain_dates(text))


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
