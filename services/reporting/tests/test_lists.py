"""Lists over HTTP: every page follows the one before, and nobody sees more than its subtree."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from reporting_world import DAY, World, at

from contracts.events.notifications import AlertRaised, NotificationDelivered

pytestmark = pytest.mark.io
ADMIN = {"unit": None, "roles": ("admin",)}
AUDITOR = {"unit": None, "roles": ("auditor",)}
VILLAGES = {"V11", "V12", "V13", "V21"}


@pytest.fixture
async def lived(service):
    """Three days have gone by, with reports, roll-ups and hazards; it is noon of the fourth."""
    world: World = service.world
    for number in range(3):
        day = DAY + timedelta(days=number)
        await world.fire(at("00:00", day))
        for unit in ("V11", "V12", "V21"):
            await world.hazard(f"h{unit}{number}", unit, at("12:00", day), at("12:30", day))
            await world.report(unit, at("13:00", day), zero=unit != "V12", period=day)
        await world.fire(at("14:30", day))
        await world.roll_up("T1", at("14:50", day))
        await world.correct("V11", at("14:55", day), period=day)
        await world.fire(at("20:00", day))
    service.clock.instant = at("12:00", DAY + timedelta(days=3))
    await world.fire(service.clock.instant)
    return service


async def walk(service, path: str, limit: int, **who: Any) -> list[dict[str, Any]]:
    """Follow `next` to the end."""
    found: list[dict[str, Any]] = []
    after = ""
    for _ in range(500):
        answer = await service.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{after}", **who)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        assert page["items"], "only the last page may be empty"
        after = f"&after={page['next']}"
    raise AssertionError("the list does not end")


LISTS = [
    ("/reports", ("report_id",), 30),
    ("/reports?period=2026-03-03", ("report_id",), 6),
    ("/reports?obligation=town-daily", ("report_id",), 10),
    ("/reports?verdict=missed", ("report_id",), 6),
    ("/reports?unit=V11", ("report_id",), 5),
    ("/totals", ("plan_id", "obligation", "period"), 10),
    ("/totals?from=2026-03-03&to=2026-03-04", ("plan_id", "obligation", "period"), 4),
    ("/totals?obligation=village-daily", ("plan_id", "obligation", "period"), 5),
    ("/rollups", ("report_id",), 10),
    ("/rollups?period=2026-03-02", ("report_id",), 2),
    ("/contradictions", ("unit", "period"), 6),
]


async def test_pages_of_any_size_show_every_row_once_and_in_order(lived) -> None:
    for path, key, count in LISTS:
        whole = await walk(lived, path, 1000, **ADMIN)
        assert len({tuple(row[name] for name in key) for row in whole}) == len(whole) == count, path
        for limit in (1, 3, count, count + 1):
            assert await walk(lived, path, limit, **ADMIN) == whole, (path, limit)
        town = await walk(lived, path, 2, unit="T1")
        assert town == await walk(lived, path, 1000, unit="T1")


async def test_totals_add_up_and_agree_with_the_reports(lived) -> None:
    reports = await walk(lived, "/reports", 1000, **ADMIN)
    for total in await walk(lived, "/totals", 3, **ADMIN):
        verdicts = [
            row["verdict"] for row in reports if (row["obligation"], row["period"]) == (total["obligation"], total["period"])
        ]
        names = ("on_time", "late", "missed", "exempt", "pending")
        assert {name: total[name] for name in names} == {name: verdicts.count(name) for name in names}
        assert total["expected"] == len(verdicts) == sum(total[name] for name in names)


SEEN: list[tuple[dict[str, Any], set[str]]] = [
    ({"unit": "V11"}, {"V11"}),
    ({"unit": "T1"}, {"T1", "V11", "V12", "V13"}),
    ({"unit": "T2", "roles": ("auditor",)}, {"T2", "V21"}),
    ({"unit": "C", "roles": ("submitter",)}, {"T1", "T2", *VILLAGES}),
    ({"unit": "V99"}, set()),
    (ADMIN, {"T1", "T2", *VILLAGES}),
    (AUDITOR, {"T1", "T2", *VILLAGES}),
]


async def test_a_caller_sees_its_subtree_and_nothing_else(lived) -> None:
    some = await walk(lived, "/reports?period=2026-03-02", 1000, **ADMIN)
    for who, units in SEEN:
        reports = await walk(lived, "/reports", 1000, **who)
        assert {row["unit"] for row in reports} == units
        assert {row["unit"] for row in await walk(lived, "/rollups", 1000, **who)} == units & {"T1", "T2"}
        assert {row["unit"] for row in await walk(lived, "/contradictions", 1000, **who)} == units & {"V11", "V21"}
        assert sum(total["expected"] for total in await walk(lived, "/totals", 1000, **who)) == len(reports)
        for row in some:
            answer = await lived.get(f"/reports/{row['report_id']}", **who)
            assert answer.status_code == (200 if row["unit"] in units else 404)


async def test_a_foreign_unit_is_not_shown_by_asking_for_it(lived) -> None:
    assert await walk(lived, "/reports?unit=V12", 1000, unit="V11") == []
    assert {row["unit"] for row in await walk(lived, "/reports?unit=V12", 1000, unit="T1")} == {"V12"}


async def test_a_token_without_a_unit_needs_to_be_the_platforms(lived) -> None:
    for path in ("/reports", "/totals", "/rollups", "/contradictions", "/alert-summaries", "/moved-cutoffs"):
        answer = await lived.get(path, unit=None, roles=("office", "submitter", "supervisor", "agency"))
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert (await lived.get("/alert-summaries", unit="C", roles=("office",))).status_code == 403


async def test_a_rollup_tells_what_was_frozen_and_what_is_known_now(lived) -> None:
    rows = {row["unit"]: row for row in await walk(lived, "/rollups?period=2026-03-02", 10, **ADMIN)}
    submitted, silent = rows["T1"], rows["T2"]
    assert (submitted["basis"], submitted["verdict"], submitted["missing_children"]) == ("submission", "on_time", ["V13"])
    assert (submitted["sums"], submitted["restated"], submitted["restated_sums"]) == ({"fires": 0}, True, {"fires": 0})
    assert (silent["basis"], silent["verdict"], silent["sums"], silent["restated"]) == ("cutoff", "missed", {}, False)
    assert silent["attribution"] == {"missing": [], "late": []}
    pending = next(row for row in await walk(lived, "/rollups?period=2026-03-05", 10, **ADMIN) if row["unit"] == "T1")
    assert (pending["verdict"], pending["basis"], pending["content_hash"], pending["sums"]) == ("pending", None, None, {})


async def test_a_made_up_cursor_or_filter_is_named(service) -> None:
    made_up = [
        "",
        "x",
        "x~y",
        "2026-03-02~x~y~z",
        "2026-13-01~",
        "a\x00~2026-03-02",
        "0001-01-01T00:00+23:59~x",
        "~~~~",
        "x" * 301,
    ]
    wrong = [("after", after) for after in made_up] + [("limit", "0"), ("limit", "1001"), ("limit", "x")]
    for path in ("/reports", "/totals", "/rollups", "/contradictions", "/alert-summaries", "/moved-cutoffs"):
        for field, value in wrong:
            answer = await service.get(path, params={field: value}, **ADMIN)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), (path, value)
    for field, value in [("verdict", "good"), ("period", "2026-02-30"), ("unit", "no code"), ("obligation", "a\x00")]:
        answer = await service.get("/reports", params={field: value}, **ADMIN)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_alerts_are_counted_once_per_contact_and_walked_in_order(service) -> None:
    world: World = service.world
    for number in range(5):
        alert = {"reason": "report_missed", "about": "V11", "raised_at": at("14:00"), "alert_id": f"a{number}"}
        facts = alert | {"occurred_at": at("14:00"), "recorded_at": at("14:00")}
        contact = {"notification_id": f"n{number}", "unit": "V11", "role": "submitter", "channel": "sms", "attempt": 1}
        raised = AlertRaised.model_validate(facts | {"cause": UUID(int=number), "contacts": 2})
        delivered = NotificationDelivered.model_validate(facts | contact)
        await world.deliver([world.envelope(raised), world.envelope(delivered)], at("14:00"))
    whole = await walk(service, "/alert-summaries", 1000, **ADMIN)
    counts = [(row["alert_id"], row["contacts"], row["delivered"], row["failed"]) for row in whole]
    assert counts == [(f"a{number}", 2, 1, 0) for number in range(5)]
    assert await walk(service, "/alert-summaries", 2, **AUDITOR) == whole
