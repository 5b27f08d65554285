"""The rules of evidence alone."""

from datetime import UTC, datetime
from uuid import UUID

import media
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.domain.evidence import (
    HEAD_BYTES,
    MEDIA_TYPES,
    MOST_NAME,
    Content,
    Evidence,
    Position,
    Said,
    Shown,
    against_taking,
    against_type,
    clean_name,
    may_add,
    may_upload,
    sees_original,
)
from hazards.domain.states import ENDED, STATES
from servicekit.auth import ROLES

AT = datetime(2026, 3, 2, 5, tzinfo=UTC)
MADE = {
    "image/jpeg": media.picture(),
    "image/png": media.picture("PNG"),
    "image/webp": media.picture("WEBP"),
    "video/mp4": media.video(),
    "application/pdf": media.PDF,
    media.WORD: media.document(),
    media.SHEET: media.document(media.SHEET),
}


@pytest.mark.parametrize("state", STATES)
def test_only_a_look_back_adds_to_what_has_ended(state) -> None:
    assert may_add(state) == (state not in ENDED)
    assert may_add(state, look_back=True)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_adds_and_who_sees_originals(role: str) -> None:
    assert may_upload({role}) == (role in {"submitter", "office", "supervisor", "agency"})
    assert sees_original({role}, own_or_above=True) == (role in {"office", "supervisor"})
    assert not sees_original({role}, own_or_above=False)


@pytest.mark.parametrize("declared", MEDIA_TYPES)
@pytest.mark.parametrize("real", MADE)
def test_a_file_is_what_it_is_declared_to_be(declared: str, real: str) -> None:
    refused = against_type(declared, MADE[real][:HEAD_BYTES], MEDIA_TYPES)

    same_beginning = declared == real or {declared, real} == {media.WORD, media.SHEET}
    assert (refused is None) == same_beginning


def test_a_refused_type_names_the_remedy() -> None:
    assert "send one of application/pdf, image/png" in (
        against_type("text/html", b"<html>", {"image/png", "application/pdf"}) or ""
    )
    assert "the file is image/png, not image/jpeg" in (against_type("image/jpeg", MADE["image/png"], MEDIA_TYPES) or "")
    assert against_type("image/jpeg", b"", MEDIA_TYPES) is not None


@pytest.mark.parametrize("brand", [b"heic", b"avif", b"qt  "])
def test_other_containers_are_no_mp4(brand: bytes) -> None:
    assert against_type("video/mp4", b"\x00\x00\x00\x18ftyp" + brand, MEDIA_TYPES) is not None


def test_nothing_was_taken_in_the_future() -> None:
    assert against_taking(None, AT) is None
    assert against_taking(AT, AT) is None
    assert against_taking(AT.replace(microsecond=1), AT) == "lies in the future"
    assert against_taking(datetime(1999, 12, 31, tzinfo=UTC), AT) == "lies before 2000"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        (None, None),
        ("整改前.jpg", "整改前.jpg"),
        ("C:\\照片\\..\\a.jpg", "a.jpg"),
        ("/etc/../passwd", "passwd"),
        ("..", None),
        (" . ", None),
        ("a\r\nSet-Cookie: b", "a Set-Cookie: b"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("x" * 300 + ".jpg", "x" * (MOST_NAME - 4) + ".jpg"),
        ("x" * 300, "x" * MOST_NAME),
    ],
)
def test_a_name_has_no_folders_and_nothing_unseen(name: str | None, clean: str | None) -> None:
    assert clean_name(name) == clean


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_stays(name: str) -> None:
    clean = clean_name(name)

    assert clean is None or (0 < len(clean) <= MOST_NAME and "/" not in clean and "\\" not in clean)
    assert clean_name(clean) == clean


@pytest.mark.parametrize(("latitude", "longitude"), [(90.1, 0), (0, -180.1), (float("nan"), 0), (0, float("inf"))])
def test_a_place_lies_on_earth(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="degrees"):
        Position(latitude, longitude)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (None, "evidence-00000000-0000-0000-0000-000000000007.jpg"),
        ("a.JPEG", "a.JPEG"),
        ("a.html", "a.html.jpg"),
        ("a", "a.jpg"),
    ],
)
def test_a_file_is_handed_out_with_the_ending_of_its_type(name: str | None, shown: str) -> None:
    said = Said("before", "image/jpeg", name, None, None, None)
    content, rendition = Content(1, bytes(32)), Content(2, bytes(32))
    whole = Evidence(UUID(int=7), UUID(int=1), said, Shown(), content, rendition, AT, "s", "u", None)

    assert whole.file_name() == shown
    assert (whole.content(original=True), whole.content(original=False)) == (content, rendition)
