"""What the events of a plan say of its content: what other services need, and no person's name."""

from typing import Any
from zoneinfo import ZoneInfo

from contracts.campaigns import HigherPlan, ListPart, PlanList, PlanPhase, PlanTask, PlanTopic, TaskDue
from plans.domain.content import Party, Task, TaskDeadline, Topic
from plans.domain.plan import Plan
from plans.domain.readiness import leads_of
from plans.domain.tasks.due import due_at, first_owed


def parts(plan: Plan) -> dict[str, Any]:
    """The content of a plan as its events carry it."""
    content, topics = plan.content, {topic.id: topic for topic in plan.content.topics}
    return {
        "parents": tuple(
            HigherPlan(
                plan_id=None if each.plan_id is None else str(each.plan_id),
                title=each.title,
                document_number=each.document_number,
                phase=each.phase,
            )
            for each in content.parents
        ),
        "phases": tuple(PlanPhase(id=each.id, name=each.name, start=each.start, end=each.end) for each in content.phases),
        "topics": tuple(PlanTopic(id=each.id, title=each.title) for each in content.topics),
        "tasks": tuple(_task(plan, each, topics) for each in content.tasks),
        "lists": tuple(
            PlanList(
                id=each.id, name=each.name, parts=tuple(ListPart(name=part.name, kind=part.kind) for part in each.components)
            )
            for each in content.lists
        ),
    }


def task_id(plan_id: object, task: str) -> str:
    """The key of a task's events."""
    return f"{plan_id}:{task}"


def lead_units(task: Task, topics: dict[str, Topic]) -> tuple[str, ...]:
    """The units that lead a task, each once."""
    return _units(leads_of(task, topics))


def supporting_units(task: Task, topics: dict[str, Topic]) -> tuple[str, ...]:
    """The units that have another part in a task than leading it: support, territorial or sector duty."""
    topic = topics.get(task.topic or "")
    named = (task.supports or (topic.supports if topic is not None else ())) + task.territorial + task.sector
    leads = lead_units(task, topics)
    return tuple(code for code in _units(named) if code not in leads)


def _units(parties: tuple[Party, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(party.unit for party in parties if party.unit is not None))


def _task(plan: Plan, task: Task, topics: dict[str, Topic]) -> PlanTask:
    return PlanTask(
        task_id=task_id(plan.plan_id, task.id),
        id=task.id,
        topic=task.topic,
        text=task.text,
        leads=lead_units(task, topics),
        supports=supporting_units(task, topics),
        deadlines=tuple(_due(plan, each) for each in task.deadlines),
    )


def _due(plan: Plan, deadline: TaskDeadline) -> TaskDue:
    zone = ZoneInfo(plan.zone)
    day = first_owed(deadline, plan.changed_at, zone)
    return TaskDue(
        id=deadline.id,
        text=deadline.text,
        due_at=None if day is None else due_at(day, deadline.at, zone),
        strength=deadline.strength,
        yearly=deadline.yearly,
        until=deadline.until,
    )
