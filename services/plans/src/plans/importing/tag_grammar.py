"""The grammar of responsibility tags: tables of the words that give a role, and the reading of one tag by them.

A tag is a row of clauses. A clause is either a label before a list (`责任单位:甲、乙`) or a list before a role word
(`甲牵头`, `乙、丙按职责分工负责`). What a role word means may depend on what was said before it: 负责 alone makes a lead,
负责 after a lead makes a support, or the duty for an area where the list names areas.
"""

import re
from dataclasses import dataclass, field

from plans.importing.draft import ResponsibleDraft
from plans.importing.spellings import plain
from plans.importing.tag_words import LABELS, ROLES
from plans.importing.unit_names import MASKED, is_area_group, is_masked, is_person, is_unit, split_units

_ROLE_OF_LABEL = {word: role for role, table in LABELS.items() for word in table}
_LABEL_WORDS = "|".join(sorted(_ROLE_OF_LABEL, key=len, reverse=True))
LABEL = re.compile(
    rf"(?:^|(?<=[\s,;。、)\]|]))(?:及|和)?({_LABEL_WORDS})(?:及[^\s,;。:]{{2,8}})?(?:\([^()]{{0,12}}\))?"
    r" ?(?::|(?<=单位|部门|科室)[为是](?=[^主了避防保确]))"
)

_ROLE_AT_END = tuple((role, re.compile(f"(?:{words})$")) for role, words in ROLES)
_SCOPED = re.compile("(?P<list>[^负牵]{2,60}?)(?:(?P<lead>牵头负责|牵头)|(?P<duty>具体负责|负责))(?P<scope>.{2,60})$")
_ROLE_THEN_STOP = re.compile("(?:(?<=牵头)|(?<=负责)|(?<=配合)|(?<=协助)|(?<=参与))[、 ]")
_NEXT_SCOPE = re.compile("、(?=[^、,;。]{2,20}负责)")
_CLAUSE_END = re.compile(r"[,;。\n:]")
# 具体任务均涉及各县区政府: all of them answer for their area.
_CONCERNED = re.compile("[^及]{0,10}[均都]涉及")
_LEAD_INSIDE = re.compile("(?P<lead>[^牵]{2,40})牵头(?!单位|部门|科室|机构)(?:负责|组织)?(?:,|会同|联合)?(?P<rest>.+)$")
_WITH = re.compile("(?<=.)(?:会同|联合(?![会国]))(?=.)")
# What a unit does, behind its name.
_DOING = re.compile(
    r"(?<=..)(?:派驻?(?!出所)|选派|抽调|安排|提供|组织(?!部|办|委|科|处)|给予|配备|做好|抓好|加强|负责|开展|落实|积极|全力|依法|出动|参加|参与|及时|根据|按照?)[^、,;]{1,16}$"
)
CARRIES = re.compile("以下(?:各项|任务|专题|内容)?(?:均|都|同|不再)|(?:下同|不再(?:一一)?列出|不再(?:一一)?列举)")
FIRST_LEADS = re.compile("(?:排|列)(?:名)?(?:在|于)?(?:首位|第一位?|最前面?)(?:的|者)?(?:责任)?(?:单位|部门)?[为是]?牵头")
"""列第一位的为牵头单位: of every list of responsible units the first one leads."""
# 甲、乙,丙配合 behind a label: the role word belongs to what stands behind the last comma.
_TAKES_PART = re.compile(
    r"(?P<list>[^。]{2,200}[^,;。 ]) ?[,;] ?(?P<tail>[^,;。牵头主办]{2,60}?)"
    r"(?:予以|给予|负责|做好|共同|密切|积极|协同|协作)?(?:配合|协助|协办|参与|参加|支持)$"
)
_GRADE = re.compile("(?:责任人|负责人|责任同志)$")


@dataclass(frozen=True, slots=True)
class TagContent:
    """What one tag says. `scopes` pairs a lead with the part that it leads, where the tag prints one."""

    leads: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    open_list: bool = False
    territorial: tuple[str, ...] = ()
    responsible: tuple[ResponsibleDraft, ...] = ()
    scopes: tuple[tuple[str, str], ...] = ()
    blank: bool = False
    """A role is named and its place left empty."""
    carries: bool = False
    """以下…不再列出: the territorial duty holds for all that follows."""
    confidence: float = 1.0

    @property
    def all_supports(self) -> tuple[str, ...]:
        """Who supports the leads, the areas behind them included."""
        return self.supports + tuple(name for name in self.territorial if name not in self.supports and name not in self.leads)

    @property
    def says_something(self) -> bool:
        return bool(self.leads or self.supports or self.territorial or self.responsible or self.blank)


@dataclass
class _Reading:
    leads: list[str] = field(default_factory=list)
    supports: list[str] = field(default_factory=list)
    territorial: list[str] = field(default_factory=list)
    duty: list[str] = field(default_factory=list)
    responsible: list[ResponsibleDraft] = field(default_factory=list)
    scopes: list[tuple[str, str]] = field(default_factory=list)
    open_list: bool = False
    blank: bool = False
    doubts: int = 0

    def add(self, role: str, text: str, scope: str = "") -> None:
        units = split_units(text)
        has_lead = bool(self.leads) and not scope
        self.open_list = self.open_list or units.open_list
        for name in units.names:
            if is_masked(name):
                self.blank = True
            elif is_person(name) and role in {"lead", "duty"}:
                self.responsible.append(ResponsibleDraft(name=name))
            else:
                self._place(role, name, has_lead=has_lead)
                self.doubts += not is_unit(name)
                if scope:
                    self.scopes.append((name, scope))

    def _place(self, role: str, name: str, *, has_lead: bool) -> None:
        if role == "territorial" or (role in {"duty", "share"} and has_lead and is_area_group(name)):
            target = self.territorial
        elif role == "label duty":
            target = self.duty
        elif role == "lead":
            target = self.leads
        elif role == "support" or (role in {"duty", "share", "sector"} and has_lead):
            target = self.supports
        else:
            target = self.leads
        if name not in target:
            target.append(name)

    def content(self, source: str) -> TagContent:
        leads, supports = self.leads, self.supports
        if self.leads:
            supports = [*supports, *(name for name in self.duty if name not in self.leads and name not in supports)]
        else:
            leads = self.duty
        names = len(leads) + len(supports) + len(self.territorial)
        return TagContent(
            leads=tuple(leads),
            supports=tuple(supports),
            open_list=self.open_list,
            territorial=tuple(self.territorial),
            responsible=tuple(self.responsible),
            scopes=tuple(self.scopes),
            blank=self.blank,
            carries=CARRIES.search(source) is not None,
            confidence=1.0 if not names else round(max(0.5, 1 - 0.5 * self.doubts / names), 2),
        )


def read_labels(text: str) -> TagContent | None:
    """A tag of labels (责任单位:…;配合单位:…); None where `text` does not begin with one."""
    marks = list(LABEL.finditer(plain(text)))
    if not marks or plain(text[: marks[0].start()]).strip(" ,;"):
        return None
    reading = _Reading()
    for place, mark in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        value = _without_explanation(text[mark.end() : end])
        _read_label(reading, mark.group(1), value.strip(" \n,;、\uff0c\uff1b"))
    content = reading.content(text)
    return content if content.says_something else None


def _without_explanation(value: str) -> str:
    """责任单位:甲。各企业要派人参加: what stands behind a full stop explains, unless it names who else answers."""
    listed, _, rest = value.partition("。")
    return value if CARRIES.search(rest) or _CONCERNED.match(rest) else listed


def _read_label(reading: _Reading, label: str, value: str) -> None:
    role = _ROLE_OF_LABEL[label]
    if role == "other":
        return
    if role == "person":
        _read_persons(reading, label, value)
    elif tail := _TAKES_PART.match(plain(value)):
        _read_label(reading, label, value[: tail.end("list")])
        reading.add("support", value[tail.start("tail") : tail.end("tail")])
    elif not value or MASKED.fullmatch(value):
        reading.blank = reading.blank or role in {"lead", "duty"}
    elif (inner := read_clauses(value)) is not None and inner.leads:
        for name in inner.leads:
            reading.add("lead", name)
        for name in inner.supports:
            reading.add("support", name)
        reading.territorial.extend(inner.territorial)
        reading.open_list = reading.open_list or inner.open_list
    else:
        reading.add("label duty" if role == "duty" else role, value)


def _read_persons(reading: _Reading, label: str, value: str) -> None:
    grade = _GRADE.sub("", label) or None
    names = split_units(value).names
    if not names or all(is_masked(name) for name in names):
        reading.blank = True
        reading.responsible.append(ResponsibleDraft(name="", grade=grade))
        return
    reading.responsible.extend(ResponsibleDraft(name=name, grade=grade) for name in names if len(name) <= 30)


def read_clauses(text: str) -> TagContent | None:
    """A tag of lists before role words (甲牵头,乙、丙等按职责分工负责); None where it does not read as one."""
    flat = _ROLE_THEN_STOP.sub(",", plain(text))
    if flat.count("负责") > 1:
        flat = _NEXT_SCOPE.sub(",", flat)
    reading = _Reading()
    pending = ""
    certain = False
    start = 0
    for end in (*(stop.start() for stop in _CLAUSE_END.finditer(flat)), len(flat)):
        clause, printed = flat[start:end].strip(), text[start:end].strip()
        start = end + 1
        if not clause or CARRIES.search(clause):
            continue
        role, listed, scope = _role_of(clause, printed)
        if role is None:
            pending = _joined(pending, printed) if _is_list(printed) else ""
            reading.doubts += not pending
        else:
            certain = _take(reading, role, _joined(pending, listed), scope) or certain
            pending = ""
    if pending and reading.leads and all(is_unit(name) for name in split_units(pending).names):
        reading.add("support", pending)
    content = reading.content(text)
    return content if certain and content.says_something else None


def _joined(first: str, second: str) -> str:
    return f"{first}、{second}" if first and second else first or second


def _is_list(printed: str) -> bool:
    names = split_units(printed).names
    return bool(names) and all(is_unit(name) or len(name) <= 12 for name in names)


def _role_of(clause: str, printed: str) -> tuple[str | None, str, str]:
    """Role, the printed list and the scope of a clause."""
    for role, words in _ROLE_AT_END:
        found = words.search(clause)
        if found:
            return role, printed[: found.start()], ""
    concerned = _CONCERNED.match(clause)
    if concerned:
        return "territorial", printed[concerned.end() :], ""
    scoped = _SCOPED.match(clause)
    if scoped and all(is_unit(name) for name in split_units(printed[: scoped.end("list")]).names):
        return ("lead" if scoped["lead"] else "duty"), printed[: scoped.end("list")], printed[scoped.start("scope") :]
    return None, "", ""


def _without_doing(listed: str) -> str:
    """县交警大队派驻警力(配合): without the words that tell how the unit listed last takes part."""
    found = _DOING.search(plain(listed))
    names = split_units(listed[: found.start()]).names if found else ()
    return listed[: found.start()] if found and names and is_unit(names[-1]) else listed


def _take(reading: _Reading, role: str, listed: str, scope: str) -> bool:
    """Whether the list before the role word convinces: units, posts, persons, or a blank to be filled in."""
    inner = _LEAD_INSIDE.match(plain(listed))
    if inner:
        reading.add("lead", listed[: inner.end("lead")])
        listed, role = listed[inner.start("rest") :], "support"
    elif role in {"lead", "duty", "sector"} and (together := _WITH.search(listed)):
        reading.add("support", listed[together.end() :])
        listed = listed[: together.start()]
    if role in {"support", "duty", "lead"}:
        listed = _without_doing(listed)
    names = split_units(listed).names
    if not names:
        return inner is not None
    good = sum(is_unit(name) or is_masked(name) or (is_person(name) and role in {"lead", "duty"}) for name in names)
    if role in {"lead", "share"}:
        # The role word is sure enough to believe short names of any form.
        good += sum(2 <= len(name) <= 10 and not is_unit(name) for name in names)
    if good * 2 < len(names):
        return False
    reading.add(role, listed, scope)
    return True
