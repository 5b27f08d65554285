"""What a scenario file may say, and that every error of one is reported with its line, column and key."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rehearsal.document import Problem, ScenarioError
from rehearsal.loading import load
from rehearsal.scenario import (
    MoveUnit,
    OrderRectification,
    ProviderFault,
    RegisterUnit,
    Report,
    ReportForChild,
    Scenario,
)

Make = Callable[..., Scenario]
Problems = Callable[..., list[Problem]]


def found(problems: list[Problem]) -> list[tuple[int, int, str]]:
    return [(problem.place.line, problem.place.column, problem.key) for problem in problems]


def pointed(problems: list[Problem]) -> list[tuple[str, str]]:
    """The key of each problem and the word of the file that its line and column point at."""
    words = []
    for problem in problems:
        line = Path(problem.file).read_text(encoding="utf-8").splitlines()[problem.place.line - 1]
        words.append((problem.key, re.split(r"[,:} ]", line[problem.place.column - 1 :])[0]))
    return words


def test_instants_are_read_in_the_zone_of_the_scenario(scenario_of: Make) -> None:
    scenario = scenario_of("""
actions:
  - {at: "13:05", unit: "330101", do: report, obligation: village-daily, zero: true}
  - {at: 13:59:59.999, unit: "330102", do: report, obligation: village-daily, items: {fires: 0, rain: 2.5, note: 晴}}
  - {at: 2026-03-02 14:00:00.000001, unit: "3301", do: report_for_child, child: "330102", obligation: village-daily,
     period: 2026-03-02}
""")
    first, second, third = scenario.actions
    assert first.at == datetime(2026, 3, 2, 5, 5, tzinfo=UTC)
    assert isinstance(second, Report)
    assert second.at == datetime(2026, 3, 2, 5, 59, 59, 999_000, tzinfo=UTC)
    assert second.items == {"fires": 0, "rain": Decimal("2.5"), "note": "晴"}
    assert isinstance(third, ReportForChild)
    assert third.at == datetime(2026, 3, 2, 6, 0, 0, 1, tzinfo=UTC)
    assert third.period == date(2026, 3, 2)
    assert scenario.period_of(second) == date(2026, 3, 2)


def test_obligations_carry_cutoff_and_offsets(scenario_of: Make) -> None:
    obligation = scenario_of().obligation("village-daily")
    assert obligation is not None
    assert obligation.cutoff == time(14)
    assert obligation.remind_before == [timedelta(minutes=30)]
    assert obligation.escalate_after == [timedelta(0), timedelta(minutes=10), timedelta(minutes=20)]
    assert obligation.recipients == "parent"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30m", 1800), ("0m", 0), ("90s", 90), ("1h30m", 5400), ("2d", 172_800), ("1d1h1m1s", 90_061)],
)
def test_durations(scenario_of: Make, text: str, expected: int) -> None:
    fault = f'faults: [{{at: "13:00:00", do: provider, channel: sms, behave: slow, for: {text}}}]'
    (read,) = scenario_of(fault).faults
    assert isinstance(read, ProviderFault)
    assert read.duration == timedelta(seconds=expected)
    assert read.until == read.at + timedelta(seconds=expected)


def test_actions_run_in_time_order_and_keep_the_order_of_the_file_inside_one_instant(scenario_of: Make) -> None:
    scenario = scenario_of("""
actions:
  - {at: "14:00", unit: "33", do: retire_unit, code: "330102"}
  - {at: "13:10", unit: "33", do: register_unit, code: "3302", name: 红岩镇, level: town, parent: "33"}
  - {at: "13:10", unit: "33", do: move_unit, code: "330101", parent: "3302"}
""")
    assert [action.do for action in scenario.actions] == ["register_unit", "move_unit", "retire_unit"]
    assert isinstance(scenario.actions[0], RegisterUnit)
    assert isinstance(scenario.actions[1], MoveUnit)


def test_blank_elements_are_left_for_the_system_to_refuse(scenario_of: Make) -> None:
    scenario = scenario_of("""
actions:
  - {at: "13:10", unit: "330101", do: report_hazard, ref: h1, category: 用火, title: 柴草, occurred_at: "12:50"}
  - {at: "13:20", unit: "3301", do: order_rectification, hazard: h1, due: "2026-03-03 08:00", measures: "",
     responsible: "330101", funds: -1, contingency: ~}
""")
    order = scenario.actions[1]
    assert isinstance(order, OrderRectification)
    assert (order.measures, order.funds, order.contingency) == ("", -1, None)


def test_unknown_things_in_actions_are_warnings_because_the_refusal_is_a_result(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("""
name: n
start: "2026-03-02 13:00:00"
end: "2026-03-02 13:30:00"
units: [{code: "33", name: 青山县, level: county}]
actions:
  - {at: "13:10", unit: "99", do: report, obligation: nothing, zero: true}
  - {at: "13:20", unit: "33", do: order_rectification, hazard: h9, due: "2026-03-03 08:00", measures: a, responsible: "33",
     funds: 0, contingency: b}
""")
    assert pointed(load(path).warnings) == [
        ("actions[1].unit", '"99"'),
        ("actions[1].obligation", "nothing"),
        ("actions[2].hazard", "h9"),
    ]


def test_every_problem_is_reported_at_once_with_its_place(problems_of: Problems) -> None:
    problems = problems_of(
        """
actions:
  - {at: "13:05", unit: "330101", do: report, obligation: village-daily, zero: "yes", colour: red}
  - {at: "25:05", unit: "330101", do: report}
  - {at: "13:05", unit: "330101", do: fly}
  - {at: "12:59", unit: "330101", do: report, obligation: village-daily, zero: true}
faults:
  - {at: "13:05", do: provider, channel: fax, behave: slow, for: -5m}
  - {at: "13:05", do: start, process: notify}
  - not a mapping
contacts:
  - {unit: "44", role: chief, name: 甲, mobile: 13900000001}
  - {unit: "44", role: office, name: 甲}
"""
    )
    assert pointed(problems) == [
        ("actions[1].zero", '"yes"'),
        ("actions[1].colour", "colour"),
        ("actions[2].obligation", "{at"),
        ("actions[2].at", '"25'),
        ("actions[3].do", "fly"),
        ("actions[4].at", '"12'),
        ("faults[1].channel", "fax"),
        ("faults[1].for", "-5m"),
        ("faults[2].process", "notify"),
        ("faults[3]", "not"),
        ("contacts[1].role", "chief"),
        ("contacts[1].mobile", "13900000001"),
        ("contacts[2]", "{unit"),
    ]
    assert all(problem.chinese and problem.english for problem in problems)
    assert re.search(r"scenario\.yaml:\d+:\d+: actions\[1\]\.colour: 未知的键 / unknown key", str(problems[1]))


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ('units: [{code: "1", name: a, level: t, parent: "2"}, {code: "2", name: b, level: c}]', [(6, 48, "units[1].parent")]),
        ('units: [{code: "1", name: a, level: t}, {code: "1", name: b, level: c}]', [(6, 48, "units[2].code")]),
        ('units: [{code: "1", name: a, level: t, parent: "9"}]', [(6, 48, "units[1].parent")]),
        ('units: [{code: "1", name: a, level: t, parent: "1"}]', [(6, 48, "units[1].parent")]),
        ('units: [{code: 1, name: "", level: t}]', [(6, 16, "units[1].code"), (6, 25, "units[1].name")]),
        ('units: [{code: "a b", name: a, level: t}]', [(6, 16, "units[1].code")]),
        ("units: 5", [(6, 8, "units")]),
        ("units: []", [(6, 8, "units")]),
        ("", [(2, 1, "units")]),
    ],
)
def test_units(problems_of: Problems, units: str, expected: list[tuple[int, int, str]]) -> None:
    assert found(problems_of(units=units, obligations="")) == expected


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ("id: a, type: tale", "obligations[1].type"),
        ("id: village-daily", "obligations[2].id"),
        ('cutoff: "24:30"', "obligations[1].cutoff"),
        ("cutoff: 14", "obligations[1].cutoff"),
        ("every: week", "obligations[1].every"),
        ("reporters: {level: town, group: g}", "obligations[1].reporters"),
        ("reporters: {}", "obligations[1].reporters"),
        ("reporters: {units: []}", "obligations[1].reporters.units"),
        ('reporters: {units: ["330101", 无此村]}', "obligations[1].reporters.units[2]"),
        ("reporters: {names: [无此村]}", "obligations[1].reporters.names[1]"),
        ('recipients: ["44"]', "obligations[1].recipients[1]"),
        ("recipients: sideways", "obligations[1].recipients"),
        ("remind_before: [-30m]", "obligations[1].remind_before[1]"),
        ("remind_before: [30m, 1800s]", "obligations[1].remind_before"),
        ("remind_before: [0m]", "obligations[1].remind_before"),
        ("remind_before: [8d]", "obligations[1].remind_before"),
        ("escalate_after: [8d]", "obligations[1].escalate_after"),
        ('recipients: ["33", "33"]', "obligations[1].recipients"),
        ("remind_before: 30m", "obligations[1].remind_before"),
        ("escalate_after: [10m, 0m]", "obligations[1].escalate_after"),
        ("escalate_after: [soon]", "obligations[1].escalate_after[1]"),
        ("rolls_up_into: nowhere", "obligations[1].rolls_up_into"),
        ("rolls_up_into: village-daily", "obligations[1].rolls_up_into"),
    ],
)
def test_obligations(problems_of: Problems, keys: str, key: str) -> None:
    given = {"id": "a", "type": "zero_report", "reporters": "{level: village}", "cutoff": '"14:00"'}
    name, _, value = keys.partition(": ")
    given |= dict(pair.split(": ", 1) for pair in keys.split(", type")[:1]) if ", type" in keys else {name: value}
    if ", type" in keys:
        given["type"] = keys.rsplit(": ", 1)[1]
    line = ", ".join(f"{name}: {value}" for name, value in given.items())
    other = 'id: village-daily, type: zero_report, reporters: {level: village}, cutoff: "14:00"'
    problems = problems_of(obligations=f"obligations:\n  - {{{line}}}\n  - {{{other}}}\n")
    assert key in [problem.key for problem in problems]
    assert all(problem.place.line >= 13 for problem in problems)


def test_roll_ups_must_not_run_in_a_circle(problems_of: Problems) -> None:
    circle = """
obligations:
  - {id: a, type: roll_up, reporters: {level: town}, cutoff: "14:00", rolls_up_into: b}
  - {id: b, type: roll_up, reporters: {level: county}, cutoff: "15:00", rolls_up_into: a}
"""
    problems = problems_of(obligations=circle)
    assert [problem.key for problem in problems] == ["obligations[1].rolls_up_into", "obligations[2].rolls_up_into"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('name: n\nstart: "2026-03-02 13:00"\nend: "2026-03-02 12:59:59.999"', (3, 6, "end")),
        ('name: n\nstart: "13:00"\nend: "2026-03-02 14:00"', (2, 8, "start")),
        ('name: n\nstart: "2026-02-30 13:00"\nend: "2026-03-02 14:00"', (2, 8, "start")),
        ('name: n\nstart: "2026-03-02 13:00"\nend: "2028-03-02 14:00"', (3, 6, "end")),
        ('name: n\nstart: "2026-03-02 13:00"\nend: "2026-03-02 14:00"\nzone: Mars/Base', (4, 7, "zone")),
        ('name: n\nstart: "2026-03-02 13:00"\nend: "2026-03-02 14:00"\nmode: fast', (4, 7, "mode")),
        ('name: n\nstart: "2026-03-02 13:00"\nend: "2026-03-02 14:00"\nspeed: 0', (4, 8, "speed")),
        ('name: n\nstart: "2026-03-02 13:00"\nend: "2026-03-02 14:00"\nname: m', (4, 1, "name")),
        ('start: "2026-03-02 13:00"\nend: "2026-03-02 14:00"', (1, 1, "name")),
    ],
)
def test_head(problems_of: Problems, head: str, expected: tuple[int, int, str]) -> None:
    assert found(problems_of(head=head + "\n")) == [expected]


DOCUMENTED = 'name: n\nstart: "2026-03-02 13:00"\nend: "2026-03-02 14:00"\nplan: {document: plans/x.txt}\n'


def test_a_plan_document_must_stand_beside_the_scenario(problems_of: Problems) -> None:
    assert found(problems_of(head=DOCUMENTED, obligations="")) == [(4, 18, "plan.document")]


def test_obligations_come_from_a_document_or_from_the_scenario_not_from_both(problems_of: Problems, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "x.txt").write_text("方案", encoding="utf-8")
    assert [problem.key for problem in problems_of(head=DOCUMENTED)] == ["obligations"]


def test_obligations_of_a_document_are_not_called_unknown() -> None:
    path = Path(__file__).parents[1] / "scenarios" / "document.yaml"
    loaded = load(path)
    assert loaded.warnings == []
    assert loaded.scenario.document == path.parent / "plans" / "river-ice.txt"


@pytest.mark.parametrize(
    ("faults", "key"),
    [
        ('[{at: "13:10", do: start, process: notify}]', "faults[1].process"),
        (
            (
                '[{at: "13:10", do: kill, process: notify}, {at: "13:10", do: kill, process: notify}, '
                '{at: "13:11", do: start, process: notify}]'
            ),
            "faults[2].process",
        ),
        ('[{at: "13:10", do: restart, process: nginx}]', "faults[1].process"),
        ('[{at: "16:10", do: restart, process: kafka}]', "faults[1].at"),
        ('[{at: "13:10", do: provider, channel: sms, behave: sulk, for: 5m}]', "faults[1].behave"),
        ('[{at: "13:10", do: provider, channel: sms, behave: slow}]', "faults[1].for"),
    ],
)
def test_faults(problems_of: Problems, faults: str, key: str) -> None:
    assert [problem.key for problem in problems_of(f"faults: {faults}")] == [key]


def test_a_hazard_reference_is_given_once(problems_of: Problems) -> None:
    hazard = '{at: "13:10", unit: "330101", do: report_hazard, ref: h1, category: 用火, title: 柴草, occurred_at: "12:50"}'
    problems = problems_of(f"actions:\n  - {hazard}\n  - {hazard}\n")
    assert [problem.key for problem in problems] == ["actions[2].ref"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"name: [", (1, 8)),
        (b"- a\n- b\n", (1, 1)),
        (b"", (1, 1)),
        (b"name: n\nwhat: \xff\xfe", (2, 7)),
        (b"name: !!python/object/apply:os.system [ls]\n", None),
        (b"a: 1\n---\nb: 2\n", None),
        (b"? [a, b]\n: c\n", (1, 3)),
        (b"a: &a [*a]\n", (1, 4)),
        (b"a: &x [b, b]\n" + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b", ".join([b"*x"] * 9)) for i in range(3)), None),
        (b"a: " + b"[" * 100 + b"]" * 100, None),
        (b"#" * (9 * 1024 * 1024), (1, 1)),
    ],
)
def test_what_is_no_scenario_at_all(tmp_path: Path, content: bytes, place: tuple[int, int] | None) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError) as raised:
        load(path)
    if place is not None:
        assert tuple(raised.value.problems[0].place) == place


def test_an_alias_bomb_is_refused_before_it_is_expanded(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    path = tmp_path / "s.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(ScenarioError, match="more than"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.yaml:1:1: \(文件\): 文件不存在"):
        load(tmp_path / "none.yaml")
