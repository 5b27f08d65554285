"""A county with two towns and a village, and plans as callers write them."""

from typing import Any

import pytest

from plans.service import SERVICE

COUNTY: list[dict[str, Any]] = [
    {"code": "330802", "name": "青山县", "level": "county"},
    {"code": "330802101", "name": "白石镇", "level": "town", "parent": "330802"},
    {"code": "330802102", "name": "东坪镇", "level": "town", "parent": "330802"},
    {"code": "330802101201", "name": "上溪村", "level": "village", "parent": "330802101", "groups": ["林区村"]},
]

CAMPAIGN: dict[str, Any] = {
    "topics": [{"id": "t1", "title": "燃气安全"}],
    "tasks": [
        {
            "id": "a",
            "topic": "t1",
            "text": "排查瓶装液化气隐患",
            "leads": [{"name": "上溪村", "unit": "330802101201"}],
            "supports": [{"name": "东坪镇", "unit": "330802102"}],
            "deadlines": [{"id": "d1", "date": "2026-06-30", "strength": "strive", "text": "力争6月底前"}],
        }
    ],
    "indicators": [{"id": "i1", "name": "整改率", "target": {"direction": ">=", "value": 98}, "tasks": ["a"]}],
}


@pytest.fixture
async def empty(run_service):
    """The service with no units."""
    return await run_service(SERVICE)


@pytest.fixture
async def plans(run_service):
    """The service with the county registered and its events relayed."""
    running = await run_service(SERVICE)
    answer = await running.post("/units/batch", {"units": COUNTY}, roles=("admin",))
    assert answer.status_code == 201, answer.text
    await running.kit.pool.execute("DELETE FROM outbox")
    return running


@pytest.fixture
def daily() -> dict[str, Any]:
    """The plan of the daily chain."""
    return {
        "title": "森林火灾隐患专项整治方案",
        "document_number": "青森防〔2026〕3号",
        "zone": "Asia/Shanghai",
        "obligations": [
            {
                "id": "village-daily",
                "type": "zero_report",
                "reporters": {"level": "village"},
                "recipients": "parent",
                "every": "day",
                "cutoff": "14:00",
                "remind_before": ["30m"],
                "escalate_after": ["0m", "PT10M"],
                "rolls_up_into": "town-daily",
            },
            {"id": "town-daily", "type": "roll_up", "reporters": {"level": "town"}, "recipients": ["330802"], "cutoff": "15:00"},
        ],
    }


@pytest.fixture
async def campaign(plans):
    """The service under a prefecture, with an issued plan of one task; `.plan_id`, `.task(id)` its path.

    The county issues, the village leads, the other town supports; the first town stands above the lead; 9 is somebody else.
    """
    admin: dict[str, Any] = {"roles": ("admin",)}
    more = [
        {"code": "3308", "name": "衢北市", "level": "prefecture"},
        {"code": "9", "name": "外省", "level": "province"},
        {"code": "330802102201", "name": "下湾村", "level": "village", "parent": "330802102"},
    ]
    assert (await plans.post("/units/batch", {"units": more}, **admin)).status_code == 201
    assert (await plans.post("/units/330802/move", {"parent": "3308"}, **admin)).status_code == 200
    body = {"title": "燃气安全整治方案", "content": CAMPAIGN}
    plans.plan_id = (await plans.post("/plans", body, unit="330802")).json()["plan_id"]
    answer = await plans.post(f"/plans/{plans.plan_id}/issue", {"version": 1}, unit="330802")
    assert answer.status_code == 200, answer.text
    await plans.kit.pool.execute("DELETE FROM outbox")
    plans.task = lambda task="a", action="": f"/plans/{plans.plan_id}/tasks/{task}{action and '/'}{action}"
    return plans
