"""The marks that number headings of Chinese official texts, and where a heading's title ends."""

import re
from dataclasses import dataclass

from plans.importing.spellings import plain

_DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CJK = "[一二三四五六七八九十百]{1,4}"
# Words of a heading, not the unit of a number: 1.5米, 3 个.
_WORDS = (
    "(?=[\u4e00-\u9fff《“])"
    "(?!(?:[年月日号点分秒]|时)(?![度间限工常程])|[个家处米元万亿倍级次吨亩千克]|[名人户](?!员|名)|项(?!目)|条(?!件)|公[里斤顷]|平方)"
)
# Other nouns for a step count only where the number stands apart from what follows: 第一轮:, not 第一轮检查.
_STEPS = "(?:环节|战役|节点|波次?|轮次?|批次)(?=[:、, (]|$)"
ITEM_RANK = 12
_CIRCLED = {chr(0x2460 + value): value + 1 for value in range(20)}

# Marks in order of rank: what stands further up holds what stands further down. Matched on plain text at a line's begin.
MARKS: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    ("part", 0, re.compile(rf"第(?P<n>{_CJK}|\d{{1,2}})(?:部分|编|篇)[:、 ]*")),
    ("chapter", 1, re.compile(rf"第(?P<n>{_CJK}|\d{{1,2}})章[:、 ]*")),
    ("section", 2, re.compile(rf"第(?P<n>{_CJK}|\d{{1,2}})节[:、 ]*")),
    ("numeral", 3, re.compile(rf"(?P<n>{_CJK}) ?[、.,](?!\d|[二三四五][级类档期线]) ?")),
    ("subject", 4, re.compile(rf"\(?(?:专题|任务|行动|专项|工程)(?P<n>{_CJK}|\d{{1,2}})\)?[:、. ]+")),
    ("bracketed", 5, re.compile(rf"\( ?(?P<n>{_CJK}) ?\) ?[、.]?")),
    ("stage", 6, re.compile(rf"(?P<mark>第(?P<n>{_CJK}|\d{{1,2}}) ?(?:个?阶段|步骤?|{_STEPS}))(?:\([^()]{{1,40}}\))?[:、, ]*")),
    ("step", 6, re.compile(rf"(?P<mark>(?:阶段|步骤|环节|战役|节点|波次|轮次|批次)(?P<n>{_CJK}|\d{{1,2}}))(?=[:、, (])[:、, ]*")),
    ("deep decimal", 9, re.compile(rf"\d{{1,2}}\.\d{{1,2}}\.(?P<n>\d{{1,2}})[.、]? ?{_WORDS}")),
    ("decimal", 8, re.compile(rf"\d{{1,2}}\.(?P<n>\d{{1,2}})[.、]? ?{_WORDS}")),
    ("number", 7, re.compile(rf"(?P<n>\d{{1,2}})(?: ?[.、,](?!\d) ?|[.、](?=\d{{1,2}} ?月|20\d\d ?年)| +{_WORDS})")),
    ("bracketed number", 10, re.compile(r"(?:\( ?(?P<n>\d{1,2}) ?\)|(?P<m>\d{1,2})\))[、.]? ?")),
    ("circled", 11, re.compile(r"(?P<n>[\u2460-\u2473]) ?[、.]?")),
    ("item", ITEM_RANK, re.compile(rf"(?P<n>{_CJK})(?:是|要)(?=[^\s]{{2}})")),
)

FIRST_SIGNS = frozenset("(第0123456789零〇一二三四五六七八九十百两专任行工阶步环战节波轮批") | frozenset(_CIRCLED)
"""What a mark begins with: most lines and clauses are passed over by it."""

LONGEST_TITLE = 60
LONGEST_LONE_TITLE = 26
"""Headings without a number are short lines by themselves."""

_ATTACHMENT = re.compile(rf"附[件表] ?(?P<n>{_CJK}|\d{{1,2}})? ?:?")
# Headings without a number that are known to head sections of plans.
_UNNUMBERED = re.compile(
    "^(?:指导思想|总体要求|工作目标|总体目标|目标任务|基本原则|工作原则|主要任务|重点任务|工作任务|整治内容|整治重点|重点工作|工作措施|主要措施|实施步骤|"
    "工作步骤|时间安排|工作安排|进度安排|工作要求|保障措施|组织领导|组织保障|组织机构|责任分工|职责分工|任务分工|有关要求|信息报送|整治范围|工作内容|"
    "重点内容|监督检查|考核评价)$"
)
_BULLETS = frozenset("★☆◆◇■▲➤")
_LONGEST_BULLET = 20
_SENTENCE = re.compile("[,。;:]")
# 【进度安排】 alone on its line heads what stands below it.
_IN_BRACKETS = re.compile(r"\[[\u4e00-\u9fff、]{2,16}\]")
_UNNUMBERED_TOPIC = re.compile(
    "^[^,;。:!?、]{3,22}(?:专题|专项整治|专项行动|专项治理|整治行动|安全整治|提升行动|提升工程|攻坚行动|安全治理)$"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading read from the begin of a line: `after` is where the words behind its mark begin."""

    form: str
    rank: int
    number: int | None
    after: int


def heading_of(text: str) -> Heading | None:
    """The heading that a stripped line begins with, None for plain paragraphs."""
    flat = plain(text[:30])
    attached = _ATTACHMENT.fullmatch(flat)
    if attached:
        return Heading("attachment", 0, number_of(attached["n"] or ""), len(text))
    for form, rank, mark in MARKS if flat[:1] in FIRST_SIGNS else ():
        found = mark.match(flat)
        if found:
            number = number_of(found["n"] or found.groupdict().get("m") or "")
            return Heading(form, rank, number, found.end()) if number is not None and found.end() < len(text) else None
    return _unnumbered(text, flat)


def _unnumbered(text: str, flat: str) -> Heading | None:
    if flat[:1] in _BULLETS and len(text) > 2:
        # ★调度 heads the lines below it; ◆ before a sentence is an item.
        alone = len(text) <= _LONGEST_BULLET and not _SENTENCE.search(flat)
        return Heading("bullet heading", 5, None, 1) if alone else Heading("bullet", 9, None, 1)
    if flat.startswith("首先"):
        return Heading("item", ITEM_RANK, 1, 2 + (flat[2:3] in {",", "、", ":"}))
    bare = flat.strip("*# :[]")
    if len(text) > LONGEST_LONE_TITLE:
        return None
    if _UNNUMBERED.match(bare):
        return Heading("plain", 3, None, 0)
    if _IN_BRACKETS.fullmatch(flat):
        return Heading("plain", 3, None, 0)
    return Heading("plain topic", 5, None, 0) if _UNNUMBERED_TOPIC.match(bare) else None


def number_of(printed: str) -> int | None:
    """1 to 99 from 十二, 12 or ⑫; None for anything else."""
    if printed.isdigit() and printed.isascii():
        return int(printed)
    if printed in _CIRCLED:
        return _CIRCLED[printed]
    tens, ten, ones = printed.rpartition("十")
    if ten:
        return _DIGITS.get(tens, 0 if tens else 1) * 10 + _DIGITS.get(ones, 0)
    return _DIGITS.get(printed)


def title_of(words: str) -> str:
    """The title at the begin of a heading's line: up to the first 。, or else the first comma where text follows at once."""
    flat = plain(words)
    stop = flat.find("。")
    colon = flat.find(":")
    if 2 <= colon <= 20 and (stop < 0 or colon < stop) and len(flat) > colon + 1:
        stop = colon
    if stop < 0:
        stop = flat.find(";")
    if stop < 0:
        stop = len(flat)
    first_item = flat.find("一是", 2, stop)
    if first_item > 0:
        stop = first_item
    if stop > LONGEST_TITLE:
        comma = flat.find(",", 4)
        stop = comma if 0 < comma <= LONGEST_TITLE else min(stop, LONGEST_TITLE)
    return words[:stop].strip(" 。:;\uff1a\uff1b*#\n")
