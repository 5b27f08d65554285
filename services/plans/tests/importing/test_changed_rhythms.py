"""A rhythm that replaces another from a day on."""

from datetime import date

import pytest

from plans.importing.dates import Context
from plans.importing.draft import ObligationDraft
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in


def read(text: str) -> tuple[ObligationDraft, ...]:
    return obligations_in([Line(1, text)], Context(2026))


@pytest.mark.parametrize(
    "text",
    [
        "各厂每月5日前向镇安监站报送报表，自2027年1月起改为每季度报送。",
        "各厂每月5日前向镇安监站报送报表，自2027年起改为每季度。",
        "各厂每月5日前向镇安监站报送报表。从2027年起调整为每季度首月10日前。",
        "各厂每月5日前向镇安监站报送报表。自2027年1月起改为每季度首月10日前报送。",
    ],
)
def test_the_new_rhythm_ends_the_old_one(text: str) -> None:
    old, new = read(text)
    assert (old.schedule.every, old.schedule.effective_until) == ("month", date(2026, 12, 31))
    assert (new.schedule.every, new.schedule.effective_from) == ("quarter", date(2027, 1, 1))
    assert (new.reporters, new.recipients) == ("各厂", ("镇安监站",))


def test_a_rhythm_that_is_named_as_replaced_ends() -> None:
    found = read("自2026年7月起，由每周报送调整为每月报送，各厂每月5日前报镇安监站。")
    assert [each.schedule.effective_until for each in found if each.schedule.every == "week"] == [date(2026, 6, 30)]
    assert {each.schedule.every for each in found} == {"week", "month"}


@pytest.mark.parametrize(
    "text", ["各厂将名称改为每年年检的名称，每月5日前报镇安监站。", "各厂每月5日前报镇安监站，地址改为东街。"]
)
def test_other_changes_change_no_rhythm(text: str) -> None:
    assert [(each.schedule.every, each.schedule.effective_until) for each in read(text)] == [("month", None)]
