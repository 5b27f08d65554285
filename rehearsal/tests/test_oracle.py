"""The oracle against cases small enough to work out by hand. In all of them the village 330101 and the town 3301 report."""

from collections.abc import Callable
from typing import Any

import pytest
from oracle import expected_result

from rehearsal.scenario import Scenario

Make = Callable[..., Scenario]
CONTACTS = """
contacts:
  - {unit: "330101", role: submitter, name: 信息员, mobile: "13900000001", wecom: v1}
  - {unit: "330101", role: principal, name: 村主任, mobile: "13900000002"}
  - {unit: "330102", role: office, name: 村办, mobile: "13900000003"}
  - {unit: "3301", role: office, name: 镇办, wecom: t1}
  - {unit: "3301", role: leader, name: 镇长, mobile: "13900000004"}
  - {unit: "33", role: office, name: 县办, wecom: c1}
"""


def actions(*lines: str) -> str:
    return "actions:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def report(at: str, unit: str = "330101", what: str = "zero: true", do: str = "report") -> str:
    return f'at: "{at}", unit: "{unit}", do: {do}, obligation: village-daily, {what}'


def row(result: dict[str, Any], unit: str, obligation: str = "village-daily", section: str = "reports") -> dict[str, Any]:
    (found,) = [row for row in result[section] if (row["unit"], row["obligation"]) == (unit, obligation)]
    return dict(found)


def alerts(result: dict[str, Any], reason: str) -> list[tuple[str, str, str, str, str]]:
    return [
        (row["raised_at"][11:16], row["about"], row["unit"], row["role"], row["channel"])
        for row in result["alerts"]
        if row["reason"] == reason
    ]


@pytest.mark.parametrize(
    ("at", "verdict"), [("13:59:59.999999", "on_time"), ("14:00:00", "late"), ("14:00:00.000001", "late"), ("15:30", "late")]
)
def test_on_time_is_strictly_before_the_cutoff(scenario_of: Make, at: str, verdict: str) -> None:
    found = row(expected_result(scenario_of(actions(report(at)))), "330101")
    assert (found["verdict"], found["versions"], found["zero"], found["entered_by"]) == (verdict, 1, True, "self")


def test_silence_is_missed_and_everything_absent_is_null(scenario_of: Make) -> None:
    result = expected_result(scenario_of())
    assert row(result, "330101") == {
        "obligation": "village-daily",
        "unit": "330101",
        "period": "2026-03-02",
        "verdict": "missed",
        "received_at": None,
        "entered_by": None,
        "versions": 0,
        "zero": None,
    }
    assert result["totals"][0] == {
        "obligation": "village-daily",
        "period": "2026-03-02",
        "expected": 2,
        "on_time": 0,
        "late": 0,
        "missed": 2,
        "exempt": 0,
    }


@pytest.mark.parametrize(
    ("start", "end", "owed"),
    [
        ("2026-03-02 13:59:59.999", "2026-03-02 14:00:00", True),
        ("2026-03-02 14:00:00", "2026-03-02 14:30:00", False),
        ("2026-03-02 13:00:00", "2026-03-02 13:59:59.999", False),
    ],
)
def test_a_period_is_owed_when_its_cutoff_is_after_start_and_not_after_end(
    scenario_of: Make, start: str, end: str, owed: bool
) -> None:
    result = expected_result(scenario_of(head=f'name: n\nstart: "{start}"\nend: "{end}"\n'))
    assert [row["unit"] for row in result["reports"]] == (["330101", "330102"] if owed else [])


def test_a_correction_keeps_the_verdict_and_changes_zero(scenario_of: Make) -> None:
    lines = [report("13:10"), report("14:20", what="items: {fires: 1}", do="correct_report")]
    found = row(expected_result(scenario_of(actions(*lines))), "330101")
    assert (found["verdict"], found["versions"], found["zero"]) == ("on_time", 2, False)
    assert found["received_at"] == "2026-03-02T13:10:00+08:00"


def test_refusals(scenario_of: Make) -> None:
    lines = [
        report("13:00", do="correct_report"),
        report("13:01"),
        report("13:02"),
        report("13:03", what='zero: true, child: "330101"', unit="330102", do="report_for_child"),
        report("13:04", unit="99"),
        report("13:05", what="period: 2026-03-03, zero: true"),
        report("13:06", unit="330102", what="period: 2026-03-02"),
        'at: "14:00", unit: "3301", do: exempt, child: "330102", obligation: village-daily, reason: 停电',
        'at: "14:01", unit: "3301", do: submit_rollup, obligation: town-daily',
        'at: "14:02", unit: "3301", do: submit_rollup, obligation: town-daily',
    ]
    result = expected_result(scenario_of(actions(*lines)))
    assert [(row["at"][11:16], row["status"]) for row in result["refused"]] == [
        ("13:00", 409),
        ("13:02", 409),
        ("13:03", 403),
        ("13:04", 404),
        ("13:05", 409),
        ("13:06", 422),
        ("14:00", 409),
        ("14:02", 409),
    ]


def test_the_first_report_is_accepted_from_midnight_until_midnight_of_the_next_day(scenario_of: Make) -> None:
    head = 'name: n\nstart: "2026-03-01 23:00"\nend: "2026-03-04 12:00"\n'
    result = expected_result(
        scenario_of(
            actions(
                report("2026-03-01 23:59:59.999", what="period: 2026-03-02, zero: true"),
                report("2026-03-02 00:00:00"),
                report("2026-03-03 23:59:59.999", what="period: 2026-03-02, zero: true", unit="330102"),
                report("2026-03-04 00:00:00", what="period: 2026-03-02, zero: true", unit="330102"),
            ),
            head=head,
        )
    )
    assert [row["at"] for row in result["refused"]] == ["2026-03-01T23:59:59.999000+08:00", "2026-03-04T00:00:00+08:00"]
    periods = {(r["unit"], r["period"]): r["verdict"] for r in result["reports"] if r["obligation"] == "village-daily"}
    assert periods == {
        ("330101", "2026-03-02"): "on_time",
        ("330102", "2026-03-02"): "late",
        ("330101", "2026-03-03"): "missed",
        ("330102", "2026-03-03"): "missed",
    }


def test_exempt_is_neither_missing_nor_reminded_and_a_report_lifts_it(scenario_of: Make) -> None:
    exempt = 'at: "13:00", unit: "3301", do: exempt, child: "{}", obligation: village-daily, reason: 搬迁'
    lines = [exempt.format("330101"), exempt.format("330102"), report("13:50", unit="330102")]
    result = expected_result(scenario_of(CONTACTS + actions(*lines)))
    assert row(result, "330101")["verdict"] == "exempt"
    assert row(result, "330102")["verdict"] == "on_time"
    assert [alert for alert in result["alerts"] if alert["about"].startswith("3301") and len(alert["about"]) > 4] == []
    assert row(result, "3301", "town-daily", "rollups")["missing_children"] == []


def test_escalation_goes_to_the_unit_then_the_office_then_the_leader_and_stops_at_a_report(scenario_of: Make) -> None:
    result = expected_result(scenario_of(CONTACTS + actions(report("14:10", unit="330102"))))
    assert alerts(result, "report_reminder") == [
        ("13:30", "330101", "330101", "submitter", "wecom"),
        ("13:30", "330102", "330102", "office", "sms"),
    ]
    assert alerts(result, "report_missed") == [
        ("14:00", "330101", "330101", "submitter", "wecom"),
        ("14:00", "330101", "330101", "principal", "sms"),
        ("14:00", "330102", "330102", "office", "sms"),
        ("14:10", "330101", "3301", "office", "wecom"),
        ("14:10", "330102", "3301", "office", "wecom"),
        ("14:20", "330101", "3301", "leader", "sms"),
    ]
    assert alerts(result, "rollup_missed") == [
        ("15:00", "3301", "3301", "office", "wecom"),
        ("15:10", "3301", "33", "office", "wecom"),
    ]


def test_a_unit_moved_or_retired_at_the_cutoff_still_owes_under_the_old_parent(scenario_of: Make) -> None:
    register = 'at: "{}", unit: "33", do: register_unit, code: "{}", name: 新村, level: {}, parent: "{}"'
    lines = [
        register.format("13:00", "3302", "town", "33"),
        register.format("13:59:59.999", "330103", "village", "3302"),
        register.format("14:00", "330104", "village", "3302"),
        'at: "14:00", unit: "33", do: move_unit, code: "330101", parent: "3302"',
        'at: "14:00", unit: "33", do: retire_unit, code: "330102"',
    ]
    result = expected_result(scenario_of(actions(*lines)))
    assert [row["unit"] for row in result["reports"] if row["obligation"] == "village-daily"] == ["330101", "330102", "330103"]
    assert row(result, "3301", "town-daily", "rollups")["missing_children"] == ["330101", "330102"]
    assert row(result, "3302", "town-daily", "rollups")["missing_children"] == ["330103"]


def test_a_unit_moved_or_retired_before_the_cutoff_owes_under_the_new_parent_or_not_at_all(scenario_of: Make) -> None:
    lines = [
        'at: "13:00", unit: "33", do: register_unit, code: "3302", name: 红岩镇, level: town, parent: "33"',
        'at: "13:59:59.999", unit: "33", do: move_unit, code: "330101", parent: "3302"',
        'at: "13:59:59.999", unit: "33", do: retire_unit, code: "330102"',
    ]
    result = expected_result(scenario_of(actions(*lines)))
    assert [row["unit"] for row in result["reports"] if row["obligation"] == "village-daily"] == ["330101"]
    assert row(result, "3301", "town-daily", "rollups")["missing_children"] == []
    assert row(result, "3302", "town-daily", "rollups")["missing_children"] == ["330101"]


def test_a_rollup_freezes_what_was_there_and_a_later_version_restates_it(scenario_of: Make) -> None:
    lines = [
        report("13:10", what="items: {fires: 0, patrols: 4, rain: 0.5, note: 晴}"),
        'at: "14:50", unit: "3301", do: submit_rollup, obligation: town-daily',
        report("14:55", unit="330102", what="items: {patrols: 2, tips: 1}"),
        report("15:05", what="items: {fires: 1}", do="correct_report"),
    ]
    rollup = row(expected_result(scenario_of(actions(*lines))), "3301", "town-daily", "rollups")
    assert rollup == {
        "obligation": "town-daily",
        "unit": "3301",
        "period": "2026-03-02",
        "verdict": "on_time",
        "missing_children": ["330102"],
        "sums": {"fires": 0, "patrols": 4, "rain": 0.5},
        "restated": True,
        "restated_sums": {"fires": 1, "patrols": 2, "tips": 1},
    }


def test_a_rollup_that_nobody_submitted_is_missed_with_the_children_missing_at_its_cutoff(scenario_of: Make) -> None:
    result = expected_result(scenario_of(actions(report("13:10"), report("15:00", unit="330102"))))
    assert row(result, "3301", "town-daily", "rollups") == {
        "obligation": "town-daily",
        "unit": "3301",
        "period": "2026-03-02",
        "verdict": "missed",
        "missing_children": ["330102"],
        "sums": {},
        "restated": False,
    }


def hazard(at: str, occurred: str) -> str:
    return f'at: "{at}", unit: "330101", do: report_hazard, ref: h1, category: 用火, title: 柴草, occurred_at: "{occurred}"'


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        ([report("13:05"), hazard("13:20", "12:50")], "13:20"),
        ([hazard("13:20", "00:00:00"), report("13:25")], "13:25"),
        ([report("13:05"), hazard("13:20", "2026-03-01 23:59:59.999")], None),
        ([report("13:05"), report("13:10", what="items: {a: 1}", do="correct_report"), hazard("13:20", "12:50")], None),
        (
            [
                report("13:05", what="items: {a: 1}"),
                hazard("13:20", "12:50"),
                report("14:30", do="correct_report"),
                report("14:31", what="items: {a: 1}", do="correct_report"),
            ],
            "14:30",
        ),
    ],
)
def test_a_zero_report_against_a_hazard_of_the_day_is_suspected_once(scenario_of: Make, lines: list[str], at: str | None) -> None:
    result = expected_result(scenario_of(CONTACTS + actions(*lines)))
    entry = {"unit": "330101", "period": "2026-03-02", "kind": "zero_with_hazard"}
    assert result["contradictions"] == ([entry] if at else [])
    assert alerts(result, "contradiction_suspected") == ([(at, "330101", "3301", "office", "wecom")] if at else [])


@pytest.mark.parametrize(("due", "since"), [("15:30", "15:30"), ("15:30:00.000001", None), ("14:30", "14:30")])
def test_an_ordered_hazard_is_overdue_from_due_on(scenario_of: Make, due: str, since: str | None) -> None:
    order = (
        f'at: "13:30", unit: "3301", do: order_rectification, hazard: h1, due: "{due}", measures: 清运, '
        'responsible: "330101", funds: 0, contingency: 看守'
    )
    result = expected_result(scenario_of(CONTACTS + actions(hazard("13:20", "12:50"), order)))
    written = f"2026-03-02T{since}:00+08:00" if since else None
    assert result["hazards"] == [{"ref": "h1", "state": "ordered", "overdue_since": written}]
    told = [("330101", "submitter"), ("330101", "principal"), ("3301", "office")] if since else []
    assert [(unit, role) for _, _, unit, role, _ in alerts(result, "rectification_overdue")] == told


def test_an_action_that_needs_a_process_that_is_down_comes_after_what_is_due_when_it_is_back(scenario_of: Make) -> None:
    faults = """
faults:
  - {at: "13:50", do: kill, process: reporting}
  - {at: "14:10", do: start, process: reporting}
"""
    result = expected_result(scenario_of(CONTACTS + actions(report("13:50")) + faults))
    assert row(result, "330101")["received_at"] == "2026-03-02T14:10:00+08:00"
    assert [alert for alert in alerts(result, "report_missed") if alert[1] == "330101"] == [
        ("14:00", "330101", "330101", "submitter", "wecom"),
        ("14:00", "330101", "330101", "principal", "sms"),
        ("14:10", "330101", "3301", "office", "wecom"),
    ]


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (["sms timeout 5m"], {("wecom", "delivered"), ("sms", "delivered")}),
        (["wecom reject 5m"], {("sms", "delivered")}),
        (["wecom reject 5m", "sms reject 5m"], {("sms", "failed")}),
        (["wecom slow 5m", "sms lost 5m"], {("wecom", "delivered"), ("sms", "delivered")}),
        (["wecom timeout 4h", "sms lost 4h"], {("wecom", "unknown"), ("sms", "unknown")}),
        (["wecom throttle 4h"], {("wecom", "pending"), ("sms", "delivered")}),
    ],
)
def test_what_becomes_of_an_alert_while_a_provider_misbehaves(
    scenario_of: Make, faults: list[str], expected: set[tuple[str, str]]
) -> None:
    lines = [fault.split() for fault in faults]
    text = "faults:\n" + "".join(
        f'  - {{at: "14:00", do: provider, channel: {channel}, behave: {behave}, for: {duration}}}\n'
        for channel, behave, duration in lines
    )
    head = 'name: n\nstart: "2026-03-02 13:00"\nend: "2026-03-02 15:30"\n'
    result = expected_result(scenario_of(CONTACTS + text, head=head))
    first = [row for row in result["alerts"] if row["reason"] == "report_missed" and row["raised_at"][11:16] == "14:00"]
    assert {(row["channel"], row["status"]) for row in first if row["unit"] == "330101"} == expected
