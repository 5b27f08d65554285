"""A hazard as it stands: one immutable value."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Amount, Instant, Key, Name, Quantity, Text, UnitCode
from hazards.domain.states import ENDED, State

Grade = Literal["general", "major"]
"""一般, 重大. Decided by the sector's standards, not by a number of days."""
Stage = Literal["self_check", "open_inspection", "covert_inspection", "authority", "public", "sensor", "audit"]
"""自查, 明查, 暗访, 上级交办, 群众举报, 传感器, 审计. A major one that self-check missed has its own penalty."""
Outcome = Literal["duplicate", "not_our_duty", "withdrawn"]
"""Handled otherwise than by fixing; counted apart from closing."""
Trigger = Literal["overdue", "major", "serious_violation", "other"]
"""Why a hazard is listed: overdue at any grade; major, or a serious violation, found at inspection."""


class Value(BaseModel):
    """A part of a hazard: immutable, without room for misspelt fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Act(Value):
    """That a person did something for a unit; `at` is when the service received it."""

    at: Instant
    unit: UnitCode
    subject: Name


class Location(Value):
    """Where it is. Coordinates are WGS 84 degrees."""

    division: UnitCode | None = None
    address: Text | None = None
    longitude: Annotated[Quantity, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[Quantity, Field(ge=-90, le=90)] | None = None


class Enterprise(Value):
    """Who owns or uses the place; `code` is the unified social credit code (统一社会信用代码), where it is known."""

    code: Key | None = None
    name: Name


class Basis(Value):
    """The standard hazard that this one is an instance of, as a unit published it, and the clause that it breaks."""

    code: Key | None = None
    unit: UnitCode | None = None
    version: Annotated[int, Field(ge=1)] | None = None
    clause: Text | None = None


class Details(Value):
    """What registration (登记建档) adds to a report."""

    stage: Stage = "self_check"
    discoverer: Name | None = None
    """Body or post that found it; never an informant."""
    location: Location | None = None
    owner: Enterprise | None = None
    user: Enterprise | None = None
    basis: Basis | None = None


class LimitRule(Value):
    """How a time limit came about that nobody set by hand: so many days by the library or the policy of a unit."""

    source: Literal["library", "policy"]
    unit: UnitCode
    version: int
    days: int
    working_days: bool
    explanation: Text
    """In Chinese: how it was counted, which days were skipped."""
    calendar: Name | None = None
    """The version of the working-day calendar that was counted by."""


class Order(Act):
    """A rectification order, or a deferred rectification with its plan. The five elements (五到位): measures, responsible unit,
    funds, time limit, contingency plan."""

    measures: Text
    responsible: UnitCode
    person: Name | None = None
    """Who answers for it in the responsible unit. No event names persons."""
    funds: Amount
    contingency: Text
    due_at: Instant
    """The time limit as approved last."""
    original_due_at: Instant
    rule: LimitRule | None = None
    plan: Text | None = None
    """Of a deferred one: what is done until then."""

    @property
    def ordering_unit(self) -> str:
        """The unit that ordered it."""
        return self.unit


class Extension(Act):
    """A request for more time."""

    reason: Text
    wanted_due_at: Instant
    decide_by: Instant | None = None
    undecided: bool = False
    """`decide_by` has passed."""


class Submission(Act):
    """The rectifier says that it is done."""

    text: Text
    on_spot: bool = False
    """立查立改: without an order."""
    funds: Amount | None = None


class Listing(Act):
    """Supervision by name (挂牌督办). It does not replace the time limit."""

    trigger: Trigger
    reason: Text
    publish_by: Instant | None = None
    published_at: Instant | None = None
    unpublished: bool = False
    """`publish_by` has passed without a publication."""
    progress_every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    progress_due_at: Instant | None = None


class Transfer(Act):
    """A hand-over that waits for its acknowledgement. The clock of the hazard runs on."""

    to_unit: UnitCode
    reason: Text
    acknowledge_by: Instant
    reminders: Annotated[int, Field(ge=0)] = 0
    """How often nobody had answered when that was due."""


class Monitoring(Act):
    """A major hazard that is lawfully watched instead of fixed."""

    reason: Text
    measures: Text
    review_on: date
    review_at: Instant
    """When the review is due."""
    reviewed_late: bool = False


class Suspension(Act):
    """The use is stopped (立即停驶, 停产整顿), beside any time limit."""

    what: Text
    reason: Text


class Dismissal(Act):
    """Handled otherwise than by fixing."""

    outcome: Outcome
    reason: Text
    duplicate_of: UUID | None = None


class Imported(Value):
    """What a ledger said that was kept before, beside what has a place of its own."""

    import_id: UUID
    row: Annotated[int, Field(ge=1)]
    number: Name | None = None
    """What the ledger called it."""
    accepted_by: Name | None = None
    note: Text | None = None


class Hazard(Value):
    """A hazard. `version` counts its changes from 1 and is the sequence of the event that told of the last one."""

    hazard_id: UUID
    number: Name
    unit: UnitCode
    plan_id: Key | None = None
    """The plan under which it was found, and the task of that plan."""
    task: Key | None = None
    category: Name
    title: Text
    description: Text | None = None
    occurred_at: Instant
    reported_at: Instant
    recurs: UUID | None = None
    """A closed hazard that this one is again."""
    state: State = "reported"
    before: State = "reported"
    """The state that `back` means."""
    version: int = 1
    head: bytes = b""
    """Hash of its newest change."""
    imported: Imported | None = None
    details: Details = Details()
    grade: Grade | None = None
    order: Order | None = None
    extension: Extension | None = None
    """The request that waits for its decision."""
    extended: Annotated[int, Field(ge=0)] = 0
    missed: tuple[Instant, ...] = ()
    """The time limits that have passed, each told once."""
    submission: Submission | None = None
    acceptances: tuple[Act, ...] = ()
    signature: Act | None = None
    closing: Act | None = None
    dismissal: Dismissal | None = None
    monitoring: Monitoring | None = None
    transfer: Transfer | None = None
    handler: UnitCode | None = None
    """The body that took it over."""
    listing: Listing | None = None
    suspension: Suspension | None = None

    @property
    def rectifier(self) -> str:
        """The unit that has to rectify: the one ordered to, else the one that the hazard is in."""
        return self.order.responsible if self.order is not None else self.unit

    @property
    def ended(self) -> bool:
        """Whether it is closed or dismissed."""
        return self.state in ENDED

    @property
    def waiting_limit(self) -> datetime | None:
        """The time limit that has not passed yet, or has passed unnoticed. None passes for a hazard that is lawfully watched
        instead (整治或监控), also while the end of that is judged."""
        if self.order is None or self.monitoring is not None or self.ended or self.order.due_at in self.missed:
            return None
        return self.order.due_at

    def on_time(self) -> tuple[bool | None, bool | None]:
        """Whether the newest submission came before the limit as approved last, and before the first one.

        None: there is no submission, or no limit that counts.
        """
        order, submission = self.order, self.submission
        if order is None or submission is None or (self.monitoring is not None and order.due_at not in self.missed):
            return None, None
        return submission.at < order.due_at, submission.at < order.original_due_at

    def overdue(self, now: datetime) -> datetime | None:
        """Since when it is overdue as seen at `now`, also before the sweep has noticed; None: it is not."""
        if self.order is None:
            return None
        due = self.order.due_at
        return due if due in self.missed or (self.waiting_limit is not None and due <= now) else None

    def parts(self) -> frozenset[str]:
        """The units that have a part in it beside its own line: they see it too."""
        own = {self.handler}
        if self.order is not None:
            own |= {self.order.responsible, self.order.ordering_unit}
        if self.listing is not None:
            own.add(self.listing.unit)
        if self.transfer is not None:
            own.add(self.transfer.to_unit)
        return frozenset(each for each in own if each is not None)

    def named(self) -> dict[str, object]:
        """What every event of it names."""
        return {
            "hazard_id": str(self.hazard_id),
            "number": self.number,
            "unit": self.unit,
            "title": self.title,
            "plan_id": self.plan_id,
        }


EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
