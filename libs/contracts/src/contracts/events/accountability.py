"""hazards.accountability.v1: measures of accountability from their proposal to their end.

Whatever weighs on somebody is a proposal until a named person of the competent body decides.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.base import Event
from contracts.values import Instant, Key, Text, UnitCode


class MeasureEvent(Event):
    """What every event of a measure names."""

    topic: ClassVar[str] = "hazards.accountability.v1"

    measure_id: Key
    measure: Key
    """So far supervision_order, reminder, warning, interview, circular, exposure, blacklist, veto, discipline,
    transfer_to_justice."""
    meaning: Key | None = None
    """Of a circular (通报). So far criticise, praise, inform."""
    body_unit: UnitCode
    """The competent body."""
    addressee_unit: UnitCode
    """Whom it is about."""
    addressee_post: Key | None = None
    """The post in that unit, when it is about a person. So far principal."""
    addressee_enterprise: Key | None = None
    """The enterprise, when it is about one that the unit answers for."""
    trigger: Key
    """So far rectification_overdue, judgement_overdue, listing_progress_overdue, listing_unpublished, transfer_unanswered,
    monitoring_unreviewed, hazard_recurred, recheck_fake, major_at_inspection, task_overdue, report_missed."""
    about: Key
    """What the trigger happened to. So far hazard, task, report, enterprise."""
    subject: Key
    """The id of that."""
    title: Text
    plan_id: Key | None = None

    def key(self) -> str:
        return self.measure_id


class MeasureProposed(MeasureEvent):
    """A rule holds; `occurred_at` is when what triggered it happened."""

    rule: Key
    """The rule's id in its set."""
    rule_owner: Key | None = None
    """The unit or plan (`plan:` and its id) whose set it is; absent for the built-in one."""
    rule_version: Annotated[int, Field(ge=0)]


class MeasureIssued(MeasureEvent):
    """A person of the competent body decided it; only a light one may follow from its rule alone."""

    automatic: bool
    text: Text | None = None
    acknowledge_by: Instant | None = None
    reply_by: Instant | None = None


class MeasureAcknowledged(MeasureEvent):
    """The addressee confirmed that it has it."""

    on_time: bool | None = None
    """Absent without a deadline."""


class MeasureUnacknowledged(MeasureEvent):
    """The addressee had not confirmed it when that was due; `occurred_at` is that instant."""

    acknowledge_by: Instant


class MeasureReplied(MeasureEvent):
    """The addressee said what it does about it."""

    text: Text
    on_time: bool | None = None
    """Absent without a deadline."""


class MeasureReplyOverdue(MeasureEvent):
    """The addressee had not replied when that was due; `occurred_at` is that instant."""

    reply_by: Instant


class MeasureClosed(MeasureEvent):
    """The competent body is content."""

    note: Text | None = None


class MeasureWithdrawn(MeasureEvent):
    """The competent body drops it, proposed or issued."""

    reason: Text
