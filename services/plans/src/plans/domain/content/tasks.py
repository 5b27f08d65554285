"""Tasks (任务): who does what by when."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.values import LocalTime, Name, Text, UnitCode
from plans.domain.content.values import Day, ItemId, Strength, Value


class Party(Value):
    """Somebody whom a task names, as printed, and who that is."""

    name: Name
    kind: Literal["unit", "group", "outside"] = "unit"
    """`group`: several bodies under one name (各成员单位). `outside`: a post or a body that is no unit of the tree."""
    unit: UnitCode | None = None
    """The unit of the tree; None until a person or the import has resolved the name."""
    scope: Text | None = None
    """What of the task is this party's, where several lead: 分别负责…."""

    @model_validator(mode="after")
    def _only_units_have_codes(self) -> Self:
        if self.unit is not None and self.kind != "unit":
            raise ValueError("only a party of kind unit has a unit code")
        return self


class Responsible(Value):
    """A person or post that answers for a task. `grade` is 第一, 具体, 帮扶 or what the plan says. No event carries it."""

    name: Name
    grade: Name | None = None
    unit: UnitCode | None = None


class TaskRef(Value):
    """A task of another plan, which this one carries out."""

    plan_id: UUID
    task: ItemId


class Inherited(TaskRef):
    """The deadline of the higher plan that this one keeps or tightens; `date` is the last day that it allows."""

    deadline: ItemId
    date: Day


class TaskDeadline(Value):
    """A day by which a task, or a stated part of it, is done. The named day counts, until 24:00 of it (DOMAIN 7)."""

    id: ItemId
    text: Text | None = None
    """The printed words."""
    date: Day | None = None
    """The last day that counts; None: the words name none, and nothing falls due until somebody fills it in."""
    at: LocalTime | None = None
    """Strictly before this time of the day, in the plan's zone; None: until 24:00."""
    strength: Strength = "plain"
    yearly: bool = False
    """每年…前: comes again every year after `date`, up to and including `until`."""
    until: Day | None = None
    inherited: Inherited | None = None

    @model_validator(mode="after")
    def _years_end_after_they_begin(self) -> Self:
        if self.until is not None and (not self.yearly or self.date is None or self.until < self.date):
            raise ValueError("until ends a yearly deadline, on or after its date")
        return self


Parties = Annotated[tuple[Party, ...], Field(max_length=100)]


class Task(Value):
    """One task. It needs a lead that is a unit before the plan is issued, its own or its topic's."""

    id: ItemId
    topic: ItemId | None = None
    phase: ItemId | None = None
    """The phase that it is printed under; its deadlines do not follow from it."""
    text: Text
    leads: Parties = ()
    supports: Parties = ()
    open_list: bool = False
    """The list of parties ends in 等, or says that all others take part by their duties."""
    cooperates_upward: bool = False
    """配合上级: the leads only support what the level above does."""
    territorial: Parties = ()
    """属地责任: who answers for the area."""
    sector: Parties = ()
    """行业监管责任: who answers for the sector."""
    responsible: Annotated[tuple[Responsible, ...], Field(max_length=50)] = ()
    deadlines: Annotated[tuple[TaskDeadline, ...], Field(max_length=20)] = ()
    parent: TaskRef | None = None
