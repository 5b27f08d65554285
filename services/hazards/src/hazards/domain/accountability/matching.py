"""Which rules an occurrence meets, and whom they name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from hazards.domain.accountability.occurrences import Occurrence
from hazards.domain.accountability.rules import BUILT_IN, Rule, RuleSet

_MEASURES: Final = UUID("5e0a7c3f-7d9b-5b52-8f0e-9a1d3c6b2e44")
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Tree:
    """What is known of units: the line of each from itself up, with levels, and its parent when something happened to it."""

    lines: Mapping[str, Sequence[tuple[str, str]]]
    parents_then: Mapping[tuple[str, datetime], str]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that an occurrence meets as far as it can be said without counting or waiting."""

    rules: RuleSet
    rule: Rule
    occurrence: Occurrence

    @property
    def key(self) -> str:
        """One for each rule and trigger event. A new version of the rules makes no second one."""
        return f"{self.rules.owner or ''}|{self.rule.id}|{self.occurrence.key}"

    def check_at(self) -> datetime | None:
        """When it shows whether it is late enough; None: at once."""
        late, due = self.rule.when.late, self.occurrence.due_at
        if late is None or due is None:
            return None
        return due + timedelta(days=late.days) + (timedelta() if late.inclusive else _MOMENT)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A measure that a rule asks for."""

    match: Match
    body_unit: str
    unit: str
    post: str | None = None
    enterprise: str | None = None

    @property
    def measure_id(self) -> UUID:
        """Follows from rule, trigger event and addressee: met again, it is the same."""
        return uuid5(_MEASURES, f"{self.match.key}|{self.unit}|{self.post or ''}|{self.enterprise or ''}")


def matches(occurrence: Occurrence, sets: Sequence[RuleSet]) -> list[Match]:
    """Return the rules that it meets. `sets` are those of its line and of its plan; all of them hold beside each other.

    The built-in rules hold where no other speaks of the trigger.
    """
    own = [(each, rule) for each in sets for rule in each.rules if rule.trigger == occurrence.trigger]
    chosen = own or [(BUILT_IN, rule) for rule in BUILT_IN.rules if rule.trigger == occurrence.trigger]
    return [Match(each, rule, occurrence) for each, rule in chosen if fits(rule, occurrence)]


def fits(rule: Rule, occurrence: Occurrence) -> bool:
    """Whether everything but repetition and lateness holds. What is not known does not hold."""
    when = rule.when
    return (
        rule.trigger == occurrence.trigger
        and (not when.grades or occurrence.grade in when.grades)
        and (not when.categories or occurrence.category in when.categories)
        and (not when.stages or occurrence.stage in when.stages)
        and (not when.kinds or occurrence.kind in when.kinds)
        and (occurrence.step is None or occurrence.step == (when.step or 1))
        and (when.repeated is None or when.repeated.of != "enterprise" or occurrence.enterprise is not None)
    )


def often_enough(match: Match, earlier: Iterable[Occurrence]) -> bool:
    """Whether it happened often enough; `earlier` are occurrences of the trigger to the same unit or enterprise.

    The one in question counts whether or not it is among them. The window is open at its start and closed at its end.
    """
    repeated = match.rule.when.repeated
    if repeated is None:
        return True
    last = match.occurrence
    since = last.at - timedelta(days=repeated.within_days)
    counted = {each.key for each in earlier if since < each.at <= last.at and fits(match.rule, each)}
    return len(counted | {last.key}) >= repeated.at_least


def proposals(match: Match, tree: Tree) -> list[Proposal]:
    """Return the measures that the rule asks for: one for each addressee, none where nobody can be named."""
    return [
        Proposal(match, body, unit, post, enterprise)
        for unit, post, enterprise in dict.fromkeys(_addressees(match, tree))
        if (body := _body(match, unit, tree)) is not None
    ]


def _addressees(match: Match, tree: Tree) -> Iterator[tuple[str, str | None, str | None]]:
    occurrence = match.occurrence
    who = occurrence.responsible
    area = tree.parents_then.get((who, occurrence.at))
    match match.rule.addressee:
        case "unit":
            yield who, None, None
        case "principal":
            yield who, "principal", None
        case "acceptor":
            yield from ((each, None, None) for each in occurrence.acceptors)
        case "area" if area is not None:
            yield area, None, None
        case "area_principal" if area is not None:
            yield area, "principal", None
        case "enterprise" if occurrence.enterprise is not None:
            yield occurrence.unit, None, occurrence.enterprise


def _body(match: Match, addressee: str, tree: Tree) -> str | None:
    """The competent body. Nobody is competent for itself: then it is the unit above; a root has nobody and is named nothing."""
    body = _named(match, addressee, tree) or match.rules.unit or _above(addressee, tree)
    return _above(addressee, tree) if body == addressee else body


def _named(match: Match, addressee: str, tree: Tree) -> str | None:
    occurrence, body = match.occurrence, match.rule.body
    match body.kind:
        case "level":
            return next((code for code, level in tree.lines.get(addressee, ())[1:] if level == body.level), None)
        case "parent":
            return _above(addressee, tree)
        case "rule_owner":
            return match.rules.unit
        case _:
            named: str | None = getattr(occurrence, body.kind)
            return named


def _above(unit: str, tree: Tree) -> str | None:
    line = tree.lines.get(unit, ())
    return line[1][0] if len(line) > 1 else None
