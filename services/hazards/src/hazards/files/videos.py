"""MP4 videos (ISO 14496-12): what they say of time and place, and a rendition in which that is blank.

Picture and sound stay byte for byte where they are: boxes that hold something else are renamed to `free` and filled with zeros,
so no offset inside the file changes.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from hazards.domain.evidence import Position, Shown
from hazards.files.exif import plausible
from hazards.files.refusal import Unfit

_CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia"})
_BLANKED: Final = frozenset({b"udta", b"meta", b"uuid", b"skip", b"free", b"wide"})
_TRACKS: Final = frozenset({b"vide", b"soun"})
_EPOCH: Final = datetime(1904, 1, 1, tzinfo=UTC)
_MOST_BOXES: Final = 10_000
_MOST_NESTED: Final = 8
_MOST_TOLD: Final = 64 * 1024
_ZEROS: Final = bytes(64 * 1024)
_PLACE: Final = re.compile(rb"([+-]\d{1,2}(?:\.\d{1,8})?)([+-]\d{1,3}(?:\.\d{1,8})?)[^/]{0,32}/")


@dataclass(frozen=True, slots=True)
class _Box:
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
        boxes = list(_walk(file, 0, target.stat().st_size, 0))
        tracks = {_bytes(file, box, 8, 4) for box in boxes if box.kind == b"hdlr"}
        if b"vide" not in tracks:
            raise Unfit("damaged", "no picture")
        if not tracks <= _TRACKS:
            raise Unfit("data_track")
        shown = Shown(taken_at=_taken(file, boxes), position=_position(file, boxes))
        for box in boxes:
            if box.kind in _BLANKED:
                _blank(file, box)
    return shown


def _walk(file: BinaryIO, start: int, end: int, depth: int) -> Iterator[_Box]:
    """Yield the boxes between two offsets, each before those inside it."""
    if depth > _MOST_NESTED:
        raise Unfit("damaged", "nested too deep")
    count = 0
    while start < end:
        count += 1
        box = _box(file, start, end)
        if count > _MOST_BOXES:
            raise Unfit("damaged", "too many boxes")
        yield box
        if box.kind in _CONTAINERS:
            yield from _walk(file, box.content, box.end, depth + 1)
        start = box.end


def _box(file: BinaryIO, start: int, end: int) -> _Box:
    file.seek(start)
    head = file.read(16)
    size, kind, content = int.from_bytes(head[:4]), head[4:8], start + 8
    if size == 1:
        size, content = int.from_bytes(head[8:16]), start + 16
    elif size == 0:
        size = end - start
    if len(head) < 8 or start + size > end or start + size < content:
        raise Unfit("damaged", "a box passes its bounds")
    return _Box(kind, start, content, start + size)


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
    """`©xyz` of the user data holds a place as ISO 6709 writes it: +28.9354+118.8741/."""
    for box in boxes:
        if box.kind == b"udta":
            told = _bytes(file, box, 0, _MOST_TOLD).partition(b"\xa9xyz")[2]
            if place := _PLACE.search(told[:100]):
                try:
                    return Position(float(place[1]), float(place[2]))
                except ValueError:
                    return None
    return None


def _blank(file: BinaryIO, box: _Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.content)
    left = box.end - box.content
    while left > 0:
        left -= file.write(_ZEROS[: min(left, len(_ZEROS))])
