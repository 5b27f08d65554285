"""Responsibility tags in running text: where they stand, what they say, how far they reach.

Three shapes are looked for, the surest first: a bracket of any kind that reads as a tag, a label outside brackets
(`责任单位:…` up to the end of its sentence), and prose (`由甲牵头,乙配合`, `甲牵头,组织…`).
"""

import re
from dataclasses import dataclass

from plans.importing.spellings import plain
from plans.importing.tag_grammar import LABEL, TagContent, read_clauses, read_labels
from plans.importing.unit_names import is_post, is_unit, split_units

LONGEST_BRACKET = 500
"""A bracket that is not closed within so many characters is taken for a misprint, not for a tag."""
DEEPEST = 3
LONGEST_LABEL = 300
LONGEST_SHORT_NAME = 8
_MOST_CLAUSES = 4
"""Between a lead and its supports stands what they do, in so many clauses at most."""

# What makes a bracket worth reading; everything else is skipped at once.
_CUE = re.compile("牵头|主责|主办|负责|配合|责任|落实|分工|协助|协办|主办|承办|参与|参加|主抓|职责|负责人|领导|实施")
# Brackets that hold such a word and are never tags.
_NO_TAG = re.compile(r"^(?:见|详见|参见|附件|附表|以下简称|简称|下称|即|含|包括|包含|如|注|例如|试行|征求意见|原|不含|不包括)")
# Units alone in brackets behind a full stop: (乡建设办、乡林业站、各村).
_ENDS_SENTENCE = re.compile(r"[。;!]\s*$")
# Without a full stop before the bracket, clauses must stand there, and offices in it: not 相关部门(甲局), 区域(城区、乡镇).
_SAYS_WHO = re.compile("(?:部门|单位|机构|企业|学校|等|区域|范围|地区|场所|对象)$")
_OFFICE = re.compile("..(?:局|委|办|队|站|所|中心|公司|政府|处|科|院|社)$")
_LINE_ENDS = re.compile(r"[ 。;]*(?:\n|$)")
_PROSE_LEAD = re.compile("(?<=牵头)(?=[,;。、 ]|负责|组织|会同|开展|制定|抓|联合|推进|落实|实施|建立|对|做好|统筹|协调)")
_PROSE_BY = re.compile("(?<![自理])由(?P<list>[^由,;。:()\\[\\]\n]{2,60}?)(?:具体|分别|共同|统一|全面|主要)?负责")
_CLAUSE_START = re.compile(r"[,;。:()\[\]\n!?]")
_LABEL_STOP = re.compile("[。\n]")
_CLAUSE_STOP = re.compile("[,;。\n]")
_SUPPORT_TAIL = re.compile(
    "(?:[,;]并?(?P<list>(?:[^,;。:()\\[\\]\n]|\\([^()\n]{1,12}\\)){2,120}?)(?:予以|给予|积极|密切|共同|协同|按照?(?:各自)?(?:工作)?职责(?:分工)?)*"
    "(?:配合|协助|参与|参加|协同|协办|分工负责))(?=[,;。)\n]|$)"
)
_SUPPORT_WITH = re.compile("[,;](?:联合|会同)(?P<list>[^,;。:()\\[\\]\n]{2,120})(?=[,;。)\n])")
# A sentence that begins with units and 负责 shares out the work of a section.
_PROSE_SUBJECT = re.compile(
    "(?:(?<=[。;\n])|^)(?P<list>[^,;。:()\\[\\]\n由]{2,60}?)(?:具体|主要|全面)?负责(?!人|制(?:度|[,。;、]|$))(?=[^,;。\n])"
)
# 甲负责,乙配合 at the end of a sentence.
_PROSE_PAIR = re.compile(
    "(?:(?<=[,。;])|^)(?P<list>[^,。;:()\\[\\]\n由]{2,60}?)(?:具体|主要)?负责"
    "(?=,[^,。;:()\\[\\]\n]{2,80}(?:配合|协助|参与|协办)(?:[,。;)\n]|$))"
)
# A sentence of its own that says nothing else: 甲、乙按职责分工负责。
_PROSE_SHARED = re.compile(
    "(?:(?<=[。;\n])|^)(?P<list>[^,;。:()\\[\\]\n由]{2,80}?)按照?(?:各自)?(?:工作)?职责(?:分工)?(?:负责|落实|抓好落实)(?=[。;\n]|$)"
)
# 甲会同乙、丙,于5月底前…: the first of them leads.
_BESIDE = re.compile("会同(?P<list>[^,。;:\n]{2,80}?)(?=[,。;于对按]|开展|组织|联合)")
_PROSE_WITH = re.compile("(?:(?<=[。;\n])|^)(?P<list>[^,。;:()\\[\\]\n由]{2,30}?)(?=会同[^,。;:\n]{2,80}[,于对])")
# A paragraph that begins with a unit and a colon lists what this unit does (教育局:组织…).
_PROSE_NAMED = re.compile("(?:^|(?<=\n))(?P<list>[^,;。:\\[\\]\n]{3,60}):(?=[^\n]{6})")
_NAMED_NOBODY = re.compile("(?:单位|机关|部门|领导|成员|组织|责任人|负责人|组长|主任|联系人|地区|市|县|区|镇|乡|村)$")
_CALLED_UNITS = re.compile("(?:部门|单位|科室|机构|股室|站所)$")
# Names that fit every plan and name nobody.
_GENERIC = re.compile(
    "^(?:各|牵头|责任|起草|主管|监管|行业|职能|有关|相关|对口|本|主要|部门|单位|党政|政府|党委|企业|学校|家庭|社会|领导|专人|专班|机构|组织|人员|"
    "同志|负责|的|级)+$"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and its place: `start` and `end` in the text of the passage, brackets included."""

    content: TagContent
    start: int
    end: int
    shape: str
    """bracket, label or prose."""

    @property
    def explicit(self) -> bool:
        """Brackets and labels were printed to give a duty; prose may only mention one."""
        return self.shape != "prose"


def tags_in(text: str) -> tuple[Tag, ...]:
    """Tags in printed order; none overlaps another. Linear in the length of `text`."""
    flat = plain(text)
    found = _bracket_tags(text, flat)
    found = sorted([*found, *_label_tags(text, flat, found)], key=lambda tag: tag.start)
    return tuple(sorted([*found, *_prose_tags(text, flat, found)], key=lambda tag: tag.start))


def _bracket_tags(text: str, flat: str) -> list[Tag]:
    found: list[Tag] = []
    done = 0
    for start, end in _brackets(flat):
        if start < done:
            continue
        if not _CUE.search(flat, start, end):
            if (alone := _units_alone(text, flat, start, end)) is not None:
                found.append(Tag(alone, start, min(end, len(text)), "bracket"))
                done = end
            continue
        inner = text[start + 1 : end - 1].replace("\n", "").strip(" 。")
        if _NO_TAG.match(inner):
            continue
        content = read_labels(inner) or read_clauses(inner)
        if content is not None:
            found.append(Tag(content, start, min(end, len(text)), "bracket"))
            done = end
    return found


def _units_alone(text: str, flat: str, start: int, end: int) -> TagContent | None:
    """A bracket between a full stop and the end of the line that holds names of units and nothing else."""
    if not _LINE_ENDS.match(flat, end):
        return None
    behind_stop = _ENDS_SENTENCE.search(flat, max(0, start - 3), start) is not None
    if not behind_stop and (_SAYS_WHO.search(flat, max(0, start - 4), start) or "," not in flat[max(0, start - 60) : start]):
        return None
    inner = text[start + 1 : end - 1].replace("\n", "").strip(" 。")
    if _NO_TAG.match(inner) or not 2 <= len(inner) <= LONGEST_LABEL:
        return None
    units = split_units(inner)
    if not units.names or not all(is_unit(name) and not is_post(name) for name in units.names):
        return None
    if not behind_stop and not any(_OFFICE.search(plain(name)) for name in units.names):
        return None
    return TagContent(leads=units.names, open_list=units.open_list, confidence=0.8 if behind_stop else 0.7)


def _brackets(flat: str) -> list[tuple[int, int]]:
    """Brackets, outer before inner. Kinds may be mixed up by a misprint: a closing mark ends the nearest opening one.

    One that is never closed ends behind the text, so every bracket's inside is `[start + 1 : end - 1]`.
    """
    opened: list[int] = []
    closed: list[tuple[int, int]] = []
    for place, mark in enumerate(flat):
        if mark in "([":
            opened.append(place)
            if len(opened) > DEEPEST:
                del opened[0]
        elif mark in ")]" and opened:
            start = opened.pop()
            if place - start <= LONGEST_BRACKET:
                closed.append((start, place + 1))
    closed.extend((start, len(flat) + 1) for start in opened if len(flat) - start <= LONGEST_BRACKET)
    return sorted(closed)


def _label_tags(text: str, flat: str, taken: list[Tag]) -> list[Tag]:
    found: list[Tag] = []
    done = 0
    for mark in LABEL.finditer(flat):
        start = mark.start()
        if start < done or _covered(taken, start):
            continue
        end = _with_following_labels(flat, _label_end(flat, mark.end()))
        content = read_labels(text[start:end].replace("\n", ";"))
        if content is not None:
            found.append(Tag(content, start, min(end + 1, len(text)), "label"))
            done = end
    return found


def _label_end(flat: str, start: int) -> int:
    stop = _LABEL_STOP.search(flat, start, start + LONGEST_LABEL)
    return stop.start() if stop else min(len(flat), start + LONGEST_LABEL)


def _with_following_labels(flat: str, end: int) -> int:
    """Labels on the next lines (牵头单位 above, 配合单位 below) belong to the same tag."""
    while (mark := LABEL.match(flat, end + 1)) is not None:
        stop = min(
            (place for place in (flat.find("。", mark.end()), flat.find("\n", mark.end())) if place >= 0), default=len(flat)
        )
        end = min(stop, mark.end() + LONGEST_LABEL)
    return end


def _prose_tags(text: str, flat: str, taken: list[Tag]) -> list[Tag]:
    found: list[Tag] = []
    done = 0
    marks = (*_PROSE_LEAD.finditer(flat), *_PROSE_BY.finditer(flat), *_PROSE_SUBJECT.finditer(flat), *_PROSE_PAIR.finditer(flat))
    marks = (*marks, *_PROSE_WITH.finditer(flat), *_PROSE_SHARED.finditer(flat), *_named(flat))
    for mark in sorted(marks, key=lambda mark: mark.end()):
        if mark.end() <= done or _covered(taken, mark.start()):
            continue
        if mark.re is not _PROSE_LEAD:
            start, listed = mark.start(), text[mark.start("list") : mark.end("list")]
        else:
            start = _clause_start(flat, mark.end())
            listed = text[start : mark.end() - 2]
        names = split_units(listed).names
        if not names or not all(is_unit(name) and not _GENERIC.match(plain(name)) for name in names):
            continue
        end = mark.end()
        support = _BESIDE.match(flat, end) or _support_behind(flat, end)
        rest = ""
        if support:
            end = support.end()
            rest = f",{text[support.start('list') : support.end('list')]}配合"
        content = read_clauses(f"{listed}牵头{rest}")
        if content is not None:
            found.append(Tag(_less_sure(content), start, end, "prose"))
            done = end
    return found


def _support_behind(flat: str, end: int) -> re.Match[str] | None:
    """Who supports: a clause that says so, somewhere in the rest of the sentence."""
    for _ in range(_MOST_CLAUSES):
        end = _clause_end(flat, end)
        found = _SUPPORT_TAIL.match(flat, end) or _SUPPORT_WITH.match(flat, end)
        if found and _names_units(found["list"]):
            return found
        if flat[end : end + 1] not in {",", ";"}:
            return None
        end += 1
    return None


def _named(flat: str) -> list[re.Match[str]]:
    return [mark for mark in _PROSE_NAMED.finditer(flat) if not _NAMED_NOBODY.search(mark["list"])]


def _names_units(listed: str) -> bool:
    """Units, or short words that a closing 等部门 calls units (公安、应急等部门)."""
    called = _CALLED_UNITS.search(listed) is not None
    return all(is_unit(name) or (called and len(name) <= LONGEST_SHORT_NAME) for name in split_units(listed).names)


def _less_sure(content: TagContent) -> TagContent:
    return TagContent(
        leads=content.leads,
        supports=content.supports,
        open_list=content.open_list,
        territorial=content.territorial,
        confidence=round(content.confidence * 0.75, 2),
    )


def _clause_start(flat: str, end: int) -> int:
    """Where the clause begins that ends at `end`; 60 characters back at most."""
    first = max(0, end - 60)
    marks = list(_CLAUSE_START.finditer(flat, first, end))
    return marks[-1].end() if marks else first


def _clause_end(flat: str, start: int) -> int:
    stop = _CLAUSE_STOP.search(flat, start, start + 60)
    return stop.start() if stop else start


def _covered(taken: list[Tag], place: int) -> bool:
    low, high = 0, len(taken)
    while low < high:
        middle = (low + high) // 2
        if taken[middle].end <= place:
            low = middle + 1
        else:
            high = middle
    return low < len(taken) and taken[low].start <= place
