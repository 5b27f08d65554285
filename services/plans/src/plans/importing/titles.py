"""Titles of plans: printed above the text, inside the notice that sends the plan out, or told by its first sentence."""

import re
from collections.abc import Sequence

from plans.importing.basis import NUMBER
from plans.importing.spellings import plain

_KINDS = "方案|计划|预案|意见|办法|细则|要点|措施|安排|规划|规程|制度|通知|决定|通告|清单"
_STANDALONE = re.compile(rf"^[^。;!?:]{{2,60}}(?:{_KINDS})(?:\([^()]{{1,12}}\))?$")
# What is no kind of plan and yet may be printed over one, if it is long enough.
_OTHER_KIND = re.compile(r"^[^。;!?:]{8,60}(?:规范|要求|指引|指南|公告|提示|倡议书|函)$")
_BARE_KIND = re.compile(
    r"^(?:(?:专项)?(?:整治)?(?:三年)?(?:行动)?(?:实施|工作|总体|具体|专项|活动)*(?:方案|计划|意见|办法|要点|安排))$"
)
_WRAPPER = re.compile(
    "关于(?:印发|转发|下发|发布|公布|批转|制定) ?(?P<inner>.{4,120}?)"
    "(?:的(?:紧急)?通知|(?<=方案)$|(?<=计划)$|(?<=意见)$|(?<=办法)$)"
)
_GAP = re.compile("(?<=[\u4e00-\u9fa5]) +(?=[\u4e00-\u9fa5])")
_QUOTED = re.compile("[《〈](?P<inner>[^《》]{2,100})[》〉]")
_SENTENCE_BEGIN = re.compile("^(?:为|根据|按照|依据|现将|各|近年来|通过)(?!民)")

# What the first sentence says about its plan: 制定2021年集中攻坚方案.
_NAMED = re.compile(
    r"(?:制[定订]出?了?|提出(?=[如以]下))(?:本|如下|以下|此|该)?(?P<name>[^,。;:]{0,40}?(?:方案|计划|意见|办法|措施|预案))"
)
_GENERIC_NAME = re.compile(
    "^(?:本|此|如下|以下|具体|工作|实施|行动|整治|专项|总体|活动|细化|的|详细){0,6}(?:方案|计划|意见|办法|措施|预案)$"
)
_SUBJECT = re.compile(r"(?<![成造])就(?P<subject>[^,。;:()]{4,40}?)(?:\([^()]{0,30}\))?,?(?:制[定订]|作出|提出)")
_AIM = re.compile("^(?:为了?|现为)?(?:更好地?|切实|认真|深入|全面|进一步|扎实|有效|坚决|持续|着力)*(?P<aim>[^,。;:]{4,40})$")
_UNDERTAKING = re.compile("(?:决定|组织|集中|对[^,。;\uff0c]{4,40})开展(?P<aim>[^,。;:\uff0c]{4,30})")
_POLITICS = re.compile("践行|理念|思想|贯彻|论述|精神|决策部署|工作部署|重要讲话|重要指示|根据|按照|依据|结合|要求")

EXPLICIT, NAMED, AIMED, MISSING = 1.0, 0.7, 0.5, 0.0


def printed_title(head: Sequence[str]) -> str | None:
    """The title that stands above a plan; of a notice that sends a plan out, the plan's own title."""
    head = [_GAP.sub("", text[number.end() :].strip() if (number := NUMBER.match(plain(text))) else text) for text in head]
    flat = [plain(text) for text in head]
    standing = [at for at, text in enumerate(flat) if _STANDALONE.match(text) and not _SENTENCE_BEGIN.match(text)]
    wrapped = _wrapped_title(head)
    for at in standing:
        if wrapped is not None and head[at] in wrapped:
            return wrapped
        if not _WRAPPER.search(flat[at]) and (wrapped is None or wrapped in head[at] or flat[at].endswith(_PLANS)):
            return _with_line_above(head, flat, at)
    if wrapped is not None:
        return wrapped
    if standing:
        return head[standing[0]]
    return head[0] if flat and _OTHER_KIND.match(flat[0]) and not _SENTENCE_BEGIN.match(flat[0]) else None


_PLANS = ("方案", "计划", "要点", "预案")


def _wrapped_title(head: Sequence[str]) -> str | None:
    for at, text in enumerate(head):
        if ("关于" not in text and "通知" not in text) or "。" in text or _SENTENCE_BEGIN.match(plain(text)):
            continue
        for words in (text, "".join(head[at : at + 2]), "".join(head[at : at + 3])):
            if len(words) > 200:
                break
            found = _WRAPPER.search(words)
            if found:
                quoted = _QUOTED.search(found["inner"])
                inner = found["inner"].strip()
                return quoted["inner"] if quoted and len(quoted.group()) == len(inner) else inner.strip("《》")
    return None


def _with_line_above(head: Sequence[str], flat: Sequence[str], at: int) -> str:
    """A title printed in two lines: 清河镇燃气安全 / 专项整治工作方案."""
    if at == 0 or not _BARE_KIND.match(flat[at]):
        return head[at]
    above = flat[at - 1]
    if len(above) > 40 or re.search(r"[。;:,\d]$|号|^\d|附件", above):
        return head[at]
    return head[at - 1] + head[at]


def derived_title(opening: Sequence[str]) -> tuple[str, float]:
    """A title made from the sentence above the first heading that says what is drawn up, and how sure it is.

    Without such a sentence it is empty: any other line (组长:) would only look like a title.
    """
    for text in opening:
        sentence = re.split("[。\n]", text, maxsplit=1)[0] if "制" not in text else text[:1200]
        named = _NAMED.search(plain(sentence))
        if named is None:
            continue
        name = sentence[named.start("name") : named.end("name")]
        if not _GENERIC_NAME.match(name):
            return name, NAMED
        begin = sentence.rfind("。", 0, named.start()) + 1
        about = _about(sentence[begin : named.start()] or sentence[: named.start()])
        kind = re.sub("^(?:本|此|如下|以下|具体)+", "", name)
        if about:
            return f"{about}{kind}", AIMED
    return "", MISSING


def _about(words: str) -> str | None:
    subject = _SUBJECT.search(plain(words) + "制定")
    if subject:
        return words[subject.start("subject") : subject.end("subject")]
    undertaking = _UNDERTAKING.search(words)
    if undertaking:
        return undertaking["aim"]
    fallback = None
    for clause in re.split("[,。;\uff0c\uff1b]", words):
        aim = _AIM.match(plain(clause.strip()))
        if aim is None or "《" in clause:
            continue
        text = clause.strip()[aim.start("aim") :]
        if not _POLITICS.search(text):
            return text
        fallback = fallback or text
    return fallback
