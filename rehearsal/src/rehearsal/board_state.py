"""What the live board knows, gathered from the published events alone. Pure."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from contracts import Envelope
from contracts.events.hazards import (
    HazardClosed,
    HazardDismissed,
    HazardEvent,
    HazardGraded,
    HazardMonitored,
    HazardRegistered,
    HazardTransferred,
    OrderEvent,
    RectificationAccepted,
    RectificationDeferred,
    RectificationExtended,
    RectificationOrdered,
    RectificationOverdue,
    RectificationRejected,
    RectificationSigned,
    RectificationSubmitted,
    TransferAcknowledged,
    TransferReturned,
)
from contracts.events.notifications import AlertRaised, NotificationDelivered, NotificationFailed
from contracts.events.plans import Obligation, PlanEvent
from contracts.events.reports import ContradictionSuspected, ReportMissed, ReportSubmitted, RollupFrozen
from contracts.events.units import UnitEvent, UnitRetired
from rehearsal.scenario import Action, Exempt, Fault, ProcessFault, Scenario

TICKER_LINES: Final = 9
REASONS: Final = {
    "report_reminder": "提醒报送",
    "report_missed": "逾期未报",
    "rollup_missed": "汇总逾期",
    "rectification_overdue": "整改超期",
    "contradiction_suspected": "疑似漏报瞒报",
    "hazard_listed": "挂牌督办",
    "listing_raised": "提级督办",
    "listing_progress_overdue": "督办进展逾期",
    "listing_unpublished": "挂牌未公布",
    "hazard_transferred": "隐患移送",
    "transfer_unanswered": "移送未答复",
    "rectification_rejected": "验收退回",
    "rectification_extended": "批准延期",
    "extension_refused": "不予延期",
    "extension_undecided": "延期未决定",
    "monitoring_review_overdue": "监控逾期未复核",
    "use_suspended": "责令停用",
    "rectification_digest": "整改期限提示",
}
HAZARD_STATES: Final[Mapping[type[HazardEvent], str]] = {
    HazardRegistered: "已登记",
    HazardGraded: "已定级",
    RectificationOrdered: "整改中",
    RectificationDeferred: "计划整改",
    HazardMonitored: "监控中",
    RectificationOverdue: "已超期",
    RectificationExtended: "已延期",
    RectificationSubmitted: "待验收",
    RectificationAccepted: "已验收",
    RectificationRejected: "已退回",
    RectificationSigned: "已签字",
    HazardClosed: "已销号",
    HazardDismissed: "另行办结",
    HazardTransferred: "移送中",
    TransferAcknowledged: "已接收",
    TransferReturned: "移送退回",
}
"""What the board says of a hazard after an event; other events leave it as it was."""
VERDICTS: Final = {"on_time": "按时", "late": "迟报", "missed": "未报", "exempt": "免报", "pending": "待报"}
DEEDS: Final = {
    "report": "报告",
    "correct_report": "更正",
    "report_for_child": "代报",
    "submit_rollup": "提交汇总",
    "exempt": "免报",
    "report_hazard": "上报隐患",
    "order_rectification": "下达整改",
    "register_hazard": "登记建档",
    "grade_hazard": "定级",
    "defer_rectification": "列入计划整改",
    "monitor_hazard": "实施监控",
    "rectify_on_spot": "立查立改",
    "submit_rectification": "报送整改结果",
    "accept_rectification": "验收",
    "reject_rectification": "退回整改",
    "sign_rectification": "签字上报",
    "close_hazard": "销号",
    "dismiss_hazard": "另行办结",
    "transfer_hazard": "移送",
    "acknowledge_transfer": "接收移送",
    "return_transfer": "退回移送",
    "suspend_use": "责令停用",
    "resume_use": "恢复使用",
    "ask_extension": "申请延期",
    "approve_extension": "批准延期",
    "refuse_extension": "不予延期",
    "list_hazard": "挂牌督办",
    "publish_listing": "公布挂牌",
    "raise_listing": "提级督办",
    "tell_progress": "报送督办进展",
    "delist_hazard": "摘牌",
    "recheck_hazard": "回头看",
    "set_policy": "设定时限规则",
    "register_unit": "新设单位",
    "move_unit": "划转单位",
    "retire_unit": "撤销单位",
}
_FAULTS: Final = {"kill": "被强行终止", "start": "重新启动", "restart": "重启"}


@dataclass
class Line:
    """One unit that has children, with its children's verdicts today and its own roll-up."""

    code: str
    name: str
    verdicts: dict[str, int]
    missing: list[str]
    rollup: str


@dataclass
class HazardLine:
    """One hazard and how far it has come."""

    number: str
    unit: str
    title: str
    state: str
    due_at: datetime | None = None


@dataclass
class BoardState:
    """Everything that the board shows. `apply` takes events in any order between aggregates."""

    scenario: Scenario
    now: datetime
    events: int = 0
    delivered: int = 0
    failed: int = 0
    alerts: int = 0
    contradictions: int = 0
    refused: int = 0
    ticker: deque[str] = field(default_factory=lambda: deque(maxlen=TICKER_LINES))
    hazards: dict[str, HazardLine] = field(default_factory=dict)
    _units: dict[str, UnitEvent] = field(default_factory=dict)
    _plans: dict[str, tuple[Obligation, ...]] = field(default_factory=dict)
    _verdicts: dict[tuple[str, str, date], str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return self.scenario.zone

    @property
    def today(self) -> date:
        """The period that the board is about."""
        return self.now.astimezone(self.zone).date()

    def name(self, code: str) -> str:
        """A unit by its name, or by its code while it is not known."""
        return self._units[code].name if code in self._units else code

    def apply(self, envelope: Envelope) -> None:
        """Take an event into account."""
        self.events += 1
        match envelope.data:
            case UnitEvent() as unit:
                self._units[unit.code] = unit
            case PlanEvent() as plan:
                self._plans[plan.plan_id] = plan.obligations
            case ReportSubmitted() as report:
                self._verdicts[report.obligation, report.unit, report.period] = report.verdict
            case ReportMissed() as missed:
                self._verdicts.setdefault((missed.obligation, missed.unit, missed.period), "missed")
            case RollupFrozen(basis="submission") as rollup:
                missing = f"，缺报 {len(rollup.missing_children)}" if rollup.missing_children else ""
                self._tell(rollup.occurred_at, f"{self.name(rollup.unit)} 报出汇总{missing}")
            case ContradictionSuspected() as doubt:
                self.contradictions += 1
                self._tell(doubt.occurred_at, f"{self.name(doubt.unit)} 零报告与隐患矛盾，疑似漏报瞒报")
            case AlertRaised() as alert if alert.contacts:
                self.alerts += 1
                about = self.hazards[alert.about].title if alert.about in self.hazards else self.name(alert.about)
                self._tell(alert.raised_at, f"告警：{REASONS.get(alert.reason, alert.reason)} · {about}")
            case NotificationDelivered():
                self.delivered += 1
            case NotificationFailed():
                self.failed += 1
            case HazardEvent() as hazard:
                self._apply_hazard(hazard)
            case _:
                pass

    def _apply_hazard(self, event: HazardEvent) -> None:
        line = self.hazards.setdefault(event.hazard_id, HazardLine(event.number, event.unit, event.title, "已上报"))
        line.state = HAZARD_STATES.get(type(event), line.state)
        if isinstance(event, OrderEvent):
            line.due_at = event.due_at

    def acted(self, action: Action, status: int) -> None:
        """Take an action of the script into account."""
        unit = self.name(action.unit)
        if status >= 400:
            self.refused += 1
            self._tell(action.at, f"{unit} {DEEDS[action.do]}被拒绝（{status}）")
        elif isinstance(action, Exempt):
            self._verdicts.setdefault((action.obligation, action.child, self.scenario.period_of(action)), "exempt")
            self._tell(action.at, f"{unit} 免除 {self.name(action.child)} 当日报送：{action.reason}")

    def fault(self, fault: Fault) -> None:
        """Take a fault into account."""
        if isinstance(fault, ProcessFault):
            self._tell(fault.at, f"故障：进程 {fault.process} {_FAULTS[fault.do]}")
        else:
            self._tell(fault.at, f"故障：{fault.channel} 服务商 {fault.behave}")

    def _tell(self, at: datetime, text: str) -> None:
        self.ticker.append(f"{at.astimezone(self.zone):%H:%M:%S}  {text}")

    def lines(self) -> list[Line]:
        """One line for each unit whose children report today, in the order of the codes."""
        own = {item.rolls_up_into: item for plan in self._plans.values() for item in plan if item.rolls_up_into is not None}
        lines = []
        for code, unit in sorted(self._units.items()):
            if isinstance(unit, UnitRetired):
                continue
            for into, below in own.items():
                children = [child for child in self._units.values() if self._reports(child, below, code)]
                if children:
                    lines.append(self._line(unit, into, below, sorted(child.code for child in children)))
        return lines

    def _reports(self, child: UnitEvent, obligation: Obligation, parent: str) -> bool:
        who = obligation.reporters
        if isinstance(child, UnitRetired) or child.parent != parent:
            return False
        if who.level is not None:
            return child.level == who.level
        if who.group is not None:
            return who.group in child.groups
        return child.code in (who.units or ()) or child.name in (who.units or ())

    def _line(self, unit: UnitEvent, into: str | None, below: Obligation, children: list[str]) -> Line:
        counts = dict.fromkeys(VERDICTS, 0)
        verdicts = {child: self._verdicts.get((below.id, child, self.today), "pending") for child in children}
        for verdict in verdicts.values():
            counts[verdict] += 1
        own = self._verdicts.get((into or "", unit.code, self.today), "pending")
        missing = [self.name(child) for child, verdict in verdicts.items() if verdict == "missed"]
        return Line(unit.code, unit.name, counts, missing, VERDICTS[own])
