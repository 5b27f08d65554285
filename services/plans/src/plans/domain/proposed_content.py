"""What an imported draft proposes as the content of a plan: printed names become parties, resolved where one unit is meant.

Nothing is left out in silence: what a plan has no room for, and what has no place in it, is noted.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from contracts.rhythms import flaws
from plans.domain.content import (
    Basis,
    Content,
    Indicator,
    ListDefinition,
    Meeting,
    Party,
    Phase,
    Responsible,
    Target,
    Task,
    TaskDeadline,
    Topic,
)
from plans.domain.content.values import EARLIEST, LATEST, MOST_DATES
from plans.domain.names import Names
from plans.domain.proposed_bounds import BLANK, Bounds
from plans.domain.proposed_inspections import proposed_inspections
from plans.domain.readiness import Note
from plans.importing.draft import DeadlineDraft, IndicatorDraft, ListDraft, PhaseDraft, PlanDraft, TaskDraft, TopicDraft

_GROUP: Final = re.compile(r"^(?:各|有关|相关|其他)|成员单位$|各有关|有关部门$|相关部门$|等部门$")
_MOST_TASKS: Final = 1000


def proposed_content(draft: PlanDraft, names: Names) -> tuple[Content, tuple[Note, ...]]:
    """Return the content that a plan could carry, and a note for everything of the reading that it does not carry.

    A party that no unit answers to stays unresolved, for a person.
    """
    bounds = Bounds()
    topics = bounds.items(draft.topics, 100, "topics", "专题")
    content = Content(
        issued_on=_day(draft.issued_on),
        basis=tuple(_basis(draft, bounds)),
        phases=tuple(_phases(bounds.items(draft.phases, 20, "phases", "阶段"), bounds)),
        topics=tuple(_topic(number, each, names, bounds) for number, each in enumerate(topics, start=1)),
        tasks=tuple(_tasks(topics, names, bounds)),
        indicators=tuple(_indicators(bounds.items(draft.indicators, 300, "indicators", "指标"), bounds)),
        lists=tuple(_lists(bounds.items(draft.lists, 30, "lists", "清单"), bounds)),
        inspections=proposed_inspections(draft.obligations, bounds),
        meetings=tuple(_meetings(draft, bounds)),
    )
    bounds.notes += [_without_task(index, each) for index, each in enumerate(draft.deadlines)]
    return content, tuple(bounds.notes)


def _without_task(index: int, draft: DeadlineDraft) -> Note:
    message = f"第{draft.span[0]}行的时限“{draft.text[:50]}”不属于任何任务,没有列入草稿;需要跟踪的,请补成任务"
    return Note("warns", "deadline_without_task", f"deadlines.{index}", message)


def _basis(draft: PlanDraft, bounds: Bounds) -> Iterator[Basis]:
    for index, each in enumerate(bounds.items(draft.basis, 50, "basis", "依据")):
        field = f"basis.{index}"
        number = bounds.name(each.document_number, f"{field}.document_number")
        yield Basis(title=bounds.text(each.title, f"{field}.title"), document_number=number)


def _phases(drafts: Sequence[PhaseDraft], bounds: Bounds) -> Iterator[Phase]:
    for number, each in enumerate(drafts, start=1):
        field = f"phases.{number - 1}"
        name, text = bounds.name(each.name, f"{field}.name"), bounds.text(each.text, f"{field}.text")
        yield Phase(id=f"phase-{number}", name=name or BLANK, start=_day(each.start), end=_day(each.end), text=text)


def _lists(drafts: Sequence[ListDraft], bounds: Bounds) -> Iterator[ListDefinition]:
    for number, each in enumerate(drafts, start=1):
        field = f"lists.{number - 1}"
        parts = [part for part in each.parts if part.strip()]
        yield ListDefinition(
            id=f"list-{number}",
            name=bounds.name(each.name, f"{field}.name") or BLANK,
            parts=_names(bounds.items(parts, 30, f"{field}.parts", "清单内容"), f"{field}.parts", bounds),
            text=bounds.text(each.text, f"{field}.text"),
        )


def _meetings(draft: PlanDraft, bounds: Bounds) -> Iterator[Meeting]:
    for number, each in enumerate(bounds.items(draft.meetings, 50, "meetings", "会议"), start=1):
        field = f"meetings.{number - 1}"
        if flaws(each.schedule) or len(each.schedule.dates) > MOST_DATES:
            message = f"“{each.name[:50]}”的时间“{(each.schedule.text or each.text)[:50]}”不能确定,没有列入草稿;请补录"
            bounds.notes.append(Note("warns", "meeting_rhythm_unresolved", f"{field}.schedule", message))
            continue
        yield Meeting(id=f"meeting-{number}", name=bounds.name(each.name, f"{field}.name") or BLANK, schedule=each.schedule)


def _topic(number: int, draft: TopicDraft, names: Names, bounds: Bounds) -> Topic:
    field = f"topics.{number - 1}"
    return Topic(
        id=f"topic-{number}",
        title=bounds.text(draft.title, f"{field}.title"),
        leads=_parties(draft.leads, names, f"{field}.leads", bounds),
        supports=_parties(draft.supports, names, f"{field}.supports", bounds),
        open_list=draft.open_list,
    )


def _tasks(topics: Sequence[TopicDraft], names: Names, bounds: Bounds) -> Iterator[Task]:
    found = [
        (f"task-{number}-{place}", f"topic-{number}", f"topics.{number - 1}.tasks.{place - 1}", draft)
        for number, topic in enumerate(topics, start=1)
        for place, draft in enumerate(topic.tasks, start=1)
    ]
    bounds.items([draft for *_, draft in found], _MOST_TASKS, "topics", "任务")
    for task_id, topic_id, field, draft in found[:_MOST_TASKS]:
        yield _task(task_id, topic_id, draft, names, field, bounds)


def _task(task_id: str, topic_id: str, draft: TaskDraft, names: Names, field: str, bounds: Bounds) -> Task:
    responsible = [each for each in draft.responsible if each.name.strip()]
    supports = [name for name in draft.supports if name not in draft.territorial]
    return Task(
        id=task_id,
        topic=topic_id,
        text=bounds.text(draft.text, f"{field}.text"),
        leads=_parties(draft.leads, names, f"{field}.leads", bounds),
        supports=_parties(supports, names, f"{field}.supports", bounds),
        open_list=draft.open_list,
        cooperates_upward=draft.cooperates_upward,
        territorial=_parties(draft.territorial, names, f"{field}.territorial", bounds),
        responsible=tuple(
            Responsible(
                name=bounds.name(each.name, f"{field}.responsible") or BLANK,
                grade=bounds.name(each.grade, f"{field}.responsible"),
            )
            for each in bounds.items(responsible, 50, f"{field}.responsible", "责任人")
        ),
        deadlines=tuple(
            _deadline(number, each, f"{field}.deadlines.{number - 1}", bounds)
            for number, each in enumerate(bounds.items(draft.deadlines, 20, f"{field}.deadlines", "时限"), start=1)
        ),
    )


def _deadline(number: int, draft: DeadlineDraft, field: str, bounds: Bounds) -> TaskDeadline:
    return TaskDeadline(
        id=f"deadline-{number}",
        text=bounds.text(draft.text, f"{field}.text"),
        date=_day(draft.date),
        strength=draft.strength,
        yearly=draft.yearly,
    )


def _parties(printed: Sequence[str], names: Names, field: str, bounds: Bounds) -> tuple[Party, ...]:
    named = [name for name in printed if name.strip()]
    return tuple(_party(name, names) for name in _names(bounds.items(named, 100, field, "单位"), field, bounds))


def _names(printed: Sequence[str], field: str, bounds: Bounds) -> tuple[str, ...]:
    return tuple(name for each in printed if (name := bounds.name(each, field)))


def _party(printed: str, names: Names) -> Party:
    if unit := names.resolve(printed).unit:
        return Party(name=printed, unit=unit.code)
    return Party(name=printed, kind="group" if _GROUP.search(printed) else "unit")


def _indicators(drafts: Sequence[IndicatorDraft], bounds: Bounds) -> Iterator[Indicator]:
    for number, draft in enumerate(drafts, start=1):
        field = f"indicators.{number - 1}"
        value = _number(draft.value)
        zero = draft.direction == "=" and value == 0
        yield Indicator(
            id=f"indicator-{number}",
            name=bounds.text(draft.name, f"{field}.name"),
            target=Target(
                direction="zero" if zero else draft.direction, value=value, unit=bounds.name(draft.unit, f"{field}.unit")
            ),
            strength=draft.strength,
            text=bounds.text(draft.text, f"{field}.text"),
        )


def _number(printed: str) -> Decimal | None:
    try:
        value = Decimal(printed.strip().rstrip("%"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**15 else None


def _day(read: date | None) -> date | None:
    """A year that no plan can mean is a misreading: the printed words stay, a person fills in the day."""
    return read if read is not None and EARLIEST <= read <= LATEST else None
