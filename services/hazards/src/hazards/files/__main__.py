"""`python -m hazards.files SOURCE TARGET MEDIA_TYPE PIXELS SECONDS MEMORY_BYTES`: one look into a file, within bounds.

Prints one JSON object: what the file says of itself, or `{"refused": code, "detail"}`. Of a type that outsiders see stripped the
rendition is at TARGET afterwards.
"""

import json
import sys
from pathlib import Path

from hazards.domain.evidence import OFFICE_PARTS, Shown
from hazards.files.documents import check_document
from hazards.files.refusal import Unfit
from hazards.files.videos import strip_video
from servicekit.rlimits import confine


def look(source: Path, target: Path, media_type: str, most_pixels: int) -> Shown:
    """Look into a file of a known type. Raises Unfit."""
    if media_type.startswith("image/"):
        from hazards.files.pictures import strip_picture  # noqa: PLC0415 - most of the start of this process

        return strip_picture(source, target, media_type, most_pixels)
    if media_type == "video/mp4":
        return strip_video(source, target)
    if media_type in OFFICE_PARTS:
        check_document(source, media_type)
    return Shown()


def main(source: str, target: str, media_type: str, pixels: str, seconds: str, memory_bytes: str) -> None:
    confine(int(seconds), int(memory_bytes))
    answer: dict[str, object]
    try:
        shown = look(Path(source), Path(target), media_type, int(pixels))
        answer = {
            "width": shown.width,
            "height": shown.height,
            "taken_at": shown.taken_at and shown.taken_at.isoformat(),
            "position": shown.position and [shown.position.latitude, shown.position.longitude],
        }
    except Unfit as refusal:
        answer = {"refused": refusal.code, "detail": refusal.detail}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_much_memory", "detail": ""}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:7])
