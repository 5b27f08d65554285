"""The read model of hazards on a real database, its lists and its counts."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from reporting_world import DAY, World, at

from contracts import Actor, Envelope
from contracts.events.hazards import (
    HazardClosed,
    HazardDismissed,
    HazardEvent,
    HazardGraded,
    HazardListed,
    HazardMonitored,
    HazardReported,
    RectificationAccepted,
    RectificationOrdered,
    RectificationOverdue,
    RectificationSigned,
    RectificationSubmitted,
)
from reporting import consumers

pytestmark = pytest.mark.io
AUDITOR = {"unit": None, "roles": ("auditor",)}
DUE = at("12:00", DAY + timedelta(days=5))
TABLES = ("hazard", "hazard_event", "hazard_scope")


def happens(
    world: World, cls: type[HazardEvent], hazard: str, unit: str = "V11", when: datetime | None = None, **more: Any
) -> Envelope:
    instant = when or at("09:00")
    named = {"occurred_at": instant, "recorded_at": instant, "hazard_id": hazard, "number": f"N-{hazard}", "unit": unit}
    actor = None if cls is RectificationOverdue else Actor(subject="s", unit=unit)
    return world.envelope(cls.model_validate(named | {"title": "柴草", "actor": actor, "plan_id": "plan-1"} | more))


def reported(world: World, hazard: str, unit: str = "V11", **more: Any) -> Envelope:
    return happens(world, HazardReported, hazard, unit, hazard_occurred_at=at("08:00"), category="用火", **more)


def ordered(world: World, hazard: str, unit: str = "V11", cls: type[HazardEvent] = RectificationOrdered) -> Envelope:
    limit = {"ordering_unit": "T1", "responsible_unit": unit, "due_at": DUE}
    if cls is RectificationOverdue:
        return happens(world, cls, hazard, unit, DUE, **limit, state="ordered")
    return happens(world, cls, hazard, unit, **limit, measures="清运", funds=0, contingency="看守")


def closed(world: World, hazard: str, unit: str, when: datetime) -> list[Envelope]:
    return [
        happens(world, RectificationSubmitted, hazard, unit, when, submitting_unit=unit, text="已清"),
        happens(world, RectificationAccepted, hazard, unit, when, accepting_unit="T1", complete=True),
        happens(world, RectificationSigned, hazard, unit, when, signing_unit=unit),
        happens(
            world,
            HazardClosed,
            hazard,
            unit,
            when,
            closing_unit="T1",
            rectified_at=when,
            on_time=when < DUE,
            on_time_originally=when < DUE,
        ),
    ]


def campaign(world: World) -> list[Envelope]:
    """h1 closed in time, h2 closed late, h3 overdue and listed, h4 a duplicate, h5 monitored, h6 only reported, in T2."""
    late = DUE + timedelta(days=2)
    listing = {"listing_unit": "C", "responsible_unit": "V12", "trigger": "overdue", "reason": "逾期"}
    watched = {"responsible_unit": "V12", "measures": "看", "reason": "难", "review_on": "2026-06-01"}
    return [
        *(reported(world, hazard, unit) for hazard, unit in (("h1", "V11"), ("h2", "V11"), ("h3", "V12"))),
        *(reported(world, hazard, "V12") for hazard in ("h4", "h5")),
        reported(world, "h6", "V21", plan_id="plan-2"),
        *(ordered(world, hazard, unit) for hazard, unit in (("h1", "V11"), ("h2", "V11"), ("h3", "V12"))),
        *closed(world, "h1", "V11", DUE - timedelta(seconds=1)),
        ordered(world, "h2", "V11", RectificationOverdue),
        ordered(world, "h3", "V12", RectificationOverdue),
        *closed(world, "h2", "V11", late),
        happens(world, HazardListed, "h3", "V12", **listing),
        happens(world, HazardDismissed, "h4", "V12", outcome="duplicate", dismissing_unit="T1", reason="重复", duplicate_of="h3"),
        happens(world, HazardGraded, "h5", "V12", grade="major", grading_unit="T1"),
        happens(world, HazardMonitored, "h5", "V12", **watched),
    ]  # fmt: skip


async def everything(world: World) -> list[list[str]]:
    rows = [await world.pool.fetch(f"SELECT t::text AS row FROM {table} t ORDER BY 1") for table in TABLES]
    return [[row["row"] for row in of_table] for of_table in rows]


async def ids(service, query: str = "", **who: Any) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        page = (await service.get(f"/hazards?limit=2{query}{after}", **(who or {"unit": "C"}))).json()
        found += [item["hazard_id"] for item in page["items"]]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


async def test_told_again_and_in_batches_of_any_size_it_comes_to_the_same(world: World) -> None:
    events = campaign(world)
    await world.deliver(events, at("10:00"))
    before = await everything(world)
    for batch in (events, events[:5], events[7:], events[::-1]):
        await world.deliver(batch, at("11:00"))
        assert await everything(world) == before
    await world.pool.execute(f"TRUNCATE {', '.join(TABLES)}")
    for event in events:
        await world.deliver([event], at("10:00"))
    assert await everything(world) == before


async def test_the_statements_for_a_batch_do_not_grow_with_it(world: World) -> None:
    counts = []
    async with world.pool.acquire() as connection:
        for name, number in (("first", 1), ("few", 2), ("many", 60)):
            asked: list[str] = []
            async with connection.transaction():
                with connection.query_logger(lambda record, asked=asked: asked.append(record.query)):
                    batch = [reported(world, f"{name}{each}", "V11") for each in range(number)]
                    await consumers.hazards.apply(connection, batch, at("10:00"))
            counts.append(len(asked))
    assert counts[1] == counts[2] < 10


async def test_a_list_shows_what_became_of_hazards_to_those_who_have_to_do_with_them(service) -> None:
    await service.world.deliver(campaign(service.world), at("10:00"))
    assert await ids(service) == ["h1", "h2", "h3", "h4", "h5", "h6"]
    assert await ids(service, **AUDITOR) == await ids(service)
    assert await ids(service, unit="T1") == ["h1", "h2", "h3", "h4", "h5"]
    assert await ids(service, unit="V21") == ["h6"]
    asked = {
        "&state=closed": ["h1", "h2"],
        "&overdue=true": ["h3"],
        "&overdue=false&state=ordered": [],
        "&listed=true": ["h3"],
        "&grade=major": ["h5"],
        "&category=用电": [],
        "&plan_id=plan-2": ["h6"],
        "&unit=V11": ["h1", "h2"],
        "&unit=T2&state=reported": ["h6"],
    }
    for query, expected in asked.items():
        assert await ids(service, query) == expected, query
    assert await ids(service, "&unit=V21", unit="T1") == []


async def test_one_hazard_is_shown_with_its_history_and_how_late_it_is(service) -> None:
    await service.world.deliver(campaign(service.world), at("10:00"))
    shown = (await service.get("/hazards/h2", unit="V11")).json()
    assert (shown["state"], shown["waits_for"], shown["overdue_since"]) == ("closed", None, "2026-03-07T04:00:00Z")
    assert shown["approved"] == {"due_at": "2026-03-07T04:00:00Z", "rectifier": 3, "total": 3, "on_time": False}
    assert shown["missed"] == [{"due_at": "2026-03-07T04:00:00Z", "waited_for": "rectifier"}]
    kinds = ["HazardReported", "RectificationOrdered", "RectificationOverdue", "RectificationSubmitted"]
    assert [(row["sequence"], row["kind"]) for row in shown["history"]][:4] == list(enumerate(kinds, start=1))
    assert [row["unit"] for row in shown["history"]][:3] == ["V11", "V11", None]
    page = (await service.get("/hazards/h2?limit=2&after=2", unit="V11")).json()
    assert ([row["sequence"] for row in page["history"]], page["next"]) == ([3, 4], 4)
    assert (await service.get("/hazards/h2", unit="V12")).status_code == 404
    assert (await service.get("/hazards/none", unit="C")).status_code == 404


async def test_totals_add_up_and_rates_survive_nothing(service) -> None:
    await service.world.deliver(campaign(service.world), at("10:00"))
    whole = (await service.get("/hazard-totals", unit="C")).json()
    dismissed = {"total": 1, "duplicate": 1, "not_our_duty": 0, "withdrawn": 0}
    assert whole == {
        "found": 6, "closed": 2, "on_time": 1, "late": 1, "on_time_originally": 1, "late_originally": 1, "open": 2, "overdue": 1,
        "listed": 1, "monitored": 1, "dismissed": dismissed, "closed_rate": 0.4, "on_time_rate": 0.5,
    }  # fmt: skip
    assert whole["found"] == whole["closed"] + whole["open"] + whole["monitored"] + whole["dismissed"]["total"]
    assert (await service.get("/hazard-totals?unit=V11", unit="T1")).json()["closed_rate"] == 1
    assert (await service.get("/hazard-totals?plan_id=plan-2", unit="C")).json()["found"] == 1
    for query, unit in (("?plan_id=none", "C"), ("?unit=V21", "T1")):
        nothing = (await service.get(f"/hazard-totals{query}", unit=unit)).json()
        assert (nothing["found"], nothing["closed_rate"], nothing["on_time_rate"]) == (0, None, None)


async def test_a_hazard_is_seen_under_the_new_line_of_a_unit_that_moves_or_becomes_known_later(service) -> None:
    world: World = service.world
    await world.deliver([reported(world, "h1", "V11"), reported(world, "h2", "V99")], at("10:00"))
    await world.move("V11", "T2", at("10:30"))
    assert await ids(service, unit="T2") == ["h1"]
    assert await ids(service, unit="T1") == ["h1"]  # what was seen stays readable
    await world.register("V99", "village", "T9", at("10:40"))
    await world.register("T9", "town", "C", at("10:41"))
    assert await ids(service, unit="T9") == ["h2"]
    assert await ids(service) == ["h1", "h2"]
