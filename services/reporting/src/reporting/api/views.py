"""Bodies of the HTTP interface."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from contracts.values import Instant, ItemName, Key, Quantity, Text, UnitCode

MAX_ITEMS = 200
T = TypeVar("T")


def _kind(value: object) -> str | None:
    match value:
        case bool():
            return None
        case int() | Decimal():
            return "number"
        case str():
            return "text"
    return None


def _number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value():
        return int(value)
    # A JSON number only where a reader that parses it into a double gets the same decimal back.
    return float(value) if Decimal(repr(float(value))) == value else format(value, "f")


Number = Annotated[Decimal, PlainSerializer(_number, return_type=int | float | str, when_used="json")]
Item = Annotated[
    Annotated[Quantity, Tag("number")] | Annotated[Text, Tag("text")],
    Discriminator(_kind, custom_error_type="item", custom_error_message="must be a number or a text"),
]


class Body(BaseModel):
    """A request body: a misspelt field is told, not ignored."""

    model_config = ConfigDict(extra="forbid")


class ReportTarget(Body):
    """Which report: `period` defaults to today in the plan's zone, `unit` to the caller's."""

    obligation: Key
    plan_id: Key | None = None
    unit: UnitCode | None = None
    period: date | None = None


class ReportBody(ReportTarget):
    """A report: either `zero`, or `items` with numbers and texts by name."""

    zero: bool = False
    items: Annotated[dict[ItemName, Item], Field(max_length=MAX_ITEMS)] = Field(default_factory=dict)

    @field_validator("items", mode="wrap")
    @classmethod
    def _different_names(cls, value: object, validate: ValidatorFunctionWrapHandler) -> object:
        items = validate(value)
        if isinstance(value, dict) and len(items) < len(value):
            raise ValueError("two names are the same but for blanks around them")
        return items

    @model_validator(mode="after")
    def _one_of_both(self) -> "ReportBody":
        if self.zero and self.items:
            raise ValueError("a zero report has no items; leave out zero or items")
        if not self.zero and not self.items:
            raise ValueError("give items, or zero: true when nothing happened; silence is not zero")
        return self

    def numbers(self) -> dict[str, Decimal]:
        """The items that can be added."""
        return {name: item for name, item in self.items.items() if isinstance(item, Decimal)}

    def texts(self) -> dict[str, str]:
        """The items that are words."""
        return {name: item for name, item in self.items.items() if isinstance(item, str)}


class ExemptionBody(ReportTarget):
    """An exemption, with its reason."""

    unit: UnitCode
    reason: Text


Verdict = Literal["pending", "on_time", "late", "missed", "exempt"]


class Accepted(BaseModel):
    """A version that was accepted."""

    report_id: UUID
    unit: str
    period: date
    version: int
    verdict: Verdict


class RollupAccepted(BaseModel):
    """A roll-up that was frozen; in a draft, `content_hash` and `verdict` are null."""

    report_id: UUID
    unit: str
    period: date
    sums: dict[str, Number]
    missing_children: list[str]
    content_hash: str | None
    verdict: Verdict | None


class Report(BaseModel):
    """An expected report and its verdict."""

    report_id: UUID
    plan_id: str
    obligation: str
    type: str
    unit: str
    parent: str | None
    period: date
    cutoff_at: datetime
    verdict: Verdict
    received_at: datetime | None
    entered_by: Literal["self", "parent"] | None
    versions: int
    zero: bool | None


class Version(BaseModel):
    """One immutable version."""

    version: int
    received_at: datetime
    subject: str
    acting_unit: str | None
    entered_by: Literal["self", "parent"]
    zero: bool
    items: dict[str, Number]
    texts: dict[str, str]


class ReportDetail(Report):
    """A report with its versions and its exemption.

    `withdrawn_at`: when it ceased to be owed, because its unit or its obligation ended before the cut-off. Lists and counts leave
    it out from then on; what was submitted stays readable here. `label` says what it is about where that is not just the day
    `period`, `explanation` by which rule it is due at `cutoff_at`; null where it was written before that was kept.
    """

    label: str | None
    explanation: str | None
    withdrawn_at: datetime | None
    exempt_at: datetime | None
    exempt_reason: str | None
    exempt_by: str | None
    submissions: list[Version]


class Total(BaseModel):
    """Counts of one obligation and period; `expected` is the sum of the others."""

    plan_id: str
    obligation: str
    period: date
    expected: int
    on_time: int
    late: int
    missed: int
    exempt: int
    pending: int


class Rollup(BaseModel):
    """An owed roll-up. `basis` is null while nothing was frozen, `submission`, or `cutoff` when nobody had submitted it."""

    report_id: UUID
    plan_id: str
    obligation: str
    unit: str
    period: date
    cutoff_at: datetime
    verdict: Verdict
    received_at: datetime | None
    basis: Literal["submission", "cutoff"] | None
    frozen_at: datetime | None
    sums: dict[str, Number]
    missing_children: list[str]
    content_hash: str | None
    attribution: dict[str, list[str]] | None
    restated: bool
    restatements: int
    restated_sums: dict[str, Number] | None


class SuspectedContradiction(BaseModel):
    """A zero report against a hazard of the unit and day."""

    unit: str
    period: date
    kind: str
    suspected_at: datetime
    report_id: UUID
    hazard_id: str


class AlertSummary(BaseModel):
    """An alert and how many of its contacts were reached."""

    alert_id: str
    reason: str
    about: str
    raised_at: datetime
    contacts: int
    delivered: int
    failed: int


class MovedCutoff(BaseModel):
    """A cut-off that was still to come when a notice changed working days. `before` null: not owed before; `after`: no longer."""

    plan_id: str
    obligation: str
    period: date
    calendar: str
    before: datetime | None
    after: datetime | None
    moved_at: datetime
    unit: str | None
    """Set where only that unit owed it, for what had happened to it."""


class HappeningBody(Body):
    """What happened: `unit` defaults to the caller's."""

    obligation: Key
    plan_id: Key | None = None
    unit: UnitCode | None = None
    occurred_at: Instant
    what: Text


class Declared(BaseModel):
    """An occurrence, and the report that is owed for it: by `cutoff_at`, the earliest limit of that unit and local date."""

    occurrence_id: UUID
    plan_id: str
    obligation: str
    unit: str
    period: date
    occurred_at: datetime
    declared_at: datetime
    what: str
    report_id: UUID
    cutoff_at: datetime
    explanation: str | None


class ListedOccurrence(Declared):
    """An occurrence in a list, and who declared it."""

    subject: str
    acting_unit: str | None


class Page(BaseModel, Generic[T]):
    """A page of a list; `next` is the `after` of the next page, null on the last one."""

    items: list[T]
    next: str | None
