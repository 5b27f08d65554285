"""Every due day of a plan's obligations, in order, page by page."""

from datetime import date, time
from itertools import islice
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import china
from contracts.events.plans import Obligation, Reporters
from contracts.rhythms import periods
from contracts.schedules import DueDay, Schedule, Within
from contracts.strategies import schedules
from plans.domain.deadlines import Deadline, Place, deadlines, rhythms

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2021, 1, 1), date(2021, 12, 31)


def obligation(id: str, schedule: Schedule | None) -> Obligation:
    return Obligation(id=id, type="progress", reporters=Reporters(level="town"), cutoff=time(14), schedule=schedule)


QUARTERLY = obligation("q", Schedule(every="quarter", about="previous", on=(DueDay(month=1, day=10),)))
COUNTED = obligation("w", Schedule(every="month", on=(DueDay(working_day=3),)))
AT_ONCE = obligation("e", Schedule(every="event", trigger="fire", within=Within(hours=0)))


def listed(obligations: list[Obligation], after: Place | None = None, first: date = FIRST, last: date = LAST) -> list[Deadline]:
    return list(deadlines(obligations, ZONE, first, last, after, china()))


def test_deadlines_explain_themselves() -> None:
    said = [each.due.explanation for each in listed([QUARTERLY, AT_ONCE])]

    assert said[1] == "2021年第一季度:次季度首月10日，即2021-04-10 24:00前;节假日不顺延"
    assert len(said) == 4


def test_without_a_schedule_something_is_due_every_day() -> None:
    assert len(listed([obligation("d", None)])) == 365


def test_what_cannot_be_known_yet_is_said_with_its_reason() -> None:
    counted, quarterly, at_once = rhythms([COUNTED, QUARTERLY, AT_ONCE], date(2026, 6, 1), date(2027, 5, 1), china())

    assert counted.unknown_from == date(2027, 1, 1)
    assert "2026-12-31" in (counted.reason or "")
    assert (quarterly.unknown_from, quarterly.words) == (None, "每季度首月10日24:00前(报上季度)，节假日不顺延")
    assert at_once.words == "火情发生后立即"
    assert len(listed([COUNTED], first=date(2026, 11, 1), last=date(2027, 5, 1))) == 2


@given(st.lists(schedules(FIRST, LAST), max_size=4), st.integers(1, 40))
def test_pages_make_up_the_whole(given_schedules: list[Schedule], size: int) -> None:
    obligations = [obligation(f"o{number}", each) for number, each in enumerate(given_schedules)]
    whole = listed(obligations)

    found: list[Deadline] = []
    while page := list(islice(deadlines(obligations, ZONE, FIRST, LAST, found[-1].place if found else None, china()), size)):
        found += page

    assert found == whole
    assert [each.place for each in whole] == sorted(each.place for each in whole)
    assert len(whole) == sum(len(periods(each, FIRST, LAST, china())) for each in given_schedules)
