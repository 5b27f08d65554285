"""The library of standard hazards over HTTP on a real database."""

import asyncio
from typing import Any

import httpx
import pytest

from hazards.store import library as store

pytestmark = pytest.mark.io
PREFECTURE, COUNTY, VILLAGE, OTHER = "3308", "330802", "330802101202", "330803"
HEADER = "编号,隐患类别,隐患名称,依据条款,隐患等级,整改天数,天数类型\n"
WIRING = "DQ-001,用电,电线私拉乱接,《消防法》第二十七条,一般,15,工作日\n"
FIREWOOD = "YH-001,用火,林边堆放柴草,《森林防火条例》第二十五条,,,\n"


@pytest.fixture
def publish(hazards):
    """Imports rows as a unit."""

    async def publish(rows: str | bytes, unit: str | None = PREFECTURE, *roles: str) -> httpx.Response:
        content = rows if isinstance(rows, bytes) else (HEADER + rows).encode()
        return await hazards.call("POST", "/library/imports", content=content, unit=unit, roles=roles or ("office",))

    return publish


async def listed(hazards, unit: str, **query: Any) -> list[tuple[str, str, int]]:
    """The entries that hold for a unit, read page by page."""
    found, after = [], None
    while True:
        params = {**query, **({"after": after} if after else {})}
        page = (await hazards.get("/library", unit=unit, params=params)).json()
        found += [(item["code"], item["unit"], item["version"]) for item in page["items"]]
        after = page["next"]
        if after is None:
            return found


async def test_an_import_publishes_entries_that_hold_below(hazards, publish) -> None:
    answer = await publish(WIRING + FIREWOOD)

    assert answer.status_code == 201
    assert {name: value for name, value in answer.json().items() if name != "import_id"} == {
        "unit": PREFECTURE,
        "added": 2,
        "changed": 0,
        "unchanged": 0,
    }
    read = (await hazards.get("/library/DQ-001", unit=VILLAGE)).json()
    assert read == {
        "code": "DQ-001",
        "category": "用电",
        "title": "电线私拉乱接",
        "description": None,
        "clause": "《消防法》第二十七条",
        "grade": "general",
        "measure": None,
        "days": 15,
        "day_kind": "working",
        "unit": PREFECTURE,
        "version": 1,
    }
    assert await listed(hazards, VILLAGE) == [("DQ-001", PREFECTURE, 1), ("YH-001", PREFECTURE, 1)]


async def test_an_import_makes_versions_and_keeps_the_earlier_ones(hazards, publish) -> None:
    await publish(WIRING + FIREWOOD)
    again = (await publish(WIRING.replace("15", "10") + FIREWOOD)).json()

    assert (again["added"], again["changed"], again["unchanged"]) == (0, 1, 1)
    newest = (await hazards.get("/library/DQ-001", unit=VILLAGE)).json()
    first = (await hazards.get("/library/DQ-001", unit=VILLAGE, params={"unit": PREFECTURE, "version": 1})).json()
    assert (newest["version"], newest["days"]) == (2, 10)
    assert (first["version"], first["days"]) == (1, 15)
    assert (await hazards.get("/library/DQ-001", unit=VILLAGE, params={"unit": PREFECTURE, "version": 3})).status_code == 404


async def test_the_nearest_publisher_wins_and_foreign_ones_do_not_hold(hazards, publish) -> None:
    await publish(WIRING + FIREWOOD)
    await publish(WIRING.replace("15", "5"), COUNTY)
    await publish(WIRING.replace("15", "7") + "QT-001,其他,其他,条款,,,\n", OTHER)

    assert await listed(hazards, VILLAGE) == [("DQ-001", COUNTY, 1), ("YH-001", PREFECTURE, 1)]
    assert await listed(hazards, VILLAGE, q="电线") == [("DQ-001", COUNTY, 1)]
    async with hazards.kit.pool.acquire() as connection:
        line = (VILLAGE, "330802101", COUNTY, PREFECTURE)
        found = await store.entry(connection, line, "DQ-001")
        assert found is not None
        assert (found.unit, found.days) == (COUNTY, 5)
        assert await store.entry(connection, line, "QT-001") is None


async def test_a_nearer_entry_hides_a_farther_one_also_where_only_that_would_be_found(hazards, publish) -> None:
    await publish(WIRING)
    await publish(WIRING.replace("电线私拉乱接", "线路凌乱"), COUNTY)

    assert await listed(hazards, VILLAGE, q="私拉") == []
    assert await listed(hazards, PREFECTURE, q="私拉") == [("DQ-001", PREFECTURE, 1)]


async def test_pages_search_and_category(hazards, publish) -> None:
    await publish(
        "".join(f"A-{number:03},{'用电' if number % 2 else '用火'},第{number}项,条款 Art_{number},,,\n" for number in range(40))
    )
    await publish("A-007,用电,县里的第七项,条款,,,\n", COUNTY)

    assert [code for code, _, _ in await listed(hazards, VILLAGE, limit=7)] == [f"A-{number:03}" for number in range(40)]
    assert [code for code, _, _ in await listed(hazards, VILLAGE, category="用火", limit=3)] == [
        f"A-{n:03}" for n in range(0, 40, 2)
    ]
    assert [code for code, _, _ in await listed(hazards, VILLAGE, q="ART_1")] == ["A-001", *(f"A-{n:03}" for n in range(10, 20))]
    assert await listed(hazards, VILLAGE, q="%") == []


async def test_a_wrong_row_refuses_the_whole_file(hazards, publish) -> None:
    before = await hazards.content()
    answer = await publish(WIRING + "YH-001,用火,,条款,,0,\n")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["row"], error["field"]) for error in answer.json()["errors"]] == [(3, "整改天数"), (3, "隐患名称")]
    assert await hazards.content() == before


async def test_a_file_in_gb18030_is_read_and_one_that_is_too_large_is_not(hazards, publish) -> None:
    assert (await publish((HEADER + WIRING).encode("gb18030"))).status_code == 201
    assert (await publish(b"x" * (hazards.kit.settings.library_limit_bytes + 1))).status_code == 413
    assert (await publish("".join(f"A-{number},a,a,a,,,\n" for number in range(20_000)))).status_code == 413
    assert (await publish("编号".encode("utf-16"))).status_code == 422
    assert (await publish(b"")).status_code == 422


async def test_only_an_office_publishes_and_only_for_its_unit(hazards, publish) -> None:
    assert (await publish(WIRING, PREFECTURE, "submitter", "supervisor", "auditor", "agency", "admin")).status_code == 403
    assert (await publish(WIRING, None, "office", "admin")).status_code == 403
    assert (await publish(WIRING, "999")).status_code == 404


async def test_standards_are_read_along_the_line_only(hazards, publish) -> None:
    await publish(WIRING, COUNTY)

    assert (await hazards.get("/library/DQ-001", unit=PREFECTURE)).status_code == 404
    assert (await hazards.get("/library/DQ-001", unit=PREFECTURE, params={"unit": COUNTY})).status_code == 200
    assert (await hazards.get("/library/DQ-001", unit=OTHER, params={"unit": COUNTY})).status_code == 403
    assert (await hazards.get("/library", unit=OTHER, params={"unit": VILLAGE})).status_code == 403
    assert (await hazards.get("/library", params={"unit": VILLAGE}, roles=("auditor",))).status_code == 200
    assert (await hazards.get("/library", params={"unit": "999"}, roles=("auditor",))).status_code == 404


async def test_two_imports_at_once_number_their_versions_one_after_the_other(hazards, publish) -> None:
    answers = await asyncio.gather(*(publish(WIRING.replace("15", str(days))) for days in range(1, 9)))

    assert {answer.status_code for answer in answers} == {201}
    versions = await hazards.kit.pool.fetch("SELECT version FROM library_entry ORDER BY version")
    assert [row["version"] for row in versions] == list(range(1, 9))
