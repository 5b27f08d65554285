"""Units over HTTP on a real database: what callers may change, and what every change leaves behind."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.events.units import Placement, UnitMoved, UnitRegistered, UnitRetired

pytestmark = pytest.mark.io
AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
NEW = {"code": "330802101202", "name": "下溪村", "level": "village", "parent": "330802101"}


async def test_a_registered_unit_is_published_with_its_whole_state(plans) -> None:
    answer = await plans.post("/units", {**NEW, "groups": ["林区村", "水库下游村"]}, unit="330802")

    assert answer.status_code == 201
    assert answer.json()["placements"] == [{"parent": "330802101", "valid_from": "2026-03-02T05:00:00Z", "valid_until": None}]
    [(sequence, event)] = await plans.outbox()
    assert sequence == 1
    assert isinstance(event, UnitRegistered)
    assert (event.code, event.parent, event.level, event.groups) == (
        "330802101202", "330802101", "village", ("林区村", "水库下游村"),
    )  # fmt: skip
    assert event.placements == (Placement(parent="330802101", valid_from=AT),)
    assert (event.occurred_at, event.recorded_at) == (AT, AT)
    assert event.actor is not None
    assert (event.actor.subject, event.actor.unit, event.actor.on_behalf_of) == ("tester", "330802", "330802101")


async def test_a_town_registers_its_own_village_on_nobodys_behalf(plans) -> None:
    await plans.post("/units", NEW, unit="330802101")

    [(_, event)] = await plans.outbox()
    assert event.actor is not None
    assert event.actor.on_behalf_of is None


async def test_a_move_is_published_with_both_placements_and_the_next_sequence(plans) -> None:
    plans.clock.instant = AT + timedelta(minutes=10)

    answer = await plans.post("/units/330802101201/move", {"parent": "330802102"}, unit="330802")

    assert answer.status_code == 200
    [(sequence, event)] = await plans.outbox()
    assert isinstance(event, UnitMoved)
    assert (sequence, event.parent, event.previous_parent) == (2, "330802102", "330802101")
    assert event.placements == (
        Placement(parent="330802101", valid_from=AT, valid_until=AT + timedelta(minutes=10)),
        Placement(parent="330802102", valid_from=AT + timedelta(minutes=10)),
    )
    assert (await plans.get("/units/330802101201", unit="330802102")).json()["version"] == 2


async def test_a_retirement_is_published_with_its_reason_and_closes_the_placement(plans) -> None:
    plans.clock.instant = AT + timedelta(minutes=10)

    answer = await plans.post("/units/330802101201/retire", {"reason": "整村搬迁"}, unit="330802101")

    assert answer.json()["retired_at"] == "2026-03-02T05:10:00Z"
    [(sequence, event)] = await plans.outbox()
    assert isinstance(event, UnitRetired)
    assert (sequence, event.reason, event.placements[-1].valid_until) == (2, "整村搬迁", AT + timedelta(minutes=10))


async def test_every_change_keeps_who_made_it_and_for_whom(plans) -> None:
    await plans.post("/units/330802101201/move", {"parent": "330802102"}, unit="330802")
    await plans.post("/units/330802101201/retire", {"reason": "撤并"}, unit="330802102")

    rows = await plans.kit.pool.fetch(
        "SELECT sequence, change, actor_subject, actor_unit, on_behalf_of, reason FROM unit_change WHERE code = $1 ORDER BY 1",
        "330802101201",
    )
    assert [tuple(row) for row in rows] == [
        (1, "registered", "tester", None, "330802101", None),
        (2, "moved", "tester", "330802", "330802101", None),
        (3, "retired", "tester", "330802102", None, "撤并"),
    ]


@pytest.mark.parametrize(
    ("path", "body", "who", "status"),
    [
        ("/units", NEW, {"unit": "330802102"}, 403),
        ("/units", NEW, {"unit": "330802101201"}, 403),
        ("/units", NEW, {"unit": None}, 403),
        ("/units", NEW, {"unit": "330802", "roles": ("submitter", "supervisor", "auditor", "agency")}, 403),
        ("/units", {**NEW, "parent": None}, {"unit": "330802", "roles": ("office", "admin")}, 403),
        ("/units", {**NEW, "parent": "999"}, {"unit": "330802"}, 404),
        ("/units", {**NEW, "code": "330802101201"}, {"unit": "330802"}, 409),
        ("/units", {**NEW, "code": "has space"}, {"unit": "330802"}, 422),
        ("/units", {**NEW, "name": "  "}, {"unit": "330802"}, 422),
        ("/units", {**NEW, "name": "a\u0000b"}, {"unit": "330802"}, 422),
        ("/units", {**NEW, "groups": ["a", "a"]}, {"unit": "330802"}, 422),
        ("/units", {**NEW, "colour": "red"}, {"unit": "330802"}, 422),
        ("/units/330802101201/move", {"parent": "330802102"}, {"unit": "330802101"}, 403),
        ("/units/330802101201/move", {"parent": "330802102"}, {"unit": "330802102"}, 403),
        ("/units/330802101/move", {"parent": "330802102"}, {"unit": "330802101"}, 403),
        ("/units/330802/move", {"parent": "330802101"}, {"unit": "330802"}, 403),
        ("/units/999/move", {"parent": "330802102"}, {"unit": "330802"}, 404),
        ("/units/330802101201/move", {"parent": "999"}, {"unit": "330802"}, 404),
        ("/units/330802101201/move", {"parent": "330802101"}, {"unit": "330802"}, 409),
        ("/units/330802101201/move", {"parent": "330802101201"}, {"unit": "330802"}, 409),
        ("/units/330802101/move", {"parent": "330802101201"}, {"unit": "330802"}, 409),
        ("/units/330802101/retire", {}, {"unit": "330802"}, 409),
        ("/units/330802101201/retire", {}, {"unit": "330802101201"}, 403),
        ("/units/330802101201/retire", {}, {"unit": "330802102"}, 403),
        ("/units/330802/retire", {}, {"unit": "330802"}, 403),
        ("/units/999/retire", {}, {"unit": "330802"}, 404),
    ],
)
async def test_a_refused_change_changes_nothing(plans, path: str, body: object, who: dict[str, object], status: int) -> None:
    before = await plans.content()

    answer = await plans.post(path, body, **who)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await plans.content() == before


async def test_a_retired_unit_takes_no_part_any_more(plans) -> None:
    assert (await plans.post("/units/330802102/retire", {}, unit="330802")).status_code == 200

    again = await plans.post("/units/330802102/retire", {}, unit="330802")
    below = await plans.post("/units", {**NEW, "parent": "330802102"}, unit="330802")
    into = await plans.post("/units/330802101201/move", {"parent": "330802102"}, unit="330802")
    moved = await plans.post("/units/330802102/move", {"parent": "330802101"}, unit="330802")
    assert [answer.status_code for answer in (again, below, into, moved)] == [409, 409, 409, 409]


async def test_only_the_platform_makes_a_root_and_moves_one(plans) -> None:
    city = {"code": "3308", "name": "衢山市", "level": "prefecture"}

    assert (await plans.post("/units", city, roles=("admin",))).status_code == 201
    assert (await plans.post("/units/330802/move", {"parent": "3308"}, roles=("admin",))).status_code == 200
    assert (await plans.get("/units/330802101201", unit="3308")).status_code == 200


async def test_a_batch_with_one_fault_registers_nothing_and_names_the_field(plans) -> None:
    units = [NEW, {**NEW, "code": "330802101203"}, {**NEW, "code": "330802101204", "parent": "999"}]
    before = await plans.content()

    answer = await plans.post("/units/batch", {"units": units}, unit="330802")

    assert answer.status_code == 404
    assert answer.json()["errors"] == [{"field": "units.2.parent", "reason": "not known"}]
    assert await plans.content() == before


async def test_a_batch_of_a_thousand_is_registered_in_order_and_one_more_is_refused(plans) -> None:
    villages = [{**NEW, "code": f"v{number:04}", "name": f"村{number}"} for number in range(1001)]

    assert (await plans.post("/units/batch", {"units": villages}, unit="330802")).status_code == 422
    answer = await plans.post("/units/batch", {"units": villages[:1000]}, unit="330802")

    assert answer.status_code == 201
    assert answer.json()["codes"] == [unit["code"] for unit in villages[:1000]]
    assert [event.code for _, event in await plans.outbox()] == answer.json()["codes"]


async def test_the_tree_has_sixteen_levels_at_most(empty) -> None:
    line = [
        {"code": f"u{depth}", "name": "单位", "level": "x", "parent": f"u{depth - 1}" if depth else None} for depth in range(17)
    ]
    beside = [{"code": "r", "name": "根", "level": "x"}, {"code": "b", "name": "旁", "level": "x", "parent": "r"}]

    assert (await empty.post("/units/batch", {"units": line}, roles=("admin",))).status_code == 409
    assert (await empty.post("/units/batch", {"units": [*line[:16], *beside]}, roles=("admin",))).status_code == 201
    assert (await empty.post("/units", line[16], roles=("admin",))).status_code == 409
    assert (await empty.post("/units/u1/move", {"parent": "b"}, roles=("admin",))).status_code == 409
    assert (await empty.post("/units/u2/move", {"parent": "b"}, roles=("admin",))).status_code == 200
    assert (await empty.get("/units/u15", unit="u0")).status_code == 403
    assert (await empty.get("/units/u15", unit="r")).status_code == 200


async def test_a_caller_sees_its_subtree_and_nothing_else(plans) -> None:
    who = {"unit": "330802101", "roles": ("auditor",)}

    seen = {code: (await plans.get(f"/units/{code}", **who)).status_code for code in ("330802101201", "330802101")}
    foreign = {code: (await plans.get(f"/units/{code}", **who)).status_code for code in ("330802", "330802102", "999")}
    assert set(seen.values()) == {200}
    assert foreign == {"330802": 403, "330802102": 403, "999": 404}


async def test_children_come_page_by_page(plans) -> None:
    first = (await plans.get("/units?limit=1", unit="330802")).json()
    second = (await plans.get(f"/units?limit=1&after={first['next']}", unit="330802")).json()

    assert [item["code"] for item in (*first["items"], *second["items"])] == ["330802101", "330802102"]
    assert second["next"] is None
    assert (await plans.get("/units?parent=330802102", unit="330802101")).status_code == 403
    assert [item["code"] for item in (await plans.get("/units", roles=("admin",))).json()["items"]] == ["330802"]


async def test_the_same_key_again_gets_the_first_answer_and_no_second_unit(plans) -> None:
    headers = {"Idempotency-Key": "k-1"}

    first = await plans.post("/units", NEW, unit="330802", headers=headers)
    again = await plans.post("/units", NEW, unit="330802", headers=headers)
    other = await plans.post("/units", {**NEW, "code": "x"}, unit="330802", headers=headers)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.content == again.content
    assert len(await plans.outbox()) == 1
