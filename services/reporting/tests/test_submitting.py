"""Reporting over HTTP: what is accepted, how numbers come back, and what a repeated request gets."""

import json
from typing import Any

import pytest
from reporting_world import DAY, at

from contracts.events.reports import ReportSubmitted, RollupFrozen

pytestmark = pytest.mark.io
VILLAGE = {"unit": "V11", "roles": ("submitter",)}
TOWN = {"unit": "T1", "roles": ("office",)}
ADMIN = {"unit": None, "roles": ("admin",)}


def report(**items: object) -> dict[str, object]:
    return {"obligation": "village-daily", **({"items": items} if items else {"zero": True})}


async def send_raw(service, items: str, **who: Any):
    content = f'{{"obligation": "village-daily", "items": {items}}}'.encode()
    return await service.call("POST", "/reports", content=content, headers={"content-type": "application/json"}, **who)


async def detail(service, report_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await service.get(f"/reports/{report_id}", **ADMIN)).json()
    return found


async def test_a_report_is_kept_with_who_sent_it_and_told_to_others(service) -> None:
    service.clock.instant = at("13:05")
    answer = await service.post("/reports", report(fires=0, note="巡山"), **VILLAGE)
    assert answer.status_code == 201
    accepted = answer.json()
    assert accepted == {**accepted, "unit": "V11", "period": "2026-03-02", "version": 1, "verdict": "on_time"}
    found = await detail(service, accepted["report_id"])
    assert (found["verdict"], found["entered_by"], found["received_at"]) == ("on_time", "self", "2026-03-02T05:05:00Z")
    (version,) = found["submissions"]
    assert (version["subject"], version["acting_unit"], version["items"], version["texts"]) == (
        "tester", "V11", {"fires": 0}, {"note": "巡山"},
    )  # fmt: skip
    ((sequence, event),) = await service.outbox(ReportSubmitted)
    assert (sequence, event.unit, event.items, event.texts) == (1, "V11", {"fires": 0}, {"note": "巡山"})
    assert (event.actor.subject, event.actor.unit, event.actor.on_behalf_of) == ("tester", "V11", None)


async def test_a_parent_reports_by_telephone_for_a_child_and_that_is_kept_apart(service) -> None:
    accepted = (await service.post("/reports", {**report(), "unit": "V11"}, **TOWN)).json()
    found = await detail(service, accepted["report_id"])
    assert (found["entered_by"], found["submissions"][0]["acting_unit"]) == ("parent", "T1")
    ((_, event),) = await service.outbox(ReportSubmitted)
    assert (event.actor.unit, event.actor.on_behalf_of) == ("T1", "V11")


async def test_what_a_unit_reported_before_it_retired_stays_readable_though_it_is_not_owed(service) -> None:
    accepted = (await service.post("/reports", report(fires=2), **VILLAGE)).json()
    silent = await service.world.pool.fetchval("SELECT report_id FROM expected_report WHERE unit = 'V12' AND period = $1", DAY)
    await service.world.deliver([service.world.retired(unit, at("13:30")) for unit in ("V11", "V12")], at("13:30"))
    listed = (await service.get(f"/reports?period={DAY}", **ADMIN)).json()["items"]
    assert {"V11", "V12"}.isdisjoint(row["unit"] for row in listed)
    found = await detail(service, accepted["report_id"])
    assert (found["withdrawn_at"], found["versions"]) == ("2026-03-02T05:30:00Z", 1)
    assert found["submissions"][0]["items"] == {"fires": 2}
    assert (await service.get(f"/reports/{silent}", **ADMIN)).status_code == 404


async def test_every_version_stays_readable(service) -> None:
    first = (await service.post("/reports", report(), **VILLAGE)).json()
    service.clock.instant = at("14:20")
    second = (await service.post("/reports/corrections", report(fires=1), **VILLAGE)).json()
    assert second == first | {"version": 2}
    found = await detail(service, first["report_id"])
    assert (found["verdict"], found["versions"], found["zero"]) == ("on_time", 2, False)
    versions = [(version["version"], version["zero"], version["items"]) for version in found["submissions"]]
    assert versions == [(1, True, {}), (2, False, {"fires": 1})]


async def test_an_exemption_says_who_gave_it_and_why(service) -> None:
    body = {"obligation": "village-daily", "unit": "V11", "reason": "整村搬迁"}
    accepted = (await service.post("/reports/exemptions", body, **TOWN)).json()
    assert accepted == {**accepted, "version": 0, "verdict": "exempt"}
    found = await detail(service, accepted["report_id"])
    assert (found["exempt_at"], found["exempt_reason"], found["exempt_by"]) == ("2026-03-02T05:00:00Z", "整村搬迁", "T1")
    again = await service.post("/reports/exemptions", body | {"reason": "x"}, unit="C", roles=("office",))
    assert (again.status_code, again.json()) == (201, accepted)
    assert (await detail(service, accepted["report_id"]))["exempt_reason"] == "整村搬迁"
    kept = await service.kit.pool.fetchval("SELECT exempt_subject FROM expected_report WHERE exempt_at IS NOT NULL")
    assert kept == "tester"


NUMBERS = {
    "0": "0",
    "4": "4",
    "4.0": "4",
    "-3": "-3",
    "-0.0": "0",
    "1e3": "1000",
    "1.5": "1.5",
    "0.1": "0.1",
    "2.50": "2.5",
    "0.000001": "1e-6",
    "999999999999999": "999999999999999",
    "99999999999.25": "99999999999.25",
    "900719925474099.3": '"900719925474099.3"',  # no double is that
    "123456789012345.123456": '"123456789012345.123456"',
    "-999999999999999.999999": '"-999999999999999.999999"',
}


async def test_a_number_comes_back_as_it_was_sent_wherever_it_stands(service) -> None:
    items = "{" + ", ".join(f'"n{place:02}": {sent}' for place, sent in enumerate(NUMBERS)) + "}"
    accepted = (await send_raw(service, items, **VILLAGE)).json()
    answers = [
        await service.get(f"/reports/{accepted['report_id']}", **ADMIN),
        await service.get("/rollups/draft?obligation=town-daily", **TOWN),
        await service.post("/rollups", {"obligation": "town-daily"}, **TOWN),
        await service.get("/rollups?obligation=town-daily", **TOWN),
    ]
    expected = ",".join(f'"n{place:02}":{returned}' for place, returned in enumerate(NUMBERS.values()))
    for answer in answers:
        assert "{" + expected + "}" in answer.text


async def test_decimals_add_up_without_a_trace_of_binary(service) -> None:
    for unit, sent in (("V11", "0.1"), ("V12", "0.2"), ("V13", "999999999999999.000001")):
        assert (await send_raw(service, f'{{"rain": {sent}}}', unit=unit, roles=("submitter",))).status_code == 201
    draft = json.loads((await service.get("/rollups/draft?obligation=town-daily", **TOWN)).text)
    assert draft["sums"] == {"rain": "999999999999999.300001"}


async def test_a_draft_shows_what_would_be_frozen_and_freezes_nothing(service) -> None:
    await service.post("/reports", report(fires=2), **VILLAGE)
    before = await service.content()
    draft = (await service.get("/rollups/draft?obligation=town-daily", **TOWN)).json()
    assert (draft["sums"], draft["missing_children"]) == ({"fires": 2}, ["V12", "V13"])
    assert (draft["content_hash"], draft["verdict"]) == (None, None)
    assert await service.content() == before
    frozen = (await service.post("/rollups", {"obligation": "town-daily"}, **TOWN)).json()
    assert frozen | {"content_hash": None, "verdict": None} == draft
    ((sequence, event),) = await service.outbox(RollupFrozen)
    assert (sequence, event.content_hash, event.missing_children) == (2, frozen["content_hash"], ("V12", "V13"))


DRAFTS = [
    ("/rollups/draft?obligation=town-daily&unit=T2", TOWN, 403),
    ("/rollups/draft?obligation=village-daily&unit=V11", TOWN, 409),
    ("/rollups/draft?obligation=town-daily&period=2026-03-09", TOWN, 409),
    ("/rollups/draft?obligation=unheard-of", TOWN, 404),
    ("/rollups/draft", TOWN, 422),
    ("/rollups/draft?obligation=town-daily&unit=T1", {"unit": "C", "roles": ("office",)}, 200),
    ("/rollups/draft?obligation=town-daily", {"unit": None, "roles": ("admin",)}, 403),
]


async def test_a_draft_is_for_the_line_above(service) -> None:
    for path, who, status in DRAFTS:
        assert (await service.get(path, **who)).status_code == status, path


async def test_the_same_key_again_gets_the_first_answer_and_does_nothing(service) -> None:
    commands = [
        ("/reports", report(fires=1), VILLAGE),
        ("/reports/corrections", report(fires=2), VILLAGE),
        ("/reports/exemptions", {"obligation": "village-daily", "unit": "V12", "reason": "停电"}, TOWN),
        ("/rollups", {"obligation": "town-daily"}, TOWN),
    ]
    for number, (path, body, who) in enumerate(commands):
        headers = {"Idempotency-Key": f"key-{number}"}
        first = await service.post(path, body, headers=headers, **who)
        assert first.status_code == 201
        before = await service.content()
        service.clock.instant = at("18:00", DAY)
        again = await service.post(path, body, headers=headers, **who)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        other = await service.post(path, {**body, "period": "2026-03-02"}, headers=headers, **who)
        assert (other.status_code, other.json()["errors"][0]["field"]) == (409, "Idempotency-Key")
        assert await service.content() == before
        service.clock.instant = at("13:30", DAY)
