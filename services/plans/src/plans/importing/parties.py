"""Who reports and to whom, as printed: the subject of a clause, and the units behind 向 or behind the verb."""

import re
from collections.abc import Sequence
from typing import Final

from plans.importing.clauses import Piece, clauses
from plans.importing.headings import mark_of
from plans.importing.unit_names import is_unit, split_units

# A subject ends before one of these.
_BOUNDARY: Final = re.compile(
    r"要|应(?!急)|须|需|请(?=于|在|按|将)|必须|务必|于|每|将|把|在|对|按|按照|负[总全]?责(?!人|同志)|定期|及时|立即|第一时间|明确|结合|做好|认真|严格|向|根据|可|由|通过|统一|报|指定|确定"
    r"|安排|落实|分|逐|完成|汇总|形成|随时|实行|建立|发现|组织|自|从|依法|不|的|上报|提交|通报|有(?!关)|以|如|遇|发生|承担|制定|委托|接(?:报|到|警)|收到|牵头|直接(?=报|向)|开展|检查(?!站|组|员|人|科|局)|填[写报]|[次翌](?:日|周|月|年)|礼拜|星期[一二三四五六日天]|周[一二三四五六日](?![街集镇村])|当[日天月周晚]|[上下]?半年(?!度?报)|约谈|[复核巡抽]查(?![站组员队科室办人])|书面|口头|逐级|如实|当面|[0-9]|$"
)
_HARD: Final = frozenset("要应须每将把向0123456789") | {"必须", "务必"}
_LEADING: Final = re.compile(
    r"^(?:[^,。;:、]{2,24}期间(?:\([^()]{0,30}\))?|并且?|同时|此外|另外|其中|请|由|要求|督促|指导|推动|组织(?!部|办|委|科)|[一二三四五六七八九]是|即(?!时)|及(?!时)|而|以上|凡|\s)+"
)
# A clause that begins with one of these has no subject.
# 每周五前各专班…: the subject may stand behind the time.
_TIME_AHEAD: Final = re.compile(
    r"(?:于|在)?(?:每[^,。;各将向]{1,10}?|[0-9]{1,4}[0-9年月日时点底末初上中下旬:]{1,12})(?:之?前|上午|下午)(?=[各镇乡村区县市街单企学专])"
)
_NO_SUBJECT: Final = re.compile(
    r"[每于将把在按由要须需经与和0-9]|向(?!阳)|对(?!外|口)|根据|通过|自(?!然)|从(?!化)|以|如|遇|必须|及时|立即|形成|(?:上|呈|汇)?报|第一时间|做到|做好|统一|逐级|集中(?=报)|分别|书面|按时|抄[送报告]|明确|确定|指定|成立|落实|配备|设立"
)
# What a recipient does with a report, or what is reported; 统计局 and 信息中心 are units.
_RECIPIENT_END: Final = re.compile(
    r"(?:采取|公布|公示|刊登|播出|备案|备查|存档|归档|审核|审批|审查|审定|汇总|统一|进行|处理|处置|研究|邮箱|信箱|电子|协调|依法|领导(?=同意|审|批|签|研)|同意|批准|核准|验收|销号"
    r"|登记|以便|信息|情况|材料|报告|总结|进展|统筹|统计|填报|扫码|联系人|完善|整改|后(?!勤))(?!.?(?:局|办|组|院|所|中心|处|专班|委|厅))"
    r"|并|□|[\"“”]"
)
_NOT_NAME: Final = re.compile(r"前[交报送]|报(?!社|业|刊)|总结|方案|情况|材料|结果|经(?!济|营|开|信|贸|办|理)|被|已")
_NOBODY: Final = re.compile(r"社会|公众|群众|家长|学生|全国|(?<!融)媒体|网上|平台$|大众|市民(?!政)|村民$|居民$|游客|广大")
# 各工地, 各网吧: whoever is meant, all of them report.
_EVERYONE: Final = re.compile(r"各(?![项种类方自个位])(?!.{0,6}(?:工作|情况|问题))[^,。;、的]{1,7}")
# 由村信息员上报: whoever stands behind 由 does it, whoever the sentence spoke of before.
_AGENT: Final = re.compile(r"(?<![自理事缘案])由(?P<who>[^,。;:由]{2,40})$")
_GRADE: Final = r"(?P<grade>第一|具体|直接|主要)责任人"
# 站长为第一责任人、安全员为具体责任人 and 具体责任人为安全员: of those who answer, the one who answers in practice reports.
_ANSWERS: Final = (
    re.compile(rf"(?P<who>[^、和与]{{2,20}}?)(?:作?为|是|任|担任){_GRADE}$"),
    re.compile(rf"{_GRADE}(?:[为是由]|:)(?P<who>[^、和与]{{2,20}}?)(?:担任)?$"),
)
# Where everybody of a group reads it: 安全管理群, 值班工作群.
_CHAT: Final = re.compile(r"(?:工作|管理|微信|钉钉|联络|专班|安全|值班|报送|信息|调度|企业|通讯)群$")
# 县政府常务会议, 局长办公会: a body that meets is told like a unit.
_MEETING: Final = re.compile(r"(?:常务|党组|党委|常委|办公|专题|联席|调度|全体|工作|领导小组)会议?$|例会$")
_PRONOUN: Final = re.compile(r"^(?:对方|其)$")
_PARTNER: Final = re.compile(r"(?:与|同|和)(?P<who>[^,。;与和]{2,16}?)(?:建立|签订|实行|开展|加强|保持|共同)")
_LONGEST_SUBJECT: Final = 240
"""A subject may list a dozen departments."""
_SHORT_NAMES: Final = frozenset("镇乡村街县市区所站办科室股队校院局")
"""各股室、所: behind 各 one sign is a name."""
_GROUP_WORDS: Final = frozenset(
    {
        "各地",
        "各级",
        "各单位",
        "各村",
        "各村居",
        "村居",
        "各校",
        "各镇",
        "我办",
        "我局",
        "我校",
        "我镇",
        "我县",
        "我院",
        "村里",
        "镇里",
        "乡里",
        "县里",
        "区里",
        "企业",
        "学校",
    }
)


def reporter_of(parts: Sequence[Piece], event_clause: int, first_clause: int) -> tuple[str, float]:
    """The subject of the clause with the verb, or of the nearest clause before it; empty when none is printed.

    Whoever answers first (第一责任人) is meant only where nobody else is named.
    """
    answers_first = ""
    for index in range(event_clause, first_clause - 1, -1):
        who, grade = _answering(parts[index].words)
        subject = subject_of(parts[index].words) if not grade else who if grade == "具体" else ""
        if subject:
            return subject, 1.0 if index == event_clause else 0.95
        answers_first = answers_first or who
    return (answers_first, 0.9) if answers_first else ("", 0.8)


def agent_of(words: str, sentence: str) -> str:
    """The units behind the last 由 of the words before a verb; 具体责任人 is whoever the sentence says that to be."""
    found = _AGENT.search(words)
    if found is None:
        return ""
    if found["who"].startswith("具体责任人"):
        return next((who for part in clauses(sentence) if (who := _answering(part.words)[0])), "具体责任人")
    return subject_of(found["who"])


def _answering(clause: str) -> tuple[str, str]:
    """Who a clause says to be 第一责任人 or 具体责任人, and which of them; two empty strings where it says no such thing."""
    mark = mark_of(clause)
    words = (clause[mark.end :] if mark else clause).strip(' :“”"')
    found = next((match for pattern in _ANSWERS if (match := pattern.search(words))), None)
    if found is None or not _is_party(found["who"]):
        return "", ""
    return found["who"], found["grade"]


def subject_of(clause: str) -> str:
    """The units at the beginning of a clause, or an empty string."""
    mark = mark_of(clause)
    words = _LEADING.sub("", clause[mark.end :] if mark else clause)[:_LONGEST_SUBJECT]
    if timed := _TIME_AHEAD.match(words):
        words = words[timed.end() :]
    if _NO_SUBJECT.match(words):
        return ""
    for boundary in _BOUNDARY.finditer(words):
        candidate = words[: boundary.start()].strip(' :“”"')
        if len(candidate) >= 2 and _is_party(candidate):
            return candidate
        if boundary.group() in _HARD:
            break
    return ""


def _is_party(candidate: str) -> bool:
    if candidate in _GROUP_WORDS:
        return True
    if _EVERYONE.fullmatch(candidate):
        return True
    if _NOT_NAME.search(candidate):
        return False
    names = split_units(candidate).names
    each_of = candidate.startswith("各")
    return bool(names) and all(
        is_unit(name) or name in _GROUP_WORDS or _EVERYONE.fullmatch(name) or (each_of and name in _SHORT_NAMES) for name in names
    )


def recipients_in(words: str) -> tuple[str, ...]:
    """The units at the beginning of what stands behind 向 or the verb; empty when it is an object (报送情况)."""
    words = words.strip(' :“”"')
    stop = _RECIPIENT_END.search(words)
    names = split_units(words[: stop.start()] if stop else words).names
    found = []
    for name in names:
        if _NOBODY.search(name) or not (is_unit(name) or _PRONOUN.match(name) or _CHAT.search(name) or _MEETING.search(name)):
            break
        found.append(name)
    return tuple(found)


def without_pronouns(names: Sequence[str], sentence: str) -> tuple[str, ...]:
    """对方 is whoever the sentence speaks of as the partner (与周边乡镇建立机制,…向对方报告)."""
    partner = _PARTNER.search(sentence)
    return tuple(partner["who"] if partner and _PRONOUN.match(name) else name for name in names)
