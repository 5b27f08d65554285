"""What a plan measures, keeps, inspects, meets for and punishes."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.values import Name, Quantity, Text, UnitCode
from plans.domain.content.list_kinds import ListKind, kind_of
from plans.domain.content.values import Day, ItemId, Rhythm, Strength, Value

Texts = Annotated[tuple[Text, ...], Field(max_length=50)]


class Target(Value):
    """A number to reach. `zero` is = 0; `delta` counts against the baseline; `about` is 左右, which nobody judges exactly."""

    direction: Literal["=", ">=", "<=", "zero", "delta", "about"]
    value: Quantity | None = None
    """None: a blank quota. Of `zero` it is 0 whatever stands here."""
    unit: Name | None = None
    """%, 个, 处, 分…"""
    baseline: Quantity | None = None
    baseline_on: Day | None = None


class Indicator(Value):
    """An indicator; one may hang under several tasks. Claimed and verified values are kept apart by the follow-up."""

    id: ItemId
    name: Text
    target: Target
    strength: Strength = "plain"
    tasks: Annotated[tuple[ItemId, ...], Field(max_length=200)] = ()
    text: Text | None = None


class ListComponent(Value):
    """A part of a list, and what it is a view of, where somebody says that it is another thing than its name tells."""

    name: Name
    kind: ListKind


class ListDefinition(Value):
    """A list that the plan wants kept (问题隐患清单, 制度措施清单…): a view whose parts this plan names."""

    id: ItemId
    name: Name
    parts: Annotated[tuple[Name | ListComponent, ...], Field(max_length=30)] = ()
    """By name, or by name and kind. Without parts the list is one part of its own name."""
    text: Text | None = None

    @property
    def components(self) -> tuple[ListComponent, ...]:
        """Its parts with their kinds; what is only named is of the kind that its name tells."""
        return tuple(
            ListComponent(name=part, kind=kind_of(part)) if isinstance(part, str) else part for part in self.parts or (self.name,)
        )


class Inspection(Value):
    """Who inspects how often: 负责人每日, 科室每周, 分管领导每月."""

    id: ItemId
    role: Name
    what: Text
    schedule: Rhythm | None = None
    text: Text | None = None


class Meeting(Value):
    """A meeting or dispatch (联席会议, 周调度) that the plan wants regularly."""

    id: ItemId
    name: Name
    schedule: Rhythm
    parties: Annotated[tuple[Name, ...], Field(max_length=100)] = ()


class Accountability(Value):
    """A rule of accountability: trigger → measure, by the competent body, towards the addressee."""

    id: ItemId
    trigger: Text
    measure: Text
    body: Name | None = None
    unit: UnitCode | None = None
    """The competent body, where it is a unit of the tree."""
    addressee: Name | None = None
    text: Text | None = None
