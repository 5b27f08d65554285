"""Evidence of a hazard: what may be added to it, what a file must be, and who sees which rendition of it.

Issue 4 item 3; DOMAIN 3: discovery, rectification and acceptance are recorded as they happened, so rows are never changed.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final, Literal, get_args
from uuid import UUID

from hazards.domain.states import ENDED, State

Kind = Literal["before", "after", "other"]
"""Before the rectification, after it, or anything else that belongs to the file of the hazard."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

HEAD_BYTES: Final = 32
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOST_NAME: Final = 120

_SEE_ORIGINALS: Final = frozenset({"office", "supervisor"})
_ADD: Final = frozenset({"submitter", "office", "supervisor", "agency"})
_MP4_BRANDS: Final = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"})
_UNSEEN: Final = re.compile(r"\s+")


def _is_zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A type of file: how its first bytes are known, how its name ends, and whether outsiders get a rendition of it."""

    starts: Callable[[bytes], bool]
    ending: str
    stripped: bool


_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES: Final[Mapping[str, MediaType]] = MappingProxyType(
    {
        "image/jpeg": MediaType(lambda head: head.startswith(b"\xff\xd8\xff"), ".jpg", stripped=True),
        "image/png": MediaType(lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), ".png", stripped=True),
        "image/webp": MediaType(lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", ".webp", stripped=True),
        "video/mp4": MediaType(lambda head: head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS, ".mp4", stripped=True),
        "application/pdf": MediaType(lambda head: head.startswith(b"%PDF-"), ".pdf", stripped=False),
        _WORD: MediaType(_is_zip, ".docx", stripped=False),
        _SHEET: MediaType(_is_zip, ".xlsx", stripped=False),
    }
)
"""Every type that can be checked; the settings allow some or all. The two Office types are told apart by what is inside."""
OFFICE_PARTS: Final[Mapping[str, str]] = MappingProxyType({_WORD: "word/document.xml", _SHEET: "xl/workbook.xml"})


@dataclass(frozen=True, slots=True)
class Position:
    """A place on earth in decimal degrees of WGS 84."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):  # also refuses NaN
            raise ValueError("latitude lies within ±90 and longitude within ±180 degrees")


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes of a file: how many, and their SHA-256."""

    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file says of itself: width and height of a picture, when and where its camera took it. None: it does not say."""

    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller says of a file. `unit` is the one that the caller acts for, None: the caller's own."""

    kind: Kind
    media_type: str
    name: str | None
    taken_at: datetime | None
    position: Position | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file of a hazard. `rendition` is what outsiders get; None: the file itself, which holds nothing to strip."""

    evidence_id: UUID
    hazard_id: UUID
    said: Said
    shown: Shown
    original: Content
    rendition: Content | None
    recorded_at: datetime
    subject: str
    unit: str
    on_behalf_of: str | None

    def content(self, *, original: bool) -> Content:
        """Return which bytes to hand out."""
        return self.original if original or self.rendition is None else self.rendition

    def file_name(self) -> str:
        """Return the name under which it is handed out: the caller's, else one of our own; its ending is that of its type."""
        ending = MEDIA_TYPES[self.said.media_type].ending
        if self.said.name is None:
            return f"evidence-{self.evidence_id}{ending}"
        known = (ending, ".jpeg") if ending == ".jpg" else (ending,)
        return self.said.name if self.said.name.lower().endswith(known) else f"{self.said.name}{ending}"


def may_add(state: State, *, look_back: bool = False) -> bool:
    """Whether evidence may be added to a hazard in `state`: after its end only what a look-back found."""
    return look_back or state not in ENDED


def may_upload(roles: Collection[str]) -> bool:
    """Whether somebody with these roles, of a unit that sees the hazard, may add evidence."""
    return not _ADD.isdisjoint(roles)


def sees_original(roles: Collection[str], *, own_or_above: bool) -> bool:
    """Whether the caller is no outsider: the office or a supervisor of the hazard's unit or of one above it."""
    return own_or_above and not _SEE_ORIGINALS.isdisjoint(roles)


def against_type(declared: str, head: bytes, allowed: Collection[str]) -> str | None:
    """Return why a file is not taken, or None. `head` are its first HEAD_BYTES; a file shorter than that has a shorter head."""
    if declared not in allowed:
        return f"{declared or 'no type'} is not accepted; send one of {', '.join(sorted(allowed))}"
    if MEDIA_TYPES[declared].starts(head):
        return None
    real = [name for name, each in MEDIA_TYPES.items() if each.starts(head)]
    found = f"the file is {' or '.join(real)}" if real else "the file begins like none of the accepted types"
    return f"{found}, not {declared}; declare what it is"


def against_taking(taken_at: datetime | None, received_at: datetime) -> str | None:
    """Return what is wrong with the instant at which a file is said to have been taken, or None."""
    if taken_at is not None and taken_at > received_at:
        return "lies in the future"
    if taken_at is not None and taken_at < EARLIEST:
        return f"lies before {EARLIEST.year}"
    return None


def clean_name(name: str | None) -> str | None:
    """Return a file's name without folders and unseen characters, at most MOST_NAME long; None: nothing is left."""
    if name is None:
        return None
    last = PurePosixPath(name.replace("\\", "/")).name
    seen = "".join(each for each in _UNSEEN.sub(" ", last) if unicodedata.category(each)[0] != "C").strip(" .")
    if len(seen) > MOST_NAME:
        stem, dot, ending = seen.rpartition(".")
        seen = f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) <= 5 else seen[:MOST_NAME]
    return seen or None
