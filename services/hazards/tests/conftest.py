"""A county as hazards has heard of it."""

import base64
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
    running = await run_service(SERVICE, informant_keys={"test": base64.b64encode(bytes(32)).decode()}, informant_key="test")

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


SAID: dict[str, dict[str, Any]] = {
    "register": {},
    "grade": {"grade": "major"},
    "order": {"measures": "清运", "responsible": "330802101202", "funds": 0, "contingency": "看守"},
    "defer": {"measures": "清运", "responsible": "330802101202", "funds": 0, "contingency": "看守", "plan": "分期"},
    "monitor": {"reason": "暂难整改", "measures": "值守", "review_on": "2026-04-01"},
    "rectify": {"text": "已清运"},
    "submit": {"text": "已清运"},
    "accept": {},
    "reject": {"reason": "未清净"},
    "sign": {},
    "close": {},
    "dismiss": {"outcome": "withdrawn", "reason": "误报"},
    "transfer": {"to_unit": "330803", "reason": "非本地"},
    "acknowledge": {},
    "return": {"reason": "非职责"},
    "suspend": {"what": "炉", "reason": "险"},
    "resume": {"reason": "已整改"},
    "ask_extension": {"reason": "缺配件"},
    "approve_extension": {},
    "refuse_extension": {"reason": "不足"},
    "list": {"trigger": "other", "reason": "督办"},
    "publish": {"where": "网站"},
    "raise": {"reason": "进展慢"},
    "tell_progress": {"text": "过半"},
    "delist": {"reason": "已整改"},
    "recheck": {"finding": "sound", "text": "属实"},
}
"""What each action says at least; instants are added by `Loop.said`."""
DAYS = {"order": ("due", 10), "defer": ("due", 30), "transfer": ("acknowledge_by", 3), "ask_extension": ("due", 20)}


class Loop:
    """Takes hazards through their loop over HTTP; each unit has one person, called `somebody of UNIT`."""

    def __init__(self, running: Any) -> None:
        self.running = running

    async def report(self, unit: str = "330802101202", **said: Any) -> str:
        body = {"category": "用火", "title": "林边堆放柴草", "occurred_at": BEFORE.isoformat(), **said}
        answer = await self.running.post("/hazards", body, unit=unit, subject=f"somebody of {unit}")
        assert answer.status_code == 201, answer.text
        hazard_id: str = answer.json()["hazard_id"]
        return hazard_id

    async def version(self, hazard_id: str) -> int:
        found: int = await self.running.kit.pool.fetchval("SELECT version FROM hazard WHERE hazard_id = $1", hazard_id)
        return found

    def said(self, action: str) -> dict[str, Any]:
        """What an action says at least, with instants ahead."""
        name, days = DAYS.get(action, ("", 0))
        ahead = {name: (self.running.clock.now() + timedelta(days=days)).isoformat()} if name else {}
        return SAID[action] | ahead

    async def attempt(self, hazard_id: str, action: str, unit: str, person: str | None = None, **said: Any) -> Any:
        """Act on the version that stands, whatever comes of it."""
        who = {"unit": unit, "subject": person or f"somebody of {unit}", "roles": said.pop("roles", ("office",))}
        body = {"version": await self.version(hazard_id), **self.said(action), **said}
        return await self.running.post(f"/hazards/{hazard_id}/{action.replace('_', '-')}", body, **who)

    async def act(self, hazard_id: str, action: str, unit: str, person: str | None = None, **said: Any) -> dict[str, Any]:
        """Act, successfully."""
        answer = await self.attempt(hazard_id, action, unit, person, **said)
        assert answer.status_code == 200, (action, answer.text)
        state: dict[str, Any] = answer.json()
        return state

    async def view(self, hazard_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.running.get(f"/hazards/{hazard_id}", roles=("admin",))).json()
        return found


@pytest.fixture
async def loop(hazards) -> Loop:
    """`.report()`, `.act(id, action, unit, …)`, `.attempt(…)`, `.view(id)`; `.running` is the service."""
    return Loop(hazards)
