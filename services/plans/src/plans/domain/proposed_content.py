"""What an imported draft proposes as the content of a plan: printed names become parties, resolved where one unit is meant."""

import re
from collections.abc import Iterable, Sequence
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
from plans.importing.draft import DeadlineDraft, IndicatorDraft, PlanDraft, TaskDraft, TopicDraft

_GROUP: Final = re.compile(r"^(?:各|有关|相关|其他)|成员单位$|各有关|有关部门$|相关部门$|等部门$")
_MOST_TEXT: Final = 4000
_MOST_NAME: Final = 200


def proposed_content(draft: PlanDraft, names: Names) -> Content:
    """Return the content that a plan could carry. A party that no unit answers to stays unresolved, for a person."""
    return Content(
        issued_on=_day(draft.issued_on),
        basis=tuple(Basis(title=_text(each.title), document_number=_name(each.document_number)) for each in draft.basis[:50]),
        phases=tuple(
            Phase(
                id=f"phase-{number}",
                name=_name(each.name) or "(空)",
                start=_day(each.start),
                end=_day(each.end),
                text=_text(each.text),
            )
            for number, each in enumerate(draft.phases[:20], start=1)
        ),
        topics=tuple(_topic(number, each, names) for number, each in enumerate(draft.topics[:100], start=1)),
        tasks=tuple(_tasks(draft.topics[:100], names))[:1000],
        indicators=tuple(_indicator(number, each) for number, each in enumerate(draft.indicators[:300], start=1)),
        lists=tuple(
            ListDefinition(
                id=f"list-{number}",
                name=_name(each.name) or "(空)",
                parts=tuple(part[:_MOST_NAME] for part in each.parts[:30] if part.strip()),
                text=_text(each.text),
            )
            for number, each in enumerate(draft.lists[:30], start=1)
        ),
        meetings=tuple(
            Meeting(id=f"meeting-{number}", name=_name(each.name) or "(空)", schedule=each.schedule)
            for number, each in enumerate(draft.meetings[:50], start=1)
            if not flaws(each.schedule) and len(each.schedule.dates) <= MOST_DATES
        ),
    )


def _topic(number: int, draft: TopicDraft, names: Names) -> Topic:
    return Topic(
        id=f"topic-{number}",
        title=_text(draft.title),
        leads=_parties(draft.leads, names),
        supports=_parties(draft.supports, names),
        open_list=draft.open_list,
    )


def _tasks(topics: Sequence[TopicDraft], names: Names) -> Iterable[Task]:
    for number, topic in enumerate(topics, start=1):
        for place, draft in enumerate(topic.tasks, start=1):
            yield _task(f"task-{number}-{place}", f"topic-{number}", draft, names)


def _task(task_id: str, topic_id: str, draft: TaskDraft, names: Names) -> Task:
    return Task(
        id=task_id,
        topic=topic_id,
        text=_text(draft.text),
        leads=_parties(draft.leads, names),
        supports=_parties([name for name in draft.supports if name not in draft.territorial], names),
        open_list=draft.open_list,
        cooperates_upward=draft.cooperates_upward,
        territorial=_parties(draft.territorial, names),
        responsible=tuple(
            Responsible(name=each.name[:_MOST_NAME], grade=_name(each.grade))
            for each in draft.responsible[:50]
            if each.name.strip()
        ),
        deadlines=tuple(_deadline(number, each) for number, each in enumerate(draft.deadlines[:20], start=1)),
    )


def _deadline(number: int, draft: DeadlineDraft) -> TaskDeadline:
    return TaskDeadline(
        id=f"deadline-{number}", text=_text(draft.text), date=_day(draft.date), strength=draft.strength, yearly=draft.yearly
    )


def _parties(printed: Sequence[str], names: Names) -> tuple[Party, ...]:
    return tuple(_party(name[:_MOST_NAME], names) for name in printed[:100] if name.strip())


def _party(printed: str, names: Names) -> Party:
    if unit := names.resolve(printed).unit:
        return Party(name=printed, unit=unit.code)
    return Party(name=printed, kind="group" if _GROUP.search(printed) else "unit")


def _indicator(number: int, draft: IndicatorDraft) -> Indicator:
    value = _number(draft.value)
    zero = draft.direction == "=" and value == 0
    return Indicator(
        id=f"indicator-{number}",
        name=_text(draft.name),
        target=Target(direction="zero" if zero else draft.direction, value=value, unit=_name(draft.unit)),
        strength=draft.strength,
        text=_text(draft.text),
    )


def _number(printed: str) -> Decimal | None:
    try:
        value = Decimal(printed.strip().rstrip("%"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**15 else None


def _text(printed: str) -> str:
    return printed.strip()[:_MOST_TEXT] or "(空)"


def _day(read: date | None) -> date | None:
    """A year that no plan can mean is a misreading: the printed words stay, a person fills in the day."""
    return read if read is not None and EARLIEST <= read <= LATEST else None


def _name(printed: str | None) -> str | None:
    return printed[:_MOST_NAME] if printed and printed.strip() else None
