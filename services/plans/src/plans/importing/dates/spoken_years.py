"""The year that a text without a head speaks of. A year of the past that is mentioned in passing is none."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from plans.importing.dates.numerals import own_words
from plans.importing.lines import Line
from plans.importing.widths import narrow

_YEAR: Final = re.compile(r"(?<![0-9.])(20[0-9]{2}) {0,3}年")
# What is handed in or begun in a year is of the plan: 报送《2024年整治工作总结》, (2024年3月至5月).
_OWN_NAME: Final = re.compile(
    r"(?<![0-9.])(?P<year>20[0-9]{2}) {0,2}年(?:度|[上下]半年|第?[一二三四]季度)?[^,。;:()《》0-9]{0,20}?"
    r"(?:总结|报告|报表|台账|整治方案|行动方案|工作方案|实施方案|自查表|清单|汇总表)"
)
_HANDED_IN: Final = re.compile(r"(?:报送|上报|呈报|提交|形成|印发|制定|编制|建立|报|交|填写)[^,。;]{0,24}$|将[^,。;]{0,12}$")
_HANDED_ON: Final = re.compile(r"[^,。;]{0,8}(?:报送?|上报|提交|送|交)")
_PHASE: Final = re.compile(
    r"\((?:时间:?|从|自)? {0,2}(?P<year>20[0-9]{2}) {0,2}年[^()]{0,24}\)|(?P<later>20[0-9]{2}) {0,2}年[^,。;]{0,24}阶段"
)
_OTHERS: Final = re.compile(r"(?:根据|按照|依据|结合|对照|参照|落实|贯彻|吸取|汲取|基于|针对|总结)[^,。;]{0,8}$")
_PASSED: Final = re.compile(
    r" ?(?:底|初|度|(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?))?(?:以来|以前|之前|前(?!完)|遗留|普查|曾|已|建成|建造|发生|发布|印发|修订"
    r"|出台|颁布|施行|登记|排查出|检查发现|事故|教训|的?(?:基础|经验|做法|清单|台账|结果|数据|名单|通知|方案|目标))"
)


def spoken_year(lines: Sequence[Line]) -> int | None:
    """The year of names of reports and of phases, else the earliest printed often and not in passing, else any."""
    named: Counter[int] = Counter()
    counted: Counter[int] = Counter()
    passing: Counter[int] = Counter()
    for line in lines:
        if "年" not in line.text:
            continue
        named.update(_named(narrow(line.text)))
        words = own_words(line.text)
        for found in _YEAR.finditer(words):
            before = words[max(0, found.start() - 12) : found.start()]
            gone = _OTHERS.search(before) or _PASSED.match(words, found.end())
            (passing if gone else counted)[int(found[1])] += 1
    usual = _usual(counted)
    if named:
        return usual if usual in named else max(named, key=lambda year: (named[year], year))
    return usual or _usual(passing)


def _named(words: str) -> list[int]:
    years = [int(found["year"] or found["later"]) for found in _PHASE.finditer(words)]
    for found in _OWN_NAME.finditer(words):
        before = words[max(0, found.start() - 30) : found.start()].rstrip('《“" ')
        handed = _HANDED_IN.search(before) or _HANDED_ON.match(words, found.end())
        if handed and not _OTHERS.search(before[-14:]):
            years.append(int(found["year"]))
    return years


def _usual(counted: Counter[int]) -> int | None:
    """The earliest of the years that are printed more than half as often as the most frequent one."""
    if not counted:
        return None
    most = max(counted.values())
    return min(year for year, times in counted.items() if times * 2 > most)
