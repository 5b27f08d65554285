"""Files as phones and offices make them. Whatever tells more than the picture itself holds the text SECRET."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LATITUDE, LONGITUDE = 28.9354, 118.8741


def exif(*, orientation: int = 1, offset: str | None = "+08:00", gps: dict[int, Any] | None = None) -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F] = "SECRET maker"
    tags[0x0112] = orientation
    inner = tags.get_ifd(0x8769)
    inner[0x9003] = "2026:03:02 12:50:00"
    if offset is not None:
        inner[0x9011] = offset
    inner[0x927C] = b"SECRET maker note"
    where = {1: "N", 2: (28.0, 56.0, 7.44), 3: "E", 4: (118.0, 52.0, 26.76)} if gps is None else gps
    tags.get_ifd(0x8825).update(where)
    return tags


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), *, color: Any = (200, 30, 30), **tags: Any) -> bytes:
    """A picture with everything in it that is to be stripped."""
    image = Image.new("RGB", size, color)
    image.paste((20, 20, 220), (0, 0, size[0] // 2, size[1] // 2))  # the upper left quarter is blue
    out = io.BytesIO()
    options: dict[str, Any] = {"exif": exif(**tags), "icc_profile": b"SECRET profile"}
    if kind == "JPEG":
        options |= {"comment": b"SECRET comment", "xmp": b"<x:xmpmeta>SECRET</x:xmpmeta>", "quality": 95}
    if kind == "WEBP":
        options |= {"xmp": b"<x:xmpmeta>SECRET</x:xmpmeta>", "lossless": True}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "SECRET text")
        text.add_itxt("XML:com.adobe.xmp", "SECRET xmp", zip=True)
        options["pnginfo"] = text
    image.save(out, kind, **options)
    return out.getvalue() + (b"SECRET tail" if kind == "JPEG" else b"")


def huge(width: int = 20_000, height: int = 20_000) -> bytes:
    """A PNG of a few hundred bytes that claims to have 400 million pixels."""
    made = bytearray(picture("PNG"))
    made[16:24] = struct.pack(">II", width, height)
    made[29:33] = struct.pack(">I", zlib.crc32(made[12:29]))
    return bytes(made)


def box(kind: bytes, *content: bytes) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I", 8 + len(whole)) + kind + whole


def track(handler: bytes) -> bytes:
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12), b"handler\0")), box(b"udta", b"SECRET"))


def video(*handlers: bytes) -> bytes:
    """An MP4 whose boxes tell when (2026-03-02 04:50 UTC) and where it was taken."""
    taken = 3_855_271_800  # seconds since 1904
    place = f"+{LATITUDE:.4f}+{LONGITUDE:.4f}/".encode()
    return b"".join(
        (
            box(b"ftyp", b"mp42", bytes(4), b"isommp42"),
            box(
                b"moov",
                box(b"mvhd", bytes(4), struct.pack(">II", taken, taken), bytes(88)),
                *(track(handler) for handler in handlers or (b"vide", b"soun")),
                box(b"gps ", b"SECRET of a dashboard"),
                box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(place), 0x15C7), place), b"SECRET"),
            ),
            box(b"uuid", b"SECRET xmp packet"),
            box(b"free", b"SECRET left over"),
            box(b"????", b"SECRET of a maker"),
            box(b"mdat", b"picture and sound"),
        )
    )


def document(media_type: str = WORD, *more: str) -> bytes:
    part = {WORD: "word/document.xml", SHEET: "xl/workbook.xml"}[media_type]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in ("[Content_Types].xml", part, *more):
            packed.writestr(name, "<x/>")
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
