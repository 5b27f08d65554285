"""What callers send: one body an action. A misspelt field is told, not ignored."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.values import Amount, Instant, Key, Name, Text, UnitCode
from hazards.commands.acting import Said
from hazards.commands.rectifying import Wanted
from hazards.commands.report import Report
from hazards.domain.record import Basis, Details, Enterprise, Grade, Location, Outcome, Stage, Trigger


class Body(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class FileBody(Body):
    """What belongs into the file of a hazard (一患一档)."""

    stage: Stage = "self_check"
    """How it was found: 自查, 明查, 暗访, 上级交办, 群众举报, 传感器, 审计."""
    discoverer: Name | None = None
    """The body or post that found it. Whoever told it in confidence has a place of their own."""
    location: Location | None = None
    owner: Enterprise | None = None
    user: Enterprise | None = None
    basis: Basis | None = None

    def details(self) -> Details:
        return Details(**{name: getattr(self, name) for name in FileBody.model_fields})


class ReportBody(FileBody):
    """A hazard of a unit in the caller's subtree; the default is the caller's own unit."""

    unit: UnitCode | None = None
    category: Name = Field(examples=["用火"])
    title: Text = Field(examples=["林边堆放柴草"])
    occurred_at: Instant = Field(description="when it was there, with an offset; not in the future")
    description: Text | None = None
    plan_id: Key | None = None
    """The plan under which it was found."""
    task: Key | None = None
    """The task of that plan."""
    recurs: UUID | None = None
    """The closed hazard that it is again."""

    def said(self) -> Report:
        return Report(
            unit=self.unit,
            category=self.category,
            title=self.title,
            description=self.description,
            occurred_at=self.occurred_at,
            plan_id=self.plan_id,
            task=self.task,
            details=self.details(),
            recurs=self.recurs,
        )


class AnyAction(Body):
    """What every action may carry."""

    occurred_at: Instant | None = None
    """When it happened, if not now; not in the future. Time limits are judged by when the request arrived."""
    evidence: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()
    """Evidence of this hazard that was uploaded before."""

    def said(self) -> Said:
        return Said(getattr(self, "version", None), self.occurred_at, self.evidence)


class ActionBody(AnyAction):
    """An action on what the caller has read."""

    version: Annotated[int, Field(ge=1)]
    """The version that the caller has seen; another one is a 409 that names the present one."""


class RegisterBody(ActionBody, FileBody):
    """The file of the hazard; it replaces what stood there."""

    category: Name | None = None


class GradeBody(ActionBody):
    """一般 or 重大, by the standards of the sector."""

    grade: Grade
    reason: Text | None = None


class OrderBody(AnyAction):
    """The five elements; none may be blank. Without `due` the default of the policy in force holds, where there is one."""

    version: Annotated[int, Field(ge=1)] | None = None
    due: Instant | None = Field(default=None, description="the time limit, with an offset; after now")
    measures: Text
    responsible: UnitCode
    person: Name | None = None
    """Who answers for it in the responsible unit."""
    funds: Amount = Field(description="yuan")
    contingency: Text

    def wanted(self) -> Wanted:
        return Wanted(self.due, self.measures, self.responsible, self.funds, self.contingency, self.person)


class DeferBody(OrderBody):
    """The five elements, and what is done until the limit."""

    plan: Text


class MonitorBody(ActionBody):
    """Why a major hazard is watched instead, how, and on which day that is looked at again."""

    reason: Text
    measures: Text
    review_on: date


class SubmitBody(ActionBody):
    """What was done, and what it cost."""

    text: Text
    funds: Amount | None = None

    def cost(self) -> Decimal | None:
        return self.funds


class NoteBody(ActionBody):
    """A remark, if any."""

    note: Text | None = None


class ReasonBody(ActionBody):
    """Why."""

    reason: Text


class DismissBody(ReasonBody):
    """How it ended otherwise than by rectifying."""

    outcome: Outcome
    duplicate_of: UUID | None = None
    """The hazard that stays; only with `duplicate`."""


class RecheckBody(ActionBody):
    """What a look-back found."""

    finding: Literal["sound", "fake"]
    text: Text
    campaign: UUID | None = None


class AskBody(ReasonBody):
    """The limit that is asked for."""

    due: Instant


class ApproveBody(NoteBody):
    """A shorter limit than was asked for, if any."""

    due: Instant | None = None


class ListBody(ReasonBody):
    """Why it is put under supervision, and how often its progress is told; the default is that of the policy."""

    trigger: Trigger
    progress_every_days: Annotated[int, Field(ge=1, le=366)] | None = None


class PublishBody(ActionBody):
    """Where it was made public."""

    where: Text


class ProgressBody(ActionBody):
    """How far it is."""

    text: Text


class SuspendBody(ReasonBody):
    """The use that is stopped."""

    what: Text


class TransferBody(ReasonBody):
    """To whom, and by when that body answers; the default is that of the policy."""

    to_unit: UnitCode
    acknowledge_by: Instant | None = None


class Seen(Body):
    """A hazard at the version that the caller has seen."""

    hazard_id: UUID
    version: Annotated[int, Field(ge=1)]


class AcceptAllBody(Body):
    """Hazards whose rectification is accepted, all or none."""

    items: Annotated[tuple[Seen, ...], Field(min_length=1, max_length=200)]
    note: Text | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({each.hazard_id for each in self.items}) < len(self.items):
            raise ValueError("items: each hazard once")
        return self
