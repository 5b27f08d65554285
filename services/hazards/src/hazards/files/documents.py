"""Office documents: of the declared kind, and without macros. Nothing is unpacked."""

import zipfile
from pathlib import Path
from typing import Final

from hazards.domain.evidence import OFFICE_PARTS
from hazards.files.refusal import Unfit

_MOST_PARTS: Final = 10_000
_MACROS: Final = "vbaproject.bin"


def check_document(source: Path, media_type: str) -> None:
    """Check a .docx or .xlsx.

    Raises:
        Unfit: it is damaged, of another kind, or holds macros.
    """
    try:
        with zipfile.ZipFile(source) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unfit("damaged", type(error).__name__) from error
    if len(names) > _MOST_PARTS:
        raise Unfit("damaged", "too many parts")
    if not {"[Content_Types].xml", OFFICE_PARTS[media_type]} <= set(names):
        raise Unfit("other_office")
    if any(name.lower().endswith(_MACROS) for name in names):
        raise Unfit("macros")
