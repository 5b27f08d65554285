"""Regular meetings and dispatches."""

from datetime import time

import pytest

from contracts.schedules import DueDay
from plans.importing.dates import Context
from plans.importing.lines import Line
from plans.importing.meetings import meetings_in


def read(text: str) -> list[tuple[str, str]]:
    return [(meeting.name, meeting.schedule.every) for meeting in meetings_in((Line(1, text),), Context())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("领导小组原则上每季度召开一次会议。", [("会议", "quarter")]),
        ("每月至少召开一次安全生产工作例会。", [("工作例会", "month")]),
        ("建立季度联席会议制度。", [("联席会议制度", "quarter")]),
        ("实行周调度、月通报。", [("调度", "week")]),
        ("办公室建立周调度例会制度。", [("调度例会制度", "week")]),
        ("工作组每季度召开会议,办公室实行周调度。", [("会议", "quarter"), ("调度", "week")]),
        ("每半年召开总结会。", [("总结会", "half_year")]),
        ("定期召开会议,及时调度。", []),
        ("每月开展一次应急演练。", []),
        ("节假日和重要会议期间加强值守。", []),
        ("贯彻2021年会议精神。", []),
        ("庆祝建园100周年会议。", []),
    ],
)
def test_a_meeting_has_a_rhythm(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


def test_the_day_and_hour_of_a_meeting_are_kept() -> None:
    (meeting,) = meetings_in((Line(3, "专班每周五下午3点前召开调度会。"),), Context())
    assert (meeting.schedule.on, meeting.schedule.at) == ((DueDay(weekday=5),), time(15))
    assert meeting.span == (3, 3)
