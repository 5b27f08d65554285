"""What the reporting sentences of an imported draft propose as obligations: printed names become levels and units.

A proposal is a draft for a person. What a sentence leaves open is said in notes, and nothing is guessed beyond the tables here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from types import MappingProxyType
from typing import Final

from contracts.events.plans import Obligation, Reporters
from contracts.rhythms import flaws, keyed_alike
from plans.domain.names import Names, Near
from plans.domain.obligations import ROLL_UP, rhythm
from plans.domain.proposed_bounds import Bounds
from plans.domain.readiness import Note
from plans.importing.draft import ObligationDraft
from plans.importing.role_rhythms import is_inspection

_LEVELS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "社区": ("community", "village"),
        "村": ("village",),
        "居委": ("community", "village"),
        "街道": ("street", "town"),
        "镇": ("town",),
        "乡": ("town",),
        "县": ("county",),
        "区": ("county", "district"),
        "市": ("city", "county"),
        "州": ("city", "prefecture"),
        "省": ("province",),
    }
)
"""Words of administrative levels, longer ones first, and the keys that a tree may use for them."""
_LEVEL_WORD: Final = re.compile("|".join(_LEVELS))
_RHYTHMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "day": "daily",
        "working_day": "working-daily",
        "week": "weekly",
        "month": "monthly",
        "quarter": "quarterly",
        "half_year": "half-yearly",
        "year": "yearly",
        "dates": "dated",
        "event": "on-event",
    }
)
_MOST: Final = 100
"""As many as a plan takes that somebody writes."""
_MOST_RECIPIENTS: Final = 20
LEFT_OUT: Final = "obligation_left_out"
_DAILY: Final = frozenset({"day", "working_day"})
_REMIND: Final = ((timedelta(minutes=30),), (timedelta(days=1),))
_ESCALATE: Final = ((timedelta(0), timedelta(minutes=10)), (timedelta(0), timedelta(days=1)))
"""Plans print neither: reminders and steps for daily reports, and for all others."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The units near the issuer: their names, and their levels from the issuer downwards."""

    names: Names
    levels: tuple[str, ...]

    @classmethod
    def of(cls, near: Sequence[Near]) -> "Tree":
        """`near`: the issuer first, parents before children."""
        return cls(Names(near), tuple(dict.fromkeys(unit.level for unit in near)))

    def level_of(self, printed: str) -> str | None:
        """The level that printed words speak of: the last level word counts (镇各村 are villages)."""
        for found in reversed(_LEVEL_WORD.findall(printed)):
            if level := next((level for level in _LEVELS[found] if level in self.levels), None):
                return level
        return None

    def above(self, level: str) -> str | None:
        """The level directly above; None above the issuer."""
        place = self.levels.index(level)
        return self.levels[place - 1] if place else None


def proposed_obligations(drafts: Sequence[ObligationDraft], tree: Tree) -> tuple[tuple[Obligation, ...], tuple[Note, ...]]:
    """Return the obligations that a plan could carry, chained where one level sums the one below, and what was left open."""
    bounds = Bounds()
    notes = bounds.notes
    found: list[Obligation] = []
    for index, draft in enumerate(drafts):
        path = f"obligations.{index}"
        if is_inspection(draft):
            continue
        if len(found) == _MOST:
            notes.append(_left_out(draft, path))
            continue
        if blocked := next(_unusable(draft, path), None):
            notes.append(blocked)
            continue
        recipients, open_names = _recipients(draft, tree)
        notes += [_unresolved(name, f"{path}.recipients") for name in open_names]
        if len(recipients) > _MOST_RECIPIENTS:
            notes.append(_too_many_recipients(draft, f"{path}.recipients"))
        reporters = bounds.name(draft.reporters, f"{path}.reporters") or draft.reporters
        cut = draft.model_copy(update={"reporters": reporters})
        found.append(_obligation(cut, tree, recipients[:_MOST_RECIPIENTS], {each.id for each in found}))
    return tuple(_chained(found, tree)), tuple(notes)


def _left_out(draft: ObligationDraft, path: str) -> Note:
    message = f"报送事项超过上限{_MOST}项,“{draft.text[:50]}”没有列入草稿;请把方案拆成几个后补录"
    return Note("warns", LEFT_OUT, path, message)


def _too_many_recipients(draft: ObligationDraft, path: str) -> Note:
    message = f"“{draft.text[:50]}”的接收单位超过上限{_MOST_RECIPIENTS}个,其余没有列入草稿;请分成几项报送"
    return Note("warns", "items_left_out", path, message)


def _unresolved(name: str, path: str) -> Note:
    return Note("warns", "recipient_unresolved", path, f"“{name}”没有对应到单位,暂报上级单位")


def _unusable(draft: ObligationDraft, path: str) -> Iterator[Note]:
    if not draft.reporters:
        yield Note("warns", "reporter_blank", f"{path}.reporters", f"“{draft.text[:50]}”没有写明报送单位,未列入报送事项")
    if flaws(draft.schedule):
        yield Note("warns", "rhythm_unresolved", f"{path}.schedule", f"“{draft.text[:50]}”没有确定报送时间,未列入报送事项")


def _recipients(draft: ObligationDraft, tree: Tree) -> tuple[tuple[str, ...], list[str]]:
    """Codes of recipients other than the parent, and names that mean nobody here."""
    level = tree.level_of(draft.reporters)
    codes: list[str] = []
    unknown: list[str] = []
    for name in draft.recipients:
        if level is not None and tree.level_of(name) == (tree.above(level) or object()):
            continue
        if unit := tree.names.resolve(name).unit:
            codes.append(unit.code)
        elif level is None or tree.above(level) is not None:
            unknown.append(name)
    return tuple(dict.fromkeys(codes)), unknown


def _obligation(draft: ObligationDraft, tree: Tree, recipients: tuple[str, ...], taken: set[str]) -> Obligation:
    schedule = draft.schedule
    level = tree.level_of(draft.reporters)
    unit = tree.names.resolve(draft.reporters).unit if level is None else None
    stem = f"{level or 'unit'}-{_RHYTHMS.get(schedule.every, schedule.every)}"
    plain = schedule.every == "day" and schedule.at is not None and schedule.on_holiday == "keep"
    bounded = schedule.effective_from is not None or schedule.effective_until is not None
    daily = schedule.every in _DAILY
    waits = schedule.every != "event"
    return Obligation(
        id=next(name for name in _names(stem) if name not in taken),
        type="zero_report" if draft.zero_report else "report",
        reporters=Reporters(level=level) if level else Reporters(units=(unit.code if unit else draft.reporters,)),
        recipients=recipients,
        every=schedule.every,
        cutoff=schedule.at or time(0),
        schedule=None if plain and not bounded else schedule,
        remind_before=_REMIND[not daily] if waits else (),
        escalate_after=_ESCALATE[not daily] if waits else (),
    )


def _names(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in range(2, 1000))


def _chained(obligations: Sequence[Obligation], tree: Tree) -> Iterator[Obligation]:
    """What a level owes to its parent sums what the level below owes to it in the same rhythm (汇总上报)."""
    sums: dict[str, Obligation] = {}
    for lower in obligations:
        upper = next((each for each in obligations if _sums(each, lower, tree)), None)
        if upper is not None:
            sums[lower.id] = upper
    targets = {upper.id for upper in sums.values()}
    for each in obligations:
        into = sums.get(each.id)
        update: dict[str, object] = {"rolls_up_into": into.id if into else None}
        yield each.model_copy(update=update | ({"type": ROLL_UP} if each.id in targets else {}))


def _sums(upper: Obligation, lower: Obligation, tree: Tree) -> bool:
    levels = upper.reporters.level, lower.reporters.level
    if levels[0] is None or levels[1] is None or lower.recipients or lower.every in ("event", "dates"):
        return False
    return tree.above(levels[1]) == levels[0] and keyed_alike(rhythm(lower), rhythm(upper))
