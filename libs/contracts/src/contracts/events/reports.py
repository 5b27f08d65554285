"""reporting.report.v1: expected reports, their versions, roll-ups and contradictions."""

from typing import ClassVar

from pydantic import Field

from contracts.base import Event, Part
from contracts.values import Count, Instant, ItemName, Key, Period, Quantity, Text, UnitCode

Items = dict[ItemName, Quantity]
Texts = dict[ItemName, Text]


class ReportEvent(Event):
    """What every report event names: the expected report, keyed by obligation, unit and period."""

    topic: ClassVar[str] = "reporting.report.v1"

    report_id: Key
    plan_id: Key
    obligation: Key
    obligation_type: Key
    unit: UnitCode
    parent: UnitCode | None
    period: Period
    cutoff_at: Instant

    def key(self) -> str:
        return self.report_id


class ReportReminderDue(ReportEvent):
    """The unit has not reported yet and the cut-off is near; `occurred_at` is the reminder's instant."""


class ReportSubmitted(ReportEvent):
    """A version was accepted. Version 1 decides the verdict; later ones are corrections."""

    report_version: int = Field(ge=1)
    verdict: Key
    entered_by: Key
    zero: bool
    items: Items = Field(default={})
    texts: Texts = Field(default={})


class LatenessAttribution(Part):
    """Whether the children made a roll-up late: those missing or late at the roll-up's cut-off. Nobody named: the unit itself."""

    missing_children: tuple[UnitCode, ...] = ()
    late_children: tuple[UnitCode, ...] = ()


class ReportMissed(ReportEvent):
    """The unit was still silent at step `step` (from 1) of the escalation; `occurred_at` is the instant of the step."""

    step: int = Field(ge=1)
    recipients: tuple[UnitCode, ...]
    attribution: LatenessAttribution | None = None


class RollupFrozen(ReportEvent):
    """What was known when the roll-up was submitted (`basis` submission) or at the cut-off when nobody submitted (`cutoff`).

    `content_hash` is the SHA-256 of the frozen content; it never changes afterwards.
    """

    basis: Key
    verdict: Key
    sums: Items
    missing_children: tuple[UnitCode, ...]
    content_hash: Key
    attribution: LatenessAttribution | None = None


class ReportRestated(ReportEvent):
    """A child's version arrived after the freeze: the sums by the same rule as of now, beside the frozen ones."""

    sums: Items
    restated_sums: Items
    content_hash: Key
    restatement: Count


class ContradictionSuspected(Event):
    """A zero report stands against a hazard of that unit and day: suspected omission, for a person to judge."""

    topic: ClassVar[str] = "reporting.report.v1"

    unit: UnitCode
    parent: UnitCode | None
    period: Period
    kind: Key
    report_id: Key
    hazard_id: Key
    recipients: tuple[UnitCode, ...]

    def key(self) -> str:
        return f"{self.unit}:{self.period.isoformat()}"
