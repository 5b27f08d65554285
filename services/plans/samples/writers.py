"""Writes small .docx and .pdf files from text, so that samples and tests need no office software and no fonts."""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
_EPOCH = (2026, 1, 1, 0, 0, 0)
LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "(%2)"), ("decimal", "%3."))
"""The three levels of official documents: 一、 (一) 1."""


@dataclass(frozen=True)
class Numbered:
    """A paragraph whose number Word prints: `level` 0 to 2 of list `list_id`."""

    text: str
    level: int
    list_id: int = 1


@dataclass(frozen=True)
class Table:
    """Rows of cells; None repeats the cell above (merged downwards)."""

    rows: Sequence[Sequence[str | None]]


Block = str | Numbered | Table


def docx(blocks: Sequence[Block], extra: dict[str, bytes] | None = None) -> bytes:
    """Write a .docx; the same blocks always give the same bytes. `extra` adds or replaces parts."""
    body = "".join(map(_block, blocks))
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _RELATIONS.encode(),
        "word/document.xml": f'{_HEAD}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'.encode(),
        "word/numbering.xml": _numbering().encode(),
    } | (extra or {})
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _block(block: Block) -> str:
    if isinstance(block, Table):
        return f"<w:tbl>{''.join(_row(row) for row in block.rows)}</w:tbl>"
    if isinstance(block, Numbered):
        place = f'<w:numPr><w:ilvl w:val="{block.level}"/><w:numId w:val="{block.list_id}"/></w:numPr>'
        return _paragraph(block.text, f"<w:pPr>{place}</w:pPr>")
    return _paragraph(block)


def _paragraph(text: str, properties: str = "") -> str:
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _row(row: Sequence[str | None]) -> str:
    return f"<w:tr>{''.join(map(_cell, row))}</w:tr>"


def _cell(text: str | None) -> str:
    if text is None:
        return "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
    return f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{_paragraph(text)}</w:tc>'


def _numbering() -> str:
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for at, (style, pattern) in enumerate(LEVELS)
    )
    lists = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists += f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{again}</w:num>'
    abstract = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    return f'{_HEAD}<w:numbering xmlns:w="{_W}">{abstract}{lists}</w:numbering>'


def typeset(paragraphs: Sequence[str], header: str, characters: int = 30, lines: int = 24) -> list[list[str]]:
    """Break paragraphs to pages as a word processor does, `characters` wide, with a header and a page number on each."""
    broken = [line for text in paragraphs for line in _broken(text, characters)]
    pages = [broken[at : at + lines] for at in range(0, len(broken), lines)]
    return [[header, *page, f"- {number} -"] for number, page in enumerate(pages, start=1)]


def _broken(text: str, characters: int) -> list[str]:
    """Lines of at most so many full-width characters; digits and letters are half as wide."""
    lines, width = [""], 0.0
    for each in text:
        own = 0.5 if ord(each) < 0x100 else 1.0
        if width + own > characters:
            lines.append("")
            width = 0.0
        lines[-1] += each
        width += own
    return lines


def pdf(pages: Sequence[Sequence[str]], size: int = 14) -> bytes:
    """Write a .pdf, a line of text after another on each page, in a Chinese font that every reader brings along."""
    system = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
    metrics = b"/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93"
    objects = [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [2 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 3 0 R %b >>" % system,
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 %b >>" % metrics,
    ]
    tree = len(objects) + 2 * len(pages) + 1
    kids = []
    for page in pages:
        drawn = "\n".join(
            f"BT /F1 {size} Tf 1 0 0 1 72 {790 - at * 28} Tm <{line.encode('utf-16-be').hex()}> Tj ET"
            for at, line in enumerate(page)
        )
        content = zlib.compress(drawn.encode(), 9)
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(content), content))
        box = b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 1 0 R >> >>"
        objects.append(b"<< /Type /Page /Parent %d 0 R /Contents %d 0 R %b >>" % (tree, len(objects), box))
        kids.append(b"%d 0 R" % len(objects))
    objects.append(b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(kids), b" ".join(kids)))
    objects.append(b"<< /Type /Catalog /Pages %d 0 R >>" % tree)
    return _pdf_file(objects)


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    written = bytearray(b"%PDF-1.5\n")
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(objects), table)
    return bytes(written)
