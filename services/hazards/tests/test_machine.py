"""Random commands of random people over HTTP, with sweeps and jumps of time, on a real database."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazards.deadlines import Passing
from hazards.domain import chain
from hazards.domain.states import ACTIONS, TRANSITIONS
from hazards.store import hazards as store
from hazards.store import history

pytestmark = pytest.mark.io
UNITS = ("3308", "330802", "330802101", "330802101202", "330803")
MOVES = st.tuples(
    st.sampled_from(ACTIONS) | st.sampled_from(("order", "submit", "accept", "ask_extension", "list", "transfer")),
    st.sampled_from(UNITS),
    st.integers(1, 30),
    st.sampled_from(("nothing", "touch", "sweep")),
)
VILLAGE = "330802101202"
FOR_THE_VILLAGE = ("rectify", "submit", "sign", "ask_extension", "tell_progress")
DATED = {"order": "due", "defer": "due", "ask_extension": "due", "transfer": "acknowledge_by"}


@given(moves=st.lists(MOVES, min_size=20, max_size=40))
@settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
async def test_whatever_people_try_the_history_is_whole_and_every_limit_told_once(
    loop, moves: list[tuple[str, str, int, str]]
) -> None:
    await loop.running.call("PUT", "/policies/3308", {"extension": {"decide_within_days": 2}}, unit="3308")
    hazard_id = await loop.report()
    accepted = 0
    for tried, somebody, days, passing in moves:
        if passing != "nothing":
            loop.running.clock.instant += timedelta(days=days)
        if passing == "sweep":
            while await Passing().fire(loop.running.kit.pool, loop.running.clock.now(), 100):
                pass
        view = await loop.view(hazard_id)
        action, unit = _mostly_possible(view["state"], tried, somebody, days)
        ahead = (loop.running.clock.now() + timedelta(days=days)).isoformat()
        answer = await loop.attempt(hazard_id, action, unit, **({DATED[action]: ahead} if action in DATED else {}))
        assert answer.status_code in (200, 403, 409, 422), answer.text
        accepted += answer.status_code == 200
        after = await loop.view(hazard_id)
        if answer.status_code != 200:
            assert (after["state"], after["version"]) == (view["state"], view["version"])
        else:
            target = TRANSITIONS[action][view["state"]]
            assert target in ("same", "back", after["state"]) or (action, after["state"]) == ("accept", "submitted")
    loop.running.clock.instant += timedelta(days=400)
    await Passing().fire(loop.running.kit.pool, loop.running.clock.now(), 100)
    await _whole(loop, UUID(hazard_id), accepted)


def _mostly_possible(state: str, action: str, unit: str, days: int) -> tuple[str, str]:
    """Two times out of three what the state allows, by the unit that it is for."""
    if days % 3 == 0:
        return action, unit
    possible = [each for each in ACTIONS if state in TRANSITIONS[each]]
    chosen = possible[days % len(possible)]
    return chosen, VILLAGE if chosen in FOR_THE_VILLAGE else "330802"


async def _whole(loop, hazard_id: UUID, accepted: int) -> None:
    pool = loop.running.kit.pool
    hazard = await store.find(pool, hazard_id)
    kept = await history.of_hazard(pool, hazard_id, 0, 10_000)
    assert hazard is not None
    assert chain.breaks(hazard, kept) == []
    entries = [entry for entry, _ in kept]
    assert sum(entry.subject is not None for entry in entries) == accepted + 1
    events = [(sequence, event) for sequence, event in await loop.running.outbox() if event.key() == str(hazard_id)]
    assert [sequence for sequence, _ in events] == [entry.version for entry in entries] == list(range(1, hazard.version + 1))
    assert [event.__class__.__name__ for _, event in events] == [entry.event for entry in entries]
    assert all(before.recorded_at <= after.recorded_at for (_, before), (_, after) in pairwise(events))
    told = [event.due_at for _, event in events if event.__class__.__name__ == "RectificationOverdue"]
    assert told == _limits_that_passed([event for _, event in events], loop.running.clock.now())
    assert tuple(told) == hazard.missed


def _limits_that_passed(events: list[Any], now: datetime) -> list[datetime]:
    """By the events alone: a limit passes when the next change that sets or ends it comes later than it."""
    passed: list[datetime] = []
    limit: datetime | None = None
    for event in events:
        match event.__class__.__name__:
            case "RectificationOrdered" | "RectificationDeferred" | "RectificationExtended":
                following: datetime | None = event.due_at
            case "HazardMonitored" | "HazardClosed" | "HazardDismissed":
                following = None
            case _:
                continue
        if limit is not None and limit <= event.recorded_at:
            passed.append(limit)
        limit = following
    return [*passed, limit] if limit is not None and limit <= now else passed
