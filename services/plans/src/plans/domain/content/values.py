"""What the parts of a plan have in common."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


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
