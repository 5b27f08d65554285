"""An enterprise under supervision by name: who may, which duties, and each of them overdue once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.events.enterprises import EnterpriseEvent, EnterpriseProgressOverdue, EnterpriseUnpublished
from hazards.duties import EnterpriseDuties

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY, PREFECTURE, OTHER = "330802101202", "330802101", "330802", "3308", "330803"
CODE = "91330802MA2ABCDE0X"
TERMS = {"publish_within_working_days": 3, "progress_every_days": 10}


@pytest.fixture
def said() -> dict[str, Any]:
    return {"name": "液化气站", "unit": TOWN, "trigger": "serious_violation", "reason": "检查发现"}


@pytest.fixture
async def duties(hazards) -> None:
    """A county whose policy has duties of listings."""
    assert (await hazards.call("PUT", f"/policies/{COUNTY}", {"listing": TERMS}, unit=COUNTY)).status_code == 200


async def act(hazards, action: str, unit: str, version: int, **body: Any) -> Any:
    return await hazards.post(f"/enterprises/{CODE}/{action}", {"version": version, **body}, unit=unit)


async def test_from_listing_to_delisting_and_listed_again(hazards, said, duties) -> None:
    listed = (await hazards.post(f"/enterprises/{CODE}/list", said, unit=COUNTY)).json()
    assert (listed["version"], listed["listing"]["publish_by"]) == (1, "2026-03-05T16:00:00Z")
    assert listed["listing"]["progress_due_at"] == "2026-03-12T05:00:00Z"

    for version, (action, unit, body) in enumerate(
        [
            ("publish", COUNTY, {"where": "县政府网站"}),
            ("tell-progress", TOWN, {"text": "已停用"}),
            ("raise", PREFECTURE, {"reason": "久拖不决"}),
            ("delist", PREFECTURE, {"reason": "整改合格"}),
        ],
        1,
    ):
        answer = await act(hazards, action, unit, version, **body)
        assert answer.status_code == 200, answer.text
    again = await hazards.post(f"/enterprises/{CODE}/list", said, unit=COUNTY)

    assert (again.status_code, again.json()["version"]) == (200, 6)
    events = await hazards.outbox(EnterpriseEvent)
    assert [sequence for sequence, _ in events] == [1, 2, 3, 4, 5, 6]
    assert [event.listing_unit for _, event in events] == [COUNTY, COUNTY, COUNTY, PREFECTURE, PREFECTURE, COUNTY]
    history = (await hazards.get(f"/enterprises/{CODE}/history", unit=TOWN)).json()["items"]
    assert [each["event"] for each in history] == [event.__class__.__name__ for _, event in events]
    items = (await hazards.get("/listings", unit=TOWN, params={"kind": "enterprise"})).json()["items"]
    assert [(each["listing_unit"], each["delist_reason"]) for each in items] == [(PREFECTURE, "整改合格"), (COUNTY, None)]


async def test_who_may_do_what(hazards, said) -> None:
    async def listing(unit: str, **who: Any) -> int:
        code: int = (await hazards.post(f"/enterprises/{CODE}/list", said, unit=unit, **who)).status_code
        return code

    assert [await listing(unit) for unit in (TOWN, VILLAGE, OTHER)] == [403, 403, 403]
    assert await listing(COUNTY, roles=("submitter",)) == 403
    assert (await hazards.get(f"/enterprises/{CODE}", unit=COUNTY)).status_code == 404
    assert await listing(COUNTY) == 200
    assert await listing(PREFECTURE) == 409

    async def status(action: str, unit: str, **body: Any) -> int:
        code: int = (await act(hazards, action, unit, 1, **body)).status_code
        return code

    assert [await status("publish", unit, where="x") for unit in (TOWN, PREFECTURE, OTHER)] == [403, 403, 403]
    assert [await status("raise", unit, reason="x") for unit in (TOWN, COUNTY, OTHER)] == [403, 403, 403]
    assert [await status("tell-progress", unit, text="x") for unit in (COUNTY, VILLAGE, OTHER)] == [403, 403, 403]
    assert [await status("delist", unit, reason="x") for unit in (TOWN, PREFECTURE, OTHER)] == [403, 403, 403]
    reads = [
        (await hazards.get(f"/enterprises/{CODE}", unit=unit)).status_code for unit in (TOWN, COUNTY, PREFECTURE, VILLAGE, OTHER)
    ]
    assert reads == [200, 200, 200, 403, 403]


@pytest.mark.parametrize(("grade", "status"), [("major", 403), ("general", 200), (None, 200)])
async def test_a_policy_says_which_level_lists_which_grade(hazards, said, grade, status: int) -> None:
    terms = {"competent": [{"level": "prefecture", "grade": "major"}, {"level": "county", "grade": "general"}]}
    assert (await hazards.call("PUT", f"/policies/{COUNTY}", {"listing": terms}, unit=COUNTY)).status_code == 200

    answer = await hazards.post(f"/enterprises/{CODE}/list", {**said, "grade": grade}, unit=COUNTY)

    assert answer.status_code == status


async def test_each_duty_is_overdue_once_at_its_instant_and_a_silent_unit_again_each_interval(hazards, said, duties) -> None:
    await hazards.post(f"/enterprises/{CODE}/list", said, unit=COUNTY)
    publish_by, told_by = datetime(2026, 3, 5, 16, tzinfo=UTC), datetime(2026, 3, 12, 5, tzinfo=UTC)
    pool = hazards.kit.pool

    assert await EnterpriseDuties().next_due(pool) == publish_by
    assert await EnterpriseDuties().fire(pool, publish_by - timedelta(microseconds=1), 10) == 0
    late = told_by + timedelta(days=10)
    assert [await EnterpriseDuties().fire(pool, late, 10) for _ in range(2)] == [1, 0]

    assert [(seq, event.occurred_at) for seq, event in await hazards.outbox(EnterpriseUnpublished)] == [(2, publish_by)]
    assert [event.due_at for _, event in await hazards.outbox(EnterpriseProgressOverdue)] == [told_by, late]
    assert await EnterpriseDuties().next_due(pool) == late + timedelta(days=10)
    [item] = (await hazards.get("/listings", unit=COUNTY)).json()["items"]
    assert item["progress_due_at"] == "2026-04-01T05:00:00Z"


async def test_two_who_list_it_at_once_meet(hazards, said) -> None:
    answers = await asyncio.gather(
        *(hazards.post(f"/enterprises/{CODE}/list", said, unit=unit) for unit in (COUNTY, PREFECTURE, COUNTY))
    )  # fmt: skip

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(await hazards.outbox(EnterpriseEvent)) == 1


async def test_a_stale_version_changes_nothing(hazards, said) -> None:
    await hazards.post(f"/enterprises/{CODE}/list", said, unit=COUNTY)
    before = await hazards.content()

    answer = await act(hazards, "publish", COUNTY, 7, where="x")

    assert (answer.status_code, answer.json()["version"]) == (409, 1)
    assert await hazards.content() == before
