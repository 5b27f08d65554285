"""How far tasks came between a baseline and another instant, by what was known at each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from plans.domain.tasks.light import Colour, light
from plans.domain.tasks.state import TaskState

Standing = Literal["open", "completed", "confirmed", "overdue"]


@dataclass(frozen=True, slots=True)
class Point:
    """A task as it was seen at one instant. Verified numbers go before claimed ones (DOMAIN 2)."""

    standing: Standing
    colour: Colour
    percent: int | None
    values: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Step:
    """A task at both instants; None: it was not in force then."""

    task: str
    before: Point | None
    after: Point | None

    @property
    def percent_gained(self) -> int | None:
        """Percentage points gained, where both are known."""
        if self.before is None or self.after is None or self.before.percent is None or self.after.percent is None:
            return None
        return self.after.percent - self.before.percent

    @property
    def gained(self) -> dict[str, Decimal]:
        """What each indicator gained, where both values are known."""
        if self.before is None or self.after is None:
            return {}
        before = self.before.values
        return {name: value - before[name] for name, value in self.after.values.items() if name in before}


def standing(state: TaskState, now: datetime) -> Standing:
    """The one word for a task: the worst of its milestones that are not confirmed."""
    if state.finished:
        return "confirmed"
    waiting = [each for each in state.milestones if each.state != "confirmed"]
    if any(each.overdue(now) for each in waiting):
        return "overdue"
    return "completed" if all(each.state == "completed" for each in waiting) else "open"


def point(state: TaskState, now: datetime, soon: timedelta) -> Point:
    """How a task is seen at an instant."""
    readings = [each for each in (state.verified, state.claimed) if each is not None]
    percent = next((each.percent for each in readings if each.percent is not None), None)
    values = {name: value for each in reversed(readings) for name, value in each.values.items()}
    return Point(standing(state, now), light(state, now, soon).colour, percent, values)


def compared(before: Mapping[str, Point], after: Mapping[str, Point]) -> list[Step]:
    """Every task of either instant, in the order of the later one."""
    return [Step(task, before.get(task), after.get(task)) for task in dict.fromkeys((*after, *before))]
