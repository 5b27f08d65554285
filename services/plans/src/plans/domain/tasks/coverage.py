"""Whether the work of a plan is shared out: every topic and task has a unit, every unit has a task."""

from collections.abc import Sequence
from dataclasses import dataclass

from plans.domain.content import Content
from plans.domain.published import lead_units, supporting_units
from plans.domain.readiness import parties_in


@dataclass(frozen=True, slots=True)
class Member:
    """A unit directly under the issuer."""

    code: str
    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is missing, by id or code; all empty: everything is shared out."""

    topics_without_unit: tuple[str, ...]
    tasks_without_unit: tuple[str, ...]
    units_without_task: tuple[Member, ...]


def coverage(content: Content, members: Sequence[Member]) -> Coverage:
    """Judge a plan's content. A unit has a task if a task or topic names it, or a group of the tree that it belongs to."""
    topics = {topic.id: topic for topic in content.topics}
    led = {task.id for task in content.tasks if lead_units(task, topics)}
    alive = {task.topic for task in content.tasks if task.id in led}
    busy = {code for task in content.tasks for code in (*lead_units(task, topics), *supporting_units(task, topics))}
    groups = {party.name for _, party in parties_in(content) if party.kind == "group"}
    return Coverage(
        topics_without_unit=tuple(id_ for id_ in topics if id_ not in alive),
        tasks_without_unit=tuple(task.id for task in content.tasks if task.id not in led),
        units_without_task=tuple(each for each in members if each.code not in busy and groups.isdisjoint(each.groups)),
    )
