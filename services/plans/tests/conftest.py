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
