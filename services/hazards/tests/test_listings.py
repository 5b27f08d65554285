"""Every supervision of a subtree in one list, and what may be put under one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.events.tasks import TaskCompleted, TaskConfirmed, TaskDelisted, TaskListed, TaskOverdue, TaskReturned
from hazards.consumers import apply
from hazards.deadlines import Passing
from hazards.store import listings as store

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY, PREFECTURE, OTHER = "330802101202", "330802101", "330802", "3308", "330803"
NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
DUE = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


@pytest.fixture
def of_task(envelope):
    """`of_task(TaskListed, sequence, **more)` -> an event of a task that the town leads."""

    def make(event: type, sequence: int, **more: Any):
        named = {"task_id": "p1:t1", "plan_id": "p1", "task": "t1", "text": "排查餐饮场所", "issuer": COUNTY, "leads": (TOWN,)}
        return envelope(event(occurred_at=NOW, recorded_at=NOW, **{**named, **more}), sequence)

    return make


@pytest.fixture
def learn(hazards):
    async def apply_batch(*envelopes: Any) -> None:
        async with hazards.kit.pool.acquire() as connection, connection.transaction():
            await apply(connection, envelopes, hazards.clock.now())

    return apply_batch


@pytest.fixture
def listings(hazards):
    async def read(unit: str, path: str = "/listings", **params: Any) -> list[dict[str, Any]]:
        answer = await hazards.get(path, unit=unit, params=params)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    return read


async def test_supervisions_of_hazards_follow_their_hazards(loop, listings) -> None:
    hazard = await loop.report()
    await loop.act(hazard, "order", TOWN)
    await loop.act(hazard, "list", COUNTY)
    await loop.act(hazard, "publish", COUNTY)
    await loop.act(hazard, "raise", PREFECTURE)

    [item] = await listings(TOWN)
    assert (item["kind"], item["subject"], item["listing_unit"], item["trigger"]) == ("hazard", hazard, PREFECTURE, "other")
    assert item["published_at"] is not None
    assert set(item["units"]) == {VILLAGE}
    assert await listings(TOWN, open="false") == []
    assert await listings(OTHER) == []
    assert len(await listings(PREFECTURE, listing_unit=PREFECTURE)) == 1
    assert await listings(PREFECTURE, listing_unit=COUNTY) == []

    await loop.act(hazard, "submit", VILLAGE)
    await loop.act(hazard, "accept", TOWN)
    await loop.act(hazard, "accept", PREFECTURE)
    await loop.act(hazard, "delist", PREFECTURE)
    [item] = await listings(TOWN, open="false")
    assert item["delist_reason"] == "已整改"


async def test_tasks_come_from_their_plans_in_any_batches(learn, listings, of_task) -> None:
    first = of_task(TaskListed, 2, listing_unit=COUNTY, reason="逾期")
    ended = of_task(TaskDelisted, 3, listing_unit=COUNTY, reason="已整改")
    again = of_task(TaskListed, 4, listing_unit=PREFECTURE, reason="又逾期")
    await learn(of_task(TaskOverdue, 1, deadline="d1", due_at=NOW), first, ended, again)
    await learn(first, again)

    items = await listings(TOWN, kind="task")

    assert [(each["listing_unit"], each["delist_reason"]) for each in items] == [(COUNTY, "已整改"), (PREFECTURE, None)]
    assert items[1]["subject"] == "p1:t1"


async def test_an_overdue_task_is_a_candidate_until_it_is_done_or_listed(learn, listings, of_task) -> None:
    async def candidates(unit: str = COUNTY) -> list[str]:
        return [each["subject"] for each in await listings(unit, "/listings/candidates", kind="task")]

    await learn(of_task(TaskOverdue, 1, deadline="d1", due_at=NOW))
    assert await candidates() == await candidates(TOWN) == ["p1:t1"]
    assert await candidates(OTHER) == await candidates(VILLAGE) == []
    await learn(of_task(TaskCompleted, 2, unit=TOWN))
    assert await candidates() == []
    await learn(of_task(TaskReturned, 3, unit=COUNTY, deadlines=("d1",), reason="未整改"))
    assert await candidates() == ["p1:t1"]
    await learn(of_task(TaskListed, 4, listing_unit=COUNTY, reason="逾期"))
    assert await candidates() == []
    await learn(of_task(TaskDelisted, 5, listing_unit=COUNTY, reason="x"), of_task(TaskConfirmed, 6, unit=COUNTY, finished=True))
    assert await candidates() == []


async def test_hazards_are_candidates_when_overdue_at_any_grade_or_major_at_inspection(hazards, loop, ordered, listings) -> None:
    major = await loop.report(stage="covert_inspection")
    await loop.act(major, "grade", TOWN)
    self_found = await loop.report()
    await loop.act(self_found, "grade", TOWN)
    await Passing().fire(hazards.kit.pool, DUE + timedelta(hours=1), 10)

    found = await listings(COUNTY, "/listings/candidates", kind="hazard")
    assert {each["subject"]: each["triggers"] for each in found} == {ordered: ["overdue"], major: ["major"]}
    first = (await hazards.get("/listings/candidates", unit=COUNTY, params={"kind": "hazard", "limit": 1})).json()
    rest = await listings(COUNTY, "/listings/candidates", kind="hazard", after=first["next"])
    assert [*(each["subject"] for each in first["items"]), *(each["subject"] for each in rest)] == [
        each["subject"] for each in found
    ]
    assert await listings(OTHER, "/listings/candidates", kind="hazard") == []

    await loop.act(major, "list", COUNTY)
    assert [each["subject"] for each in await listings(COUNTY, "/listings/candidates", kind="hazard")] == [ordered]


async def test_candidates_are_read_from_their_index(hazards) -> None:
    await hazards.kit.pool.execute(
        """
        INSERT INTO hazard (number, unit, category, title, occurred_at, reported_at, state, version, head, file, pairs,
            overdue_since)
        SELECT 'n-' || nr, 'v', 'c', 't', now(), now(), 'ordered', 1, '', '{}', '{}', CASE WHEN nr % 500 = 0 THEN now() END
        FROM generate_series(1, 20000) AS nr
        """
    )
    await hazards.kit.pool.execute(
        """
        INSERT INTO hazard_scope
        SELECT '330802', hazard_id, state, category, NULL, false, overdue_since IS NOT NULL, false FROM hazard
        """
    )
    await hazards.kit.pool.execute("ANALYZE hazard, hazard_scope")

    plan = await hazards.kit.pool.fetch(
        f"EXPLAIN {store.CANDIDATE_HAZARDS}", "330802", "00000000-0000-0000-0000-000000000000", 101
    )

    text = "\n".join(row[0] for row in plan)
    assert "hazard_candidate" in text
    assert "Seq Scan on hazard" not in text


async def test_a_cursor_that_was_never_given_out_is_refused(hazards) -> None:
    answer = await hazards.get("/listings/candidates", unit=COUNTY, params={"kind": "hazard", "after": "x"})

    assert answer.status_code == 422


async def test_a_policy_says_which_level_lists_hazards_of_which_grade(hazards, loop) -> None:
    terms = {"competent": [{"level": "prefecture", "grade": "major"}]}
    assert (await hazards.call("PUT", f"/policies/{PREFECTURE}", {"listing": terms}, unit=PREFECTURE)).status_code == 200
    major, general = await loop.report(), await loop.report()
    await loop.act(major, "grade", TOWN, grade="major")
    await loop.act(general, "grade", TOWN, grade="general")

    assert (await loop.attempt(major, "list", COUNTY)).status_code == 403
    await loop.act(major, "list", PREFECTURE)
    await loop.act(general, "list", COUNTY)


async def test_the_listing_body_of_a_plan_goes_before_what_holds_for_all(hazards, loop, firewood) -> None:
    known = "INSERT INTO plan (plan_id, sequence, issuer, title) VALUES ('p-1', 1, $1, '方案')"
    await hazards.kit.pool.execute(known, PREFECTURE)
    terms = {"competent": [{"level": "county"}, {"level": "prefecture", "plan_id": "p-1"}]}
    assert (await hazards.call("PUT", f"/policies/{PREFECTURE}", {"listing": terms}, unit=PREFECTURE)).status_code == 200
    said = {**firewood, "unit": "330802101202", "plan_id": "p-1"}
    of_the_plan = (await hazards.post("/hazards", said, unit=TOWN)).json()["hazard_id"]
    other = await loop.report()

    assert (await loop.attempt(of_the_plan, "list", COUNTY)).status_code == 403
    assert (await loop.attempt(other, "list", PREFECTURE)).status_code == 403
    await loop.act(of_the_plan, "list", PREFECTURE)
    await loop.act(other, "list", COUNTY)
