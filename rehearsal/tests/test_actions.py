"""Every action becomes one call of a public API, as the right unit, in the right role, with nothing the API does not know."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.actions import NO_SUCH_HAZARD, call_of, contact_body, plan_body, unit_body
from rehearsal.faults import crosses_services
from rehearsal.scenario import Scenario

Make = Callable[..., Scenario]
ORDER = 'unit: "3301", do: order_rectification, hazard: h, due: "14:00", measures: a, responsible: "33", '
PERIOD = {"obligation": "village-daily", "period": "2026-03-02"}


@pytest.mark.parametrize(
    ("action", "service", "role", "path", "body"),
    [
        (
            'unit: "330101", do: report, obligation: village-daily, zero: true',
            "reporting",
            "submitter",
            "/reports",
            PERIOD | {"zero": True},
        ),
        (
            'unit: "330101", do: report, obligation: village-daily, items: {a: 1, b: 2.50, c: 晴}',
            "reporting",
            "submitter",
            "/reports",
            PERIOD | {"items": {"a": 1, "b": 2.5, "c": "晴"}},
        ),
        (
            'unit: "330101", do: correct_report, obligation: village-daily, period: 2026-03-01, zero: true',
            "reporting",
            "submitter",
            "/reports/corrections",
            PERIOD | {"period": "2026-03-01", "zero": True},
        ),
        (
            'unit: "3301", do: report_for_child, child: "330101", obligation: village-daily',
            "reporting",
            "office",
            "/reports",
            PERIOD | {"unit": "330101"},
        ),
        (
            'unit: "3301", do: exempt, child: "330101", obligation: village-daily, reason: 停电',
            "reporting",
            "office",
            "/reports/exemptions",
            PERIOD | {"unit": "330101", "reason": "停电"},
        ),
        ('unit: "3301", do: submit_rollup, obligation: village-daily', "reporting", "office", "/rollups", PERIOD),
        (
            'unit: "330101", do: report_hazard, ref: h, category: 用火, title: 柴草, occurred_at: "12:50"',
            "hazards",
            "submitter",
            "/hazards",
            {"category": "用火", "title": "柴草", "occurred_at": "2026-03-02T04:50:00+00:00"},
        ),
        (
            ORDER + "funds: 0.5, contingency: ~",
            "hazards",
            "office",
            f"/hazards/{NO_SUCH_HAZARD}/order",
            {
                "due": "2026-03-02T06:00:00+00:00",
                "measures": "a",
                "responsible": "33",
                "funds": 0.5,
                "contingency": None,
            },
        ),
        (
            'unit: "33", do: register_unit, code: "330109", name: 新村, level: village, parent: "3301", groups: [林区]',
            "plans",
            "office",
            "/units",
            {"code": "330109", "name": "新村", "level": "village", "parent": "3301", "groups": ["林区"]},
        ),
        ('unit: "33", do: move_unit, code: "a/b", parent: "3301"', "plans", "office", "/units/a%2Fb/move", {"parent": "3301"}),
        ('unit: "33", do: retire_unit, code: "330101"', "plans", "office", "/units/330101/retire", {}),
    ],
)
def test_calls(scenario_of: Make, action: str, service: str, role: str, path: str, body: dict[str, Any]) -> None:
    scenario = scenario_of(f'actions:\n  - {{at: "13:10", {action}}}\n')
    call = call_of(scenario.actions[0], scenario, {})
    assert (call.service, call.unit, call.role, call.path) == (service, scenario.actions[0].unit, role, path)
    assert call.body == body


def test_an_order_goes_to_the_hazard_that_the_system_numbered(scenario_of: Make) -> None:
    scenario = scenario_of(f'actions:\n  - {{at: "13:10", {ORDER}funds: 0, contingency: b}}\n')
    assert call_of(scenario.actions[0], scenario, {"h": "77"}).path == "/hazards/77/order"


def test_set_up_bodies_leave_out_what_is_not_given(scenario_of: Make) -> None:
    scenario = scenario_of('contacts: [{unit: "330101", role: office, name: 甲, wecom: v1}]')
    assert unit_body(scenario.units[0]) == {"code": "33", "name": "青山县", "level": "county"}
    assert contact_body(scenario.contacts[0]) == {"unit": "330101", "role": "office", "name": "甲", "wecom": "v1"}
    village, town = plan_body(scenario)["obligations"]
    assert village == {
        "id": "village-daily",
        "type": "zero_report",
        "reporters": {"level": "village"},
        "recipients": "parent",
        "every": "day",
        "cutoff": "14:00:00",
        "remind_before": ["PT1800S"],
        "escalate_after": ["PT0S", "PT600S", "PT1200S"],
        "rolls_up_into": "town-daily",
    }
    assert "rolls_up_into" not in town


DEED = """
actions:
  - {at: "13:05", unit: "330101", do: report_hazard, ref: h1, category: 用火, title: 柴草, occurred_at: "13:00"}
  - {at: "13:06", unit: "3301", do: DO}
"""


@pytest.mark.parametrize(
    ("do", "role", "path", "body"),
    [
        ("grade_hazard, hazard: h1, grade: major", "office", "id1/grade", {"grade": "major"}),
        ("submit_rectification, hazard: h1, text: 已改, funds: 10.5", "submitter", "id1/submit", {"text": "已改", "funds": 10.5}),
        ("ask_extension, hazard: h1, reason: 雨, due: '14:00'", "submitter", "id1/ask-extension",
         {"reason": "雨", "due": "2026-03-02T06:00:00+00:00"}),
        ("monitor_hazard, hazard: h1, reason: 难, measures: 看, review_on: '2026-03-09'", "office", "id1/monitor",
         {"reason": "难", "measures": "看", "review_on": "2026-03-09"}),
        ("dismiss_hazard, hazard: h1, outcome: duplicate, reason: 重, duplicate_of: h1", "office", "id1/dismiss",
         {"outcome": "duplicate", "reason": "重", "duplicate_of": "id1"}),
        ("recheck_hazard, hazard: h1, finding: fake, text: 未清", "supervisor", "id1/recheck",
         {"finding": "fake", "text": "未清"}),
        ("close_hazard, hazard: none", "office", f"{NO_SUCH_HAZARD}/close", {}),
    ],
)  # fmt: skip
def test_a_deed_is_a_call_of_its_own_path_with_refs_as_ids(
    scenario_of: Callable[..., Scenario], do: str, role: str, path: str, body: dict[str, object]
) -> None:
    scenario = scenario_of(DEED.replace("DO", do))
    call = call_of(scenario.actions[1], scenario, {"h1": "id1"})
    assert (call.service, call.unit, call.role, call.path, call.body) == ("hazards", "3301", role, f"/hazards/{path}", body)


def test_a_policy_is_put_for_the_unit_that_decides(scenario_of: Callable[..., Scenario]) -> None:
    scenario = scenario_of(DEED.replace("DO", "set_policy, policy: {notices: {before_days: [3]}}"))
    call = call_of(scenario.actions[1], scenario, {})
    assert (call.method, call.path, call.body) == ("PUT", "/policies/3301", {"notices": {"before_days": [3]}})


def test_hazards_that_follow_each_other_need_not_wait_for_other_services(scenario_of: Callable[..., Scenario]) -> None:
    report, grade = scenario_of(DEED.replace("DO", "grade_hazard, hazard: h1, grade: major")).actions
    (told,) = scenario_of(ACTIONS_OF_REPORT).actions
    assert not crosses_services(report, grade)
    assert crosses_services(report, told)
    assert crosses_services(grade)
    assert not crosses_services(told, report)


ACTIONS_OF_REPORT = """
actions:
  - {at: "13:05", unit: "330101", do: report, obligation: village-daily, zero: true}
"""
