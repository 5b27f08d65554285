"""The traffic light of a task: computed from facts and the instant, never typed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from plans.domain.tasks.state import TaskState

Colour = Literal["green", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Light:
    """A colour and why, as stable English codes; green has no reasons."""

    colour: Colour
    reasons: tuple[str, ...] = ()


def light(state: TaskState, now: datetime, soon: timedelta) -> Light:
    """Red: a deadline has passed and is not confirmed, or the task is listed.

    Yellow: a deadline comes within `soon`, a unit explained a lag, less was verified than claimed, or a completion waits for
    confirmation past its deadline. Green otherwise.
    """
    if state.finished:
        return Light("red", ("listed",)) if state.listing is not None else Light("green")
    unconfirmed = [each for each in state.milestones if each.state != "confirmed"]
    red = ["overdue"] if any(each.overdue(now) for each in unconfirmed) else []
    red += ["listed"] if state.listing is not None else []
    if red:
        return Light("red", tuple(red))
    yellow = []
    if any(each.waits and each.due_at is not None and each.due_at - now <= soon for each in unconfirmed):
        yellow.append("due_soon")
    if any(each.state == "completed" and each.due_at is not None and each.due_at <= now for each in unconfirmed):
        yellow.append("unconfirmed")
    if state.lag is not None:
        yellow.append("lagging")
    if _verified_less(state):
        yellow.append("verified_less")
    return Light("yellow", tuple(yellow)) if yellow else Light("green")


def _verified_less(state: TaskState) -> bool:
    claimed, verified = state.claimed, state.verified
    if claimed is None or verified is None:
        return False
    less = claimed.percent is not None and verified.percent is not None and verified.percent < claimed.percent
    return less or any(value > verified.values.get(name, value) for name, value in claimed.values.items())
