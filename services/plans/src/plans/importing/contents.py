"""What a report is to hold and what comes with it."""

import re
from typing import Final

from plans.importing.headings import mark_of

_BEFORE: Final = re.compile(
    r"将(?P<content>[^,。;]{2,40}?)(?:于|在|按|及时|一并|书面|统一|分别|以|经|汇总(?!表)|每|上(?![季月周一级半年])|报(?!告|表)|提交|反馈|[0-9]{1,4}[年月日]|传达|送|逐级|向|$)"
)
_FORMED: Final = re.compile(r"(?:形成|编制|撰写|填写|填报|梳理|制定|汇总)(?P<content>[^,。;]{2,30}?)(?:并|于|后|报(?!告|表)|,|$)")
_SUBJECT: Final = re.compile(r"(?:^|[,。;:])(?P<content>[^,。;:]{0,12}(?:报告|总结|方案|材料))(?=于|报|要|应|由|须)")
_BEHIND: Final = re.compile(r"(?:至|给|到)?(?P<content>[^,。;(]{2,40}?)(?=[至到给][^,。;]{2,20}(?:[,。;(]|$)|[,。;(]|$)")
_ONCE: Final = re.compile(r"^[一二两三1-9]次")
_PAPER: Final = re.compile(
    r"(?:情况|信息|报告|总结|小结|简报|材料|动态|进展|台账|清单|数据|报表|表|方案|结果|名单|火情|灾情|隐患|事故|问题|案件|指标|□|线索|计划|名册)"
)
_ATTACHMENTS: Final = re.compile(
    r"照片|图片|视频|影像(?:资料|材料)?|音频|电子版|纸质(?:版|材料|件)?|扫描件|佐证材料|附件[0-9一二三四五]|□{2,}表?"
    r"|附表[0-9一二三四五]?"
    r"|(?:统计|情况|汇总|登记|进展|自查|信息|一览|明细|任务|问题|排查)[^,。;、□的代前将报附和及与并]{0,6}?表(?!明|示|现|彰|率|决|态|述|达)"
)


def content_of(printed: str, words: str, begin: int, verb_start: int, verb_end: int, end: int) -> str | None:
    """The object of a report: between 将 and the verb, behind the verb, or the paper that is to be formed before.

    `printed` and `words` are the line as it was and its plain words; the offsets are those of the line.
    """
    before = list(_BEFORE.finditer(words, begin, verb_start))
    behind = _BEHIND.match(words, verb_end, end)
    formed = [*_FORMED.finditer(words, begin, verb_start), *_SUBJECT.finditer(words, begin, verb_start)]
    for found in (*before[-1:], behind, *formed[-1:], *before[-1:]):
        if found and (_PAPER.search(found["content"]) or found in before):
            mark = mark_of(words, found.start("content"))
            start = mark.end if mark and mark.end <= found.end("content") else found.start("content")
            return _ONCE.sub("", printed[start : found.end("content")]).strip("至给到 ") or None
    return None


def attachments_in(words: str) -> tuple[str, ...]:
    """Pictures, videos, forms and paper copies that a sentence asks for."""
    return tuple(dict.fromkeys(found.group() for found in _ATTACHMENTS.finditer(words) if "□" not in found.group()))
