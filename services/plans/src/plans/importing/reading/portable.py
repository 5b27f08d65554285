"""The text of a .pdf as paragraphs: page headers, footers and page numbers go, lines broken by the page width are joined."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import pypdfium2

from plans.importing.reading.source import MAX_CHARACTERS, split_lines
from plans.importing.refusal import Unreadable
from plans.importing.widths import narrow

MAX_PAGES: Final = 1_000
_EDGE_LINES: Final = 2
_MIN_REPEATS: Final = 3
_DIGITS: Final = re.compile(r"\d+")
_PAGE_NUMBER: Final = re.compile(r"[-—–\s·.]*(第\s*)?\d{1,4}(\s*页)?(\s*[/,,共]\s*共?\s*\d{1,4}\s*页?)?[-—–\s·.]*")
_ITEM: Final = re.compile(
    r"[(]?[一二三四五六七八九十]{1,3}[)、.]|[(]?\d{1,2}[)、.](?!\d)|第[一二三四五六七八九十]+[章节条部]|附件|[一二三四五六七八九十]是|[①-⑳]|——|[•●]"
)
_CLOSED: Final = "。;!?:"
_FULL_SHARE: Final = 0.88
_PDFIUM_PASSWORD: Final = "password"  # noqa: S105 - the word in PDFium's message


def read_portable(content: bytes) -> list[str]:
    """Return the paragraphs of a .pdf.

    Raises:
        Unreadable: `encrypted`, `damaged`, `scanned`, `too_much_text`, `hostile`.
    """
    pages = [split_lines(text.strip()) for text in _page_texts(content)]
    if not any(line.strip() for page in pages for line in page):
        raise Unreadable("scanned")
    return joined([[line.strip() for line in page] for page in without_margins(pages)])


def _page_texts(content: bytes) -> list[str]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("encrypted" if _PDFIUM_PASSWORD in str(error).lower() else "damaged") from error
    with document:
        if len(document) > MAX_PAGES:
            raise Unreadable("hostile", f"{len(document)} 页,上限 {MAX_PAGES} 页")
        texts: list[str] = []
        length = 0
        for number in range(len(document)):
            try:
                text = document[number].get_textpage().get_text_range()
            except pypdfium2.PdfiumError as error:
                raise Unreadable("damaged", f"第 {number + 1} 页") from error
            length += len(text)
            if length > MAX_CHARACTERS:
                raise Unreadable("too_much_text", f"上限 {MAX_CHARACTERS} 字")
            texts.append(text)
        return texts


def without_margins(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Drop page numbers, and lines that stand at the edge of at least three pages and of half of all, numbers aside.

    A sentence that ends is no header, however often it comes.
    """
    kept = [[line for line in page if line.strip()] for page in pages]
    edges: Counter[str] = Counter()
    for page in kept:
        edges.update(
            {_mask(line) for line in [*page[:_EDGE_LINES], *page[-_EDGE_LINES:]] if narrow(line.strip()[-1]) not in _CLOSED}
        )
    repeated = {mask for mask, times in edges.items() if times >= max(_MIN_REPEATS, len(pages) / 2)}
    for page in kept:
        for end in (0, -1):
            for _ in range(_EDGE_LINES):
                if page and (_mask(page[end]) in repeated or _PAGE_NUMBER.fullmatch(narrow(page[end].strip()))):
                    page.pop(end)
    return kept


def joined(pages: Sequence[Sequence[str]]) -> list[str]:
    """Join lines to paragraphs: a line as wide as the page goes on in the next one, unless that begins an item of its own."""
    lines = [line for page in pages for line in page if line]
    width = _typical_width(lines)
    paragraphs: list[str] = []
    open_end = False
    for line in lines:
        if open_end and not _ITEM.match(narrow(line)):
            glue = " " if paragraphs[-1][-1:].isascii() and line[:1].isascii() and paragraphs[-1][-1:].isalpha() else ""
            paragraphs[-1] += glue + line
        else:
            paragraphs.append(line)
        last = narrow(line[-1])
        closed = last in _CLOSED
        wide = _width(line)
        open_end = wide >= width * (1 if closed else _FULL_SHARE) or (wide >= width / 2 and last in ",、")
    return paragraphs


def _mask(line: str) -> str:
    return _DIGITS.sub("#", line.strip())


def _width(line: str) -> float:
    """In full-width characters."""
    return sum(1.0 if ord(each) > 0x2000 else 0.5 for each in line)


def _typical_width(lines: Sequence[str]) -> float:
    """The width of a full line: what the widest tenth of the lines reaches."""
    widths = sorted((_width(line) for line in lines), reverse=True)
    return widths[len(widths) // 10] if widths else 0.0
