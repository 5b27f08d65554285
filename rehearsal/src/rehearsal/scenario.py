"""The scenario file as typed values; nothing here knows how a scenario is run."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from rehearsal.hazard_deeds import HazardDeed, SetPolicy
from rehearsal.instants import WrittenWrongError
from rehearsal.values import DEFAULT_ZONE, ActionPart, Code, Duration, Instant, Items, Key, Name, Number, Part, Period, TimeOfDay

Role = Literal["submitter", "principal", "office", "duty", "leader"]
Process = Literal["plans", "hazards", "reporting", "notify", "kafka", "postgres"]
PROCESSES: Final[tuple[Process, ...]] = ("plans", "hazards", "reporting", "notify", "kafka", "postgres")


class Unit(Part):
    """A unit that exists from the start of the run on."""

    code: Code
    name: Name
    level: Key
    parent: Code | None = None
    groups: list[Name] = Field(default=[])


class Contact(Part):
    """Somebody whom alerts reach: by WeCom where there is an address, otherwise by SMS."""

    unit: Code
    role: Role
    name: Name
    mobile: str | None = None
    wecom: str | None = None

    @model_validator(mode="after")
    def _has_an_address(self) -> "Contact":
        if not (self.mobile or self.wecom):
            raise WrittenWrongError("联系人至少要有 mobile、wecom 之一", "a contact needs a mobile or a wecom")
        return self


class Reporters(Part):
    """Whom an obligation binds: a level, a group, or units by code or name. Exactly one of the keys."""

    level: Key | None = None
    group: Name | None = None
    units: list[Name] | None = Field(default=None, min_length=1)
    names: list[Name] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _exactly_one(self) -> "Reporters":
        if sum(part is not None for part in (self.level, self.group, self.units, self.names)) != 1:
            raise WrittenWrongError(
                "level、group、units、names 必须恰好写一个", "exactly one of level, group, units, names is needed"
            )
        return self

    @property
    def named(self) -> list[str] | None:
        """The codes or names, whichever of the two keys held them."""
        return self.units if self.units is not None else self.names


class Obligation(Part):
    """Who reports what to whom by when, every day."""

    id: Key
    type: Literal["zero_report", "roll_up"]
    reporters: Reporters
    recipients: Literal["parent"] | Annotated[list[Code], Field(min_length=1)] = "parent"
    every: Literal["day"] = "day"
    cutoff: TimeOfDay
    remind_before: list[Duration] = Field(default=[])
    escalate_after: list[Duration] = Field(default=[])
    rolls_up_into: Key | None = None


class PlanSource(Part):
    """A document to import and issue as it is: a path beside the scenario file."""

    document: Annotated[str, Field(min_length=1)]


class _ForPeriod(ActionPart):
    obligation: str
    period: Period | None = None


class Report(_ForPeriod):
    """The unit's own report: a zero report, or items."""

    do: Literal["report"]
    zero: bool | None = None
    items: Items | None = None


class CorrectReport(_ForPeriod):
    """A further version of the unit's own report."""

    do: Literal["correct_report"]
    zero: bool | None = None
    items: Items | None = None


class ReportForChild(_ForPeriod):
    """A report that an ancestor types in for a child, as told by telephone."""

    do: Literal["report_for_child"]
    child: str
    zero: bool | None = None
    items: Items | None = None


class SubmitRollup(_ForPeriod):
    """The unit's roll-up of what its children reported."""

    do: Literal["submit_rollup"]


class Exempt(_ForPeriod):
    """An ancestor frees a child from one period."""

    do: Literal["exempt"]
    child: str
    reason: str


class Company(Part):
    """Who owns the place: its code (统一社会信用代码) and name."""

    code: Key
    name: Name


class ReportHazard(ActionPart):
    """A hazard in the unit. `ref` is its name inside the scenario; `recurs` that of a closed one that it is again."""

    do: Literal["report_hazard"]
    ref: Name
    category: str
    title: str
    occurred_at: Instant
    description: str | None = None
    stage: str | None = None
    owner: Company | None = None
    recurs: str | None = None


class OrderRectification(ActionPart):
    """An order with the five elements. A blank element is the system's to refuse."""

    do: Literal["order_rectification"]
    hazard: str
    due: Instant
    measures: str | None
    responsible: str | None
    funds: Number | str | None
    contingency: str | None


class RegisterUnit(ActionPart):
    """An ancestor registers a new unit."""

    do: Literal["register_unit"]
    code: str
    name: str
    level: str
    parent: str
    groups: list[str] = Field(default=[])


class MoveUnit(ActionPart):
    """An ancestor moves a unit under another parent."""

    do: Literal["move_unit"]
    code: str
    parent: str


class RetireUnit(ActionPart):
    """An ancestor retires a unit."""

    do: Literal["retire_unit"]
    code: str
    reason: str | None = None


UnitAction = RegisterUnit | MoveUnit | RetireUnit
ReportAction = Report | CorrectReport | ReportForChild | SubmitRollup | Exempt
HazardAction = ReportHazard | OrderRectification | SetPolicy | HazardDeed
Action = ReportAction | HazardAction | UnitAction


class ProcessFault(Part):
    """`kill` is SIGKILL; `restart` is a kill and a start that waits until the process is ready."""

    at: Instant
    do: Literal["kill", "start", "restart"]
    process: Process


class ProviderFault(Part):
    """How a channel's provider behaves from `at` until `at + duration` (exclusive), in simulated time."""

    at: Instant
    do: Literal["provider"]
    channel: Literal["sms", "wecom"]
    behave: Literal["timeout", "lost", "reject", "throttle", "slow"]
    duration: Duration = Field(alias="for")

    @property
    def until(self) -> datetime:
        """The first instant at which the provider behaves again."""
        return self.at + self.duration


Fault = ProcessFault | ProviderFault


class Head(Part):
    """The keys of a scenario that are no lists."""

    name: Name
    zone: str = DEFAULT_ZONE.key
    mode: Literal["stepped", "realtime"] = "stepped"
    speed: Annotated[int | Decimal, Field(gt=0, le=100_000)] | None = None
    start: Instant
    end: Instant
    plan: PlanSource | None = None


@dataclass(frozen=True)
class Scenario:
    """A scenario that can be run. `actions` and `faults` are in time order; those of one instant stay in file order.

    `faults` are completed (see `outages`): process faults are kills and starts, and every process is up at `end`.
    """

    head: Head
    units: list[Unit]
    contacts: list[Contact]
    obligations: list[Obligation]
    actions: list[Action]
    faults: list[Fault]
    document: Path | None = None
    """The plan's document, where the obligations come out of one."""

    @property
    def name(self) -> str:
        """The name that the result carries."""
        return self.head.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every time of day, cut-off and period."""
        return ZoneInfo(self.head.zone)

    @property
    def start(self) -> datetime:
        """The instant at which the plan is issued and the run begins."""
        return self.head.start

    @property
    def end(self) -> datetime:
        """The last instant of the run."""
        return self.head.end

    def roots(self) -> list[Unit]:
        """The units without a parent; each issues the obligations for its subtree."""
        return [unit for unit in self.units if unit.parent is None]

    def obligation(self, key: str) -> Obligation | None:
        """The obligation of that id, if the scenario has it."""
        return next((obligation for obligation in self.obligations if obligation.id == key), None)

    def period_of(self, action: ReportAction) -> date:
        """The period that an action is about: its own, or the local date of its scripted instant."""
        return action.period or action.at.astimezone(self.zone).date()
