"""Bytes of a file to numbered lines. The content must be what the file's extension says."""

import hashlib
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from plans.importing.draft import WarningDraft
from plans.importing.reading.encoding import decode
from plans.importing.reading.portable import read_portable
from plans.importing.reading.source import Format, SourceText, numbered, split_lines
from plans.importing.reading.word import read_word
from plans.importing.refusal import Unreadable

__all__ = ["DEFAULT_LIMIT_BYTES", "SourceText", "Unreadable", "read_source"]

DEFAULT_LIMIT_BYTES: Final = 8 * 1024 * 1024
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_PDF_HEAD: Final = 1024
_MARKUP: Final = re.compile(rb"[^<{\w]{0,16}(<!doctype\s+html|<html|<\?xml|\{\\rtf)", re.IGNORECASE)
_READERS: Final[dict[Format, Callable[[bytes], list[str]]]] = {"docx": read_word, "pdf": read_portable}
_EXTENSIONS: Final[dict[str, Format]] = {".txt": "txt", ".text": "txt", ".docx": "docx", ".pdf": "pdf"}


def read_source(content: bytes, name: str, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> SourceText:
    """Read a file by its content; `name` only has to agree with it.

    Raises:
        Unreadable: with a stable code for everything that cannot be read.
    """
    if len(content) > limit_bytes:
        raise Unreadable("too_large", f"{len(content)} 字节,上限 {limit_bytes} 字节")
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable("empty")
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    expected = _EXTENSIONS.get(ending)
    found = _sniff(content)
    if expected is None:
        raise Unreadable("legacy_word" if ending == ".doc" else "unsupported_format", ending[:20] or "没有扩展名")
    if found != expected:
        raise Unreadable("wrong_extension" if found != "txt" or _is_text(content) else "damaged")
    if found == "txt":
        text, encoding, broken = decode(content)
        texts = split_lines(text)
        warnings = (_faulty(encoding),) if broken else ()
    else:
        texts, warnings = _READERS[found](content), ()
    lines = numbered(texts)
    if not any(line.text for line in lines):
        raise Unreadable("empty")
    return SourceText(lines, found, hashlib.sha256(content).hexdigest(), warnings)


def _sniff(content: bytes) -> Format:
    if content.startswith(_OLE):
        raise Unreadable("encrypted" if _ENCRYPTED_PACKAGE in content else "legacy_word")
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if _MARKUP.match(content[:_PDF_HEAD]):
        raise Unreadable("unsupported_format", "网页或 RTF")
    return "pdf" if b"%PDF-" in content[:_PDF_HEAD] else "txt"


def _is_text(content: bytes) -> bool:
    try:
        decode(content)
    except Unreadable:
        return False
    return True


def _faulty(encoding: str) -> WarningDraft:
    return WarningDraft(code="broken_characters", message=f"按 {encoding} 读取时有字符读不出来,可能被截断或混有其他编码")
