"""What falls due under a plan, and why."""

from datetime import date, timedelta
from itertools import islice
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel

from contracts.calendars import china
from contracts.values import Instant, Key
from plans.api.access import readable_plan
from plans.domain import deadlines as rules
from plans.domain.deadlines import Deadline, Place
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import invalid

router = APIRouter(tags=["plans"])
_LONGEST: Final = timedelta(days=366)
_USUAL: Final = timedelta(days=90)
_FIRST, _LAST = date(1950, 1, 1), date(2200, 12, 31)
_CURSOR: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9A-Za-z_.:-]{1,128}/[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class DeadlineView(BaseModel):
    """A report that falls due. `first` to `last` is what it is about; it is on time before `due_at`."""

    obligation: Key
    type: Key
    period: date
    first: date | None
    last: date
    label: str
    printed: date
    due: date
    due_at: Instant
    explanation: str
    calendar: str | None


class RhythmView(BaseModel):
    """How an obligation recurs; from `unknown_from` on its due days depend on days that were not published."""

    obligation: Key
    words: str
    unknown_from: date | None
    reason: str | None


class DeadlinePage(BaseModel):
    """Deadlines by due day. `next` goes into `after` for the following page; null: the last one. `rhythms` is always whole."""

    items: list[DeadlineView]
    rhythms: list[RhythmView]
    next: str | None


@router.get("/plans/{plan_id}/deadlines", summary="查询截止时间 What falls due, and by which rule")
async def read_deadlines(
    kit: KitDep,
    principal: PrincipalDep,
    plan_id: UUID,
    first: Annotated[date | None, Query(alias="from", description="default: today in the plan's zone")] = None,
    last: Annotated[date | None, Query(alias="to", description="default: 90 days later; at most 366 days later")] = None,
    obligation: Key | None = None,
    after: Annotated[str | None, Query(pattern=_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DeadlinePage:
    plan = await readable_plan(kit.pool, principal, plan_id)
    zone, calendar = ZoneInfo(plan.zone), china()
    first = first or kit.clock.now().astimezone(zone).date()
    if not _FIRST <= first <= _LAST:
        raise invalid("from", f"lies in the years {_FIRST.year} to {_LAST.year}")
    last = last or first + _USUAL
    if not timedelta(0) <= last - first <= _LONGEST:
        raise invalid("to", f"lies 0 to {_LONGEST.days} days after from")
    obligations = [each for each in plan.obligations if obligation in (None, each.id)]
    found = rules.deadlines(obligations, zone, first, last, _place(after), calendar)
    page = list(islice((each for each in found if rules.in_force(each, plan.issued_at, plan.closed_at)), limit + 1))
    return DeadlinePage(
        items=[_view(each) for each in page[:limit]],
        rhythms=[
            RhythmView(obligation=each.obligation, words=each.words, unknown_from=each.unknown_from, reason=each.reason)
            for each in rules.rhythms(obligations, first, last, calendar)
        ],
        next=_cursor(page[limit - 1].place) if len(page) > limit else None,
    )


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    day, obligation, period = cursor.split("/")
    try:
        return Place(date.fromisoformat(day), obligation, date.fromisoformat(period))
    except ValueError as error:
        raise invalid("after", "not a place in this list") from error


def _cursor(place: Place) -> str:
    return f"{place.day.isoformat()}/{place.obligation}/{place.period.isoformat()}"


def _view(deadline: Deadline) -> DeadlineView:
    instance, due = deadline.instance, deadline.due
    return DeadlineView(
        obligation=deadline.obligation.id,
        type=deadline.obligation.type,
        period=instance.key,
        first=instance.first,
        last=instance.last,
        label=instance.label,
        printed=instance.printed,
        due=instance.due,
        due_at=due.at,
        explanation=due.explanation,
        calendar=due.calendar,
    )
