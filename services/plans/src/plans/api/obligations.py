"""Reporting obligations as callers write and read them."""

from datetime import date, time, timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from contracts.events.plans import Obligation, Reporters
from contracts.schedules import DueDay, Schedule, Within
from contracts.values import Duration, Key, Name, UnitCode
from plans.domain.durations import PATTERN, parse_duration


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError("write a duration as 30m, 1h30m or PT30M")  # noqa: TRY004 - pydantic reports only ValueError
    return parse_duration(value)


def _cutoff(value: time) -> str:
    return value.strftime("%H:%M:%S" if value.second else "%H:%M")


WrittenDuration = Annotated[
    Duration,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["30m", "PT30M"]}),
]
Cutoff = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"),
    Field(examples=["14:00"], description="local time in the plan's zone; what comes at this instant is late"),
]
Several = Field(max_length=10)
_MIDNIGHT = "00:00"
"""Written for a due day that counts until 24:00; the schedule decides."""


class ReportersBody(BaseModel):
    """Who reports, inside the issuer's subtree: exactly one of a level, a group, or units by code or name."""

    model_config = ConfigDict(extra="forbid")

    level: Key | None = None
    group: Name | None = None
    units: Annotated[list[Name], Field(min_length=1, max_length=1000)] | None = None


class DueDayBody(DueDay):
    """A day inside a period."""

    model_config = ConfigDict(extra="forbid")


class WithinBody(Within):
    """A limit that starts with an event."""

    model_config = ConfigDict(extra="forbid")


class ScheduleBody(Schedule):
    """When something is owed, and about which period."""

    model_config = ConfigDict(extra="forbid")

    on: Annotated[tuple[DueDayBody, ...], Field(max_length=31)] = ()
    dates: Annotated[tuple[date, ...], Field(max_length=366)] = ()
    within: WithinBody | None = None


class ObligationBody(BaseModel):
    """Who reports what to whom by when. `remind_before` and `escalate_after` are offsets from the cut-off.

    Every day before `cutoff`, or by a `schedule`, which then says the cut-off as its `at`.
    """

    model_config = ConfigDict(extra="forbid")

    id: Key
    type: Key = Field(examples=["zero_report", "roll_up"])
    reporters: ReportersBody
    recipients: Literal["parent"] | Annotated[list[UnitCode], Field(min_length=1, max_length=20)] = "parent"
    schedule: ScheduleBody | None = None
    every: Annotated[Key | None, Field(validate_default=True)] = None
    cutoff: Annotated[Cutoff | None, Field(validate_default=True)] = None
    remind_before: Annotated[list[WrittenDuration], Several] = []
    escalate_after: Annotated[list[WrittenDuration], Several] = []
    rolls_up_into: Key | None = None

    @field_validator("every")
    @classmethod
    def _every_of_the_schedule(cls, every: str | None, given: ValidationInfo) -> str | None:
        if "schedule" not in given.data:  # refused itself
            return every
        schedule: Schedule | None = given.data["schedule"]
        if every not in (None, "day" if schedule is None else schedule.every):
            raise ValueError(
                "only day goes without a schedule" if schedule is None else "differs from the schedule; leave it out"
            )
        return "day" if schedule is None else schedule.every

    @field_validator("cutoff")
    @classmethod
    def _cutoff_of_the_schedule(cls, cutoff: str | None, given: ValidationInfo) -> str | None:
        schedule: Schedule | None = given.data.get("schedule")
        if schedule is None:
            if cutoff is None and "schedule" in given.data:
                raise ValueError("needed where there is no schedule")
            return cutoff
        at = _MIDNIGHT if schedule.at is None else _cutoff(schedule.at)
        if cutoff not in (None, at):
            raise ValueError("differs from the schedule's at; leave it out")
        return at

    def to_domain(self) -> Obligation:
        """The obligation as the events carry it."""
        reporters = self.reporters
        return Obligation(
            id=self.id,
            type=self.type,
            reporters=Reporters(
                level=reporters.level, group=reporters.group, units=None if reporters.units is None else tuple(reporters.units)
            ),
            recipients=() if self.recipients == "parent" else tuple(self.recipients),
            every=self.every or "day",
            cutoff=time.fromisoformat(self.cutoff or _MIDNIGHT),
            schedule=None if self.schedule is None else Schedule.model_validate(self.schedule.model_dump()),
            remind_before=tuple(self.remind_before),
            escalate_after=tuple(self.escalate_after),
            rolls_up_into=self.rolls_up_into,
        )

    @classmethod
    def of(cls, obligation: Obligation) -> Self:
        """The obligation as it is written."""
        return cls.model_validate(
            {
                **obligation.model_dump(exclude={"cutoff", "recipients"}),
                "cutoff": _cutoff(obligation.cutoff),
                "recipients": list(obligation.recipients) or "parent",
            }
        )
