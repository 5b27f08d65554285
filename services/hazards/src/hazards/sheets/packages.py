"""XLSX as a package of parts (ECMA-376): what is refused before anything in it is read."""

import io
import zipfile
from typing import Final

from hazards.sheets.limits import Code, Limits, UnreadableSheet

PACKAGE: Final = b"PK\x03\x04"
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Older workbooks, and newer ones that need a password to be opened."""

_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_MOST_PARTS: Final = 1000
_REFUSED: Final[tuple[tuple[str, Code], ...]] = (
    ("vbaproject.bin", "macros"),
    ("xl/macrosheets/", "macros"),
    ("xl/activex/", "macros"),
    ("xl/externallinks/", "external_links"),
    ("xl/connections.xml", "external_links"),
    ("xl/querytables/", "external_links"),
)
_TYPES: Final = "[Content_Types].xml"
_TYPES_BYTES: Final = 1024 * 1024


def check_package(content: bytes, limits: Limits) -> None:
    """Refuse a file that is no XLSX, would unpack to too much, runs code or reaches for other files.

    Raises:
        UnreadableSheet: with the reason.
    """
    if content.startswith(COMPOUND):
        raise UnreadableSheet("protected" if _ENCRYPTED in content else "not_a_sheet")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_parts(package.infolist(), limits)
            with package.open(_TYPES) as types:
                declared = types.read(_TYPES_BYTES)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise UnreadableSheet("damaged") from error
    if b"macroEnabled" in declared:
        raise UnreadableSheet("macros")
    if b"spreadsheetml.sheet.main" not in declared:
        raise UnreadableSheet("not_a_sheet")


def _check_parts(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise UnreadableSheet("too_large", f"解压后上限 {limits.unpacked_bytes} 字节")
    names = [part.filename.replace("\\", "/").lower() for part in parts]
    if len(set(names)) < len(names):
        raise UnreadableSheet("damaged", "内部文件重名")
    for mark, code in _REFUSED:
        if any(mark in name for name in names):
            raise UnreadableSheet(code)
