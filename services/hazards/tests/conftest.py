"""A county as hazards has heard of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.events.units import Placement, UnitMoved, UnitRegistered, UnitRetired
from hazards.consumers import apply_units
from hazards.service import SERVICE

BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
TREE = {
    "3308": ("prefecture", None),
    "330802": ("county", "3308"),
    "330802101": ("town", "330802"),
    "330802102": ("town", "330802"),
    "330802101201": ("village", "330802101"),
    "330802101202": ("village", "330802101"),
    "330802102201": ("village", "330802102"),
    "330803": ("county", "3308"),
}


@pytest.fixture
def unit_events(envelope):
    """Makes what comes on the topic of units: `.registered(code)`, `.moved(code, parent)`, `.retired(code)`."""

    class UnitEvents:
        def state(self, code: str, **changed: Any) -> dict[str, Any]:
            level, parent = TREE[code]
            base = {"occurred_at": BEFORE, "recorded_at": BEFORE, "code": code, "name": code, "level": level, "parent": parent}
            return {**base, "placements": (Placement(parent=parent, valid_from=BEFORE),), **changed}

        def registered(self, code: str):
            return envelope(UnitRegistered(**self.state(code)), 1)

        def moved(self, code: str, parent: str, sequence: int = 2):
            placements = (
                Placement(parent=TREE[code][1], valid_from=BEFORE, valid_until=BEFORE + timedelta(hours=1)),
                Placement(parent=parent, valid_from=BEFORE + timedelta(hours=1)),
            )
            state = self.state(code, parent=parent, placements=placements)
            return envelope(UnitMoved(**state, previous_parent=TREE[code][1]), sequence)

        def retired(self, code: str, sequence: int = 2):
            placement = Placement(parent=TREE[code][1], valid_from=BEFORE, valid_until=BEFORE + timedelta(hours=1))
            return envelope(UnitRetired(**self.state(code, placements=(placement,))), sequence)

    return UnitEvents()


@pytest.fixture
async def hazards(run_service, unit_events):
    """The service, knowing the tree; `.learn(envelope, …)` applies further events as one batch."""
    running = await run_service(SERVICE)

    async def learn(*envelopes) -> None:
        async with running.kit.pool.acquire() as connection, connection.transaction():
            await apply_units(connection, envelopes, running.clock.now())

    running.learn = learn
    await learn(*(unit_events.registered(code) for code in TREE))
    return running


@pytest.fixture
def firewood() -> dict[str, Any]:
    """A hazard as a village reports it."""
    return {"category": "用火", "title": "林边堆放柴草", "occurred_at": "2026-03-02T12:50:00+08:00", "description": "约三立方米"}


@pytest.fixture
def elements() -> dict[str, Any]:
    """An order with its five elements, due at 14:30 in Shanghai."""
    return {
        "due": "2026-03-02T14:30:00+08:00",
        "measures": "清运",
        "responsible": "330802101202",
        "funds": 0,
        "contingency": "专人看守",
    }


@pytest.fixture
async def ordered(hazards, firewood, elements) -> str:
    """The id of a hazard whose rectification was ordered."""
    hazard_id: str = (await hazards.post("/hazards", firewood, unit="330802101202")).json()["hazard_id"]
    answer = await hazards.post(f"/hazards/{hazard_id}/order", elements, unit="330802101")
    assert answer.status_code == 200, answer.text
    return hazard_id
