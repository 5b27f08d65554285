"""The encoding of a text file, decided by rules instead of statistics, so that the same bytes always read the same.

Order: byte order mark, UTF-16 where there are NUL bytes, strict UTF-8, strict GB18030 with plausible Chinese, then UTF-8 with
few faults. GB18030 accepts nearly every sequence of bytes, so what it gives must look like Chinese: characters of everyday use
(level 1 of GB 2312) must outweigh the rare ones. Big5 and Shift JIS fail that and are refused rather than read as nonsense.
"""

import codecs
from typing import Final

from plans.importing.refusal import Unreadable

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SAMPLE: Final = 20_000
_LONGEST_SEQUENCE: Final = 4
_PLAUSIBLE_SHARE: Final = 0.7
_FAULTS_PER_CHARACTER: Final = 0.005


def decode(content: bytes) -> tuple[str, str, bool]:
    """Return the text, the name of its encoding, and whether parts could not be read.

    Raises:
        Unreadable: `not_text`, `unknown_encoding`.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            text, broken = _lenient(content[len(mark) :], name)
            return text, name, broken
    if b"\0" in content:
        return _utf16_without_mark(content)
    if found := _strict(content, "utf-8"):
        return found[0], "utf-8", found[1]
    if (found := _strict(content, "gb18030")) and _is_chinese(found[0]):
        return found[0], "gb18030", found[1]
    for name in ("utf-8", "gb18030"):
        text, _ = _lenient(content, name)
        if text.count("\ufffd") <= len(text) * _FAULTS_PER_CHARACTER and (name == "utf-8" or _is_chinese(text)):
            return text, name, True
    raise Unreadable("unknown_encoding")


def _strict(content: bytes, name: str) -> tuple[str, bool] | None:
    """Decode without faults, except that the last character may have been cut off."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        text = decoder.decode(content)
    except UnicodeDecodeError as error:
        if error.end < len(content) - _LONGEST_SEQUENCE:
            return None
        return content[: error.start].decode(name, "ignore"), True
    return text, bool(decoder.getstate()[0])


def _lenient(content: bytes, name: str) -> tuple[str, bool]:
    text = content.decode(name, "replace")
    return text, "\ufffd" in text


def _utf16_without_mark(content: bytes) -> tuple[str, str, bool]:
    """A NUL byte stands in no other text; of the two byte orders only the right one gives plausible Chinese."""
    for name in ("utf-16-le", "utf-16-be"):
        found = _strict(content, name)
        if found and "\0" not in found[0] and _is_chinese(found[0]):
            return found[0], name, found[1]
    raise Unreadable("not_text")


def _is_chinese(text: str) -> bool:
    letters = [each for each in text[:_SAMPLE] if ord(each) > 0x7F]
    if not letters:
        return True
    common = sum(1 for each in letters if _is_common(each))
    return common >= len(letters) * _PLAUSIBLE_SHARE


def _is_common(letter: str) -> bool:
    """Level 1 of GB 2312, or its punctuation and full-width forms (rows 1 to 3)."""
    try:
        lead = letter.encode("gb2312")[0]
    except UnicodeEncodeError:
        return letter in "—·〔〕〞〝"
    return 0xB0 <= lead <= 0xD7 or 0xA1 <= lead <= 0xA3
