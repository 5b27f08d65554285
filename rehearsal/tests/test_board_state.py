"""What the live board shows follows from the events and the script."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from uuid import uuid4

from rich.console import Console

from contracts import Envelope, Event
from contracts.events.hazards import HazardReported, RectificationOverdue
from contracts.events.notifications import AlertRaised, NotificationDelivered
from contracts.events.plans import Obligation, PlanIssued, Reporters
from contracts.events.reports import ReportMissed, ReportSubmitted
from contracts.events.units import Placement, UnitMoved, UnitRegistered, UnitRetired
from rehearsal.board import render, verdict
from rehearsal.board_state import BoardState
from rehearsal.scenario import Scenario

Make = Callable[..., Scenario]
NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
PLACED = (Placement(parent=None, valid_from=NOW),)


def unit(code: str, name: str, level: str, parent: str | None) -> UnitRegistered:
    return UnitRegistered(occurred_at=NOW, recorded_at=NOW, code=code, name=name, level=level, parent=parent, placements=PLACED)


def units() -> list[Event]:
    return [
        unit("33", "青山县", "county", None),
        unit("3301", "白石镇", "town", "33"),
        unit("330101", "上溪村", "village", "3301"),
        unit("330102", "下溪村", "village", "3301"),
        unit("330103", "石桥村", "village", "3301"),
        plan(),
    ]


def plan() -> PlanIssued:
    daily = Obligation(
        id="village-daily",
        type="zero_report",
        reporters=Reporters(level="village"),
        cutoff=time(14),
        rolls_up_into="town-daily",
    )
    total = Obligation(id="town-daily", type="roll_up", reporters=Reporters(level="town"), cutoff=time(15))
    return PlanIssued(
        occurred_at=NOW,
        recorded_at=NOW,
        plan_id="p",
        title="方案",
        issuer="33",
        zone="Asia/Shanghai",
        revision=1,
        obligations=(daily, total),
    )


def about(code: str) -> dict[str, object]:
    return {
        "occurred_at": NOW,
        "recorded_at": NOW,
        "report_id": f"r-{code}",
        "plan_id": "p",
        "obligation": "village-daily",
        "obligation_type": "zero_report",
        "unit": code,
        "parent": "3301",
        "period": date(2026, 3, 2),
        "cutoff_at": NOW,
    }


def board(scenario: Scenario, events: list[Event]) -> BoardState:
    state = BoardState(scenario, NOW)
    for event in events:
        state.apply(Envelope(id=uuid4(), source="/t", type=event.type(), time=NOW, key=event.key(), sequence=1, data=event))
    return state


def missed(code: str) -> ReportMissed:
    return ReportMissed.model_validate(about(code) | {"step": 1, "recipients": ("3301",)})


def submitted(code: str, judged: str) -> ReportSubmitted:
    return ReportSubmitted.model_validate(
        about(code) | {"report_version": 1, "verdict": judged, "entered_by": "self", "zero": True}
    )


def test_a_town_shows_the_verdicts_of_its_villages_and_names_the_missing(scenario_of: Make) -> None:
    state = board(scenario_of(), [*units(), submitted("330101", "on_time"), missed("330102"), missed("330103")])
    (line,) = state.lines()
    assert (line.name, line.verdicts["on_time"], line.verdicts["missed"], line.missing) == ("白石镇", 1, 2, ["下溪村", "石桥村"])


def test_a_late_report_takes_the_place_of_missing_in_whatever_order_the_events_come(scenario_of: Make) -> None:
    for order in ([missed("330102"), submitted("330102", "late")], [submitted("330102", "late"), missed("330102")]):
        (line,) = board(scenario_of(), [*units(), *order]).lines()
        assert (line.verdicts["late"], line.verdicts["missed"]) == (1, 0)


def test_moved_and_retired_units_leave_their_town(scenario_of: Make) -> None:
    moved = UnitMoved(**unit("330101", "上溪村", "village", "3302").model_dump(), previous_parent="3301")
    retired = UnitRetired(**unit("330102", "下溪村", "village", "3301").model_dump())
    lines = board(scenario_of(), [*units(), unit("3302", "红岩镇", "town", "33"), moved, retired]).lines()
    assert [(line.name, line.verdicts["pending"]) for line in lines] == [("白石镇", 1), ("红岩镇", 1)]


def test_a_board_without_any_event_can_be_drawn(scenario_of: Make) -> None:
    console = Console(width=120, record=True, force_terminal=True)
    console.print(render(board(scenario_of(), [])))
    assert "各单位今日报送" in console.export_text()


def test_the_board_and_the_verdict_can_be_drawn(scenario_of: Make) -> None:
    hazard = {"occurred_at": NOW, "recorded_at": NOW, "hazard_id": "h", "number": "1", "unit": "330101", "title": "柴草"}
    alert = {"occurred_at": NOW, "recorded_at": NOW, "alert_id": "a", "reason": "rectification_overdue", "about": "h"}
    alert |= {"raised_at": NOW}
    sent = {"notification_id": "n", "unit": "330101", "role": "submitter", "channel": "sms", "attempt": 1}
    overdue = {"ordering_unit": "3301", "responsible_unit": "330101", "due_at": NOW}
    state = board(
        scenario_of(),
        [
            *units(),
            HazardReported.model_validate(hazard | {"category": "用火", "hazard_occurred_at": NOW}),
            RectificationOverdue.model_validate(hazard | overdue),
            AlertRaised.model_validate(alert | {"cause": uuid4(), "contacts": 1}),
            NotificationDelivered.model_validate(alert | sent),
        ],
    )
    console = Console(width=140, record=True, force_terminal=True)
    console.print(render(state))
    console.print(verdict(RESULT, {"3301": "白石镇"}))
    text = console.export_text()
    for words in ("白石镇", "已超期", "告警：整改超期 · 柴草", "送达 1", "报送结论", "下溪村", "死信 0"):
        assert words in text


RESULT = {
    "totals": [{"obligation": "d", "period": "2026-03-02", "expected": 2, "on_time": 1, "late": 0, "missed": 1, "exempt": 0}],
    "rollups": [
        {
            "unit": "3301",
            "period": "2026-03-02",
            "verdict": "on_time",
            "missing_children": ["下溪村"],
            "sums": {"fires": 0},
            "restated": True,
            "restated_sums": {"fires": 1},
        }
    ],
    "alerts": [{"reason": "report_missed", "channel": "sms", "status": "delivered"}],
    "hazards": [{"ref": "h1", "state": "ordered", "overdue_since": None}],
    "contradictions": [],
    "refused": [],
    "events": {"published": 9, "dead_lettered": 0},
    "lost": 0,
    "duplicate_sends": 0,
}
