"""An expected report: its verdict, and what its deadlines call for."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID, uuid5

ROLL_UP: Final = "roll_up"
_EVENTS: Final = UUID("6f0d6d0e-3a0b-5f0f-9a43-1d1a6f2d7c11")

Verdict = Literal["pending", "on_time", "late", "missed", "exempt"]
StepKind = Literal["reminder", "missed", "freeze"]


@dataclass(frozen=True, slots=True)
class Expected:
    """One unit × period of an obligation, as stored."""

    report_id: UUID
    plan_id: str
    obligation: str
    type: str
    unit: str
    parent: str | None
    period: date
    opens_at: datetime
    cutoff_at: datetime
    closes_at: datetime
    reminders: tuple[datetime, ...]
    escalations: tuple[datetime, ...]
    recipients: tuple[str, ...]
    rollup_id: UUID | None
    versions: int
    received_at: datetime | None
    exempt_at: datetime | None
    withdrawn_at: datetime | None
    handled_until: datetime
    sequence: int

    @property
    def is_rollup(self) -> bool:
        return self.type == ROLL_UP

    @property
    def silent(self) -> bool:
        """Whether somebody still has to be told: no version, not exempt, still owed."""
        return self.versions == 0 and self.exempt_at is None and self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that falls due while a unit is silent. `number` counts escalation steps from 1; 0 for other kinds."""

    at: datetime
    kind: StepKind
    number: int = 0


def verdict(*, versions: int, received_at: datetime | None, exempt: bool, cutoff_at: datetime, now: datetime) -> Verdict:
    """Judge a report: by its first version if there is one, whatever was corrected later."""
    if versions and received_at is not None:
        return "on_time" if received_at < cutoff_at else "late"
    if exempt:
        return "exempt"
    return "missed" if now >= cutoff_at else "pending"


def steps_of(expected: Expected) -> list[Step]:
    """List every step of a report in the order in which they fall due."""
    steps = [Step(at, "reminder") for at in expected.reminders]
    steps += [Step(at, "missed", number) for number, at in enumerate(expected.escalations, start=1)]
    if expected.is_rollup:
        steps.append(Step(expected.cutoff_at, "freeze"))
    return sorted(steps, key=lambda step: (step.at, step.kind != "freeze", step.number))


def due_steps(expected: Expected, now: datetime) -> list[Step]:
    """Steps that have fallen due and were not acted upon: all of them, however long nobody looked."""
    if not expected.silent:
        return []
    return [step for step in steps_of(expected) if expected.handled_until < step.at <= now]


def next_due(expected: Expected, handled_until: datetime) -> datetime | None:
    """The instant of the next step after `handled_until`, if the unit is still silent."""
    if not expected.silent:
        return None
    return min((step.at for step in steps_of(expected) if step.at > handled_until), default=None)


def settled(expected: Expected, now: datetime, events: int) -> Expected:
    """The report after its due steps up to `now` were acted upon with `events` events."""
    return replace(expected, handled_until=max(expected.handled_until, now), sequence=expected.sequence + events)


def event_id(report_id: UUID, step: Step) -> UUID:
    """The id of the event that a step makes: firing twice cannot make two events."""
    return uuid5(_EVENTS, f"{report_id}:{step.kind}:{step.number}:{step.at.isoformat()}")


def contradiction_event_id(unit: str, period: date) -> UUID:
    """The id of the one contradiction of a unit and period."""
    return uuid5(_EVENTS, f"contradiction:{unit}:{period.isoformat()}")
