"""What a plan consists of, as far as other services need it: higher plans, phases, topics, tasks with their deadlines, lists."""

from datetime import date as local_date

from contracts.base import Part
from contracts.values import Instant, Key, Name, Text, UnitCode


class HigherPlan(Part):
    """A plan that this one carries out, kept here (`plan_id`) or elsewhere. A yearly sub-plan hangs under a phase of it."""

    plan_id: Key | None = None
    title: Text | None = None
    document_number: Name | None = None
    phase: Key | None = None


class PlanPhase(Part):
    """A phase. Phases may overlap, leave gaps or lack dates; `end` is the last day that belongs to it."""

    id: Key
    name: Name
    start: local_date | None = None
    end: local_date | None = None


class PlanTopic(Part):
    """A topic (专题) that tasks belong to."""

    id: Key
    title: Text


class TaskDue(Part):
    """A deadline of a task. `due_at` is the first instant that is too late; absent where the printed words name no day."""

    id: Key
    text: Text | None = None
    due_at: Instant | None = None
    strength: Key = "plain"
    """So far plain, strive, ensure, must."""
    yearly: bool = False
    """Comes again every year."""
    until: local_date | None = None
    """The last day on which a yearly one can fall."""


class PlanTask(Part):
    """A task of a plan. Persons are not named."""

    task_id: Key
    """Key of the task's own events on plans.task.v1."""
    id: Key
    """Inside the plan; stays when the plan is amended."""
    topic: Key | None = None
    text: Text
    leads: tuple[UnitCode, ...] = ()
    supports: tuple[UnitCode, ...] = ()
    """Also those of territorial and sector duty."""
    deadlines: tuple[TaskDue, ...] = ()


class ListPart(Part):
    """What a list is composed of, by its printed name."""

    name: Name
    kind: Key
    """What it is a view of. So far hazards (问题隐患), measures (整改措施), responsibility (整改责任), tasks (制度措施) or
    other."""


class PlanList(Part):
    """A list that the plan wants kept (两个清单, 三张清单): a view over hazards and tasks, composed as this plan says."""

    id: Key
    name: Name
    parts: tuple[ListPart, ...]
