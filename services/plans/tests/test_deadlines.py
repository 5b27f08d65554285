"""Deadlines over HTTP: explained, paged, bounded."""

from datetime import UTC, datetime
from typing import Any

import pytest

pytestmark = pytest.mark.io
QUARTERLY = {
    "id": "q",
    "type": "progress",
    "reporters": {"level": "town"},
    "schedule": {"every": "quarter", "about": "previous", "on": [{"month": 1, "day": 10}]},
}


async def issued(plans, daily: dict[str, Any]) -> str:
    plan = {**daily, "obligations": [*daily["obligations"], QUARTERLY]}
    plan_id: str = (await plans.post("/plans", plan, unit="330802")).json()["plan_id"]
    assert (await plans.post(f"/plans/{plan_id}/issue", {"version": 1}, unit="330802")).status_code == 200
    return plan_id


async def test_every_deadline_says_when_and_why(plans, daily) -> None:
    plan_id = await issued(plans, daily)

    page = (await plans.get(f"/plans/{plan_id}/deadlines?from=2026-04-10&to=2026-04-10", unit="330802")).json()

    assert [item["obligation"] for item in page["items"]] == ["q", "town-daily", "village-daily"]
    assert page["items"][0] == {
        "obligation": "q",
        "type": "progress",
        "period": "2026-01-01",
        "first": "2026-01-01",
        "last": "2026-03-31",
        "label": "2026年第一季度",
        "printed": "2026-04-10",
        "due": "2026-04-10",
        "due_at": "2026-04-10T16:00:00Z",
        "explanation": "2026年第一季度:次季度首月10日，即2026-04-10 24:00前;节假日不顺延",
        "calendar": None,
    }
    assert {each["obligation"]: each["words"] for each in page["rhythms"]}["village-daily"] == "每日14:00前"
    assert page["next"] is None


async def test_pages_follow_each_other_and_start_after_the_issue(plans, daily) -> None:
    plans.clock.instant = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)  # 14:30: the villages' cut-off of that day is nobody's
    plan_id = await issued(plans, daily)
    found, after = [], ""
    while after is not None:
        page = (await plans.get(f"/plans/{plan_id}/deadlines?from=2026-03-02&to=2026-03-08&limit=4{after}", unit="330802")).json()
        found += [(item["due"], item["obligation"]) for item in page["items"]]
        after = page["next"] and f"&after={page['next']}"

    assert found[0] == ("2026-03-02", "town-daily")
    assert len(found) == len(set(found)) == 13
    one = (await plans.get(f"/plans/{plan_id}/deadlines?obligation=q", unit="330802")).json()
    assert [item["due"] for item in one["items"]] == ["2026-04-10"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=2026-03-02&to=2026-03-01", 422),
        ("from=2026-03-02&to=2027-03-04", 422),
        ("from=0001-01-01", 422),
        ("from=9999-12-31", 422),
        ("after=2026-13-01/q/2026-01-01", 422),
        ("after=nowhere", 422),
        ("limit=501", 422),
        ("from=2026-03-02&to=2027-03-03", 200),
    ],
)
async def test_what_is_asked_for_is_bounded(plans, daily, query: str, status: int) -> None:
    plan_id = await issued(plans, daily)

    assert (await plans.get(f"/plans/{plan_id}/deadlines?{query}", unit="330802")).status_code == status


async def test_deadlines_are_read_by_those_whom_the_plan_concerns(plans, daily) -> None:
    plan_id = await issued(plans, daily)

    assert (await plans.get(f"/plans/{plan_id}/deadlines", unit="330802")).status_code == 200
    assert (await plans.get("/plans/00000000-0000-0000-0000-000000000000/deadlines", unit="330802")).status_code == 404
