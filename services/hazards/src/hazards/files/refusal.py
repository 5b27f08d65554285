"""Why a file is refused after a look into it."""

from types import MappingProxyType
from typing import Final, Literal

Code = Literal["damaged", "pixels", "other_office", "macros", "data_track", "too_slow", "too_much_memory", "failed"]

_TEXTS: Final = MappingProxyType[Code, str](
    {
        "damaged": "the file cannot be read to its end; save or export it again",
        "pixels": "the picture has too many pixels; reduce it",
        "other_office": "the document is not of the declared type; declare what it is, and save it without a password",
        "macros": "the document holds macros; save it without them",
        "data_track": "the video holds tracks beside picture and sound, which may tell its place; export it without them",
        "too_slow": "the file takes too long to look into; reduce it",
        "too_much_memory": "the file takes too much memory to look into; reduce it",
        "failed": "the file could not be looked into; it was logged",
    }
)


class Unfit(Exception):  # noqa: N818 - what a file is, not what went wrong in code
    """The file is not taken. `detail` is for the log and quotes nothing of the file."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    @property
    def reason(self) -> str:
        """What is wrong, and what to do about it."""
        return _TEXTS[self.code]
