"""What the parts of a plan have in common."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from contracts.schedules import Schedule


class Value(BaseModel):
    """A part of a plan: immutable, without room for misspelt fields. The same shape is stored, sent and answered."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


ItemId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.-]{1,64}$")]
"""Names an item inside its plan, and stays the same when the plan is amended."""

Strength = Literal["strive", "ensure", "must", "plain"]
"""力争, 确保, 必须, or none of these words."""

EARLIEST: Final = date(1949, 1, 1)
LATEST: Final = date(2199, 12, 31)
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
"""A local date in the plan's zone, in a year that a plan can mean."""

MOST_DATES: Final = 366


def _known_fields(value: Any) -> Any:
    # Events tolerate what they do not know; what somebody writes here does not.
    if isinstance(value, dict) and (unknown := sorted(map(str, value.keys() - Schedule.model_fields))):
        raise ValueError(f"{unknown[0]}: a schedule has no such field")
    return value


def _bounded(value: Schedule) -> Schedule:
    if max(len(value.on), len(value.dates)) > MOST_DATES:
        raise ValueError(f"at most {MOST_DATES} days")
    return value


Rhythm = Annotated[Schedule, BeforeValidator(_known_fields), AfterValidator(_bounded)]
"""A schedule as somebody writes it."""
