"""The text of a .docx: paragraphs with the numbers that Word prints before them, tables row by row.

A row below a header row is written with the header's words, `1.清理占道。责任单位:安监站;完成时限:6月底前`, so that it reads as
an item of a list: its ordinal number before it, what is to be done without a label. Cells merged downwards repeat their text.
Deleted text, field codes, headers, footers and comments are left out.
"""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from plans.importing.reading.archive import Archive
from plans.importing.reading.numbering import Counter, W, counter
from plans.importing.reading.rows import is_header, sentence_of
from plans.importing.refusal import Unreadable

_MAIN: Final = "word/document.xml"
_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SKIPPED: Final = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}pPr", f"{W}rPr"}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)


def read_word(content: bytes) -> list[str]:
    """Return the document's paragraphs and table rows, one text each.

    Raises:
        Unreadable: `damaged`, `encrypted`, `hostile`, `unsupported_format`.
    """
    archive = Archive(content)
    main = _main_part(archive)
    document = archive.xml(main)
    body = None if document is None else document.find(f"{W}body")
    if body is None:
        raise Unreadable("damaged", "没有正文")
    folder = main.rpartition("/")[0]
    count = counter(archive.xml(f"{folder}/numbering.xml"), archive.xml(f"{folder}/styles.xml"))
    return list(_blocks(body, count))


def _main_part(archive: Archive) -> str:
    if _MAIN in archive:
        return _MAIN
    relations = archive.xml("_rels/.rels")
    for relation in () if relations is None else relations.iter(_RELATION):
        target = relation.get("Target", "").lstrip("/")
        if relation.get("Type", "").endswith("/officeDocument") and target.startswith("word/") and target in archive:
            return target
    raise Unreadable("unsupported_format", "压缩包里没有 Word 正文")


def _blocks(parent: Element, count: Counter) -> Iterator[str]:
    for child in parent:
        if child.tag in _SKIPPED:
            continue
        if child.tag == f"{W}p":
            yield from _paragraph(child, count)
        elif child.tag == f"{W}tbl":
            yield from _table(child, count)
        else:
            yield from _blocks(child, count)


def _paragraph(paragraph: Element, count: Counter) -> Iterator[str]:
    for box in _boxes(paragraph):
        yield from _blocks(box, count)
    text = "".join(_text(paragraph))
    label = count.label(paragraph) if text.strip() else ""
    first, *others = text.split("\n")
    yield f"{label}{first.strip()}" if label else first
    yield from others


def _text(parent: Element) -> Iterator[str]:
    for child in parent:
        if child.tag in _SKIPPED or child.tag == f"{W}txbxContent":
            continue
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag == f"{W}tab":
            yield " "
        elif child.tag in {f"{W}br", f"{W}cr"}:
            yield "\n"
        elif child.tag == f"{W}noBreakHyphen":
            yield "-"
        else:
            yield from _text(child)


def _boxes(parent: Element) -> Iterator[Element]:
    """Text boxes anchored in a paragraph; red heads often stand in one."""
    for child in parent:
        if child.tag == f"{W}txbxContent":
            yield child
        elif child.tag not in _SKIPPED:
            yield from _boxes(child)


def _table(table: Element, count: Counter) -> Iterator[str]:
    rows = _rows(table, count)
    width = max((len(row) for row in rows), default=0)
    if width <= 1:
        yield from (text for row in rows for cell in row for text in cell)
        return
    joined = [["".join(cell) for cell in row] for row in rows]
    header = joined[0] if len(joined) > 1 and is_header(joined[0], width) else None
    for row in joined[1:] if header else joined:
        if header and len(row) == width and len({*row}) > 1:
            yield sentence_of(header, row)
        else:
            yield " ".join(dict.fromkeys(cell for cell in row if cell))


def _rows(table: Element, count: Counter) -> list[list[list[str]]]:
    """Cells of every row as lists of paragraphs; a cell over several columns or rows stands in each of them."""
    rows: list[list[list[str]]] = []
    for row in table.iter(f"{W}tr"):
        cells: list[list[str]] = []
        for cell in row.iter(f"{W}tc"):
            texts = [text.strip() for text in _blocks(cell, count) if text.strip()]
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            at = len(cells)
            if merged is not None and merged.get(f"{W}val") != "restart" and rows and at < len(rows[-1]):
                texts = rows[-1][at]
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            columns = "1" if span is None else span.get(f"{W}val", "1")
            cells += [texts] * (min(int(columns), 63) if columns.isdigit() else 1)
        rows.append(cells)
    return rows
