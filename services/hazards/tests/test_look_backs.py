"""Look-back campaigns: drawn so that anybody can draw them again, and what they find reopens accountability, never the hazard."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.events.accountability import MeasureProposed
from hazards.domain.look_backs import draw

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY, OTHER = "330802101202", "330802101", "330802", "330803"
NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)


async def closed_rows(hazards, count: int, **columns: Any) -> list[UUID]:
    """Closed hazards of the county, as rows."""
    values = {"category": "用火", "grade": "general", "closed_at": NOW - timedelta(days=1), **columns}
    rows = await hazards.kit.pool.fetch(
        """
        INSERT INTO hazard (number, unit, category, title, occurred_at, reported_at, state, version, head, file, pairs, grade,
            closed_at)
        SELECT $5 || nr, '330802101202', $2, 't', $4, $4, 'closed', 1, '', '{}', '{}', $3, $4 FROM generate_series(1, $1) AS nr
        RETURNING hazard_id
        """,
        count,
        values["category"],
        values["grade"],
        values["closed_at"],
        f"{values['category']}-{values['grade']}-{values['closed_at'].isoformat()}-",
    )
    ids = [row["hazard_id"] for row in rows]
    await hazards.kit.pool.execute(
        "INSERT INTO hazard_scope SELECT '330802', unnest($1::uuid[]), 'closed', 'x', NULL, false, false, false", ids
    )
    return ids


async def create(hazards, unit: str = COUNTY, **said: Any) -> Any:
    body = {"unit": COUNTY, "title": "春季回头看", "of": "all", "due": (NOW + timedelta(days=30)).isoformat(), **said}
    return await hazards.post("/look-backs", body, unit=unit)


async def items(hazards, campaign: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
    answer = await hazards.get(f"/look-backs/{campaign['campaign_id']}/items", unit=COUNTY, params={"limit": 500, **params})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.fixture
async def closed(loop) -> str:
    """A hazard that went through the whole loop."""
    hazard: str = await loop.report()
    await loop.act(hazard, "order", TOWN)
    await loop.act(hazard, "submit", VILLAGE)
    await loop.act(hazard, "accept", TOWN)
    await loop.act(hazard, "sign", VILLAGE)
    await loop.act(hazard, "close", TOWN)
    loop.running.clock.instant += timedelta(hours=1)
    return hazard


async def test_anybody_draws_the_same_sample_again(hazards) -> None:
    frame = await closed_rows(hazards, 200)

    campaign = (await create(hazards, of="sample", size=20)).json()

    assert (campaign["frame_size"], campaign["drawn"]) == (200, 20)
    drawn = {UUID(each["hazard_id"]) for each in await items(hazards, campaign)}
    assert drawn == set(draw(campaign["seed"], frame, 20))
    other = (await create(hazards, of="sample", size=20)).json()
    assert other["seed"] != campaign["seed"]


async def test_the_frame_is_what_the_filters_say(hazards) -> None:
    early = NOW - timedelta(days=40)
    await closed_rows(hazards, 3)
    await closed_rows(hazards, 2, grade="major")
    await closed_rows(hazards, 4, category="用电")
    await closed_rows(hazards, 5, closed_at=early)

    async def drawn(**frame: Any) -> int:
        count: int = (await create(hazards, frame=frame)).json()["drawn"]
        return count

    assert await drawn() == 14
    assert await drawn(grade="major") == 2
    assert await drawn(category="用电") == 4
    assert await drawn(closed_from=early.isoformat()) == 14
    assert await drawn(closed_until=early.isoformat()) == 0
    assert await drawn(closed_until=(early + timedelta(seconds=1)).isoformat()) == 5
    assert await drawn(listed=True) == 0
    assert (await create(hazards, plan_id="p1")).json()["drawn"] == 0
    assert (await create(hazards, of="sample", size=100)).json()["drawn"] == 14


async def test_a_fake_finding_is_proposed_against_rectifier_and_acceptor_and_the_hazard_stays_closed(
    hazards, loop, closed
) -> None:
    campaign = (await create(hazards)).json()
    said = {"finding": "fake", "text": "柴草仍在", "campaign": campaign["campaign_id"]}

    await loop.act(closed, "recheck", COUNTY, **said)

    assert (await loop.view(closed))["state"] == "closed"
    proposed = [event for _, event in await hazards.outbox(MeasureProposed)]
    assert {(each.addressee_unit, each.body_unit, each.measure) for each in proposed} == {
        (VILLAGE, COUNTY, "discipline"),
        (TOWN, COUNTY, "discipline"),
    }
    [item] = await items(hazards, campaign, state="fake")
    assert (item["hazard_id"], item["checked_by"]) == (closed, f"somebody of {COUNTY}")
    after = (await hazards.get(f"/look-backs/{campaign['campaign_id']}", unit=COUNTY)).json()
    assert {key: after[key] for key in ("drawn", "checked", "sound", "fake", "overdue", "checked_late")} == {
        "drawn": 1,
        "checked": 1,
        "sound": 0,
        "fake": 1,
        "overdue": 0,
        "checked_late": 0,
    }


async def test_from_its_due_date_on_what_is_unchecked_is_overdue_and_late_findings_count_as_late(hazards, loop, closed) -> None:
    campaign = (await create(hazards)).json()
    path = f"/look-backs/{campaign['campaign_id']}"

    hazards.clock.instant = NOW + timedelta(days=30) - timedelta(microseconds=1)
    assert (await hazards.get(path, unit=COUNTY)).json()["overdue"] == 0
    hazards.clock.instant = NOW + timedelta(days=30)
    assert (await hazards.get(path, unit=COUNTY)).json()["overdue"] == 1
    assert [each["overdue"] for each in await items(hazards, campaign, state="unchecked")] == [True]
    await loop.act(closed, "recheck", COUNTY, campaign=campaign["campaign_id"])

    after = (await hazards.get(path, unit=COUNTY)).json()
    assert (after["sound"], after["overdue"], after["checked_late"]) == (1, 0, 1)


async def test_a_finding_for_a_campaign_that_did_not_draw_the_hazard_changes_nothing(hazards, loop, closed) -> None:
    campaign = (await create(hazards, frame={"category": "用电"})).json()
    before = await hazards.content()

    answer = await loop.attempt(closed, "recheck", COUNTY, campaign=campaign["campaign_id"])

    assert answer.status_code == 422
    assert await hazards.content() == before


async def test_campaigns_are_for_the_subtree(hazards) -> None:
    campaign = (await create(hazards)).json()
    path = f"/look-backs/{campaign['campaign_id']}"

    assert [(await create(hazards, unit)).status_code for unit in (TOWN, OTHER, "3308")] == [403, 403, 201]
    assert [(await hazards.get(path, unit=unit)).status_code for unit in (TOWN, OTHER, "3308")] == [403, 403, 200]
    assert len((await hazards.get("/look-backs", unit=COUNTY, params={"unit": COUNTY})).json()["items"]) == 2


@pytest.mark.parametrize(
    "wrong", [{"of": "sample"}, {"size": 3}, {"due": NOW.isoformat()}, {"of": "sample", "size": 0}, {"frame": {"x": 1}}]
)
async def test_a_campaign_that_makes_no_sense_is_refused(hazards, wrong) -> None:
    assert (await create(hazards, **wrong)).status_code == 422
