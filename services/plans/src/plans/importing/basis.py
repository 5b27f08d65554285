"""Document numbers, and the documents that a plan names as its basis."""

import re
from collections.abc import Sequence

from plans.importing.draft import BasisDraft
from plans.importing.lines import Line
from plans.importing.spellings import plain

# A code, the year in brackets of any kind, a serial number: 某安委发〔2020〕22号. Years may be blanked: 20xx, 20**.
NUMBER = re.compile(
    r"(?P<code>[\u4e00-\u9fa5]{2,16}(?:\([\u4e00-\u9fa5]{1,4}\))?) ?"
    r"[\[(] ?(?P<year>(?:19|20)[\dxX*]{2}) ?[\])] ?第? ?(?P<serial>[\dxX*]{1,5}) ?号"
)
_TITLE = re.compile("《(?P<title>(?:[^《》]|《[^《》]{1,80}》){2,120})》(?: ?\\((?P<more>[^《》]{4,40}?号)\\))?")
_VERBS = re.compile("根据|按照|依据|依照|遵照|贯彻|落实|结合")
_PARENT = re.compile("方案|计划|行动|整治|通知|意见|要点|部署|安排")
_LAW = re.compile("(?:法|条例|规定|办法|细则|标准|规范|规程|制度|措施)(?:\\([^()]{1,12}\\))?$")
_OPENING = re.compile("制[定订][^,。]{0,60}(?:方案|计划|意见|办法|措施|如下)|现就|如下")


def number_in(text: str) -> str | None:
    """The first document number in the text, as printed."""
    found = NUMBER.search(plain(text))
    return text[found.start() : found.end()] if found else None


def is_number_line(text: str) -> bool:
    """Whether the line is a document number and nothing else."""
    return NUMBER.fullmatch(plain(text.strip())) is not None


def basis_in(paragraphs: Sequence[Line]) -> tuple[BasisDraft, ...]:
    """The documents behind 根据, 按照 or 落实 in the opening paragraphs, in printed order, each once."""
    found: list[BasisDraft] = []
    seen: set[tuple[str, str | None]] = set()
    for line in _opening(paragraphs):
        flat = plain(line.text)
        for named in _TITLE.finditer(flat):
            begin = flat.rfind("。", 0, named.start()) + 1
            title = line.text[named.start("title") : named.end("title")]
            more = line.text[named.start("more") : named.end("more")] if named["more"] else ""
            number = number_in(more)
            if (title, number) in seen or not _VERBS.search(flat, begin, named.start()):
                continue
            seen.add((title, number))
            found.append(
                BasisDraft(
                    text=line.text[named.start() : named.end()],
                    span=(line.number, line.number),
                    title=title,
                    document_number=number,
                    parent=_PARENT.search(title) is not None and _LAW.search(plain(title)) is None,
                )
            )
    return tuple(found)


def _opening(paragraphs: Sequence[Line]) -> list[Line]:
    """Up to the sentence that says that the plan is made; the first three paragraphs where none says so."""
    kept = [line for line in paragraphs if "。" in line.text or _OPENING.search(line.text) or "," in plain(line.text)]
    for at, line in enumerate(kept):
        if _OPENING.search(line.text):
            return kept[: at + 1]
    return kept[:3]
