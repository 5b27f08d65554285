"""Hazards over HTTP on a real database: report and order."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contracts.events.hazards import HazardReported, RectificationOrdered

pytestmark = pytest.mark.io
AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
VILLAGE, TOWN, COUNTY = "330802101202", "330802101", "330802"


@pytest.fixture
async def waiting(hazards, firewood, elements) -> tuple[str, dict[str, Any]]:
    """Where to order the rectification of a reported hazard, and with which elements."""
    hazard_id = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]
    return f"/hazards/{hazard_id}/order", elements


async def test_a_report_is_numbered_stored_and_published(hazards, firewood) -> None:
    answer = await hazards.post("/hazards", firewood, unit=VILLAGE, roles=("submitter",))

    assert answer.status_code == 201
    body = answer.json()
    assert (body["number"], body["state"], body["version"]) == ("330802-2026-000001", "reported", 1)
    [(sequence, event)] = await hazards.outbox()
    assert isinstance(event, HazardReported)
    assert (sequence, event.hazard_id, event.number, event.unit) == (1, body["hazard_id"], body["number"], VILLAGE)
    assert (event.occurred_at, event.hazard_occurred_at) == (AT, AT - timedelta(minutes=10))
    assert (event.category, event.title, event.description) == ("用火", "林边堆放柴草", "约三立方米")
    assert event.actor is not None
    assert (event.actor.subject, event.actor.unit, event.actor.on_behalf_of) == ("tester", VILLAGE, None)


async def test_a_town_reports_on_behalf_of_its_village(hazards, firewood) -> None:
    answer = await hazards.post("/hazards", {**firewood, "unit": VILLAGE}, unit=TOWN)

    [(_, event)] = await hazards.outbox()
    assert answer.status_code == 201
    assert event.actor is not None
    assert (event.unit, event.actor.unit, event.actor.on_behalf_of) == (VILLAGE, TOWN, VILLAGE)


async def test_numbers_count_by_county_and_local_year(hazards, firewood) -> None:
    async def number(unit: str) -> str:
        return (await hazards.post("/hazards", firewood, unit=unit)).json()["number"]

    first, second, elsewhere = await number(VILLAGE), await number("330802102201"), await number("330803")
    hazards.clock.instant = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert [first, second, elsewhere, await number(VILLAGE)] == [
        "330802-2026-000001",
        "330802-2026-000002",
        "330803-2026-000001",
        "330802-2027-000001",
    ]


async def test_many_reporters_at_once_get_different_numbers(hazards, firewood) -> None:
    answers = await asyncio.gather(*(hazards.post("/hazards", firewood, unit=VILLAGE) for _ in range(20)))

    assert len({answer.json()["number"] for answer in answers}) == 20


async def test_an_order_carries_the_five_elements_and_sets_the_deadline(hazards, firewood, elements) -> None:
    hazard_id = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]
    hazards.clock.instant = AT + timedelta(minutes=30)

    answer = await hazards.post(f"/hazards/{hazard_id}/order", {**elements, "funds": "1250.50"}, unit=TOWN)

    assert (answer.status_code, answer.json()["state"], answer.json()["version"]) == (200, "ordered", 2)
    [(sequence, event)] = await hazards.outbox(RectificationOrdered)
    assert (sequence, event.ordering_unit, event.responsible_unit) == (2, TOWN, VILLAGE)
    assert (event.measures, event.funds, event.contingency) == ("清运", Decimal("1250.50"), "专人看守")
    assert (event.occurred_at, event.due_at) == (AT + timedelta(minutes=30), AT + timedelta(minutes=90))
    report = (await hazards.get("/ops/progress", roles=("admin",))).json()
    assert report["next_due"] == "2026-03-02T06:30:00Z"
    assert (await hazards.get(f"/hazards/{hazard_id}", unit=VILLAGE)).json()["order"] == {
        "due": "2026-03-02T06:30:00Z",
        "original_due": "2026-03-02T06:30:00Z",
        "rule": None,
        "plan": None,
        "measures": "清运",
        "responsible": VILLAGE,
        "funds": "1250.5",
        "person": None,
        "contingency": "专人看守",
        "ordering_unit": TOWN,
        "ordered_at": "2026-03-02T05:30:00Z",
    }


async def test_every_change_keeps_who_made_it_and_for_whom(hazards, firewood, elements) -> None:
    hazard_id = (await hazards.post("/hazards", {**firewood, "unit": VILLAGE}, unit=TOWN)).json()["hazard_id"]
    await hazards.post(f"/hazards/{hazard_id}/order", elements, unit=COUNTY)

    rows = await hazards.kit.pool.fetch(
        "SELECT version, change, occurred_at, actor_subject, actor_unit, on_behalf_of, role FROM hazard_change ORDER BY version"
    )
    assert [tuple(row) for row in rows] == [
        (1, "report", AT, "tester", TOWN, VILLAGE, "office"),
        (2, "order", AT, "tester", COUNTY, None, "office"),
    ]


@pytest.mark.parametrize(
    ("changed", "who", "status", "field"),
    [
        ({"unit": "330802102201"}, {"unit": TOWN}, 403, None),
        ({"unit": TOWN}, {"unit": VILLAGE}, 403, None),
        ({"unit": "999"}, {"unit": TOWN}, 404, "unit"),
        ({}, {"unit": "999"}, 404, "unit"),
        ({}, {"unit": None}, 403, None),
        ({}, {"unit": VILLAGE, "roles": ("auditor", "agency", "admin")}, 403, None),
        ({"occurred_at": "2026-03-02T13:00:00.000001+08:00"}, {"unit": VILLAGE}, 422, "occurred_at"),
        ({"occurred_at": "1999-12-31T23:59:59Z"}, {"unit": VILLAGE}, 422, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, {"unit": VILLAGE}, 422, "occurred_at"),
        ({"occurred_at": "2026-03-02T12:50:00"}, {"unit": VILLAGE}, 422, "occurred_at"),
        ({"title": "  "}, {"unit": VILLAGE}, 422, "title"),
        ({"title": "a\u0000"}, {"unit": VILLAGE}, 422, "title"),
        ({"description": "x" * 4001}, {"unit": VILLAGE}, 422, "description"),
        ({"grade": "major"}, {"unit": VILLAGE}, 422, "grade"),
        ({"plan_id": "p-unknown"}, {"unit": VILLAGE}, 422, "plan_id"),
        ({"plan_id": "p-other"}, {"unit": VILLAGE}, 422, "plan_id"),
        ({"task": "t-1"}, {"unit": VILLAGE}, 422, "plan_id"),
    ],
)
async def test_a_refused_report_changes_nothing(
    hazards, firewood, changed: dict[str, Any], who: dict[str, Any], status: int, field: str | None
) -> None:
    await hazards.kit.pool.execute("INSERT INTO plan (plan_id, sequence, issuer, title) VALUES ('p-other', 1, '330803', '方案')")
    before = await hazards.content()

    answer = await hazards.post("/hazards", {**firewood, **changed}, **who)

    assert answer.status_code == status, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ([field] if field else [])
    assert await hazards.content() == before


@pytest.mark.parametrize(
    ("changed", "who", "status", "field"),
    [
        ({}, {"unit": "330802102"}, 403, None),
        ({}, {"unit": "330802101201"}, 403, None),
        ({}, {"unit": TOWN, "roles": ("submitter", "supervisor", "admin")}, 403, None),
        ({}, {"unit": None, "roles": ("office", "admin")}, 403, None),
        ({"responsible": "330802102201"}, {"unit": TOWN}, 403, None),
        ({"responsible": COUNTY}, {"unit": TOWN}, 403, None),
        ({"responsible": "999"}, {"unit": TOWN}, 404, "responsible"),
        ({"due": "2026-03-02T13:00:00+08:00"}, {"unit": TOWN}, 422, "due"),
        ({"due": "2026-03-02T14:30:00"}, {"unit": TOWN}, 422, "due"),
        ({"due": "9999-12-31T23:59:59Z"}, {"unit": TOWN}, 422, "due"),
        ({"measures": " "}, {"unit": TOWN}, 422, "measures"),
        ({"contingency": ""}, {"unit": TOWN}, 422, "contingency"),
        ({"responsible": ""}, {"unit": TOWN}, 422, "responsible"),
        ({"funds": -1}, {"unit": TOWN}, 422, "funds"),
        ({"funds": None}, {"unit": TOWN}, 422, "funds"),
        ({"funds": "NaN"}, {"unit": TOWN}, 422, "funds"),
        ({"funds": "0.001"}, {"unit": TOWN}, 422, "funds"),
        ({"funds": 10**15}, {"unit": TOWN}, 422, "funds"),
    ],
)
async def test_a_refused_order_changes_nothing(
    hazards, waiting, changed: dict[str, Any], who: dict[str, Any], status: int, field: str | None
) -> None:
    path, elements = waiting
    before = await hazards.content()

    answer = await hazards.post(path, {**elements, **changed}, **who)

    assert answer.status_code == status, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ([field] if field else [])
    assert await hazards.content() == before


async def test_a_hazard_is_ordered_once_and_an_unknown_one_never(hazards, ordered, elements) -> None:
    before = await hazards.content()

    again = await hazards.post(f"/hazards/{ordered}/order", elements, unit=TOWN)
    unknown = await hazards.post(f"/hazards/{UUID(int=7)}/order", elements, unit=TOWN)
    malformed = await hazards.post("/hazards/h1/order", elements, unit=TOWN)

    assert [answer.status_code for answer in (again, unknown, malformed)] == [409, 404, 422]
    assert await hazards.content() == before


async def test_of_two_who_order_at_once_one_wins(hazards, firewood, elements) -> None:
    hazard_id = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]

    answers = await asyncio.gather(*(hazards.post(f"/hazards/{hazard_id}/order", elements, unit=unit) for unit in (TOWN, COUNTY)))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await hazards.outbox(RectificationOrdered)) == 1


async def test_a_retired_unit_neither_reports_nor_rectifies(hazards, firewood, elements, unit_events) -> None:
    hazard_id = (await hazards.post("/hazards", firewood, unit="330802101201")).json()["hazard_id"]
    await hazards.learn(unit_events.retired(VILLAGE))

    assert (await hazards.post("/hazards", firewood, unit=VILLAGE)).status_code == 409
    assert (await hazards.post(f"/hazards/{hazard_id}/order", elements, unit=TOWN)).status_code == 409


async def test_the_same_key_again_gets_the_first_answer_and_no_second_number(hazards, firewood) -> None:
    headers = {"Idempotency-Key": "k-1"}

    first = await hazards.post("/hazards", firewood, unit=VILLAGE, headers=headers)
    again = await hazards.post("/hazards", firewood, unit=VILLAGE, headers=headers)

    assert first.content == again.content
    assert len(await hazards.outbox()) == 1
