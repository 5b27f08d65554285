"""Rows of short duties, each with its own rhythm: 负责人日检、科室周检; 日检查、周调度、月总结、季报告."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.schedules import Schedule
from plans.importing.clauses import Piece
from plans.importing.draft import ObligationDraft
from plans.importing.lines import Line

_EVERY: Final = {
    "日": "day", "天": "day", "周": "week", "月": "month", "季": "quarter", "季度": "quarter", "半年": "half_year", "年": "year",
}  # fmt: skip
_LENGTH: Final = r"(?P<every>日|天|周|月|季度?|半年|年)"
DUTY: Final = re.compile(
    rf"(?P<role>[^,。;:、“”\"日周月季年每]{{0,12}}?)[“\"]?(?<!全)每?{_LENGTH}"
    r"(?P<act>检查|自查|排查|巡查|巡检|抽查|研判|总结|报告|汇总|通报|汇报|调度|会商|督查|分析|检|查|报|评)(?:制度|机制)?"
    r"[”\"]?(?=[、,。;的“”\"]|制|$|和|及)"
)
# 负责人每天、科室每周、分管领导每月至少检查一次: the act stands once, behind the last of them.
_ROW: Final = re.compile(
    r"(?:[^,。;:、“”\"每]{2,12}每(?:天|日|周|月|季度|半年|年)[、,和]){1,6}[^,。;:、“”\"每]{2,12}每(?:天|日|周|月|季度|半年|年)"
    r"(?:至少|各|分别|要|应|须|组织|开展|进行|带队|一次|[0-9]次)*[^,。;每]{0,8}?(?P<act>检查|自查|排查|巡查|抽查|督查)"
)
_PLACE: Final = re.compile(rf"(?P<role>[^,。;:、“”\"每]{{2,12}})每{_LENGTH}")
_INSPECTING: Final = frozenset({"检查", "自查", "排查", "巡查", "巡检", "抽查", "督查", "检", "查"})
_TALKING: Final = frozenset({"调度", "会商", "研判", "通报", "分析"})
"""Rows of nothing else are meetings."""
_PAPERS: Final = frozenset({"总结", "报告", "报", "评"})
_ROLE_NOISE: Final = re.compile(r"^.*?(?:坚持|实行|实施|落实|建立|执行|严格|按照|推行|做到|健全|完善|以及|和|及)")


def duties_in(words: str) -> tuple[re.Match[str], ...]:
    """The row of duties in a sentence; at least two, else it is ordinary prose."""
    found = tuple(DUTY.finditer(words))
    # 半年总结和全年总结 are papers, no duties.
    if all(duty["act"] in _PAPERS for duty in found) or all(duty["act"] in _TALKING for duty in found):
        return ()
    return found if len({duty["every"] for duty in found}) >= 2 else ()


def is_inspection(draft: ObligationDraft) -> bool:
    """Whether a role inspects and reports to nobody: an inspection regime that is printed like a duty to report."""
    return draft.content in _INSPECTING and not draft.recipients and draft.schedule.every not in {"event", "dates"}


def role_obligations(line: Line, sentence: Piece) -> Iterator[ObligationDraft]:
    """One obligation for each duty of a row; the role in front of a duty reports."""
    row = _ROW.search(sentence.words)
    if row:
        places = _PLACE.finditer(sentence.words, row.start(), row.end())
        yield from (_draft(line, sentence, place, row["act"]) for place in places)
    else:
        yield from (_draft(line, sentence, duty, duty["act"]) for duty in duties_in(sentence.words))


def _draft(line: Line, sentence: Piece, found: re.Match[str], act: str) -> ObligationDraft:
    start = sentence.start + found.start("every") - (sentence.words[found.start("every") - 1 : found.start("every")] == "每")
    return ObligationDraft(
        text=line.text[sentence.start : sentence.end].strip(),
        span=(line.number, line.number),
        confidence=0.7,
        reporters=_ROLE_NOISE.sub("", found["role"]).strip(),
        schedule=Schedule(every=_EVERY[found["every"]], text=line.text[start : sentence.start + found.end()].strip('“”"、')),
        content=act,
    )
