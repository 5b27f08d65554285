"""What a scenario cannot do with hazards: everything that becomes of them, so that each of their events is published once."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from rehearsal.local import LocalSystem

COUNTY, TOWN, OTHER_TOWN, VILLAGE = "330899", "330899101", "330899102", "330899101202"
DAY = timedelta(days=1)
Campaign = Callable[[LocalSystem], Awaitable[None]]


class Desk:
    """People of several units who act on hazards."""

    def __init__(self, system: LocalSystem, http: httpx.AsyncClient) -> None:
        self.system = system
        self._http = http

    async def call(self, method: str, path: str, unit: str, body: dict[str, Any], person: str = "somebody") -> httpx.Response:
        token = self.system.token(f"{person} of {unit}", unit, ["office"])
        return await self._http.request(method, path, json=body, headers={"Authorization": f"Bearer {token}"})

    async def report(self, **said: Any) -> str:
        body = {"category": "粉尘", "title": "除尘器未接地", "occurred_at": self.system.now().isoformat(), **said}
        answer = (await self.call("POST", "/hazards", VILLAGE, body)).raise_for_status()
        hazard_id: str = answer.json()["hazard_id"]
        return hazard_id

    async def act(self, hazard_id: str, *steps: tuple[str, str, dict[str, Any]], person: str = "somebody") -> None:
        """Do (action, unit, what is said) one after the other to a hazard, on whatever version stands."""
        await self.act_on(f"/hazards/{hazard_id}", *steps, person=person)

    async def act_on(self, path: str, *steps: tuple[str, str, dict[str, Any]], person: str = "somebody") -> None:
        """The same to anything that has versions."""
        for action, unit, said in steps:
            version = 1
            for _ in range(5):
                answer = await self.call("POST", f"{path}/{action}", unit, {"version": version, **said}, person)
                if answer.status_code != 409 or answer.json()["errors"][0]["field"] != "version":
                    break
                version = answer.json()["version"]
            assert answer.status_code == 200, (action, answer.text)

    def after(self, days: int) -> datetime:
        return self.system.now() + days * DAY

    def wait(self, days: int) -> None:
        """Let days go by; who acts next meets what fell due meanwhile."""
        self.system.clock.set(self.after(days))


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    """Takes hazards through every action and past every date that waits in them."""

    async def run(system: LocalSystem) -> None:
        async with httpx.AsyncClient(base_url=system.urls["hazards"]) as http:
            desk = Desk(system, http)
            policy = {
                "extension": {"decide_within_days": 1},
                "listing": {"publish_within_working_days": 1},
                "notices": {"before_days": list(range(5, 25))},  # whichever limit stands when the day is told
            }
            (await desk.call("PUT", f"/policies/{COUNTY}", COUNTY, policy)).raise_for_status()
            closed = await _to_its_end(desk)
            await _handed_over(desk, closed)
            await _watched(desk)
            await _held_to_account(desk)

    return run


def _elements(due: datetime) -> dict[str, Any]:
    return {"due": due.isoformat(), "measures": "接地", "responsible": VILLAGE, "funds": 800, "contingency": "停机"}


async def _to_its_end(desk: Desk) -> str:
    hazard_id = await desk.report(stage="open_inspection")
    ask: dict[str, Any] = {"reason": "缺配件", "due": desk.after(20).isoformat()}
    await desk.act(
        hazard_id,
        ("register", VILLAGE, {"owner": {"code": "91330899MA2XXXXX01", "name": "木器厂"}, "location": {"address": "下溪村"}}),
        ("grade", TOWN, {"grade": "major"}),
        ("order", TOWN, _elements(desk.after(10))),
        ("suspend", VILLAGE, {"what": "除尘器", "reason": "粉尘爆炸"}),
        ("ask-extension", VILLAGE, ask),
        ("refuse-extension", TOWN, {"reason": "理由不足"}),
        ("ask-extension", VILLAGE, ask),
        ("list", TOWN, {"trigger": "major", "reason": "重大", "progress_every_days": 3}),
    )
    desk.wait(5)
    await desk.act(
        hazard_id,
        ("approve-extension", TOWN, {}),
        ("publish", TOWN, {"where": "政府网站"}),
        ("tell-progress", VILLAGE, {"text": "配件已到"}),
        ("raise", COUNTY, {"reason": "进展慢"}),
        ("submit", VILLAGE, {"text": "已接地"}),
        ("reject", TOWN, {"reason": "接触不良"}),
        ("submit", VILLAGE, {"text": "已重做"}),
        ("accept", TOWN, {}),
        ("accept", COUNTY, {}),
        ("sign", VILLAGE, {}),
        ("resume", TOWN, {"reason": "已整改"}),
        ("close", COUNTY, {}),
        ("delist", COUNTY, {"reason": "已销号"}),
    )
    await desk.act(hazard_id, ("recheck", COUNTY, {"finding": "sound", "text": "复查属实"}), person="another")
    return hazard_id


async def _handed_over(desk: Desk, closed: str) -> None:
    hazard_id = await desk.report(recurs=closed)
    offer = {"to_unit": OTHER_TOWN, "reason": "属该镇管辖", "acknowledge_by": desk.after(1).isoformat()}
    await desk.act(hazard_id, ("transfer", TOWN, offer))
    desk.wait(2)
    await desk.act(
        hazard_id,
        ("return", OTHER_TOWN, {"reason": "材料不全"}),
        ("transfer", TOWN, {**offer, "acknowledge_by": desk.after(1).isoformat()}),
        ("acknowledge", OTHER_TOWN, {}),
        ("dismiss", OTHER_TOWN, {"outcome": "withdrawn", "reason": "误报"}),
    )


async def _watched(desk: Desk) -> None:
    hazard_id = await desk.report()
    day = desk.after(1).date().isoformat()
    await desk.act(
        hazard_id,
        ("grade", TOWN, {"grade": "major"}),
        ("defer", TOWN, {**_elements(desk.after(10)), "plan": "分期改造"}),
        ("monitor", TOWN, {"reason": "暂不能整改", "measures": "专人值守", "review_on": day}),
    )
    desk.wait(3)
    await desk.act(hazard_id, ("submit", VILLAGE, {"text": "已改造"}))


async def _held_to_account(desk: Desk) -> None:
    """A supervised enterprise whose village is silent, and what the county's rules make of that."""
    silent = {"trigger": "listing_progress_overdue"}
    rules = [
        {"id": "talk", "measure": "interview", "acknowledge_within_days": 1, "reply_within_days": 2, **silent},
        {"id": "tell", "measure": "circular", "meaning": "criticise", **silent},
    ]
    (await desk.call("PUT", f"/accountability/rules/{COUNTY}", COUNTY, {"rules": rules})).raise_for_status()
    path = "/enterprises/91330899MA2XXXXX01"
    said = {"name": "木器厂", "unit": VILLAGE, "trigger": "repeated", "reason": "屡改屡犯", "progress_every_days": 10}
    (await desk.call("POST", f"{path}/list", TOWN, said)).raise_for_status()
    desk.wait(12)
    await desk.act_on(
        path,
        ("publish", TOWN, {"where": "政府网站"}),
        ("tell-progress", VILLAGE, {"text": "已停产"}),
        ("raise", COUNTY, {"reason": "进展慢"}),
        ("delist", COUNTY, {"reason": "已关闭"}),
    )
    proposed = (await desk.call("GET", "/measures", COUNTY, {})).raise_for_status().json()["items"]
    talk, tell = (
        next(
            f"/measures/{each['measure_id']}"
            for each in proposed
            if each["rule"] == rule and each["trigger"] == silent["trigger"]
        )
        for rule in ("talk", "tell")
    )
    await desk.act_on(tell, ("withdraw", COUNTY, {"reason": "已约谈"}))
    await desk.act_on(talk, ("issue", COUNTY, {}))
    desk.wait(4)
    await desk.act_on(talk, ("acknowledge", VILLAGE, {}), ("reply", VILLAGE, {"text": "已落实"}), ("close", COUNTY, {}))
