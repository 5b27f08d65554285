"""The draft that an import produces, and its JSON form. Every item points to the lines that it was read from.

A draft is a reading, not a decision: a person completes and corrects it before anything is issued. `confidence` runs from 0 to 1.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.schedules import Schedule

Span = tuple[int, int]
"""First and last line of the source, both included; lines count from 1."""
Confidence = Annotated[float, Field(ge=0, le=1)]
Strength = Literal["strive", "ensure", "must", "plain"]
"""力争, 确保, 必须, or none of these words."""


class Extract(BaseModel):
    """Something read from the source: its printed words, where they stand, and how sure the reading is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    span: Span
    confidence: Confidence = 1.0


class WarningDraft(BaseModel):
    """Something that a person must look at. `code` is stable and English, `message` is said to people in Chinese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    message: str
    span: Span | None = None


class BasisDraft(Extract):
    """A document that the plan rests on: a higher plan, a law, a notice."""

    title: str
    document_number: str | None = None
    parent: bool = False
    """A plan or notice that this plan carries out, not a law."""


class DeadlineDraft(Extract):
    """A date by which something is to be done. `date` is the last day that counts, None where the words do not resolve."""

    date: date | None
    strength: Strength = "plain"
    yearly: bool = False
    """每年…前: the date is the first one, and it comes again every year."""


class PhaseDraft(Extract):
    """A phase; `start` and `end` are its first and last day, None where the text names none."""

    name: str
    start: date | None = None
    end: date | None = None


class ResponsibleDraft(BaseModel):
    """A person or post that answers for a task. `grade` is 第一, 具体, 帮扶 or what the text says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    grade: str | None = None


class TaskDraft(Extract):
    """One task. Leads and supports are printed names of units, groups or posts, in printed order."""

    leads: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    open_list: bool = False
    """The list of units ends in 等, or says that all others take part by their duties."""
    cooperates_upward: bool = False
    """配合上级: the unit only supports what the level above does."""
    territorial: tuple[str, ...] = ()
    """属地责任: those of the parties who answer for the area; where they are printed behind a lead they are supports as well."""
    responsible: tuple[ResponsibleDraft, ...] = ()
    deadlines: tuple[DeadlineDraft, ...] = ()


class TopicDraft(BaseModel):
    """A topic (专题 or a section of tasks). `leads` and `supports` are those printed for the topic as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    span: Span
    confidence: Confidence = 1.0
    leads: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    open_list: bool = False
    tasks: tuple[TaskDraft, ...] = ()


class ObligationDraft(Extract):
    """Who reports what to whom by when. Names as printed; `schedule.text` holds the words of the rhythm."""

    reporters: str
    recipients: tuple[str, ...] = ()
    schedule: Schedule
    content: str | None = None
    zero_report: bool = False
    attachments: tuple[str, ...] = ()


class MeetingDraft(Extract):
    """A meeting or dispatch (联席会议, 调度) that the plan wants regularly."""

    name: str
    schedule: Schedule


class IndicatorDraft(Extract):
    """A number to reach. `direction` is =, >=, <=, delta (against a baseline) or about."""

    name: str
    direction: Literal["=", ">=", "<=", "delta", "about"]
    value: str
    unit: str | None = None
    strength: Strength = "plain"


class ListDraft(Extract):
    """A list that the plan wants kept (问题隐患清单, 制度措施清单…), as this plan composes it."""

    name: str
    parts: tuple[str, ...] = ()


class HeadDraft(BaseModel):
    """What stands above the text of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    title_confidence: Confidence = 1.0
    """Below 1 where the text prints no title and one was made from its first sentence; 0 where the title is empty."""
    document_number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    basis: tuple[BasisDraft, ...] = ()


class PlanDraft(BaseModel):
    """One plan as it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    """Empty where the text prints none and says nowhere what it is."""
    document_number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    span: Span
    content_digest: str
    """SHA-256 of the text without blanks: the same plan again, whatever stands above it, has the same digest."""
    basis: tuple[BasisDraft, ...] = ()
    phases: tuple[PhaseDraft, ...] = ()
    topics: tuple[TopicDraft, ...] = ()
    deadlines: tuple[DeadlineDraft, ...] = ()
    """Those that no task carries: of goals, phases and requirements."""
    obligations: tuple[ObligationDraft, ...] = ()
    meetings: tuple[MeetingDraft, ...] = ()
    indicators: tuple[IndicatorDraft, ...] = ()
    lists: tuple[ListDraft, ...] = ()
    warnings: tuple[WarningDraft, ...] = ()


class ImportResult(BaseModel):
    """Everything that one file gave."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plans: tuple[PlanDraft, ...]
    warnings: tuple[WarningDraft, ...] = ()
