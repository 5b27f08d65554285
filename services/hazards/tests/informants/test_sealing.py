"""Sealed texts open with their key, where they belong, and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hazards.domain.informants import Identity
from hazards.sealing import Keyring, Sealed, SealingSettings, UnopenableError

OLD, NEW = bytes(32), bytes(range(32))
RING = Keyring("new", {"old": OLD, "new": NEW})
NEEDED = {
    "database_url": "postgresql://x/y",
    "kafka_servers": "x:1",
    "jwks_url": "https://issuer.test",
    "token_issuer": "issuer",
}


@given(st.binary(max_size=1000), st.binary(max_size=100))
def test_what_is_sealed_opens_where_it_belongs(text: bytes, place: bytes) -> None:
    sealed = RING.seal(text, place)

    assert RING.open(sealed, place) == text
    assert sealed.key_id == "new"
    assert len(sealed.content) % 256 == 12 + 16, "the length tells of blocks only"
    with pytest.raises(UnopenableError):
        RING.open(sealed, place + b"x")


def test_the_same_text_never_looks_the_same() -> None:
    assert RING.seal(b"text", b"") != RING.seal(b"text", b"")


@pytest.mark.parametrize("position", [0, 11, 12, 100, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    content = bytearray(RING.seal(b"text", b"place").content)
    content[position] ^= 1

    with pytest.raises(UnopenableError):
        RING.open(Sealed("new", bytes(content)), b"place")


@pytest.mark.parametrize("content", [b"", b"short", bytes(12)])
def test_what_was_never_sealed_does_not_open(content: bytes) -> None:
    with pytest.raises(UnopenableError):
        RING.open(Sealed("new", content), b"")


def test_older_keys_open_and_unknown_ones_do_not() -> None:
    sealed = Keyring("old", {"old": OLD}).seal(b"text", b"place")

    assert RING.open(sealed, b"place") == b"text"
    with pytest.raises(UnopenableError):
        Keyring("new", {"new": NEW}).open(sealed, b"place")
    with pytest.raises(UnopenableError):
        Keyring("new", {"new": NEW}).open(Sealed("new", sealed.content), b"place")


def test_marks_tell_texts_apart_by_the_key() -> None:
    other = Keyring("old", {"old": OLD})

    assert RING.mark(b"a") == RING.mark(b"a") != RING.mark(b"b")
    assert RING.mark(b"a") != other.mark(b"a")


def test_neither_keys_nor_identities_show_themselves() -> None:
    person = Identity(name="张三丰", mobile="13800138000", contact="微信 zsf", document_number="3308", note="穿蓝衣")

    assert repr(RING) == "Keyring(newest='new')"
    assert (repr(person), str(person)) == ("Identity()", "")


def test_an_identity_names_somebody() -> None:
    with pytest.raises(ValidationError):
        Identity(note="穿蓝衣")


def test_settings_give_a_ring_or_none() -> None:
    key = base64.b64encode(NEW).decode()

    assert SealingSettings.model_validate(NEEDED).informant_keyring is None
    given_keys = {"informant_keys": {"2026": key}, "informant_key": "2026"}
    ring = SealingSettings.model_validate(NEEDED | given_keys).informant_keyring
    assert ring == Keyring("2026", {"2026": NEW})


@pytest.mark.parametrize(
    "wrong",
    [
        {"informant_key": "2026"},
        {"informant_keys": {"2026": base64.b64encode(NEW).decode()}},
        {"informant_keys": {"2026": base64.b64encode(NEW).decode()}, "informant_key": "2027"},
        {"informant_keys": {"2026": "short"}, "informant_key": "2026"},
        {"informant_keys": {"2026": base64.b64encode(NEW[:16]).decode()}, "informant_key": "2026"},
        {"informant_keys": {"2026": "鑰"}, "informant_key": "2026"},
    ],
)
def test_keys_that_cannot_be_meant_are_refused_without_showing_them(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        SealingSettings.model_validate(NEEDED | wrong)

    assert base64.b64encode(NEW).decode() not in str(refused.value)
