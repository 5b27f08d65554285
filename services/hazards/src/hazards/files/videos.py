"""MP4 videos (ISO 14496-12): what they say of time and place, and a rendition in which that is blank.

Picture and sound stay byte for byte where they are. Every other box, known or not, is renamed to `free` and filled with zeros, so
no offset inside the file changes: cameras on dashboards and phones keep places in boxes of their own.
"""

import contextlib
import re
import shutil
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from hazards.domain.evidence import Position, Shown
from hazards.files.exif import plausible
from hazards.files.refusal import Unfit

_KEPT: Final[Mapping[bytes, frozenset[bytes]]] = MappingProxyType(
    {
        b"": frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix"}),
        b"moov": frozenset({b"mvhd", b"iods", b"trak", b"mvex"}),
        b"trak": frozenset({b"tkhd", b"tref", b"edts", b"mdia"}),
        b"mdia": frozenset({b"mdhd", b"hdlr", b"elng", b"minf"}),
    }
)
"""What picture and sound need, by the box that holds it; empty: the file itself."""
_TRACKS: Final = frozenset({b"vide", b"soun"})
_EPOCH: Final = datetime(1904, 1, 1, tzinfo=UTC)
_MOST_BOXES: Final = 10_000
_MOST_TOLD: Final = 64 * 1024
_ZEROS: Final = bytes(64 * 1024)
_PLACE: Final = re.compile(rb"([+-]\d{1,2}(?:\.\d{1,8})?)([+-]\d{1,3}(?:\.\d{1,8})?)[^/]{0,32}/")


@dataclass(frozen=True, slots=True)
class _Box:
    inside: bytes
    kind: bytes
    start: int
    content: int
    end: int


def strip_video(source: Path, target: Path) -> Shown:
    """Write a video to `target` without what it says beside picture and sound, and return what that was.

    Raises:
        Unfit: its boxes are damaged, it has no picture, or it holds tracks that are neither picture nor sound.
    """
    shutil.copyfile(source, target)
    with target.open("r+b") as file:
        boxes = list(_walk(file, b"", 0, target.stat().st_size))
        tracks = [_bytes(file, box, 8, 4) for box in boxes if box.kind == b"hdlr"]
        if b"vide" not in tracks:
            raise Unfit("damaged", "no picture")
        if len(tracks) != sum(box.kind == b"trak" for box in boxes) or not _TRACKS.issuperset(tracks):
            raise Unfit("data_track")
        shown = Shown(taken_at=_taken(file, boxes), position=_position(file, boxes))
        for box in boxes:
            if box.kind not in _KEPT[box.inside]:
                _blank(file, box)
    return shown


def _walk(file: BinaryIO, inside: bytes, start: int, end: int) -> Iterator[_Box]:
    """Yield the boxes between two offsets, each before those in it."""
    count = 0
    while start < end:
        count += 1
        if count > _MOST_BOXES:
            raise Unfit("damaged", "too many boxes")
        box = _box(file, inside, start, end)
        yield box
        if box.kind in _KEPT and box.kind in _KEPT[inside]:
            yield from _walk(file, box.kind, box.content, box.end)
        start = box.end


def _box(file: BinaryIO, inside: bytes, start: int, end: int) -> _Box:
    file.seek(start)
    head = file.read(16)
    size, kind, content = int.from_bytes(head[:4]), head[4:8], start + 8
    if size == 1:
        size, content = int.from_bytes(head[8:16]), start + 16
    elif size == 0:
        size = end - start
    if len(head) < 8 or start + size > end or start + size < content:
        raise Unfit("damaged", "a box passes its bounds")
    return _Box(inside, kind, start, content, start + size)


def _bytes(file: BinaryIO, box: _Box, offset: int, count: int) -> bytes:
    file.seek(box.content + offset)
    return file.read(max(0, min(count, box.end - box.content - offset)))


def _taken(file: BinaryIO, boxes: list[_Box]) -> datetime | None:
    for box in boxes:
        if box.kind == b"mvhd":
            wide = _bytes(file, box, 0, 1) == b"\x01"
            seconds = int.from_bytes(_bytes(file, box, 4, 8 if wide else 4))
            try:
                return plausible(_EPOCH + timedelta(seconds=seconds))
            except OverflowError:
                return None
    return None


def _position(file: BinaryIO, boxes: list[_Box]) -> Position | None:
    for box in boxes:
        told = _bytes(file, box, 0, _MOST_TOLD) if box.kind == b"udta" else b""
        if place := _written_place(told) or _measured_place(told):
            with contextlib.suppress(ValueError):
                return Position(*place)
    return None


def _written_place(told: bytes) -> tuple[float, float] | None:
    """`©xyz`, as phones write it: a place in the notation of ISO 6709, +28.9354+118.8741/."""
    found = _PLACE.search(told.partition(b"\xa9xyz")[2][:100])
    return None if found is None else (float(found[1]), float(found[2]))


def _measured_place(told: bytes) -> tuple[float, float] | None:
    """`loci` of 3GPP TS 26.244: flags, language, name ended by a zero, role, longitude and latitude in 65536ths of a degree."""
    numbers = told.partition(b"loci")[2][6:].partition(b"\0")[2][1:9]
    if len(numbers) < 8:
        return None
    longitude, latitude = struct.unpack(">ii", numbers)
    return latitude / 65536, longitude / 65536


def _blank(file: BinaryIO, box: _Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.content)
    left = box.end - box.content
    while left > 0:
        left -= file.write(_ZEROS[: min(left, len(_ZEROS))])
