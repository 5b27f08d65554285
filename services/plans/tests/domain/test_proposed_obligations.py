"""Printed reporting sentences become obligations of levels, chained where one level sums the other."""

from datetime import date, time

import pytest

from contracts.schedules import DueDay, Schedule
from plans.domain.names import Near
from plans.domain.proposed_obligations import Tree, proposed_obligations
from plans.importing.draft import ObligationDraft

TREE = Tree.of(
    [
        Near("33", "青山县", "county"),
        Near("3301", "白石镇", "town"),
        Near("3302", "青山县应急局", "town"),
        Near("330101", "上溪村", "village"),
    ]
)
DAILY = Schedule(every="day", at=time(14), text="每日14点前")


def sentence(reporters: str, *recipients: str, schedule: Schedule = DAILY, zero: bool = False) -> ObligationDraft:
    return ObligationDraft(
        text="某句", span=(1, 1), reporters=reporters, recipients=recipients, schedule=schedule, zero_report=zero
    )


def test_the_daily_chain_becomes_a_zero_report_that_rolls_up_into_the_towns() -> None:
    found, notes = proposed_obligations(
        [
            sentence("各村工作组", "镇防火办", zero=True),
            sentence("镇防火办", "县防火办", schedule=Schedule(every="day", at=time(15)), zero=True),
        ],
        TREE,
    )
    assert notes == ()
    village, town = found
    assert (village.id, village.type, village.reporters.level, village.recipients) == (
        "village-daily",
        "zero_report",
        "village",
        (),
    )
    assert (village.cutoff, village.every, village.schedule, village.rolls_up_into) == (time(14), "day", None, "town-daily")
    assert (town.id, town.type, town.reporters.level, town.cutoff) == ("town-daily", "roll_up", "town", time(15))
    assert town.rolls_up_into is None


@pytest.mark.parametrize(
    ("printed", "level"),
    [("各村", "village"), ("各镇(街道)", "town"), ("镇辖各村", "village"), ("县直各单位", "county"), ("各学校", None)],
)
def test_the_last_level_word_says_who_reports(printed: str, level: str | None) -> None:
    assert TREE.level_of(printed) == level


def test_reports_in_other_rhythms_are_not_summed() -> None:
    quarterly = Schedule(every="quarter", on=(DueDay(month=1, day=10),), about="previous")
    found, _ = proposed_obligations([sentence("各村", "镇政府"), sentence("各镇", "县政府", schedule=quarterly)], TREE)
    assert [(each.id, each.type, each.rolls_up_into) for each in found] == [
        ("village-daily", "report", None),
        ("town-quarterly", "report", None),
    ]
    assert (found[1].every, found[1].schedule) == ("quarter", quarterly)


def test_two_obligations_of_one_level_and_rhythm_have_two_names() -> None:
    dated = [Schedule(every="dates", dates=(date(2026, 6, 5),)), Schedule(every="dates", dates=(date(2026, 12, 25),))]
    found, _ = proposed_obligations([sentence("各镇", "县政府", schedule=each) for each in dated], TREE)
    assert [each.id for each in found] == ["town-dated", "town-dated-2"]


def test_a_recipient_beside_the_line_is_resolved_by_name_or_said_to_be_open() -> None:
    found, notes = proposed_obligations([sentence("各村", "县应急局", "片区专班")], TREE)
    assert found[0].recipients == ("3302",)
    assert [(note.code, note.field) for note in notes] == [("recipient_unresolved", "obligations.0.recipients")]


def test_what_names_nobody_or_no_day_is_left_to_a_person() -> None:
    undated = Schedule(every="dates", text="择期")
    found, notes = proposed_obligations([sentence("", "镇政府"), sentence("各村", schedule=undated)], TREE)
    assert found == ()
    assert [(note.code, note.field) for note in notes] == [
        ("reporter_blank", "obligations.0.reporters"),
        ("rhythm_unresolved", "obligations.1.schedule"),
    ]


def test_a_reporter_that_is_no_level_is_named() -> None:
    found, _ = proposed_obligations([sentence("应急局", "县政府"), sentence("各成员单位", "县政府")], TREE)
    assert [each.reporters.units for each in found] == [("3302",), ("各成员单位",)]


def test_more_obligations_and_recipients_than_a_plan_holds_are_told() -> None:
    many = sentence("各村", *(f"第{n}专班" for n in range(3)))
    found, notes = proposed_obligations([many] * 101, TREE)

    assert len(found) == 100
    [left_out] = [note for note in notes if note.code == "obligation_left_out"]
    assert (left_out.field, "上限100项" in left_out.message, "拆成几个" in left_out.message) == ("obligations.100", True, True)


def test_a_long_name_of_a_reporter_is_cut_and_told() -> None:
    found, notes = proposed_obligations([sentence("科" * 201, "县政府")], TREE)

    assert found[0].reporters.units == ("科" * 200,)
    assert ("text_cut", "obligations.0.reporters") in [(note.code, note.field) for note in notes]
