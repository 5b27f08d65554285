"""Word files: numbers and tables as a person sees them printed; hostile packages are refused within bounds."""

import struct
import zipfile
from io import BytesIO

import pytest
from writers import Numbered, Table, docx

from plans.importing.reading import read_source
from plans.importing.refusal import Unreadable

HEAD = '<?xml version="1.0"?>'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def texts(content: bytes) -> list[str]:
    return [line.text for line in read_source(content, "方案.docx").lines]


def with_document(xml: str) -> bytes:
    return docx([], {"word/document.xml": xml.encode()})


def code_of(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_source(content, "方案.docx")
    return refused.value.code


def test_numbers_that_word_prints_are_restored_level_by_level() -> None:
    content = docx(
        [
            "危房整治方案",
            Numbered("总体要求", 0),
            Numbered("主要任务", 0),
            Numbered("全面排查。", 1),
            Numbered("逐户登记;", 2),
            Numbered("建立台账。", 2),
            Numbered("分类处置。", 1),
            Numbered("限期腾空。", 2),
            Numbered("保障措施", 0),
            Numbered("另一个方案", 0, list_id=2),
        ]
    )

    assert texts(content)[1:] == [
        "一、总体要求", "二、主要任务", "(一)全面排查。", "1.逐户登记;", "2.建立台账。", "(二)分类处置。", "1.限期腾空。",
        "三、保障措施", "一、另一个方案",
    ]  # fmt: skip


def test_a_table_reads_as_sentences_under_its_header() -> None:
    rows = [["序号", "重点任务", "牵头单位", "完成时限"], ["1", "清理占道。", "城管中队", "6月底前"], ["2", "加装护栏", None, ""]]

    assert texts(docx([Table(rows)])) == ["1.清理占道。牵头单位:城管中队;完成时限:6月底前", "2.加装护栏。牵头单位:城管中队"]
    assert texts(docx([Table([["单位", "报送时间"], ["各村", "每周五"]])])) == ["单位:各村;报送时间:每周五"]


def test_a_table_of_one_column_is_paragraphs() -> None:
    assert texts(docx([Table([["文件头"], ["正文"]])])) == ["文件头", "正文"]


def test_deleted_text_and_field_codes_are_not_read_but_insertions_and_text_boxes_are() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run.format('红头文件')}</w:p></w:txbxContent></w:pict></w:r>"
    body = (
        f"<w:p>{box}<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins>{run.format('新')}</w:ins>"
        f"<w:r><w:instrText>PAGE</w:instrText><w:br/><w:t>第二行</w:t></w:r></w:p>"
    )

    content = with_document(f'{HEAD}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')

    assert texts(content) == ["红头文件", "新", "第二行"]


def test_strict_documents_are_read_too() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    xml = f'{HEAD}<w:document xmlns:w="{strict}"><w:body><w:p><w:r><w:t>方案</w:t></w:r></w:p></w:body></w:document>'

    assert texts(with_document(xml)) == ["方案"]


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d SYSTEM "http://169.254.0.1/x.dtd">',
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_any_kind_are_refused(declaration: str, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}<w:document xmlns:w="{W}"><w:body/></w:document>'

    assert code_of(docx([], {"word/document.xml": xml.encode(encoding)})) == "hostile"


def test_a_part_that_unpacks_beyond_measure_is_refused_unread() -> None:
    assert code_of(docx([], {"word/document.xml": b" " * 30_000_000})) == "hostile"


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    content = docx([], {"word/document.xml": b" " * 2_000_000})
    claimed = content.replace(struct.pack("<I", 2_000_000), struct.pack("<I", 1_000))

    assert code_of(claimed) in {"hostile", "damaged"}


def test_too_many_parts_are_refused() -> None:
    assert code_of(docx(["方案"], {f"x{number}": b"" for number in range(5_001)})) == "hostile"


def test_absurd_nesting_is_refused() -> None:
    deep = "<w:p>" * 100_000

    assert code_of(with_document(f'{HEAD}<w:document xmlns:w="{W}"><w:body>{deep}')) == "hostile"


def test_an_encrypted_member_is_said_to_be_encrypted() -> None:
    content = bytearray(docx(["方案"]))
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/document.xml"))
    content[at + 8] |= 1

    assert code_of(bytes(content)) == "encrypted"


def test_a_package_cut_off_is_damaged() -> None:
    content = docx(["方案"] * 300)

    assert code_of(content[: len(content) // 2]) == "damaged"


def test_broken_xml_is_damaged() -> None:
    assert code_of(with_document("<w:document>")) == "damaged"


def test_another_kind_of_package_is_unsupported() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")

    assert code_of(packed.getvalue()) == "unsupported_format"


def test_a_document_without_a_word_is_empty() -> None:
    assert code_of(docx([""])) == "empty"
