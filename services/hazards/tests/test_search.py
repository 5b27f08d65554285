"""Finding hazards by what is asked of them, and by which index."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hazards.store.search import Filter, statement

pytestmark = pytest.mark.io
VILLAGE, TOWN, OTHER, COUNTY = "330802101202", "330802101", "330802102", "330802"
OWNER = {"code": "91330802MA2ABCDE0X", "name": "青山林场"}


@pytest.fixture
async def found(hazards, firewood, elements) -> dict[str, str]:
    """Hazards that differ: their ids by what is special of each."""

    await hazards.kit.pool.execute("INSERT INTO plan (plan_id, sequence, issuer, title) VALUES ('p-1', 1, $1, '方案')", COUNTY)

    async def report(unit: str, **more: Any) -> str:
        answer = await hazards.post("/hazards", {**firewood, "unit": unit, **more}, unit=COUNTY)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["hazard_id"])

    async def act(hazard_id: str, action: str, version: int, **said: Any) -> None:
        answer = await hazards.post(f"/hazards/{hazard_id}/{action}", {"version": version, **said}, unit=COUNTY)
        assert answer.status_code == 200, answer.text

    ids = {
        "plain": await report(VILLAGE),
        "owned": await report(VILLAGE, owner=OWNER, category="用电", title="配电箱敞开", description="Q12 Box 裸露"),
        "planned": await report(OTHER, plan_id="p-1", title="山脚沟渠淤塞"),
        "major": await report(TOWN),
        "general": await report(TOWN),
        "overdue": await report(VILLAGE),
        "listed": await report(VILLAGE),
    }
    await act(ids["major"], "grade", 1, grade="major")
    await act(ids["general"], "grade", 1, grade="general")
    await act(ids["overdue"], "order", 1, **elements)
    await act(ids["listed"], "list", 1, trigger="serious_violation", reason="暗访发现")
    hazards.clock.instant += timedelta(hours=2)
    await hazards.service.deadlines[0].fire(hazards.kit.pool, hazards.clock.instant, 10)
    return ids


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=graded", {"major", "general"}),
        ("grade=major", {"major"}),
        ("grade=general", {"general"}),
        ("category=用电", {"owned"}),
        ("plan_id=p-1", {"planned"}),
        ("overdue=true", {"overdue"}),
        ("overdue=true&listed=false", {"overdue"}),
        ("listed=true", {"listed"}),
        ("listed=true&overdue=true", set()),
        (f"responsible={VILLAGE}", {"overdue"}),
        (f"enterprise={OWNER['code']}", {"owned"}),
        ("number=330802-2026-000003", {"planned"}),
        ("q=沟渠", {"planned"}),
        ("q=box 裸", {"owned"}),
        ("q=渠", {"planned"}),
        ("q=渠沟", set()),
        (f"unit={OTHER}", {"planned"}),
        ("reported_before=2026-03-02T05:00:00Z", set()),
        ("reported_from=2026-03-02T05:00:00Z&grade=major", {"major"}),
    ],
)
async def test_every_filter_finds_just_what_it_says(hazards, found, query: str, expected: set[str]) -> None:
    answer = await hazards.get(f"/hazards?{query}", unit=COUNTY)

    assert answer.status_code == 200, answer.text
    names = {hazard_id: name for name, hazard_id in found.items()}
    assert {names[item["hazard_id"]] for item in answer.json()["items"]} == expected


async def test_filters_follow_what_becomes_of_a_hazard(hazards, found) -> None:
    async def listed() -> set[str]:
        return {item["hazard_id"] for item in (await hazards.get("/hazards?listed=true", unit=TOWN)).json()["items"]}

    assert await listed() == {found["listed"]}
    answer = await hazards.post(
        f"/hazards/{found['listed']}/dismiss", {"version": 2, "outcome": "withdrawn", "reason": "误报"}, unit=COUNTY
    )
    assert answer.status_code == 200
    await hazards.post(f"/hazards/{found['listed']}/delist", {"version": 3, "reason": "误报"}, unit=COUNTY)

    assert await listed() == set()


async def test_a_misspelt_filter_is_told(hazards) -> None:
    answer = await hazards.get("/hazards?grad=major", unit=COUNTY)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["grad"]


_MANY = """
INSERT INTO hazard (number, unit, category, title, occurred_at, reported_at, state, version, head, grade, file, pairs,
    responsible, enterprise, plan_id, listed_by)
SELECT 'n-' || nr, 'v', CASE WHEN nr % 500 = 0 THEN '用电' ELSE '用火' END, 't', now(), now(),
    CASE WHEN nr % 400 = 0 THEN 'submitted' ELSE 'closed' END, 1, '', CASE WHEN nr % 300 = 0 THEN 'major' END, '{}',
    CASE WHEN nr % 700 = 0 THEN '{沟渠,渠淤}' ELSE '{柴草}' END::text[], CASE WHEN nr % 900 = 0 THEN '%(unit)s' END,
    CASE WHEN nr % 800 = 0 THEN 'e-1' END, CASE WHEN nr % 450 = 0 THEN 'p-9' END, CASE WHEN nr % 1000 = 0 THEN '%(unit)s' END
FROM generate_series(1, 60000) AS nr
""".replace("%(unit)s", COUNTY)
_SEEN = f"""
INSERT INTO hazard_scope (ancestor, hazard_id, state, category, plan_id, major, overdue, listed)
SELECT '{COUNTY}', hazard_id, state, category, plan_id, grade IS NOT NULL, fires_at IS NOT NULL, listed_by IS NOT NULL FROM hazard
"""


async def test_every_page_is_an_index_range(hazards) -> None:
    pool = hazards.kit.pool
    await pool.execute(_MANY)
    await pool.execute(_SEEN)
    await pool.execute(
        "UPDATE hazard_scope SET overdue = true WHERE hazard_id IN (SELECT hazard_id FROM hazard WHERE number LIKE 'n-%77')"
    )
    await pool.execute("ANALYZE hazard, hazard_scope")

    async def rows_read(**wanted: Any) -> tuple[int, str]:
        query, values = statement(Filter(COUNTY, **wanted), UUID(int=0), 50)
        [plan] = await pool.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values)
        return _read(plan["Plan"]), str(plan)

    for wanted, index in (
        ({}, "hazard_scope_"),
        ({"state": "submitted"}, "hazard_scope_state"),
        ({"category": "用电"}, "hazard_scope_category"),
        ({"plan_id": "p-9"}, "hazard_scope_plan"),
        ({"grade": "major"}, "hazard_scope_major"),
        ({"overdue": True}, "hazard_scope_overdue"),
        ({"listed": True}, "hazard_scope_listed"),
        ({"responsible": COUNTY}, "hazard_responsible"),
        ({"enterprise": "e-1"}, "hazard_enterprise"),
        ({"text": "沟渠淤"}, "hazard_pairs"),
        ({"number": "n-77"}, "hazard_number_key"),
    ):
        read, plan = await rows_read(**wanted)
        assert index in plan, (wanted, plan)
        assert "Seq Scan" not in plan, wanted
        assert read < 1500, (wanted, read)


def _read(plan: dict[str, Any]) -> int:
    """How many rows a plan's scans looked at."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if "Scan" in plan["Node Type"] else 0
    return int(own * plan["Actual Loops"]) + sum(_read(each) for each in plan.get("Plans", ()))
