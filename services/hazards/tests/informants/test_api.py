"""Informants over HTTP on a real database: who sees them, and that nobody else does."""

import asyncio
import base64
import json
import logging
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.io
PREFECTURE, COUNTY, TOWN, VILLAGE, OTHER = "3308", "330802", "330802101", "330802101202", "330803"
OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
SECRETS = ("张三丰", "13800138000", "330802199001011234", "微信号")
PERSON = {"name": "张三丰", "mobile": "13800138000", "document_number": "330802199001011234", "contact": "微信号"}
READING = {"reason": "核实举报情况"}


def keys(running, newest: str, **known: str) -> None:
    """Give a running service other keys, as a restart with other settings does."""
    settings = type(running.kit.settings).model_validate(
        running.kit.settings.model_dump() | {"informant_keys": known, "informant_key": newest}
    )
    running.kit.settings = settings


@pytest.fixture
async def told(hazards, firewood) -> str:
    """A hazard that somebody told of."""
    keys(hazards, "2026", **{"2026": OLD})
    hazard_id = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]
    answer = await record(hazards, hazard_id)
    assert answer.status_code == 201, answer.text
    return f"/hazards/{hazard_id}"


async def record(hazards, hazard_id: str, unit: str = TOWN, **options: Any) -> httpx.Response:
    return await hazards.post(f"/hazards/{hazard_id}/informant", PERSON, unit=unit, **options)


async def disclose(hazards, told: str, unit: str | None = COUNTY, *roles: str) -> httpx.Response:
    return await hazards.post(f"{told}/informant/disclose", READING, unit=unit, roles=roles or ("supervisor",))


async def test_a_supervisor_above_reads_who_told_and_the_reading_is_recorded(hazards, told) -> None:
    answer = await disclose(hazards, told)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    [informant] = answer.json()["informants"]
    assert {name: value for name, value in informant["identity"].items() if value} == PERSON
    readings = await hazards.get(f"{told}/informant/disclosures", unit=COUNTY, roles=("auditor",))
    [reading] = readings.json()["items"]
    assert (reading["subject"], reading["unit"], reading["reason"]) == ("tester", COUNTY, "核实举报情况")
    assert reading["informants"] == [informant["informant_id"]]
    assert reading["disclosed_at"] == "2026-03-02T05:00:00Z"


@pytest.mark.parametrize(
    ("unit", "roles"),
    [
        (COUNTY, ("office", "submitter", "auditor", "agency", "admin")),
        (VILLAGE, ("supervisor",)),
        (OTHER, ("supervisor",)),
        ("330802102", ("supervisor",)),
        (None, ("supervisor", "admin", "auditor")),
    ],
)
async def test_nobody_else_reads_it(hazards, told, unit, roles) -> None:
    before = await hazards.content()

    assert (await disclose(hazards, told, unit, *roles)).status_code == 403
    assert await hazards.content() == before


async def test_the_unit_that_has_to_rectify_does_not_learn_it(hazards, told, elements) -> None:
    order = await hazards.post(f"{told}/order", {**elements, "responsible": TOWN}, unit=COUNTY)
    assert order.status_code == 200, order.text

    assert (await disclose(hazards, told, TOWN)).status_code == 403
    assert (await disclose(hazards, told, COUNTY)).status_code == 200


async def test_a_reading_needs_a_reason(hazards, told) -> None:
    for body in ({}, {"reason": ""}, {"reason": "  "}):
        answer = await hazards.post(f"{told}/informant/disclose", body, unit=COUNTY, roles=("supervisor",))
        assert answer.status_code == 422


async def test_the_identity_stands_nowhere_else(hazards, told, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        await disclose(hazards, told)
        hazard_id = told.removeprefix("/hazards/")
        again = await record(hazards, hazard_id, headers={"Idempotency-Key": "once"})
        same = await record(hazards, hazard_id, headers={"Idempotency-Key": "once"})
        refused = await hazards.post(f"{told}/informant", {**PERSON, "mobile": 5}, unit=TOWN)
        views = [await hazards.get(path, unit=COUNTY) for path in (told, "/hazards", f"{told}/reward")]

    assert again.json() == same.json()
    rows = json.dumps(await hazards.content(), ensure_ascii=False)
    events = json.dumps([event.model_dump(mode="json") for _, event in await hazards.outbox()], ensure_ascii=False)
    seen = "".join((rows, events, caplog.text, again.text, refused.text, *(view.text for view in views)))
    assert refused.status_code == 422
    assert not [secret for secret in SECRETS if secret in seen or secret.encode().hex() in seen]
    assert not [event for _, event in await hazards.outbox() if "nformant" in event.type()]


async def test_an_identity_that_was_moved_to_another_hazard_does_not_open(hazards, told, firewood) -> None:
    other = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]
    await hazards.kit.pool.execute("UPDATE informant SET hazard_id = $1", other)

    answer = await disclose(hazards, f"/hazards/{other}")

    assert answer.status_code == 409
    assert await hazards.kit.pool.fetchval("SELECT count(*) FROM informant_disclosure") == 0


async def test_identities_are_sealed_anew_under_the_newest_key(hazards, told) -> None:
    keys(hazards, "2027", **{"2026": OLD, "2027": NEW})
    await record(hazards, told.removeprefix("/hazards/"))
    assert len((await disclose(hazards, told)).json()["informants"]) == 2

    foreign = await hazards.post("/informants/reseal", {}, unit=COUNTY, roles=("office", "supervisor"))
    done = await hazards.post("/informants/reseal", {"limit": 5}, roles=("admin",))
    assert foreign.status_code == 403
    assert done.json() == {"sealed": 1, "left": 0}

    keys(hazards, "2027", **{"2027": NEW})
    assert [each["identity"]["name"] for each in (await disclose(hazards, told)).json()["informants"]] == ["张三丰"] * 2


async def test_a_key_that_is_gone_is_told_and_changes_nothing(hazards, told) -> None:
    keys(hazards, "2027", **{"2027": NEW})

    assert (await disclose(hazards, told)).status_code == 409
    assert (await hazards.post("/informants/reseal", {}, roles=("admin",))).status_code == 409
    hazards.kit.settings = hazards.kit.settings.model_copy(update={"informant_keys": {}, "informant_key": None})
    assert (await disclose(hazards, told)).status_code == 409
    assert (await record(hazards, told.removeprefix("/hazards/"))).status_code == 409


async def test_who_told_is_kept_along_the_line_only_and_a_bounded_number(hazards, told) -> None:
    hazard_id = told.removeprefix("/hazards/")

    assert (await record(hazards, hazard_id, OTHER)).status_code == 403
    assert (await record(hazards, hazard_id, COUNTY, roles=("auditor", "agency", "admin"))).status_code == 403
    assert (await record(hazards, "00000000-0000-0000-0000-000000000000")).status_code == 404
    assert (await hazards.post(f"{told}/informant", {"note": "匿名"}, unit=TOWN)).status_code == 422
    statuses = [(await record(hazards, hazard_id, VILLAGE, roles=("submitter",))).status_code for _ in range(20)]
    assert statuses == [201] * 19 + [409]


async def test_a_hazard_nobody_told_of_has_nothing_to_disclose(hazards, told, firewood) -> None:
    other = (await hazards.post("/hazards", firewood, unit=VILLAGE)).json()["hazard_id"]

    assert (await disclose(hazards, f"/hazards/{other}")).status_code == 404


async def test_two_readings_at_once_are_both_recorded(hazards, told) -> None:
    answers = await asyncio.gather(*(disclose(hazards, told) for _ in range(4)))

    assert {answer.status_code for answer in answers} == {200}
    assert await hazards.kit.pool.fetchval("SELECT count(*) FROM informant_disclosure") == 4


@pytest.mark.parametrize("role", ["submitter", "office", "supervisor", "auditor", "agency", "admin"])
async def test_every_role_and_relation_but_one_is_refused(hazards, told, role) -> None:
    relations = {
        "own": VILLAGE,
        "above": TOWN,
        "far above": PREFECTURE,
        "below a sibling": "330802102201",
        "beside": "330802101201",
        "foreign": OTHER,
        "platform": None,
    }

    seen = {name for name, unit in relations.items() if (await disclose(hazards, told, unit, role)).status_code == 200}

    assert seen == ({"above", "far above"} if role == "supervisor" else set())
