"""What a line is, seen by itself: title, opening sentence, heading, closing line. The tables that splitting goes by."""

import re
from enum import Enum, auto
from typing import Final

from plans.importing.widths import narrow

_CN: Final = "[一二三四五六七八九十]{1,3}"
_KINDS_OF_PLAN: Final = "方案|计划|预案|意见|办法|细则|要点|措施|安排"


class Sign(Enum):
    """The part that a line may play in a document."""

    META = auto()
    """发文机关:…: what a web page tells about the document."""
    NUMBER = auto()
    TITLE = auto()
    NOTICE = auto()
    """A sentence that sends a document out: 现印发给你们."""
    OPENING = auto()
    """The sentence that every plan begins with: 为…,制定本方案."""
    CHAPTER = auto()
    HEADING = auto()
    """一、"""
    ITEM = auto()
    """(一), 1., 一是, ——"""
    LEADERS = auto()
    PHASES = auto()
    """从…至…,分四个阶段进行."""
    ATTACHMENT = auto()
    ISSUER = auto()
    DATE = auto()
    TAIL = auto()
    """抄送, 联系人: what may follow below the date of a document."""
    SHORT = auto()
    TEXT = auto()


_CELLS: Final = "|"
"""Parts the cells of a row, which is never a title."""
_ABOUT: Final = (
    "发文机关|发布机构|主题分类|文件类型|成文日期|(公开)?发布日期|生成日期|发文日期|发文字号|文号|索引号|所属单位"
    "|主题词|关键词|有效性|公开方式|标题|名称|信息分类|体裁分类|组配分类"
)
_DATE: Final = (
    r"[(]?(20[\dxX×*]{2}|二[〇○0零]\S{2})年\s*[\dxX×*一二三四五六七八九十 ]{1,3}月\s*[\dxX×*一二三四五六七八九十 ]{1,3}日[)]?"
)
# The first that matches all of the line decides.
_WHOLE: Final = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        (
            Sign.META,
            rf"[•·●▪\s]*({_ABOUT})\s*:.{{0,120}}",
        ),
        (Sign.ATTACHMENT, r"附件?\s*[\d一二三四五六七八九十]{0,3}\s*(:.{0,100})?|附件\s*\d{1,2}.{0,60}"),
        (Sign.NUMBER, r"[^\s,。;:]{1,20}[〔\[(【]\s*[\dxX×*]{4}\s*[〕\])】]\s*第?\s*[\dxX×*]{0,5}\s*号(\s+签发人.{0,12})?"),
        (Sign.DATE, _DATE),
        (Sign.TAIL, r"(抄送|抄报|主送|联系人|联系电话|电话|传真|邮箱|[(]此件).{0,120}|.{2,40}办公室\s*" + _DATE + r"印发"),
        (Sign.LEADERS, r"(组\s*长|副组长|第一组长|常务副组长|成\s*员|组\s*员|领导小组):?.{0,200}"),
        (
            Sign.PHASES,
            r"(?=.{0,60}\d).{0,60}分[为成]?[一二三四五六两\d]个(阶段|步骤|时段)(组织|逐步|依次)?(进行|实施|推进|开展)?[。:]?",
        ),
        (Sign.TITLE, rf"[【\[]?(第({_CN}|\d{{1,2}})篇|(篇|范文|方案)({_CN}|\d{{1,2}}))[】\]]?\s*(:.{{0,60}})?"),
        (Sign.CHAPTER, rf"第\s*{_CN}\s*(部分|章|编|篇).{{0,60}}"),
    )
)
_HEADING: Final = re.compile(rf"{_CN}、")
_ITEM: Final = re.compile(
    rf"[(]{_CN}[)]|[(]\d{{1,2}}[)]|\d{{1,2}}[.、,](?!\d)|{_CN}(是|要)|[①-⑳]|—{{1,2}}|[•●▪]|第{_CN}[条步项]|首先|其次"
)
# 时间安排 and 保障措施 are headings: the weaker the word, the longer a title must be.
_TITLE: Final = re.compile(
    rf"([^,。;:!?]{{4,60}}(方案|通知|通告|纲要|规划)|[^,。;:!?]{{8,60}}({_KINDS_OF_PLAN}))"
    rf"(的通知|的函)?\s*(\d{{1,2}}|[篇之]?{_CN}|篇[\d一二三四五六七八九十]{{1,3}}|[(][^()。]{{1,20}}[)])?》?"
)
_NOTICE: Final = re.compile(r"印发(给|至)?你们|现印发|现(将|予).{0,80}印发|请.{0,12}(遵照|贯彻|认真).{0,10}(执行|落实)|印发实施")
_MAKES: Final = r"(制定|制订|拟定|拟订|编制|提出)"


def _made(kinds: str) -> str:
    own = rf"特{_MAKES}[^,。;]{{1,60}}|{_MAKES}(了)?[^,。;]{{0,30}}(本|如下|以下|此)[^,。;]{{0,40}}"
    return rf"({own})({kinds})(如下)?([。:].{{0,60}})?$"


# 制定本方案, 特制定…方案: certain wherever a paragraph ends so.
_CERTAIN: Final = re.compile(_made("方案|计划|预案|细则"))
# 特制定如下措施, 安排如下 may also stand over a list inside a plan: an opening only at the end of a long sentence.
_WEAK: Final = re.compile(_made(_KINDS_OF_PLAN) + rf"|({_KINDS_OF_PLAN}|通知|有关事项|事宜)[^,。;]{{0,20}}如下[。:]?$")
# 制定…方案 at the end of a paragraph that says what for: an opening, unless others are told to draw up their own.
_LIKELY: Final = re.compile(rf",([^,。;]{{0,12}})?{_MAKES}[^,。;]{{1,60}}(方案|计划|预案|细则|意见|办法)[^,。;]{{0,30}}[。:]?$")
_OTHERS: Final = re.compile(rf"(各|要|应|须|及时|组织|督促|指导|分别)[^,。;]{{0,20}}{_MAKES}[^,。;]{{0,80}}$")
_PURPOSE: Final = re.compile(r"为|根据|按照|依据|近年来|当前|今年|20|日前")
_ISSUER: Final = re.compile(r"[^\d,。;:、]{2,40}(委员会|办公室|政府|街道|办事处|领导小组|指挥部|[局厅部委办院会校公司站所])")
_RECIPIENTS: Final = re.compile(r"[^。;]{2,200}:")
_TAIL: Final = 160
_SHORT: Final = 40
_SHORTEST_OPENING: Final = 12
_LONG_OPENING: Final = 50


def sign_of(text: str) -> Sign:
    """Say what part the line can play; it knows nothing of the lines around it."""
    text = narrow(text)
    if len(text) <= 260:
        for sign, pattern in _WHOLE:
            if pattern.fullmatch(text):
                return sign
    if _HEADING.match(text):
        return Sign.HEADING
    if _ITEM.match(text):
        return Sign.ITEM
    if len(text) <= 90 and _CELLS not in text and _TITLE.fullmatch(text):
        return Sign.TITLE
    return _sentence(text)


def _opens(text: str, end: str) -> bool:
    if len(text) < _SHORTEST_OPENING:
        return False
    if _CERTAIN.search(end) or (len(text) >= _LONG_OPENING and _WEAK.search(end)):
        return True
    return bool(_PURPOSE.match(text) and _LIKELY.search(end) and not _OTHERS.search(end))


def _sentence(text: str) -> Sign:
    end = text[-_TAIL:]
    if _NOTICE.search(end):
        return Sign.NOTICE
    if _opens(text, end):
        return Sign.OPENING
    if len(text) <= _SHORT and _ISSUER.fullmatch(text):
        return Sign.ISSUER
    if len(text) <= 200 and "各" in text and _RECIPIENTS.fullmatch(text):
        return Sign.SHORT
    return Sign.SHORT if len(text) <= _SHORT and not re.search("[,。;:]", text) else Sign.TEXT
