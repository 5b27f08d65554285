"""An expected report: its verdict, and what its deadlines call for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID, uuid5

from reporting.domain.periods import PeriodInstants

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
    cutoff_at: datetime
    instants: PeriodInstants
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
        """Whether deadlines still mean this report: still owed, and no version of it."""
        return self.versions == 0 and self.withdrawn_at is None


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
    """List every step of a report in the order in which they fall due. Whoever is exempt is neither reminded nor missed."""
    steps: list[Step] = []
    if expected.exempt_at is None:
        steps += [Step(at, "reminder") for at in expected.instants.reminders]
        steps += [Step(at, "missed", number) for number, at in enumerate(expected.instants.escalations, start=1)]
    if expected.is_rollup:
        steps.append(Step(expected.cutoff_at, "freeze"))
    return sorted(steps, key=lambda step: (step.at, step.kind != "freeze", step.number))


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a report's deadlines call for at an instant: the steps to act upon now, in order, and when the next one falls due."""

    due: tuple[Step, ...]
    next_due: datetime | None


_NOTHING: Final = Agenda((), None)


def agenda(expected: Expected, now: datetime) -> Agenda:
    """List what has fallen due and was not acted upon, however long nobody looked. Whoever has reported has no deadlines."""
    if not expected.silent:
        return _NOTHING
    open_steps = [step for step in steps_of(expected) if step.at > expected.handled_until]
    due = tuple(step for step in open_steps if step.at <= now)
    return Agenda(due, open_steps[len(due)].at if len(due) < len(open_steps) else None)


def event_id(report_id: UUID, step: Step) -> UUID:
    """The id of the event that a step makes: firing twice cannot make two events."""
    return uuid5(_EVENTS, f"{report_id}:{step.kind}:{step.number}:{step.at.isoformat()}")


def contradiction_event_id(unit: str, period: date) -> UUID:
    """The id of the one contradiction of a unit and period."""
    return uuid5(_EVENTS, f"contradiction:{unit}:{period.isoformat()}")
