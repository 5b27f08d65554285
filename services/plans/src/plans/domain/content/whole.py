"""The content of a plan as one value."""

from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.values import Name, Text
from plans.domain.content.rules import Accountability, Indicator, Inspection, ListDefinition, Meeting
from plans.domain.content.tasks import Parties, Task
from plans.domain.content.values import Day, ItemId, Value


class Basis(Value):
    """A document that the plan rests on: a law, a notice, a higher plan that is not kept here."""

    title: Text
    document_number: Name | None = None


class Parent(Value):
    """A higher plan. A yearly sub-plan hangs under a phase of it; a plan may have several parents."""

    title: Text | None = None
    document_number: Name | None = None
    plan_id: UUID | None = None
    phase: ItemId | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.title is None and self.plan_id is None:
            raise ValueError("name the parent by plan_id or title")
        return self


class Phase(Value):
    """A phase (阶段). Phases may overlap, leave gaps or have no dates: none of them is "the present one"."""

    id: ItemId
    name: Name
    start: Day | None = None
    end: Day | None = None
    """The last day that belongs to it."""
    text: Text | None = None


class Topic(Value):
    """A topic (专题). Its leads answer for every task of it that names none."""

    id: ItemId
    title: Text
    leads: Parties = ()
    supports: Parties = ()
    open_list: bool = False


class Content(Value):
    """Everything that a plan says beside its reporting obligations. Identifiers are unique in the plan."""

    issued_on: Day | None = None
    """The date printed on the document."""
    parents: Annotated[tuple[Parent, ...], Field(max_length=10)] = ()
    basis: Annotated[tuple[Basis, ...], Field(max_length=50)] = ()
    phases: Annotated[tuple[Phase, ...], Field(max_length=20)] = ()
    topics: Annotated[tuple[Topic, ...], Field(max_length=100)] = ()
    tasks: Annotated[tuple[Task, ...], Field(max_length=1000)] = ()
    indicators: Annotated[tuple[Indicator, ...], Field(max_length=300)] = ()
    lists: Annotated[tuple[ListDefinition, ...], Field(max_length=30)] = ()
    inspections: Annotated[tuple[Inspection, ...], Field(max_length=50)] = ()
    meetings: Annotated[tuple[Meeting, ...], Field(max_length=50)] = ()
    accountability: Annotated[tuple[Accountability, ...], Field(max_length=100)] = ()


EMPTY: Final = Content()
