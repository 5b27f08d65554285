"""What a plan says beside its reporting obligations: phases, topics, tasks with deadlines, indicators, lists, rules."""

from plans.domain.content.rules import (
    Accountability,
    Indicator,
    Inspection,
    ListComponent,
    ListDefinition,
    Meeting,
    Target,
)
from plans.domain.content.tasks import Inherited, Party, Responsible, Task, TaskDeadline, TaskRef
from plans.domain.content.values import ItemId, Strength, Value
from plans.domain.content.whole import EMPTY, Basis, Content, Parent, Phase, Topic

__all__ = [
    "EMPTY",
    "Accountability",
    "Basis",
    "Content",
    "Indicator",
    "Inherited",
    "Inspection",
    "ItemId",
    "ListComponent",
    "ListDefinition",
    "Meeting",
    "Parent",
    "Party",
    "Phase",
    "Responsible",
    "Strength",
    "Target",
    "Task",
    "TaskDeadline",
    "TaskRef",
    "Topic",
    "Value",
]
