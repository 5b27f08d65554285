"""PDF files: paragraphs without what the page adds; scans, locks and cuts are told apart."""

import pytest
from writers import pdf, typeset

from plans.importing.reading import read_source
from plans.importing.reading.portable import joined, without_margins
from plans.importing.refusal import Unreadable

PARAGRAPHS = [
    "东坪镇道路交通安全专项整治方案",
    "为压降农村道路交通事故,结合本镇实际,制定本方案。",
    "一、主要任务",
    *(
        f"({number})第{number}项任务要求各村逐路段排查急弯陡坡、临水临崖和平交路口,逐处登记,2026年{month}月底前完成整改。"
        for number, month in zip("一二三四五六七八九十", range(1, 11), strict=True)
    ),
]


def code_of(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_source(content, "方案.pdf")
    return refused.value.code


def test_lines_are_joined_to_paragraphs_and_headers_and_page_numbers_go() -> None:
    pages = typeset(PARAGRAPHS, header="东坪镇人民政府文件", characters=26, lines=6)
    assert len(pages) > 3

    lines = read_source(pdf(pages), "方案.pdf").lines

    assert [line.text for line in lines] == PARAGRAPHS
    assert [line.number for line in lines] == list(range(1, len(PARAGRAPHS) + 1))


def test_a_line_that_comes_twice_is_no_header() -> None:
    assert without_margins([["附件", "甲"], ["附件", "乙"], ["丙", "丁"]]) == [["附件", "甲"], ["附件", "乙"], ["丙", "丁"]]


def test_page_numbers_of_every_style_go() -> None:
    styles = ["- 1 -", "— 2 —", "第3页 共9页", "4", "5/9", "第 6 页"]

    assert without_margins([[text, style] for text, style in zip("甲乙丙丁戊己", styles, strict=True)]) == [
        [text] for text in "甲乙丙丁戊己"
    ]


def test_a_sentence_that_ends_with_its_line_ends_its_paragraph() -> None:
    assert joined([["甲甲甲甲甲甲甲甲甲甲", "乙乙乙。", "丙丙丙丙丙丙丙丙丙丙", "1.丁"]]) == [
        "甲甲甲甲甲甲甲甲甲甲乙乙乙。",
        "丙丙丙丙丙丙丙丙丙丙",
        "1.丁",
    ]


def test_a_pdf_without_text_is_said_to_be_a_scan() -> None:
    assert code_of(pdf([[], []])) == "scanned"


@pytest.mark.parametrize("keep", [20, 200, 0.5])
def test_a_pdf_cut_off_is_damaged_or_read_in_part(keep: float) -> None:
    content = pdf(typeset(PARAGRAPHS, "页眉"))
    cut = content[: int(keep if keep > 1 else len(content) * keep)]

    assert code_of(cut) == "damaged"


def test_a_locked_pdf_is_said_to_be_encrypted() -> None:
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >> /ID [<00> <00>] /Size" % (b"0" * 64, b"1" * 64)

    assert code_of(pdf([["方案"]]).replace(b"/Size", lock)) == "encrypted"


def test_too_many_pages_are_refused() -> None:
    assert code_of(pdf([["甲"]] * 1_001)) == "hostile"
