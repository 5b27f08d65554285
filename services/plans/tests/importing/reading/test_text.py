"""Text files: every encoding that offices use is read, and what is no text is said to be none."""

import codecs

import pytest

from plans.importing.reading import read_source
from plans.importing.refusal import Unreadable

TEXT = "白石镇防溺水专项整治方案\n一、工作目标\n到2026年8月底前,危险水域全部设立警示牌〔水利站牵头〕。\n"
LINES = TEXT.splitlines()


def lines_of(content: bytes, name: str = "方案.txt") -> list[str]:
    return [line.text for line in read_source(content, name).lines]


def code_of(content: bytes, name: str = "方案.txt") -> str:
    with pytest.raises(Unreadable) as refused:
        read_source(content, name)
    assert refused.value.message
    assert refused.value.remedy
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_of_offices_is_read(encoding: str) -> None:
    assert lines_of(TEXT.encode(encoding)) == LINES


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, b"\x84\x31\x95\x33"])
def test_a_byte_order_mark_decides(mark: bytes) -> None:
    encoding = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "gb18030"

    assert lines_of(mark + TEXT.encode(encoding)) == LINES


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_count_from_one_whatever_ends_them(ends: str) -> None:
    source = read_source(ends.join(["标题方案", "", " 正文。 "]).encode(), "a.txt")

    assert [(line.number, line.text) for line in source.lines] == [(1, "标题方案"), (2, ""), (3, "正文。")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_character_cut_off_at_the_end_is_told_and_the_rest_is_read(encoding: str) -> None:
    source = read_source(TEXT.rstrip().removesuffix("。").encode(encoding)[:-1], "a.txt")

    assert source.lines[1].text == LINES[1]
    assert [warning.code for warning in source.warnings] == ["broken_characters"]


def test_a_few_broken_bytes_in_a_long_text_are_told() -> None:
    long = (TEXT * 40).encode()
    at = long.index("专项".encode())

    source = read_source(long[:at] + b"\xff" + long[at:], "a.txt")

    assert len(source.lines) == 120
    assert [warning.code for warning in source.warnings] == ["broken_characters"]


def test_what_cannot_be_stored_or_seen_is_taken_out() -> None:
    assert lines_of("一、\u200b目标\x07\u3000\xa0明确\ufeff".encode()) == ["一、目标  明确"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b" \r\n\t", "a.txt", "empty"),
        ("\u3000\n".encode(), "a.txt", "empty"),
        (b"\x00\x01\x02\x03" * 50, "a.txt", "not_text"),
        ("專項整治實施方案,請認真貫徹落實。".encode("big5"), "a.txt", "unknown_encoding"),
        (TEXT.encode(), "方案.docx", "wrong_extension"),
        (TEXT.encode(), "方案.pdf", "wrong_extension"),
        (TEXT.encode(), "方案.xlsx", "unsupported_format"),
        (TEXT.encode(), "方案", "unsupported_format"),
        (f"\ufeff<!DOCTYPE html><p>{TEXT}".encode(), "方案.txt", "unsupported_format"),
        (rb"{\rtf1\ansi " + b"x" * 50, "方案.txt", "unsupported_format"),
        (TEXT.encode(), "方案.doc", "legacy_word"),
        (bytes(range(128, 256)) * 9, "方案.docx", "damaged"),
        (b"%PDF-1.7\n", "方案.txt", "wrong_extension"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "方案.doc", "legacy_word"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "方案.docx", "encrypted"),
        (b"a" * (8 * 1024 * 1024 + 1), "a.txt", "too_large"),
        ("字".encode() * 1_500_001, "a.txt", "too_much_text"),
    ],
)
def test_what_is_not_read_is_refused_by_a_code(content: bytes, name: str, code: str) -> None:
    assert code_of(content, name) == code
