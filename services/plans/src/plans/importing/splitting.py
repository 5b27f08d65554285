"""Where one plan ends and the next begins, in a file that may hold several without titles.

The lines are walked once. A line opens a new plan when it is
- a title or a document number below the body of a plan;
- an opening sentence (为…,制定本方案) below the body of a plan;
- 一、 again, or the sentence that parts the time into phases again: then the plan begins with the loose paragraphs above it;
- anything but an attachment or a footer below the closing line with the date of issue.
What stands under 附件 belongs to its plan, except another plan with an opening of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from plans.importing.lines import Line
from plans.importing.signs import Sign, sign_of
from plans.importing.widths import narrow

_HEAD_SIGNS: Final = frozenset(
    {Sign.META, Sign.NUMBER, Sign.TITLE, Sign.NOTICE, Sign.ISSUER, Sign.DATE, Sign.SHORT, Sign.TAIL, Sign.ATTACHMENT}
)
_LOOSE: Final = frozenset({Sign.TEXT, Sign.LEADERS, Sign.SHORT, Sign.OPENING})
_BELOW_DATE: Final = frozenset({Sign.TAIL, Sign.ISSUER, Sign.DATE, Sign.SHORT})
_NUMBERED: Final = frozenset({Sign.HEADING, Sign.ITEM, Sign.CHAPTER})
_FIRST_PHASE: Final = re.compile(r"([(]?一[)、]|1[.、])\s*(宣传|思想)?(动员|发动|启动|部署)\S{0,6}(阶段|[(])")
_TITLE_BEGINS: Final = ("关于", "《")
_HEAD_ENDS: Final = ("文件", "办公室", "政府", "委员会", "局", "关于", "印发", "转发")
"""How the lines above a title end: its issuer, or the first lines of a title that is broken over several."""
# 附件:1.… only names what is attached; below 附件1 stands the attachment itself.
_LISTED: Final = re.compile("附件?:")
_WALK_BACK: Final = 12
_HEAD_WALK_BACK: Final = 4
_LOOK_AHEAD: Final = 6
_HEADING_ONLY: Final = 36
_PARTED: Final = re.compile("[,;]")
_ENOUGH_BODY: Final = 3
_SCRAP_CHARACTERS: Final = 400


@dataclass(slots=True)
class _Plan:
    """What has been seen of the plan that is being walked through."""

    start: int
    titles: list[str] = field(default_factory=list)
    body: int = 0
    numbered: bool = False
    headings: int = 0
    phases: bool = False
    attached: bool = False
    closed: bool = False

    def take(self, sign: Sign, text: str, before: Sign | None) -> None:
        if sign is Sign.TITLE and self.sends_out(text):
            self.titles, self.body, self.headings = [text], 0, 0
            self.numbered = self.phases = self.attached = self.closed = False
        elif sign is Sign.TITLE and not self.body:
            self.titles.append(text)
        if sign is Sign.ATTACHMENT:
            self.attached, self.closed = self.attached or not _LISTED.match(narrow(text)), False
        if sign is Sign.CHAPTER:
            self.headings = 0
        if sign is Sign.HEADING:
            self.headings += 1
        self.phases |= sign is Sign.PHASES or (sign is Sign.ITEM and _FIRST_PHASE.match(narrow(text)) is not None)
        self.numbered |= sign in _NUMBERED
        if sign not in _HEAD_SIGNS:
            self.body += 1
        if sign is Sign.DATE and self.has_body and before is not Sign.HEADING and not self.attached:
            self.closed = True

    def sends_out(self, title: str) -> bool:
        """The title stands in that of the covering notice: 关于印发…方案的通知."""
        return any(sent.endswith("通知") and sent != title and title.strip("《》 ") in sent for sent in self.titles)

    @property
    def has_body(self) -> bool:
        """A covering notice may have paragraphs of its own; the plan it sends out still belongs to it."""
        sends = any(title.endswith("通知") for title in self.titles)
        return self.numbered if sends else self.body > 0


def sections_of(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Part the lines of a file into plans, in their order. Lines that belong to none, above the first or below the last, go."""
    signs = [sign_of(line.text) for line in lines]
    starts = _starts(lines, signs)
    parts = [tuple(lines[start:end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    with_signs = zip(parts, [signs[start : start + len(part)] for start, part in zip(starts, parts, strict=True)], strict=True)
    found = [part for part, own in with_signs if not _is_scrap(part, own)]
    return found or [part for part in parts if part][:1]


def _starts(lines: Sequence[Line], signs: Sequence[Sign]) -> list[int]:
    plan = _Plan(0)
    starts = [0]
    for at, (line, sign) in enumerate(zip(lines, signs, strict=True)):
        begin = _begin(plan, lines, signs, at)
        if begin is not None and begin > plan.start:
            plan = _Plan(begin)
            starts.append(begin)
            for again in range(begin, at):
                plan.take(signs[again], lines[again].text, signs[again - 1])
        plan.take(sign, line.text, signs[at - 1] if at else None)
    return starts


def _begin(plan: _Plan, lines: Sequence[Line], signs: Sequence[Sign], at: int) -> int | None:
    """Return where the plan begins that the line shows to be another one; None where the line goes on in the same plan."""
    sign, text = signs[at], lines[at].text
    if sign is Sign.TITLE and plan.sends_out(text):
        return None
    if plan.closed and sign not in _BELOW_DATE and sign is not Sign.ATTACHMENT:
        return _head_start(plan, lines, signs, at)
    titled = sign in {Sign.TITLE, Sign.NUMBER} and plan.has_body
    opens = sign is Sign.OPENING and ((plan.numbered and plan.body > 1) or (plan.has_body and plan.body >= _ENOUGH_BODY))
    if plan.attached:
        another = opens or (titled and _opens_below(signs, at))
        return _head_start(plan, lines, signs, at) if another else None
    if titled or opens:
        return _head_start(plan, lines, signs, at)
    return _again(plan, lines, signs, at)


def _again(plan: _Plan, lines: Sequence[Line], signs: Sequence[Sign], at: int) -> int | None:
    """What a plan says once comes again: its first heading, or the sentence that parts its time into phases."""
    if signs[at] is Sign.HEADING and lines[at].text.startswith("一、") and plan.headings > 1:
        return _loose_start(plan, lines, signs, at)
    if signs[at] is Sign.PHASES and plan.phases:
        begin = _loose_start(plan, lines, signs, at)
        return begin if begin < at else None  # a topic of the same plan may have phases of its own
    return None


def _opens_below(signs: Sequence[Sign], at: int) -> bool:
    """An attachment is a plan of its own when it opens like one."""
    return Sign.OPENING in signs[at + 1 : at + 1 + _LOOK_AHEAD]


def _head_start(plan: _Plan, lines: Sequence[Line], signs: Sequence[Sign], at: int) -> int:
    """Walk back over the short lines right above that belong to a head: the issuer's name, the first line of a long title."""
    begin = at
    while begin - 1 > plan.start and at - begin < _HEAD_WALK_BACK:
        above, text = signs[begin - 1], lines[begin - 1].text
        named = above in {Sign.ISSUER, Sign.SHORT} and (text.startswith(_TITLE_BEGINS) or text.endswith(_HEAD_ENDS))
        if not (named or above in {Sign.NUMBER, Sign.TITLE, Sign.META}):
            break
        begin -= 1
    return begin


def _loose_start(plan: _Plan, lines: Sequence[Line], signs: Sequence[Sign], at: int) -> int:
    """Walk back over loose paragraphs; the one right below a bare heading is that heading's own text."""
    begin = at
    while begin - 1 > plan.start + 1 and at - begin < _WALK_BACK:
        above, over = begin - 1, begin - 2
        own_text = (
            signs[over] in _NUMBERED and len(lines[over].text) <= _HEADING_ONLY and not _PARTED.search(narrow(lines[over].text))
        )
        if signs[above] not in _LOOSE or (own_text and signs[above] is not Sign.LEADERS):
            break
        begin = above
    return begin


def _is_scrap(part: Sequence[Line], signs: Sequence[Sign]) -> bool:
    """Nothing but titles, or a few words without any sign of a plan: a list of links, the chatter of a web page."""
    if all(sign in _HEAD_SIGNS for sign in signs):
        return True
    if any(sign in _NUMBERED or sign in {Sign.OPENING, Sign.TITLE, Sign.NUMBER, Sign.PHASES} for sign in signs):
        return False
    return sum(len(line.text) for line in part) < _SCRAP_CHARACTERS
