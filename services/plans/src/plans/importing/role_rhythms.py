"""Rows of short duties, each with its own rhythm: 负责人日检、科室周检; 日检查、周调度、月总结、季报告."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.schedules import Schedule
from plans.importing.clauses import Piece
from plans.importing.draft import ObligationDraft
from plans.importing.lines import Line

_EVERY: Final = {"日": "day", "周": "week", "月": "month", "季": "quarter", "季度": "quarter", "半年": "half_year", "年": "year"}
DUTY: Final = re.compile(
    r"(?P<role>[^,。;:、“”\"日周月季年]{0,10}?)[“\"]?(?<!全)(?P<every>日|周|月|季度?|半年|年)"
    r"(?P<act>检查|自查|排查|巡查|巡检|抽查|研判|总结|报告|汇总|通报|汇报|调度|会商|督查|分析|检|查|报|评)(?:制度|机制)?[”\"]?(?=[、,。;的“”\"]|制|$|和|及)"
)
_PAPERS: Final = frozenset({"总结", "报告", "报", "评"})
_ROLE_NOISE: Final = re.compile(r"^.*?(?:坚持|实行|实施|落实|建立|执行|严格|按照|推行|做到|健全|完善|以及|和|及)")


def duties_in(words: str) -> tuple[re.Match[str], ...]:
    """The row of duties in a sentence; at least two, else it is ordinary prose."""
    found = tuple(DUTY.finditer(words))
    # 半年总结和全年总结 are papers, no duties.
    if all(duty["act"] in _PAPERS for duty in found):
        return ()
    return found if len({duty["every"] for duty in found}) >= 2 else ()


def role_obligations(line: Line, sentence: Piece) -> Iterator[ObligationDraft]:
    """One obligation for each duty of a row; the role in front of a duty reports."""
    for duty in duties_in(sentence.words):
        start = sentence.start + duty.start("every")
        yield ObligationDraft(
            text=line.text[sentence.start : sentence.end].strip(),
            span=(line.number, line.number),
            confidence=0.7,
            reporters=_ROLE_NOISE.sub("", duty["role"]).strip(),
            schedule=Schedule(every=_EVERY[duty["every"]], text=line.text[start : sentence.start + duty.end()].strip('“”"、')),
            content=duty["act"],
        )
