"""Pictures: what they say of themselves, and a rendition of their pixels alone."""

import struct
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps

from hazards.domain.evidence import Shown
from hazards.files.exif import EXIF_IFD, GPS_IFD, position_of, taken_of
from hazards.files.refusal import Unfit

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_BROKEN: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, TypeError, KeyError, OverflowError)
"""What Pillow raises over broken files."""


def strip_picture(source: Path, target: Path, media_type: str, most_pixels: int) -> Shown:
    """Write the pixels of a picture, upright, to `target` and return what it says of itself.

    Everything else is left out: EXIF with maker notes and thumbnail, XMP, IPTC, comments, colour profile, further pictures and
    whatever follows the end of the picture.

    Raises:
        Unfit: it cannot be decoded, or has more pixels than `most_pixels` or than a rendition can have.
    """
    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    kind = _FORMATS[media_type]
    try:
        with Image.open(source, formats=(kind,)) as image:
            width, height = image.size
            if width * height > most_pixels:
                raise Unfit("pixels")
            image.load()
            shown, upright = _shown(image, width, height), _upright(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Unfit("pixels") from error
    except _BROKEN as error:
        raise Unfit("damaged", type(error).__name__) from error
    try:
        _save(upright, target, kind)
    except ValueError as error:  # WebP holds only so much; what it could not take in is no fault of the disk
        raise Unfit("pixels", "cannot be encoded") from error
    return shown


def _shown(image: Image.Image, width: int, height: int) -> Shown:
    exif, gps = _tags(image, EXIF_IFD), _tags(image, GPS_IFD)
    return Shown(width, height, taken_of(exif, gps), position_of(gps))


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        return image.copy()


def _tags(image: Image.Image, directory: int) -> Mapping[int, object]:
    """Broken tags say nothing; the picture may be whole all the same."""
    try:
        return dict(image.getexif().get_ifd(directory))
    except _BROKEN:
        return {}


def _save(image: Image.Image, target: Path, kind: str) -> None:
    options: dict[str, Any] = {}
    if kind == "PNG" and image.mode == "P" and "transparency" in image.info:
        options["transparency"] = image.info["transparency"]
    if kind in {"JPEG", "WEBP"}:
        options["quality"] = 90
    image.info.clear()
    if kind == "JPEG" and image.mode not in {"L", "RGB"}:
        image = image.convert("RGB")
    image.save(target, kind, **options)
