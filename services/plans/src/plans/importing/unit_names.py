"""Names of units as plans print them: what ends a name, what joins two of them, what only looks like it does."""

import re
from dataclasses import dataclass

from plans.importing.spellings import plain
from plans.importing.unit_words import (
    AREA_PARTS,
    DOUBLES,
    FIRST_HALVES,
    HALF_NAMES,
    POST_ENDS,
    SENTENCE_WORDS,
    SURNAMES,
    UNIT_ENDS,
)

_UNIT_TAIL = re.compile(f"(?:{'|'.join(UNIT_ENDS)})$")
_POST_TAIL = re.compile(f"(?:{'|'.join(POST_ENDS)})$")
_DOUBLES = re.compile("|".join(DOUBLES))
# 设备管理处, 后勤服务中心: the second half of a name that two duties share.
_MANAGES = re.compile(
    "(?:管理|服务|建设|保障|发展|监管|监督|治理|运行|运营|安全|设备|设施|资产|维护|规划|工作|技术|信息)"
    "(?:总?局|处|科|股|部|办|室|组|中心|办公室|委员会|公司)$"
)
_LEVEL = re.compile("^(?:[省市县区镇乡州]|街道|自治区|各)+")
# 等 at the end of a list, alone or before what the listed ones are.
_OPEN = re.compile(
    r"(?<![高中初优平同])等(?:\d+|[二三四五六七八九十]+)?[个家]?"
    r"[省市县区镇乡州]?(?:其他|其它|有关|相关|各|职能|成员|责任|行业|主管|监管|[省市县区镇乡州]直|[省市县区镇乡州]级|业务|涉及|专业|执法|重点|负责|上述|以上|多个|参与|配合)*"
    r"(?:部门|单位|科室|机构|股室|处室|站所|办所|组织|企业)?(?:和单位)?$"
)
_VAGUE = re.compile("(?:有关|相关|其他|其它)[^、]{0,6}(?:部门|单位|科室|机构|股室|处室|站所|企业|组织)$")
_LEADING = re.compile("^(?:并?由|请|其中|主要由|具体由|一并由|分别由)(?=.{2})")
_TRAILING = re.compile("(?:结合实际|共同|联合|分别|双|具体|统一|一并|主要|依法|各自|协同|密切|积极|也|均|要)+$")
# Limits and remarks that stand at the end of a list: 6月底完成, 长期坚持.
_NO_NAME = re.compile(r"\d(?:年|月|日|个工作日)|年底|月底|完成$|^(?:长期|持续|常态|全年|立即|即时)|(?:下同|除外|不再列出)$")
_TAIL_BRACKET = re.compile(r"[(\[〈][^()\[\]〈〉]{0,40}[)\]〉]$")
_SENTENCE_WORDS = re.compile("|".join(SENTENCE_WORDS))
_AREAS = re.compile(f"(?:{'|'.join(AREA_PARTS)})+$")
LONGEST_DUTY = 4
"""A duty that stands for a unit (公安, 市场监管) has so many characters at most."""
MASKED = re.compile(r"[\s_—×✕xX*✱○〇□△?…\.\uff38\uff58\uff0a\uff3f-]+|某+|待定|空缺")
"""A blank to be filled in: ___, ×××, XX, ***. Matched against the whole name."""


@dataclass(frozen=True, slots=True)
class UnitList:
    """Printed names in printed order; `open_list` where 等 ends it or where it names 有关部门."""

    names: tuple[str, ...]
    open_list: bool


def is_masked(name: str) -> bool:
    """Whether the name is only a blank to be filled in."""
    return not name or MASKED.fullmatch(name) is not None


def is_unit(name: str) -> bool:
    """Whether the name ends like a unit, a group of units or a post and holds no word that only sentences have."""
    bare = _TAIL_BRACKET.sub("", plain(name).strip())
    if not 2 <= len(bare) <= 32 or _SENTENCE_WORDS.search(bare):
        return False
    return _UNIT_TAIL.search(bare) is not None or is_post(bare)


def is_post(name: str) -> bool:
    """Whether the name is a post or a kind of person (校长, 班主任, 网格员)."""
    return _POST_TAIL.search(_TAIL_BRACKET.sub("", plain(name).strip())) is not None and len(name) <= 20


def is_person(name: str) -> bool:
    """Whether it looks like a personal name: two or three characters that begin with a common surname, or a half-masked one."""
    bare = name.strip()
    return 2 <= len(bare) <= 3 and bare[0] in SURNAMES and _UNIT_TAIL.search(bare) is None and not is_post(bare)


def is_area_group(name: str) -> bool:
    """Whether it names areas: 各镇街, 各县(市、区)人民政府, 各村(社区)."""
    return _AREAS.match(plain(name)) is not None


def split_units(text: str) -> UnitList:
    """The names in a printed list. Joints: 、 , ; / 和 与 及 以及 and blanks, none of them inside brackets."""
    names: list[str] = []
    open_list = False
    for piece in _pieces(text):
        for half in _halves(piece.strip(" \n。.:\uff1a")):
            ending = _OPEN.search(plain(half))
            name = half[: ending.start()] if ending else half
            open_list = open_list or ending is not None
            cleaned = _TRAILING.sub("", _LEADING.sub("", name.strip()))
            if not cleaned or cleaned in {"各", "其", "其他", "我们"} or _NO_NAME.search(plain(cleaned)):
                continue
            open_list = open_list or _VAGUE.search(cleaned) is not None
            if cleaned not in names:
                names.append(cleaned)
    return UnitList(tuple(names), open_list)


def _pieces(text: str) -> list[str]:
    """Cut at the marks that always part two names, outside brackets."""
    pieces: list[str] = []
    depth = start = 0
    for place, mark in enumerate(plain(text)):
        if mark in "([〈":
            depth += 1
        elif mark in ")]〉":
            depth = max(0, depth - 1)
        elif depth == 0 and mark in "、,;/ \n|":
            pieces.append(text[start:place])
            start = place + 1
    pieces.append(text[start:])
    return [piece for piece in pieces if piece.strip()]


_JOINT = re.compile("以及|会同|及其所属|及其|[和与及暨]")


def _halves(item: str) -> list[str]:
    """Cut at 和, 与, 及 where what stands before is a whole name by itself."""
    names: list[str] = []
    start = 0
    for joint in _JOINT.finditer(item):
        if joint.group() in {"及其", "及其所属"} or _within_bracket(item, joint.start()):
            continue
        left, right = item[start : joint.start()], item[joint.end() :]
        if right and _stands_alone(left, right):
            names.append(left)
            start = joint.end()
    names.append(item[start:])
    return names


def _within_bracket(item: str, place: int) -> bool:
    before = plain(item[:place])
    return before.count("(") + before.count("[") > before.count(")") + before.count("]")


def _stands_alone(left: str, right: str) -> bool:
    bare = _TAIL_BRACKET.sub("", plain(left))
    core = _LEVEL.sub("", bare)
    if core in FIRST_HALVES and not bare.startswith("各") and _MANAGES.search(plain(right)):
        return False
    if core in HALF_NAMES and not (bare.startswith("各") and right.startswith("各")):
        return _UNIT_TAIL.search(right) is not None and right[-2:] in {"部门", "单位", "学校", "企业"}
    if len(bare) >= 2 and (_UNIT_TAIL.search(bare) is not None or is_post(bare)):
        return True
    # 公安和交通部门 and 公安和应急等部门 are two each, 住房和城乡建设部门 and 政务和数据局等单位 are one.
    called = _OPEN.sub("", plain(right))
    opened = called != plain(right)
    bare_duty = called.endswith(("部门", "单位")) or (opened and _UNIT_TAIL.search(called) is None)
    return bare_duty and 1 < len(core) <= LONGEST_DUTY and _DOUBLES.search(f"{left}和{right}") is None
