"""reporting.report.v1: expected reports, their versions, roll-ups and contradictions."""

from typing import ClassVar

from pydantic import Field

from contracts.base import Event, Part
from contracts.values import Count, Instant, ItemName, Key, Name, Period, Quantity, Text, UnitCode

Items = dict[ItemName, Quantity]
Texts = dict[ItemName, Text]


class ReportEvent(Event):
    """What every report event names: the expected report, keyed by obligation, unit and period."""

    topic: ClassVar[str] = "reporting.report.v1"

    report_id: Key
    plan_id: Key
    obligation: Key
    obligation_type: Key
    """So far zero_report or roll_up."""
    unit: UnitCode
    parent: UnitCode | None
    """The unit above at the cut-off."""
    period: Period
    """The first day that the report is about: a local date, and the key beside obligation and unit."""
    period_label: Name | None = None
    """What the report is about in Chinese, such as 2026年第一季度; None: the day `period`."""
    cutoff_at: Instant

    def key(self) -> str:
        return self.report_id


class ReportReminderDue(ReportEvent):
    """The unit has not reported yet and the cut-off is near; `occurred_at` is the reminder's instant."""


class OccurrenceDeclared(ReportEvent):
    """Something happened that is to be reported at once or within a limit: a fire, a major case. Those to whom the report will be
    owed hear of it now, neighbouring units among them where the plan names them."""

    happened_at: Instant
    what: Text
    recipients: tuple[UnitCode, ...]
    """The units to which the report is owed."""


class ReportSubmitted(ReportEvent):
    """A version was accepted. Version 1 decides the verdict; later ones are corrections."""

    report_version: int = Field(ge=1)
    verdict: Key
    """So far on_time or late."""
    entered_by: Key
    """So far self, or parent when the unit above typed it in (电话报告)."""
    zero: bool
    """Whether the unit says explicitly that nothing happened (零报告)."""
    items: Items = Field(default={})
    texts: Texts = Field(default={})


class LatenessAttribution(Part):
    """Whether the children made a roll-up late: those missing or late at the roll-up's cut-off. Nobody named: the unit itself."""

    missing_children: tuple[UnitCode, ...] = ()
    late_children: tuple[UnitCode, ...] = ()


class ReportMissed(ReportEvent):
    """The unit was still silent at a step of the escalation; `occurred_at` is the instant of the step."""

    step: int = Field(ge=1)
    """Counts the steps from 1."""
    recipients: tuple[UnitCode, ...]
    """The units to which the report was owed."""
    attribution: LatenessAttribution | None = None


class RollupFrozen(ReportEvent):
    """What was known when the roll-up was submitted, or at the cut-off when nobody submitted; it never changes afterwards."""

    basis: Key
    """So far submission or cutoff."""
    verdict: Key
    """So far on_time, late or missed."""
    sums: Items
    missing_children: tuple[UnitCode, ...]
    """Expected children, not exempt, without a version at that moment."""
    content_hash: Key
    """The SHA-256 of the frozen content."""
    attribution: LatenessAttribution | None = None


class ReportRestated(ReportEvent):
    """A child's version arrived after the freeze: the sums by the same rule as of now, beside the frozen ones."""

    sums: Items
    """As frozen."""
    restated_sums: Items
    """As of now."""
    content_hash: Key
    """That of the frozen content."""
    restatement: Count
    """Counts the restatements of this roll-up from 1."""


class ContradictionSuspected(Event):
    """A zero report stands against a hazard of that unit on a day that it covers: suspected omission, for a person to judge."""

    topic: ClassVar[str] = "reporting.report.v1"

    unit: UnitCode
    parent: UnitCode | None
    period: Period
    period_label: Name | None = None
    """What the report is about in Chinese, such as 2026年第一季度; None: the day `period`."""
    kind: Key
    """So far zero_with_hazard."""
    report_id: Key
    """One of the zero reports that the hazard stands against."""
    hazard_id: Key
    recipients: tuple[UnitCode, ...]
    """Recipients of all the zero reports that the hazard stood against at that moment."""

    def key(self) -> str:
        return f"{self.unit}:{self.period.isoformat()}"
