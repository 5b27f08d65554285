"""Amendments are told in words."""

from datetime import time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.events.plans import Obligation, Reporters
from contracts.schedules import DueDay, Schedule
from plans.domain.changes import MAX_CHARACTERS, MAX_LINES, changes


def obligation(id: str = "village-daily", **changed: object) -> Obligation:
    base = {"id": id, "type": "zero_report", "reporters": Reporters(level="village"), "cutoff": time(14)}
    return Obligation.model_validate({**base, **changed})


def test_each_aspect_that_differs_has_its_line() -> None:
    after = obligation(
        type="roll_up",
        reporters=Reporters(group="林区村"),
        recipients=("330802",),
        cutoff=time(13, 30),
        remind_before=(timedelta(minutes=30),),
        escalate_after=(timedelta(0), timedelta(minutes=10)),
        rolls_up_into="town-daily",
    )

    assert changes([obligation()], [after]) == (
        "village-daily:类型由“零报告”改为“汇总上报”",
        "village-daily:报送单位由“层级 village”改为“分组 林区村”",
        "village-daily:报送对象由“上级单位”改为“330802”",
        "village-daily:截止时间由“14:00”改为“13:30”",
        "village-daily:截止前提醒由“无”改为“30分钟”",
        "village-daily:逾期催报由“无”改为“0分钟、10分钟”",
        "village-daily:汇总到由“不汇总”改为“town-daily”",
    )


def test_a_rhythm_is_said_in_words() -> None:
    quarterly = Schedule(every="quarter", about="previous", on=(DueDay(month=1, day=10),), text="每季度首月10日前")
    daily, later = obligation(), quarterly.model_copy(update={"at": time(12)})

    assert changes([daily], [obligation(schedule=quarterly)]) == (
        "village-daily:周期由“每日14:00前”改为“每季度首月10日24:00前(报上季度)，节假日不顺延(原文:每季度首月10日前)”",
        "village-daily:截止时间由“14:00”改为“随周期”",
    )
    assert len(changes([obligation(schedule=quarterly)], [obligation(schedule=later)])) == 1


def test_new_and_dropped_obligations_are_named() -> None:
    assert changes([obligation("a")], [obligation("b", cutoff=time(8, 30, 15))]) == (
        "新增报送事项 b(零报告，每日08:30:15前，报送单位:层级 village)",
        "取消报送事项 a",
    )


def test_of_a_long_list_of_units_only_the_difference_is_said() -> None:
    names = tuple(f"村{number}" for number in range(300))
    before = obligation(reporters=Reporters(units=names))
    after = obligation(reporters=Reporters(units=(*names[1:], "新村")))

    assert changes([before], [after]) == ("village-daily:报送单位增加新村", "village-daily:报送单位减少村0")


def test_order_says_nothing() -> None:
    units, turned = Reporters(units=("a", "b")), Reporters(units=("b", "a"))

    assert changes([obligation("a"), obligation("b")], [obligation("b"), obligation("a")]) == ()
    assert changes([obligation(reporters=units)], [obligation(reporters=turned)]) == ()
    assert changes([obligation(recipients=("c", "d"))], [obligation(recipients=("d", "c"))]) == ()


_OBLIGATIONS = st.lists(
    st.builds(
        obligation,
        st.sampled_from(["a", "b", "c", "d"]),
        cutoff=st.sampled_from([time(8), time(14), time(15)]),
        reporters=st.sampled_from([Reporters(level="village"), Reporters(units=("甲" * 200, "b")), Reporters(units=("b",))]),
    ),
    max_size=4,
    unique_by=lambda each: each.id,
)


@given(_OBLIGATIONS, _OBLIGATIONS)
def test_nothing_is_said_exactly_when_nothing_changed(before: list[Obligation], after: list[Obligation]) -> None:
    same = {each.id: each for each in before} == {each.id: each for each in after}

    said = changes(before, after)

    assert (said == ()) == same
    assert all(len(line) <= MAX_CHARACTERS for line in said)


def test_the_list_of_changes_is_bounded() -> None:
    said = changes([], [obligation(f"o{number}") for number in range(MAX_LINES + 5)])

    assert len(said) == MAX_LINES
    assert said[-1] == "另有6处改动"
