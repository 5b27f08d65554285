"""What must be concluded, worked out from facts alone: no rows, no deadlines, no order of arrival.

`before(instant)` forgets everything from an instant on; what falls due at an instant is decided on that. Slow on purpose.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from contracts.events.plans import Obligation

ZONE = ZoneInfo("Asia/Shanghai")
ISSUER = "C"
Slot = tuple[str, str, date]
Sums = dict[str, Decimal]


@dataclass(frozen=True)
class Place:
    unit: str
    parent: str | None
    since: datetime  # it counts for what falls due after it
    until: datetime | None = None  # … up to and including this


@dataclass(frozen=True)
class Version:
    number: int  # in the order of acceptance, over everything
    slot: Slot
    at: datetime
    zero: bool
    items: Sums


@dataclass(frozen=True)
class Hazard:
    number: int
    unit: str
    day: date
    at: datetime


@dataclass
class Facts:
    levels: dict[str, str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    revisions: list[tuple[datetime, dict[str, Obligation]]] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    rolled_up: dict[Slot, int] = field(default_factory=dict)  # the numbers of submitted roll-ups
    exempt: dict[Slot, datetime] = field(default_factory=dict)
    hazards: list[Hazard] = field(default_factory=list)

    def before(self, instant: datetime) -> "Facts":
        """What had happened strictly before an instant."""
        places = [
            replace(place, until=place.until if place.until is not None and place.until < instant else None)
            for place in self.places
            if place.since < instant
        ]
        return Facts(
            self.levels,
            places,
            [revision for revision in self.revisions if revision[0] < instant],
            [version for version in self.versions if version.at < instant],
            self.rolled_up,
            {slot: when for slot, when in self.exempt.items() if when < instant},
            [hazard for hazard in self.hazards if hazard.at < instant],
        )

    def slots(self) -> Iterator[tuple[Slot, Obligation, str | None]]:
        """Every report that is owed, under which definition and parent."""
        keys = {key for _, obligations in self.revisions for key in obligations}
        first = min(at for at, _ in self.revisions).astimezone(ZONE).date() if self.revisions else date.max
        for key in sorted(keys):
            for day in (first + timedelta(days=number) for number in range(3)):
                duty = self.duty(key, day)
                if duty is None:
                    continue
                for unit, level in self.levels.items():
                    parents = self.line(unit, cutoff(duty, day))
                    if level == duty.reporters.level and parents[-1:] == [ISSUER]:
                        yield (key, unit, day), duty, parents[1] if unit != ISSUER else None

    def duty(self, key: str, day: date) -> Obligation | None:
        """The definition that a period falls under: the last one before its cut-off, by that definition or the one before."""
        found: Obligation | None = None
        dropped = False
        for at, obligations in self.revisions:
            if found is not None and not dropped and cutoff(found, day) <= at:
                return found
            given = obligations.get(key)
            if given is not None and cutoff(given, day) > at:
                found, dropped = given, False
            elif given is None and found is not None:
                dropped = True
        return None if dropped else found

    def line(self, unit: str, instant: datetime) -> list[str]:
        """The unit and what it stood under at an instant, up to the issuer or to where nothing is known."""
        codes: list[str] = []
        code: str | None = unit
        while code is not None:
            here = [place for place in self.places if place.unit == code and place.since < instant]
            here = [place for place in here if place.until is None or place.until >= instant]
            if not here or code in codes:
                break
            codes.append(code)
            if code == ISSUER:
                break
            code = here[-1].parent
        return codes

    def of(self, slot: Slot) -> list[Version]:
        return [version for version in self.versions if version.slot == slot]

    def children(self, slot: Slot) -> list[Slot]:
        key, unit, day = slot
        return [child for child, duty, parent in self.slots() if duty.rolls_up_into == key and parent == unit and child[2] == day]

    def sums(self, slot: Slot) -> Sums:
        total: Sums = {}
        for child in self.children(slot):
            for name, value in self.of(child)[-1].items.items() if self.of(child) else ():
                total[name] = total.get(name, Decimal(0)) + value
        return total

    def missing(self, slot: Slot) -> list[str]:
        return sorted({child[1] for child in self.children(slot) if not self.of(child) and child not in self.exempt})

    def restated(self, slot: Slot) -> bool:
        number = self.rolled_up.get(slot)
        newest = [self.of(child)[-1].number for child in self.children(slot) if self.of(child)]
        return number is not None and any(each > number for each in newest)

    def verdict(self, slot: Slot, duty: Obligation) -> str:
        if found := self.of(slot):
            return "on_time" if found[0].at < cutoff(duty, slot[2]) else "late"
        return "exempt" if slot in self.exempt else "missed"

    def due(self, instant: datetime) -> Iterator[tuple[str, Slot, int]]:
        """What falls due at an instant: reminders and steps about whoever owes a report then and is silent."""
        known = self.before(instant)
        for slot, duty, _ in known.slots():
            if known.of(slot) or slot in known.exempt:
                continue
            after = instant - cutoff(duty, slot[2])
            if -after in duty.remind_before:
                yield "reminder", slot, 0
            if after in duty.escalate_after:
                yield "missed", slot, duty.escalate_after.index(after) + 1

    def all_due(self, until: datetime) -> set[tuple[str, Slot, int, datetime]]:
        """Everything that falls due up to an instant."""
        instants = {
            cutoff(duty, day) + offset
            for _, obligations in self.revisions
            for duty in obligations.values()
            for day in {slot[2] for slot, _, _ in self.slots()}
            for offset in (*(-before for before in duty.remind_before), *duty.escalate_after)
        }
        return {(*what, instant) for instant in instants if instant <= until for what in self.due(instant)}

    def suspected(self) -> dict[tuple[str, date], datetime]:
        """For each unit and day the first moment at which a hazard was known while the newest version of a report was zero."""
        found: dict[tuple[str, date], datetime] = {}
        for fact in sorted([*self.versions, *self.hazards], key=lambda each: each.number):
            unit, day = (fact.slot[1], fact.slot[2]) if isinstance(fact, Version) else (fact.unit, fact.day)
            newest = {version.slot: version for version in self.versions if version.number <= fact.number}
            zero = any(slot[1:] == (unit, day) and version.zero for slot, version in newest.items())
            if zero and any((each.unit, each.day) == (unit, day) for each in self.hazards if each.number <= fact.number):
                found.setdefault((unit, day), fact.at)
        return found


def cutoff(duty: Obligation, day: date) -> datetime:
    return datetime.combine(day, duty.cutoff, ZONE).astimezone(UTC)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), ZONE).astimezone(UTC)
