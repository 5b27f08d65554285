"""A look into a file in a process of its own, so that no file can hold up or bring down whoever takes it in.

Decoders of pictures are where hostile input ends up, written in C (ADR 0011).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hazards.domain.evidence import Position, Shown
from hazards.files.refusal import Unfit
from servicekit import confinement
from servicekit.confinement import EndedError


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one look may use: pixels of a picture, seconds of computing, bytes of address space."""

    pixels: int
    seconds: int
    memory_bytes: int


async def look_bounded(source: Path, target: Path, media_type: str, bounds: Bounds) -> Shown:
    """Look into `source`; afterwards the rendition for outsiders is at `target` where the type has one.

    Raises:
        Unfit: the file is not what its type promises, or cannot be looked into within the bounds.
    """
    limits = (str(bounds.pixels), str(bounds.seconds), str(bounds.memory_bytes))
    try:
        printed = await confinement.run("hazards.files", (str(source), str(target), media_type, *limits), None, bounds.seconds)
    except EndedError as ended:
        raise _refusal(ended) from ended
    return _shown(json.loads(printed))


def _shown(answer: dict[str, Any]) -> Shown:
    if "refused" in answer:
        raise Unfit(answer["refused"], answer["detail"])
    taken_at, position = answer["taken_at"], answer["position"]
    return Shown(
        width=answer["width"],
        height=answer["height"],
        taken_at=taken_at and datetime.fromisoformat(taken_at),
        position=position and Position(*position),
    )


def _refusal(ended: EndedError) -> Unfit:
    match ended.how:
        case "too_slow":
            return Unfit("too_slow")
        case "failed":
            return Unfit("failed", ended.exception)
        case "fell":
            return Unfit("damaged", "fell")
