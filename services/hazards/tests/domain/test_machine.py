"""Random commands and jumps of time against a simple model: no illegal state, no lost change, every date told exactly once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from contracts import Actor
from contracts.events.hazards import HazardReported
from hazards.domain import chain, passing
from hazards.domain.chain import Entry
from hazards.domain.policy import ExtensionTerms
from hazards.domain.record import Hazard
from hazards.domain.refusals import RefusedError
from hazards.domain.states import ACTIONS, TRANSITIONS
from hazards.domain.steps import Moment, Step
from hazards.domain.transitions import extending, filing, handing, judging, rectifying, supervising

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
PEOPLE = [("v", "v1"), ("v", "v2"), ("t", "t1"), ("c", "c1"), ("b", "b1")]
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
TERMS = ExtensionTerms(ask_before_days=1, longest_days=90, most=3)
_EMPTY = Hazard(
    hazard_id=UUID(int=1),
    number="n-2026-000001",
    unit="v",
    category="用火",
    title="柴草",
    occurred_at=START,
    reported_at=START,
    version=0,
)


@dataclass
class Wait:
    """A date that waits from an instant on: it passes unless somebody ends the waiting before."""

    kind: str
    dates: list[datetime]
    until: datetime = NEVER

    def passed(self, now: datetime) -> int:
        return sum(date <= min(self.until, now) for date in self.dates)


@dataclass
class Model:
    """What is known of a hazard by counting on one's fingers."""

    state: str = "reported"
    before: str = "reported"
    grade: str | None = None
    rectifier: str = "v"
    limit: datetime | None = None
    submitter: str | None = None
    accepted: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    handler: str | None = None
    lister: str | None = None
    orderer: str | None = None
    public: bool = False
    stopped: bool = False
    asker: tuple[str, str] | None = None
    wanted: datetime | None = None
    first: datetime | None = None
    review: datetime | None = None
    extended: int = 0
    offer: str | None = None
    waits: list[Wait] = field(default_factory=list)
    version: int = 1

    def stop(self, now: datetime, *kinds: str) -> None:
        for wait in self.waits:
            if wait.until == NEVER and (not kinds or wait.kind in kinds):
                wait.until = now

    def start(self, kind: str, *dates: datetime) -> None:
        self.waits.append(Wait(kind, list(dates)))

    def due(self, limit: datetime, now: datetime) -> None:
        self.stop(now, "RectificationOverdue")
        told = any(limit in each.dates and each.passed(now) for each in self.waits if each.kind == "RectificationOverdue")
        self.limit = limit
        if not told:
            self.start("RectificationOverdue", limit)

    def jointly(self, accepted: list[str]) -> bool:
        if self.lister is None:
            return bool(accepted)
        others = [unit for unit in accepted if unit != self.lister]
        return self.lister in accepted and (bool(others) or self.lister in (self.handler, self.orderer))

    def may(self, action: str, unit: str, person: str, now: datetime, ahead: datetime) -> bool:  # noqa: C901, PLR0911, PLR0912 - a line an action
        if self.state not in TRANSITIONS[action]:
            return False
        match action:
            case "grade":
                return self.grade != "major" or unit != self.rectifier
            case "order":
                return self.state not in ("ordered", "deferred") or self.limit is None or ahead <= self.limit
            case "monitor":
                return self.grade == "major"
            case "accept":
                return person != self.submitter and unit not in self.accepted
            case "reject":
                return person != self.submitter
            case "close":
                return person != self.submitter and self.jointly(self.accepted)
            case "transfer":
                return unit != "b" and self.handler != "b"
            case "suspend" | "resume":
                return self.stopped is (action == "resume")
            case "ask_extension":
                assert self.limit is not None and self.first is not None  # noqa: PT018 - ordered, deferred
                window = now <= self.limit - DAY and self.limit < ahead <= self.first + 90 * DAY
                return self.asker is None and self.extended < 3 and window
            case "approve_extension" | "refuse_extension":
                if self.asker is None or unit == self.asker[0] or person == self.asker[1]:
                    return False
                return action == "refuse_extension" or (self.wanted is not None and self.wanted > now)
            case "list":
                return self.lister is None
            case "publish":
                return self.lister is not None and not self.public
            case "raise" | "tell_progress" | "delist":
                return self.lister is not None
            case "recheck":
                return person not in self.people
        return True


Act = Callable[[Hazard, Moment, datetime, datetime | None], Step]
ACTS: dict[str, Act] = {
    "register": lambda h, m, _a, _d: filing.register(h, m, "用电", h.details),
    "grade": lambda h, m, _a, _d: filing.grade(h, m, "general" if h.grade == "major" else "major", None),
    "order": lambda h, m, ahead, _d: rectifying.order(h, m, elements(ahead)),
    "defer": lambda h, m, ahead, _d: rectifying.defer(h, m, elements(ahead), "分期"),
    "monitor": lambda h, m, ahead, _d: rectifying.monitor(h, m, rectifying.monitoring(m, "难", "守", ahead.date(), ahead)),
    "rectify": lambda h, m, _a, _d: rectifying.rectify(h, m, "已清", None),
    "submit": lambda h, m, _a, _d: rectifying.submit(h, m, "已清", None),
    "accept": lambda h, m, _a, _d: judging.accept(h, m, None),
    "reject": lambda h, m, _a, _d: judging.reject(h, m, "未清"),
    "sign": lambda h, m, _a, _d: judging.sign(h, m),
    "close": lambda h, m, _a, _d: judging.close(h, m),
    "dismiss": lambda h, m, _a, _d: judging.dismiss(h, m, "withdrawn", "误报", None),
    "transfer": lambda h, m, ahead, _d: handing.transfer(h, m, "b", "移", ahead),
    "acknowledge": lambda h, m, _a, _d: handing.acknowledge(h, m),
    "return": lambda h, m, _a, _d: handing.give_back(h, m, "非"),
    "suspend": lambda h, m, _a, _d: supervising.suspend(h, m, "炉", "险"),
    "resume": lambda h, m, _a, _d: supervising.resume(h, m, "好"),
    "ask_extension": lambda h, m, ahead, decide_by: extending.ask(h, m, "缺", ahead, TERMS, decide_by),
    "approve_extension": lambda h, m, _a, _d: extending.approve(h, m, None, None, TERMS),
    "refuse_extension": lambda h, m, _a, _d: extending.refuse(h, m, "不"),
    "list": lambda h, m, ahead, _d: supervising.put_on_list(h, m, "other", "督", publish_by=ahead, every_days=None),
    "publish": lambda h, m, _a, _d: supervising.publish(h, m, "网"),
    "raise": lambda h, m, _a, _d: supervising.raise_to(h, m, "慢"),
    "tell_progress": lambda h, m, _a, _d: supervising.tell_progress(h, m, "半"),
    "delist": lambda h, m, _a, _d: supervising.delist(h, m, "好"),
    "recheck": lambda h, m, _a, _d: judging.recheck(h, m, "fake", "假", None),
}
"""The pure function of each action. `ahead` is the instant that it says, if it says one."""


def elements(ahead: datetime) -> rectifying.Elements:
    return rectifying.Elements(ahead, "清运", "v", Decimal("0.5"), "看守")


class Machine(RuleBasedStateMachine):
    """A hazard, its model, its history and its clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.model = Model()
        self.hazard = _EMPTY
        self.kept: list[tuple[Entry, bytes]] = []
        self.steps: list[Step] = []

    @initialize()
    def report(self) -> None:
        facts = {"category": "用火", "hazard_occurred_at": START}
        self.write(passing.passing(_EMPTY, HazardReported, START, START, facts))

    def write(self, step: Step) -> None:
        event = step.event
        actor = event.actor
        entry = Entry(
            step.after.hazard_id, step.after.version, step.change, step.before.state, step.after.state, event.occurred_at,
            event.recorded_at, actor.subject if actor else None, actor.unit if actor else None, None, "office", (),
            event.__class__.__name__, event.model_dump(mode="json", exclude_none=True), chain.state_hash(step.after),
        )  # fmt: skip
        head = chain.digest(self.hazard.head or chain.ROOT, entry)
        self.kept.append((entry, head))
        self.steps.append(step)
        self.hazard = Hazard.model_validate_json(step.after.model_copy(update={"head": b""}).model_dump_json())
        assert self.hazard == step.after.model_copy(update={"head": b""})
        self.hazard = self.hazard.model_copy(update={"head": head})

    def settle(self) -> None:
        for step in passing.passed(self.hazard, self.now):
            assert step.event.occurred_at <= self.now == step.event.recorded_at
            self.model.version += 1
            self.write(step)
        waiting = passing.fires_at(self.hazard)
        assert waiting is None or waiting > self.now

    @rule(hours=st.integers(1, 24 * 40), sweep=st.booleans())
    def wait(self, hours: int, sweep: bool) -> None:
        self.now += timedelta(hours=hours)
        if sweep:
            self.settle()

    @rule(
        action=st.sampled_from(ACTIONS),
        who=st.sampled_from(PEOPLE),
        days=st.integers(1, 60),
        decide=st.none() | st.integers(1, 9),
    )
    def act(self, action: str, who: tuple[str, str], days: int, decide: int | None) -> None:
        self._act(action, who, self.now + days * DAY, None if decide is None else self.now + decide * DAY)

    @rule(data=st.data())
    def act_lawfully(self, data: st.DataObject) -> None:
        """What is mostly refused gets nowhere: choose among what the table leads on from here."""
        action = data.draw(st.sampled_from([each for each in ACTIONS if self.hazard.state in TRANSITIONS[each]] or ["resume"]))
        self._act(action, data.draw(st.sampled_from(PEOPLE)), self.now + data.draw(st.integers(1, 60)) * DAY, None)

    def _act(self, action: str, who: tuple[str, str], ahead: datetime, decide_by: datetime | None) -> None:
        self.settle()
        unit, person = who
        moment = Moment(at=self.now, actor=Actor(subject=person, unit=unit), unit=unit, occurred_at=self.now)
        may = self.model.may(action, unit, person, self.now, ahead)
        try:
            step: Step | None = ACTS[action](self.hazard, moment, ahead, decide_by)
        except RefusedError:
            step = None
        assert (step is not None) is may, action
        if step is None:
            return
        self.write(step)
        follow(self.model, action, who, self.now, ahead, decide_by)

    @invariant()
    def agrees(self) -> None:
        if self.kept:
            assert (self.hazard.state, self.hazard.version) == (self.model.state, self.model.version)
            assert [entry.version for entry, _ in self.kept] == list(range(1, self.hazard.version + 1))
            assert chain.breaks(self.hazard, self.kept) == []

    def teardown(self) -> None:
        if not self.kept:
            return
        self.settle()
        expected: Counter[str] = Counter()
        for wait in self.model.waits:
            expected[wait.kind] += wait.passed(self.now)
        fired = [step for step in self.steps if step.change == "pass" and step.before.version]
        assert Counter(step.event.__class__.__name__ for step in fired) == +expected
        assert len({passing.event_id(step) for step in fired}) == len(fired)


def follow(model: Model, action: str, who: tuple[str, str], now: datetime, ahead: datetime, decide_by: datetime | None) -> None:  # noqa: C901, PLR0912 - a branch an action
    """What the model makes of a command that went through."""
    (unit, person), model.version, left = who, model.version + 1, model.state
    target = TRANSITIONS[action][model.state]
    if target == "back":
        model.state = model.before
    elif target != "same":
        model.state = target
    match action:
        case "grade":
            model.grade = "general" if model.grade == "major" else "major"
        case "order" | "defer":
            standing = left in ("ordered", "deferred")
            model.first = min(model.first, ahead) if standing and model.first else ahead
            model.extended = model.extended if standing else 0
            model.asker, model.orderer = None, unit
            model.stop(now, "ExtensionUndecided", "MonitoringReviewOverdue")
            model.due(ahead, now)
        case "monitor":
            model.asker = None
            model.stop(now, "ExtensionUndecided", "RectificationOverdue", "MonitoringReviewOverdue")
            model.review = ahead
            model.start("MonitoringReviewOverdue", ahead)
        case "rectify" | "submit":
            model.before, model.submitter, model.accepted = left, person, []
            model.stop(now, "MonitoringReviewOverdue")
        case "accept":
            model.accepted, model.people = [*model.accepted, unit], [*model.people, person]
            model.state = "accepted" if model.jointly(model.accepted) else "submitted"
        case "reject":
            model.accepted, model.people, model.submitter = [], [], None
            told = any(wait.dates == [model.review] and wait.passed(now) for wait in model.waits)
            if model.state == "monitored" and not told and model.review:
                model.start("MonitoringReviewOverdue", model.review)
        case "close" | "dismiss":
            model.people = [*model.people, person]
            model.stop(now)
        case "transfer":
            model.before = left
            model.start("TransferUnanswered", *(ahead + (2**n - 1) * DAY for n in range(7)))
        case "acknowledge" | "return":
            model.handler = "b" if action == "acknowledge" else model.handler
            model.stop(now, "TransferUnanswered")
        case "suspend" | "resume":
            model.stopped = action == "suspend"
        case "ask_extension":
            model.asker, model.wanted = who, ahead
            if decide_by is not None:
                model.start("ExtensionUndecided", decide_by)
        case "approve_extension" | "refuse_extension":
            model.asker = None
            model.stop(now, "ExtensionUndecided")
            if action == "approve_extension" and model.wanted is not None:
                model.extended += 1
                model.due(model.wanted, now)
        case "list":
            model.lister, model.public = unit, False
            model.start("ListingUnpublished", ahead)
        case "publish":
            model.public = True
            model.stop(now, "ListingUnpublished")
        case "raise":
            model.lister = unit
        case "delist":
            model.lister = None
            model.stop(now, "ListingUnpublished")


def test_random_commands_and_jumps_of_time_agree_with_a_simple_model() -> None:
    # Without shrinking: a failure would take minutes to come out, and what was drawn says enough.
    drawn = settings(max_examples=60, stateful_step_count=60, deadline=None, phases=[Phase.generate])
    run_state_machine_as_test(Machine, settings=drawn)
