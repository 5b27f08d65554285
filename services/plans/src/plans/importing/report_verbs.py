"""Verbs of reporting with their recipients: 向县安委办报告, 报送县安委办, 报送总结至县安委办."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from plans.importing.clauses import Piece
from plans.importing.parties import recipients_in, without_pronouns

# 举报, 通报, 申报, 播报… are other acts; 工作报告, 报告制度, 报送人员 name papers, systems and people.
_NO_ACT: Final = (
    # 群众上报、巡查发现等渠道 tells where knowledge comes from.
    r"[、和或][^,。;]{0,40}?(?:渠道|途径|方式)|(?:的|等)?(?:渠道|途径)|"
    r"人|单位|者|时间|制度|内容|要求|方式|范围|渠道|工作(?![^,。;]{0,6}(?:信息|情况|进展|总结|台账|动态|报))|机制|程序|率"
)
_NO_PAPER: Final = "".join(f"(?<!{paper})" for paper in ("工作", "年度", "总结", "评估", "行动", "自查", "分析"))
_MANNER: Final = r"进行|作出?|书面|如实|按时|按要求|统一|定期|及时|立即|第一时间|分别|集中|[0-9]"
VERB: Final = re.compile(
    r"向(?P<to>[^,。;:、向将“”\"]{2,30}?(?:、[^,。;:、“”\"]{2,20}?){0,4}?)"
    rf"(?:{_MANNER}){{0,3}}"
    r"(?P<towards>[“\"]?双报告[”\"]?|报告|报送|上报|汇报|提交|反馈|报备|备案|告知|通报(?=[^,。;]{0,4}(?:信息|火|险|灾|情况))|呈报|报)"
    rf"|(?<![举申通预警海播填简])(?<!(?<![雨水汛灾险疫舆火旱警])情(?=报(?![送告至给])))(?<!(?<![每逐按当同0-9一二三四五六七八九十])[月周日季年])(?P<verb>(?:报送|上报|提交)(?!{_NO_ACT})|呈报|函告|函报|告诉|报备"
    rf"|{_NO_PAPER}报告(?![,。;制度书的报并后等和、及”\"]|$)"
    r"|反馈|(?<![转移])发送(?=至|到|给)|推送(?![率量])|发(?=[至到])|(?<![报发运递抄呈移赠护接传输配选推转欢分上遣派])送(?![达医检至到给交货])|(?<![提上移成外转递已社])交(?![通警接办易流叉界汇底付代由予纳])|报至|报给|送交|传达给|传达至|抄送|抄报|抄告|(?<=[,并])通报给?(?=相邻|周边|邻近|毗邻|周围|附近|友邻)|报(?![告表名道废警纸刊社销批价复应案]))"
    r"(?:至|给|到|往)?"
    r"|(?:立即|随时|及时|第一时间|马上|迅速|当即)(?:逐级)?(?P<urgent>报告)"
    r"|(?P<system>录入|上传|填报)(?=(?:至|到)?[^,。;]{0,14}(?:系统|平台))"
    r"|(?<=[前应须要后])(?P<zero>[“\"]?零报告)(?![”\"]?(?:制度|机制|、|和))"
    r"|(?P<through>(?:系统|平台)[”\"]?(?:填报|录入|上传))"
)
_NEEDS_RECIPIENT: Final = frozenset({"报", "报告", "提交", "反馈", "送交", "交", "送", "发", "发送", "推送", "函告", "告诉"})
# 报书面总结, 提交小结: the paper says that it is a report.
_PAPER: Final = re.compile(r"(?:书面|工作|阶段性?|年度|纸质|整改|行动){0,2}(?:总结|小结|台账|报表)(?:报告)?(?=[,。;]|$)")
_NEEDS_DECISION: Final = re.compile(r"[^,。;]{0,16}?(?:批准|审批|同意|研究决定|审议)")
# No sentence asks for more; it bounds the work on a text that only repeats the verb.
_MOST_VERBS: Final = 24
_BEHIND: Final = re.compile(r"[^,。;:(]{0,60}")
_TO: Final = re.compile(r"(?:至|到|给)(?P<to>[^,。;:(]{2,40})$")


@dataclass(frozen=True, slots=True)
class Report:
    """A verb of reporting; offsets are those of the line. Recipients are empty where none are printed."""

    start: int
    end: int
    verb: str
    recipients: tuple[str, ...]


def reports_in(words: str, sentence: Piece) -> Iterator[Report]:
    """The reports that a sentence asks for, in printed order."""
    position = sentence.start
    for _ in range(_MOST_VERBS):
        found = VERB.search(words, position, sentence.end)
        if found is None:
            return
        position = found.end()
        if found["towards"]:
            recipients = without_pronouns(recipients_in(found["to"]), sentence.words)
            if recipients:
                yield Report(found.start(), found.end(), found["towards"].strip('“”"'), recipients)
            else:
                position = found.start() + 1
            continue
        if printed := found["system"] or found["through"] or found["zero"]:
            yield Report(found.start(), found.end(), printed[-2:], ())
            continue
        recipients = _recipients_behind(words, found.end())
        bare = found["verb"] in _NEEDS_RECIPIENT and not recipients and not _PAPER.match(words, found.end())
        if found["urgent"] or not (bare or _NEEDS_DECISION.match(words, found.end())):
            yield Report(found.start(), found.end(), found["verb"] or "报告", recipients)


def _recipients_behind(words: str, position: int) -> tuple[str, ...]:
    """报送县安委办, or behind the object: 报送总结至县安委办."""
    behind = _BEHIND.match(words, position)
    if behind is None:
        return ()
    place = _TO.search(behind.group())
    return (recipients_in(place["to"]) if place else ()) or recipients_in(behind.group())
