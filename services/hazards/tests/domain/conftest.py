"""Hazards in any state, and each action as a pure function that nothing but its state stands against."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contracts import Actor
from hazards.domain.policy import ExtensionTerms
from hazards.domain.record import Act, Details, Extension, Hazard, Listing, Monitoring, Order, Submission, Suspension, Transfer
from hazards.domain.states import State
from hazards.domain.steps import Moment, Step
from hazards.domain.transitions import extending, filing, handing, judging, rectifying, supervising

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EARLY = ("reported", "registered", "graded")


@dataclass(frozen=True)
class Making:
    """Makes hazards of village `v` below town `t`, and moments of people."""

    now: datetime = NOW
    day: timedelta = DAY
    terms: ExtensionTerms = field(default_factory=ExtensionTerms)

    def moment(self, unit: str = "t", subject: str | None = None, at: datetime = NOW) -> Moment:
        actor = Actor(subject=subject or f"somebody of {unit}", unit=unit, on_behalf_of=None)
        return Moment(at=at, actor=actor, unit=unit, occurred_at=at)

    def act(self, unit: str, at: datetime = NOW - DAY) -> dict[str, Any]:
        return {"at": at, "unit": unit, "subject": f"somebody of {unit}"}

    def order(self, **changed: Any) -> Order:
        said = {"measures": "清运", "responsible": "v", "funds": Decimal("800.50"), "contingency": "看守"}
        dates = {"due_at": NOW + 10 * DAY, "original_due_at": NOW + 10 * DAY}
        return Order(**{**self.act("t"), **said, **dates, **changed})

    def elements(self, **changed: Any) -> rectifying.Elements:
        base: dict[str, Any] = {"due": NOW + 5 * DAY, "measures": "清运", "responsible": "v", "funds": Decimal(0)}
        return rectifying.Elements(**{**base, "contingency": "看守", **changed})

    def extension(self, **changed: Any) -> Extension:
        return Extension(**{**self.act("v"), "reason": "缺配件", "wanted_due_at": NOW + 20 * DAY, **changed})

    def listing(self, **changed: Any) -> Listing:
        return Listing(**{**self.act("c"), "trigger": "other", "reason": "督办", **changed})

    def transfer(self, **changed: Any) -> Transfer:
        return Transfer(**{**self.act("t"), "to_unit": "b", "reason": "移送", "acknowledge_by": NOW + DAY, **changed})

    def monitoring(self, **changed: Any) -> Monitoring:
        review = {"review_on": date(2026, 4, 1), "review_at": NOW + 30 * DAY}
        return Monitoring(**{**self.act("t"), "reason": "暂难整改", "measures": "值守", **review, **changed})

    def hazard(self, state: State = "reported", **changed: Any) -> Hazard:
        """A hazard in a state with what belongs to it, and nothing beside it that anybody waits for."""
        names = {"hazard_id": UUID(int=1), "number": "n-2026-000001", "unit": "v", "category": "用火", "title": "柴草"}
        times = {"occurred_at": NOW - 2 * DAY, "reported_at": NOW - 2 * DAY}
        facts: dict[str, Any] = {"state": state, "before": "ordered", "version": 7}
        if state not in EARLY:
            facts["order"] = self.order()
        if state == "monitored":
            facts |= {"monitoring": self.monitoring(), "grade": "major"}
        if state == "transferred":
            facts["transfer"] = self.transfer()
        if state in ("submitted", "accepted", "signed", "closed"):
            facts["submission"] = Submission(**self.act("v"), text="已清运")
        if state in ("accepted", "signed", "closed"):
            facts["acceptances"] = (Act(**self.act("t")),)
        if state == "closed":
            facts["closing"] = Act(**self.act("t"))
        return Hazard(**{**names, **times, **facts, **changed})

    def ready(self, action: str, state: State) -> Hazard:
        """A hazard in a state, with what an action needs beside it."""
        beside: dict[str, Any] = {
            "monitor": {"grade": "major"},
            "approve_extension": {"extension": self.extension()},
            "refuse_extension": {"extension": self.extension(), "order": self.order()},
            "publish": {"listing": self.listing()},
            "raise": {"listing": self.listing()},
            "tell_progress": {"listing": self.listing()},
            "delist": {"listing": self.listing()},
            "resume": {"suspension": Suspension(**self.act("t"), what="炉", reason="险")},
        }.get(action, {})
        return self.hazard(state, **beside)

    def do(self, action: str, hazard: Hazard) -> Step:
        """Do an action as somebody against whom nothing stands."""
        return _ACTS[action](self, hazard)


_Act = Callable[[Making, Hazard], Step]
_ACTS: dict[str, _Act] = {
    "register": lambda m, h: filing.register(h, m.moment(), "用电", Details(stage="audit")),
    "grade": lambda m, h: filing.grade(h, m.moment(), "major" if h.grade != "major" else "general", None),
    "order": lambda m, h: rectifying.order(h, m.moment(), m.elements()),
    "defer": lambda m, h: rectifying.defer(h, m.moment(), m.elements(), "分期"),
    "monitor": lambda m, h: rectifying.monitor(h, m.moment(), m.monitoring()),
    "rectify": lambda m, h: rectifying.rectify(h, m.moment("v"), "已清运", None),
    "submit": lambda m, h: rectifying.submit(h, m.moment("v"), "已清运", Decimal("3.5")),
    "accept": lambda m, h: judging.accept(h, m.moment("c"), None),
    "reject": lambda m, h: judging.reject(h, m.moment(), "未清"),
    "sign": lambda m, h: judging.sign(h, m.moment("v")),
    "close": lambda m, h: judging.close(h, m.moment()),
    "dismiss": lambda m, h: judging.dismiss(h, m.moment(), "withdrawn", "误报", None),
    "transfer": lambda m, h: handing.transfer(h, m.moment(), "b", "移送", NOW + DAY),
    "acknowledge": lambda m, h: handing.acknowledge(h, m.moment("b")),
    "return": lambda m, h: handing.give_back(h, m.moment("b"), "非职责"),
    "suspend": lambda m, h: supervising.suspend(h, m.moment(), "炉", "险"),
    "resume": lambda m, h: supervising.resume(h, m.moment(), "已整改"),
    "ask_extension": lambda m, h: extending.ask(h, m.moment("v"), "缺配件", NOW + 20 * DAY, m.terms, None),
    "approve_extension": lambda m, h: extending.approve(h, m.moment(), None, None, m.terms),
    "refuse_extension": lambda m, h: extending.refuse(h, m.moment(), "不足"),
    "list": lambda m, h: supervising.put_on_list(h, m.moment("c"), "other", "督办", publish_by=None, every_days=None),
    "publish": lambda m, h: supervising.publish(h, m.moment("c"), "网站"),
    "raise": lambda m, h: supervising.raise_to(h, m.moment("p"), "进展慢"),
    "tell_progress": lambda m, h: supervising.tell_progress(h, m.moment("v"), "过半"),
    "delist": lambda m, h: supervising.delist(h, m.moment("c"), "已整改"),
    "recheck": lambda m, h: judging.recheck(h, m.moment("c"), "sound", "属实", None),
}


@pytest.fixture
def making() -> Making:
    """Makes hazards, moments and decisions."""
    return Making()
