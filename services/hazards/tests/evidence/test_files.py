"""What comes out of a look into a file: what it says of itself, a rendition that tells nothing, or a refusal."""

import io
import struct
from datetime import UTC, datetime
from pathlib import Path

import media
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hazards.domain.evidence import Position, Shown
from hazards.files.bounded import Bounds, look_bounded
from hazards.files.documents import check_document
from hazards.files.exif import position_of, taken_of
from hazards.files.pictures import strip_picture
from hazards.files.refusal import Unfit
from hazards.files.videos import strip_video

TAKEN = datetime(2026, 3, 2, 4, 50, tzinfo=UTC)
PIXELS = 1_000_000
BOUNDS = Bounds(PIXELS, seconds=10, memory_bytes=512 * 1024 * 1024)
WORDS = (b"SECRET", b"Exif", b"xmp", b"ICC", b"iCCP", b"eXIf", b"EXIF", b"XMP ", b"tEXt", b"iTXt", b"zTXt")
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def put(folder: Path, content: bytes) -> tuple[Path, Path]:
    (folder / "source").write_bytes(content)
    return folder / "source", folder / "target"


def tells_nothing(content: bytes) -> bool:
    return not any(word in content for word in WORDS)


@pytest.mark.parametrize("media_type", PICTURES)
def test_a_picture_keeps_its_pixels_and_nothing_else(tmp_path, media_type: str) -> None:
    original = media.picture(PICTURES[media_type])
    source, target = put(tmp_path, original)
    assert not tells_nothing(original)

    shown = strip_picture(source, target, media_type, PIXELS)

    assert shown == Shown(64, 48, TAKEN, shown.position)
    assert shown.position is not None
    assert shown.position.latitude == pytest.approx(media.LATITUDE, abs=1e-6)
    assert shown.position.longitude == pytest.approx(media.LONGITUDE, abs=1e-6)
    assert tells_nothing(target.read_bytes())
    with Image.open(target) as image:
        assert (image.format, image.size, dict(image.getexif())) == (PICTURES[media_type], (64, 48), {})
        assert {key for key in image.info if key in {"exif", "xmp", "icc_profile", "comment", "XML:com.adobe.xmp"}} == set()
        blue, red = image.convert("RGB").getpixel((8, 8)), image.convert("RGB").getpixel((56, 40))
        assert blue[2] > 180 > blue[0]
        assert red[0] > 180 > red[2]


def test_a_picture_stands_upright_without_its_tag(tmp_path) -> None:
    source, target = put(tmp_path, media.picture(orientation=6))

    strip_picture(source, target, "image/jpeg", PIXELS)

    with Image.open(target) as image:
        assert image.size == (48, 64)
        assert image.getpixel((40, 8))[2] > 180  # the blue quarter went from the upper left to the upper right


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize(
    "tags", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12" * 9]
)
def test_a_picture_with_broken_tags_says_nothing_and_is_taken(tmp_path, tags: bytes) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=tags)
    source, target = put(tmp_path, out.getvalue())

    assert strip_picture(source, target, "image/jpeg", PIXELS) == Shown(8, 8)
    assert tells_nothing(target.read_bytes())


@pytest.mark.parametrize(("kind", "media_type"), [("MPO", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_of_several_pictures_in_one_the_first_is_shown(tmp_path, kind: str, media_type: str) -> None:
    out = io.BytesIO()
    first, second = Image.new("RGB", (8, 8), "white"), Image.new("RGB", (8, 8), "black")
    first.save(out, kind, save_all=True, append_images=[second], exif=media.exif())
    source, target = put(tmp_path, out.getvalue())

    strip_picture(source, target, media_type, PIXELS)

    with Image.open(target) as image:
        assert (getattr(image, "n_frames", 1), image.convert("L").getpixel((4, 4))) == (1, 255)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_every_kind_of_pixels_is_taken(tmp_path, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "PNG")
    source, target = put(tmp_path, out.getvalue())

    assert strip_picture(source, target, "image/png", PIXELS) == Shown(8, 8)
    with Image.open(target) as image:
        assert image.size == (8, 8)


def test_a_printers_picture_becomes_one_for_screens(tmp_path) -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8)).save(out, "JPEG")
    source, target = put(tmp_path, out.getvalue())

    strip_picture(source, target, "image/jpeg", PIXELS)

    with Image.open(target) as image:
        assert image.mode == "RGB"


def test_a_picture_of_too_many_pixels_is_not_decoded(tmp_path) -> None:
    content = media.huge()
    assert len(content) < 10_000

    for most in (PIXELS, 300_000_000):
        with pytest.raises(Unfit) as refused:
            strip_picture(*put(tmp_path, content), "image/png", most)
        assert refused.value.code == "pixels"


@pytest.mark.parametrize("media_type", PICTURES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_picture_cut_short_is_damaged(tmp_path, media_type: str, share: float) -> None:
    whole = media.picture(PICTURES[media_type], size=(200, 200))

    with pytest.raises(Unfit) as refused:
        strip_picture(*put(tmp_path, whole[: int(len(whole.removesuffix(b"SECRET tail")) * share)]), media_type, PIXELS)
    assert refused.value.code == "damaged"


@pytest.mark.parametrize(
    ("offset", "gps", "taken"),
    [
        ("+08:00", {}, TAKEN),
        ("+06:00", {}, datetime(2026, 3, 2, 6, 50, tzinfo=UTC)),
        (None, {}, TAKEN),  # Beijing time
        (None, {7: (1.0, 2.0, 3.0), 29: "2026:03:01"}, datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)),
        ("nonsense", {7: (25.0, 2.0, float("nan")), 29: "2026:13:01"}, TAKEN),
    ],
)
def test_the_time_is_that_of_the_offset_or_the_satellites_or_beijing(offset, gps, taken: datetime) -> None:
    tags = {0x9003: "2026:03:02 12:50:00"} | ({} if offset is None else {0x9011: offset})

    assert taken_of(tags, gps) == taken


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "N", 2: (28.0, 56.0, 7.0)},
        {1: "X", 2: (28.0, 56.0, 7.0), 3: "E", 4: (118.0, 0.0, 0.0)},
        {1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (118.0, 0.0, 0.0)},
        {1: "N", 2: (float("nan"), 0.0, 0.0), 3: "E", 4: (118.0, 0.0, 0.0)},
        {1: "N", 2: 28.0, 3: "E", 4: (118.0, 0.0, 0.0)},
        {1: b"\xff", 2: ("a", None, 0.0), 3: "E", 4: (118.0, 0.0)},
    ],
)
def test_a_place_that_is_none_is_left_out(gps) -> None:
    assert position_of(gps) is None


VALUES = st.one_of(st.none(), st.text(max_size=30), st.binary(max_size=8), st.tuples(*[st.floats() | st.integers()] * 3))


@given(st.dictionaries(st.sampled_from([1, 2, 3, 4, 7, 29, 0x9003, 0x9011]), VALUES))
def test_tags_may_be_anything(tags) -> None:
    position_of(tags)
    taken_of(tags, tags)


def test_south_and_west_are_below_zero() -> None:
    assert position_of({1: "S", 2: (10.0, 30.0, 0.0), 3: "W", 4: (20.0, 0.0, 36.0)}) == Position(-10.5, -20.01)


def test_a_clock_that_was_never_set_says_nothing() -> None:
    assert taken_of({0x9003: "1980:01:01 00:00:00"}, {}) is None
    assert taken_of({0x9003: "0000:00:00 00:00:00"}, {}) is None


def test_a_video_keeps_picture_and_sound_where_they_are(tmp_path) -> None:
    original = media.video()
    source, target = put(tmp_path, original)

    shown = strip_video(source, target)

    assert shown == Shown(None, None, TAKEN, Position(media.LATITUDE, media.LONGITUDE))
    stripped = target.read_bytes()
    assert len(stripped) == len(original)
    assert stripped.index(b"picture and sound") == original.index(b"picture and sound")
    assert not any(word in stripped for word in (b"SECRET", b"xyz", b"28.93", b"uuid", b"udta"))
    assert strip_video(target, tmp_path / "again") == Shown(None, None, TAKEN)


@pytest.mark.parametrize(
    ("told", "position"),
    [
        (b"\xa9xyz\0\x12\x15\xc7+28.9354+118.8741/", Position(28.9354, 118.8741)),
        (b"\xa9xyz\0\x16\x15\xc7-01.5000-060.2500+12.1/", Position(-1.5, -60.25)),
        (b"loci" + bytes(6) + b"home\0\1" + struct.pack(">ii", -(60 << 16) - (1 << 14), 1 << 15), Position(0.5, -60.25)),
        (b"loci" + bytes(6) + b"home\0\1\0", None),
        (b"loci" + bytes(6) + b"\0\1" + struct.pack(">ii", 0, 91 << 16), None),
        (b"\xa9xyz\0\x12\x15\xc7+98.9354+118.8741/", None),
        (b"\xa9xyz\0\x12\x15\xc7 nowhere", None),
    ],
)
def test_both_notations_of_a_place_are_read(tmp_path, told: bytes, position: Position | None) -> None:
    content = media.box(b"moov", media.track(b"vide"), media.box(b"udta", told)) + media.box(b"mdat", b"x")

    assert strip_video(*put(tmp_path, content)).position == position


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (media.video(b"vide", b"meta"), "data_track"),
        (media.video().replace(b"hdlr", b"none", 1), "damaged"),
        (media.video(b"soun", b"vide").replace(b"hdlr", b"none", 1), "data_track"),
        (media.video(b"soun"), "damaged"),
        (media.video()[:-1], "damaged"),
        (media.video()[:100], "damaged"),
        (media.box(b"ftyp", b"mp42") + b"\x00\x00\x00\x04moov", "damaged"),
        (media.box(b"ftyp", b"mp42") + b"\x00\x00\x00\x01moov" + b"\xff" * 8, "damaged"),
        (media.box(b"ftyp", b"mp42") + media.box(b"free") * 10_001, "damaged"),
    ],
)
def test_a_video_that_is_broken_or_tells_more_is_refused(tmp_path, content: bytes, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        strip_video(*put(tmp_path, content))
    assert refused.value.code == code


@given(st.binary(max_size=200))
def test_boxes_may_be_anything(tmp_path_factory, content: bytes) -> None:
    with pytest.raises(Unfit):
        strip_video(*put(tmp_path_factory.mktemp("video"), content))


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (media.document(media.SHEET), media.WORD, "other_office"),
        (media.document(media.WORD, "word/vbaProject.bin"), media.WORD, "macros"),
        (media.document()[:-10], media.WORD, "damaged"),
        (b"PK\x03\x04" + bytes(100), media.WORD, "damaged"),
        (media.document(media.WORD, *(f"part{n}" for n in range(10_000))), media.WORD, "damaged"),
    ],
)
def test_a_document_is_of_its_kind_and_without_macros(tmp_path, content: bytes, media_type: str, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        check_document(put(tmp_path, content)[0], media_type)
    assert refused.value.code == code


@pytest.mark.parametrize("media_type", [media.WORD, media.SHEET])
def test_both_kinds_of_documents_are_taken(tmp_path, media_type: str) -> None:
    check_document(put(tmp_path, media.document(media_type))[0], media_type)


@pytest.mark.io
async def test_a_look_in_a_process_of_its_own_says_the_same(tmp_path) -> None:
    source, target = put(tmp_path, media.picture())

    shown = await look_bounded(source, target, "image/jpeg", BOUNDS)

    assert (shown.width, shown.height, shown.taken_at) == (64, 48, TAKEN)
    assert shown.position is not None
    assert tells_nothing(target.read_bytes())
    assert await look_bounded(*put(tmp_path, media.PDF), "application/pdf", BOUNDS) == Shown()


@pytest.mark.io
async def test_a_look_that_takes_too_much_is_ended(tmp_path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (12_000, 12_000)).save(out, "PNG", compress_level=1)
    source, target = put(tmp_path, out.getvalue())

    with pytest.raises(Unfit) as memory:
        await look_bounded(source, target, "image/png", Bounds(200_000_000, 20, 256 * 1024 * 1024))
    with pytest.raises(Unfit) as seconds:
        await look_bounded(source, target, "image/png", Bounds(200_000_000, 1, 4 * 1024 * 1024 * 1024))

    assert (memory.value.code, seconds.value.code) == ("too_much_memory", "too_slow")


@pytest.mark.io
async def test_a_refusal_comes_out_of_the_process(tmp_path) -> None:
    with pytest.raises(Unfit) as refused:
        await look_bounded(*put(tmp_path, media.huge()), "image/png", BOUNDS)

    assert refused.value.code == "pixels"
    assert "reduce it" in refused.value.reason
