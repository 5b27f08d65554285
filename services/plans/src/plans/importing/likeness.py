"""The same plan again: exactly (by digest, whatever stands above it) or nearly (by shared runs of characters).

Nearness: every run of eight characters is hashed and one hash in four kept, the same ones everywhere; the share of the smaller
plan's hashes found in the larger one tells how much of it is contained there. The work is linear in the text: plans are compared
only where they share hashes, and hashes that many plans share (set phrases) are left out.
"""

import hashlib
import re
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from plans.importing.lines import Line
from plans.importing.signs import Sign, sign_of

_BLANKS_AND_SIGNS: Final = re.compile(r"[\W_]+")
_RUN: Final = 8
_KEEP_ONE_IN: Final = 4
_COMMON_TO: Final = 40
_FEWEST_HASHES: Final = 20
NEAR: Final = 0.6
_HEAD: Final = frozenset({Sign.META, Sign.NUMBER, Sign.TITLE, Sign.ISSUER, Sign.DATE, Sign.SHORT, Sign.TAIL, Sign.NOTICE})


def body_text(lines: Sequence[Line]) -> str:
    """The text from the first line that is no part of the head, without blanks."""
    signs = (sign_of(line.text) for line in lines)
    first = next((at for at, sign in enumerate(signs) if sign not in _HEAD), 0)
    return re.sub(r"\s+", "", "".join(line.text for line in lines[first:]))


def content_digest(lines: Sequence[Line]) -> str:
    """SHA-256, in hexadecimal, of the plan's text below its head: the same plan under another heading has the same one."""
    return hashlib.sha256(unicodedata.normalize("NFKC", body_text(lines)).encode()).hexdigest()


def near_duplicates(plans: Sequence[Sequence[Line]]) -> dict[int, tuple[int, float]]:
    """For every plan that is nearly contained in an earlier one, or contains it: that one's position and the share, 0.6 to 1."""
    sketches = [_sketch(body_text(lines)) for lines in plans]
    holders: dict[int, list[int]] = defaultdict(list)
    found: dict[int, tuple[int, float]] = {}
    for at, sketch in enumerate(sketches):
        shared: Counter[int] = Counter()
        for each in sketch:
            earlier = holders[each]
            if len(earlier) <= _COMMON_TO:
                shared.update(earlier)
                earlier.append(at)
        best = max(
            ((times / min(len(sketch), len(sketches[other])), -other) for other, times in shared.items()), default=(0.0, 0)
        )
        if best[0] >= NEAR and min(len(sketch), len(sketches[-best[1]])) >= _FEWEST_HASHES:
            found[at] = (-best[1], round(min(best[0], 1.0), 2))
    return found


def _sketch(text: str) -> frozenset[int]:
    letters = _BLANKS_AND_SIGNS.sub("", unicodedata.normalize("NFKC", text))
    data = letters.encode("utf-32-le")
    hashes = (zlib.crc32(data[start * 4 : (start + _RUN) * 4]) for start in range(len(letters) - _RUN + 1))
    return frozenset(each for each in hashes if each % _KEEP_ONE_IN == 0)
