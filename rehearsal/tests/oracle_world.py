"""The oracle's world: what is known at one instant, and what falls due at it (points 1, 2, 5 to 9 of SCENARIO.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from oracle_hazards import Hazard, let_pass
from oracle_sending import Outages, settle

from rehearsal.scenario import Contact, Obligation, Scenario

Slot = tuple[str, str, date]
Row = dict[str, Any]


@dataclass
class Place:
    """A unit in the tree as it stands now."""

    name: str
    level: str
    parent: str | None
    groups: list[str]
    retired: bool = False


@dataclass
class Version:
    """One accepted version of a report."""

    number: int
    at: datetime
    by: str
    zero: bool
    items: dict[str, Decimal]


@dataclass
class Rollup:
    """A roll-up as it was frozen. `number` is None when nobody submitted."""

    number: int | None
    sums: dict[str, Decimal]
    missing: list[str]


@dataclass
class World:
    """Everything that is known at the instant `now`."""

    scenario: Scenario
    now: datetime
    tree: dict[str, Place] = field(default_factory=dict)
    versions: dict[Slot, list[Version]] = field(default_factory=dict)
    exempt: set[Slot] = field(default_factory=set)
    owed: dict[Slot, str | None] = field(default_factory=dict)  # fixed at the cut-off: under which parent
    rollups: dict[Slot, Rollup] = field(default_factory=dict)
    hazards: dict[str, Hazard] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    suspected: set[tuple[str, date]] = field(default_factory=set)
    alerts: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    counter: int = 0

    def __post_init__(self) -> None:
        for unit in self.scenario.units:
            self.tree[unit.code] = Place(unit.name, unit.level, unit.parent, unit.groups)
        self.outages = Outages(self.scenario)

    def day_start(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.scenario.zone).astimezone(UTC)

    def cutoff(self, obligation: Obligation, day: date) -> datetime:
        return datetime.combine(day, obligation.cutoff, self.scenario.zone).astimezone(UTC)

    def is_owed(self, obligation: Obligation, day: date) -> bool:
        return self.cutoff(obligation, day) > self.scenario.start  # [2]

    def in_scope(self, obligation: Obligation, code: str) -> bool:
        place, who = self.tree[code], obligation.reporters
        if who.level is not None:
            return place.level == who.level
        if who.group is not None:
            return who.group in place.groups
        return code in (who.named or []) or place.name in (who.named or [])

    def expected(self, obligation: Obligation, day: date) -> dict[str, str | None]:
        """Unit -> parent: as fixed at the cut-off, or, before it, as the tree stands now."""
        if not self.is_owed(obligation, day):
            return {}
        if self.cutoff(obligation, day) <= self.now:
            return {unit: parent for (key, unit, of), parent in self.owed.items() if (key, of) == (obligation.id, day)}
        return {code: place.parent for code, place in self.tree.items() if not place.retired and self.in_scope(obligation, code)}

    def recipients(self, obligation: Obligation, parent: str | None) -> list[str]:
        if isinstance(obligation.recipients, list):
            return obligation.recipients
        return [parent] if parent is not None else []

    def above(self, code: str) -> Iterable[str]:
        """The unit's ancestors, nearest first."""
        parent = self.tree[code].parent
        while parent is not None:
            yield parent
            parent = self.tree[parent].parent

    def due(self) -> None:
        """What fires at `now`. The cut-offs come first: the steps at a cut-off are about those whom it caught."""
        coming = [(o, day) for o in self.scenario.obligations for day in days(self.scenario) if self.is_owed(o, day)]
        closing = [(obligation, day) for obligation, day in coming if self.cutoff(obligation, day) == self.now]
        for obligation, day in closing:
            for code, place in self.tree.items():
                if not place.retired and self.in_scope(obligation, code):
                    self.owed[obligation.id, code, day] = place.parent
        for obligation, day in closing:
            if obligation.type == "roll_up":
                self.freeze_silent(obligation, day)
        for obligation, day in coming:
            cutoff = self.cutoff(obligation, day)
            if self.now in [cutoff - before for before in obligation.remind_before]:
                self.remind(obligation, day)
            for step, after in enumerate(obligation.escalate_after, start=1):
                if cutoff + after == self.now:
                    self.escalate(obligation, day, step)
        self.let_time_pass()

    def freeze_silent(self, obligation: Obligation, day: date) -> None:
        for code in self.expected(obligation, day):
            missing = self.missing_children(obligation, code, day)
            self.rollups.setdefault((obligation.id, code, day), Rollup(None, {}, missing))

    def silent(self, obligation: Obligation, day: date) -> Iterable[tuple[str, str | None]]:
        for code, parent in self.expected(obligation, day).items():
            slot = (obligation.id, code, day)
            if slot not in self.versions and slot not in self.exempt:
                yield code, parent

    def remind(self, obligation: Obligation, day: date) -> None:
        for code, _ in list(self.silent(obligation, day)):
            self.alert("report_reminder", code, [(code, "submitter")])

    def escalate(self, obligation: Obligation, day: date, step: int) -> None:
        reason = "rollup_missed" if obligation.type == "roll_up" else "report_missed"
        for code, parent in list(self.silent(obligation, day)):
            if step == 1:
                told = [(code, "submitter"), (code, "principal")]
            else:
                role = "office" if step == 2 else "leader"
                told = [(unit, role) for unit in self.recipients(obligation, parent)]
            self.alert(reason, code, told)

    def let_time_pass(self) -> None:
        """What falls due of hazards [8], each told about the instant at which it should have been; then the digests."""
        for hazard in self.hazards.values():
            for at, reason, told in let_pass(hazard, self.now):
                self.alert(reason, hazard.ref, told, raised_at=at)
        self.tell_of_limits()

    def tell_of_limits(self) -> None:
        local = self.now.astimezone(self.scenario.zone)
        told: set[str] = set()
        for hazard in self.hazards.values():
            unit = hazard.rectifier
            notices = self.policy(unit).get("notices", {})
            if (
                hazard.due is None
                or hazard.state not in ("ordered", "deferred")
                or f"{local:%H:%M}" != notices.get("at", "09:00")
            ):
                continue
            last = (hazard.due - timedelta(microseconds=1)).astimezone(self.scenario.zone).date()
            days = (last - local.date()).days
            after = [-(2**number) for number in range(notices.get("most_after", 0))]
            if days in notices.get("before_days", []) or days in after or (days == 0 and notices.get("on_the_day")):
                told.add(unit)
        for unit in told:
            self.alert("rectification_digest", unit, [(unit, "submitter")], source="hazards")

    def policy(self, unit: str) -> dict[str, Any]:
        """What the nearest body has decided about times."""
        return next((self.policies[code] for code in (unit, *self.above(unit)) if code in self.policies), {})

    def end_of_day(self, days: int) -> datetime:
        """The end of the local day so many days from now."""
        local = self.now.astimezone(self.scenario.zone)
        return (local + timedelta(days=days + 1)).replace(hour=0, minute=0, second=0, microsecond=0)

    def alert(
        self, reason: str, about: str, told: list[tuple[str, str]], raised_at: datetime | None = None, source: str = ""
    ) -> None:
        contacts: list[Contact] = []
        for unit, role in told:
            found = [contact for contact in self.scenario.contacts if (contact.unit, contact.role) == (unit, role)]
            if not found and role == "submitter":
                found = [contact for contact in self.scenario.contacts if (contact.unit, contact.role) == (unit, "office")]
            contacts += [contact for contact in found if contact not in contacts]
        source = source or ("hazards" if about in self.hazards else "reporting")
        for contact in contacts:
            channel, status = settle(self.scenario, contact, self.outages.reaches_notify(source, self.now))
            self.alerts.append(
                {
                    "reason": reason,
                    "about": about,
                    "unit": contact.unit,
                    "role": contact.role,
                    "channel": channel,
                    "raised_at": self.write(raised_at or self.now),
                    "status": status,
                }
            )

    def suspect(self, unit: str, day: date) -> None:
        if (unit, day) in self.suspected or not any((h.unit, h.day) == (unit, day) for h in self.hazards.values()):
            return
        told: list[tuple[str, str]] = []
        for obligation in self.scenario.obligations:
            versions = self.versions.get((obligation.id, unit, day))
            if obligation.type == "zero_report" and versions and versions[-1].zero:
                parent = self.owed.get((obligation.id, unit, day), self.tree[unit].parent)
                told += [(recipient, "office") for recipient in self.recipients(obligation, parent)]
                self.suspected.add((unit, day))
        if (unit, day) in self.suspected:
            self.alert("contradiction_suspected", unit, told)

    def children(self, obligation: Obligation, unit: str, day: date) -> list[Slot]:
        return [
            (below.id, code, day)
            for below in self.scenario.obligations
            if below.rolls_up_into == obligation.id
            for code, parent in self.expected(below, day).items()
            if unit in self.recipients(below, parent)
        ]

    def sums(self, obligation: Obligation, unit: str, day: date) -> dict[str, Decimal]:
        total: dict[str, Decimal] = {}
        for slot in self.children(obligation, unit, day):
            for key, value in self.versions[slot][-1].items.items() if slot in self.versions else ():
                total[key] = total.get(key, Decimal(0)) + value
        return total

    def missing_children(self, obligation: Obligation, unit: str, day: date) -> list[str]:
        slots = self.children(obligation, unit, day)
        return sorted({slot[1] for slot in slots if slot not in self.versions and slot not in self.exempt})

    def write(self, instant: datetime) -> str:
        return instant.astimezone(self.scenario.zone).isoformat()


def days(scenario: Scenario) -> list[date]:
    """The days whose cut-offs, reminders or steps may fall into the run."""
    ahead = max((before for obligation in scenario.obligations for before in obligation.remind_before), default=timedelta(0))
    first = scenario.start.astimezone(scenario.zone).date()
    last = (scenario.end + ahead).astimezone(scenario.zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
