"""An older ledger comes in whole or not at all; the present one goes out as others may see it, and comes in again elsewhere."""

import io
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from contracts.events.hazards import HazardClosed, HazardReported, RectificationOrdered, RectificationOverdue
from hazards.commands.verifying import verify

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY = "330802101202", "330802101", "330802"
HEADER = (
    "序号,隐患编号,隐患名称,隐患类别,隐患等级,所在单位,发现时间,发现方式,整改措施,"
    "整改责任单位,整改责任人,整改资金(元),整改时限,应急预案,状态,验收人,销号时间"
)
ROWS = (
    "1,旧-1,堆柴,用火,一般,330802101202,2026-02-01 09:30,明查,清运,330802101202,王某,1200.50,2026-02-20,看守,整改中,,",
    "2,旧-2,线路老化,用电,重大,330802101201,2026-01-05,暗访,,,,,,,已上报,,",
    "3,旧-3,沟渠淤塞,水利,,330802102201,2025-12-01,自查,疏浚,330802102201,,0,2025-12-31,值守,已销号,李某,2025-12-30 16:00",
)


def sheet(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows)).encode()


def rows(workbook: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_object(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()


async def bring(hazards, content: bytes, **who: Any):
    return await hazards.call("POST", "/ledger/imports", content=content, headers={"Content-Type": "text/csv"}, **who)


async def test_every_row_stands_where_the_ledger_has_it_and_what_is_late_is_overdue(hazards) -> None:
    answer = await bring(hazards, sheet(*ROWS), unit=COUNTY)

    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert (done["hazards"], done["reported"], done["ordered"], done["closed"]) == (3, 1, 1, 1)
    items = (await hazards.get("/hazards", unit=COUNTY)).json()["items"]
    late, waiting, closed = items
    assert [item["number"] for item in items] == [f"330802-2026-00000{n}" for n in (1, 2, 3)]
    assert (late["state"], late["order"]["person"], late["order"]["funds"]) == ("ordered", "王某", "1200.5")
    assert (late["overdue_since"], late["imported"]["number"]) == ("2026-02-20T16:00:00Z", "旧-1")
    assert (waiting["state"], waiting["grade"], waiting["details"]["stage"]) == ("graded", "major", "covert_inspection")
    assert (closed["state"], closed["on_time"], closed["imported"]["accepted_by"]) == ("closed", True, "李某")
    events = [event for _, event in await hazards.outbox()]
    assert [event.ledger_number for event in events if isinstance(event, HazardReported)] == ["旧-1", "旧-2", "旧-3"]
    [gone] = [event for event in events if isinstance(event, HazardClosed)]
    assert (gone.imported, gone.occurred_at.isoformat()) == (True, "2025-12-30T08:00:00+00:00")
    assert len(await hazards.outbox(RectificationOrdered)) == 1


async def test_a_limit_that_passed_before_the_import_is_told_as_of_the_limit(hazards) -> None:
    await bring(hazards, sheet(ROWS[0]), unit=COUNTY)

    assert await hazards.service.deadlines[0].fire(hazards.kit.pool, hazards.clock.instant, 10) == 1
    [(_, event)] = await hazards.outbox(RectificationOverdue)
    assert event.occurred_at.isoformat() == "2026-02-20T16:00:00+00:00"


async def test_imported_changes_are_chained_like_any_others(hazards) -> None:
    await bring(hazards, sheet(*ROWS), unit=COUNTY)

    found = await verify(hazards.kit.pool, 10)
    assert (found.hazards, found.findings) == (3, [])


async def test_the_same_file_again_brings_nothing_twice(hazards) -> None:
    first = await bring(hazards, sheet(*ROWS), unit=COUNTY)
    before = await hazards.content()

    again = await bring(hazards, sheet(*ROWS), unit=COUNTY)

    assert again.json() == first.json()
    assert await hazards.content() == before


async def test_whatever_is_wrong_is_told_row_by_row_and_nothing_comes_in(hazards) -> None:
    wrong = (
        ROWS[0],
        "2,,堆柴,用火,一般,330803,2026-02-01,明查,,,,,,,,,",
        "3,,堆柴,用火,特大,330802101202,2026-02-31,明查,,,,,,,,,",
        "4,,,用火,一般,330802101202,2026-02-01,明查,,,,,,,整改中,,",
        "5,,堆柴,用火,一般,330802101202,2026-03-03,明查,,,,,,,,,",
    )
    before = await hazards.content()

    answer = await bring(hazards, sheet(*wrong), unit=COUNTY)

    assert answer.status_code == 422
    told = {(error["row"], error["field"]) for error in answer.json()["errors"]}
    assert {(3, "所在单位"), (4, "隐患等级"), (4, "发现时间"), (5, "隐患名称"), (5, "整改措施"), (6, "发现时间")} <= told
    assert {row for row, _ in told} == {3, 4, 5, 6}
    assert await hazards.content() == before


async def test_only_an_office_brings_a_ledger(hazards) -> None:
    assert (await bring(hazards, sheet(*ROWS), unit=COUNTY, roles=("submitter", "supervisor"))).status_code == 403


async def test_a_village_called_by_its_name_is_found_and_a_name_that_two_have_is_not(hazards, unit_events) -> None:
    twin = unit_events.registered("330802102201").data.model_copy(update={"name": "330802101201"})
    await hazards.kit.pool.execute("UPDATE unit SET name = $2 WHERE code = $1", twin.code, twin.name)

    answer = await bring(hazards, sheet("1,,堆柴,用火,一般,330802101201,2026-02-01,明查,,,,,,,,,"), unit=COUNTY)

    assert answer.status_code == 422
    assert "重名" in answer.json()["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (b"\x00\x01", 422), (b"PK\x03\x04 no workbook", 422), ("甲,乙\n1,2\n".encode(), 422)]
)
async def test_what_is_no_ledger_is_refused(hazards, content: bytes, status: int) -> None:
    assert (await bring(hazards, content, unit=COUNTY)).status_code == status


async def test_an_export_carries_the_documents_columns_and_hides_persons_from_who_need_not_know(hazards) -> None:
    await bring(hazards, sheet(*ROWS), unit=COUNTY)

    whole = await hazards.get("/ledger", unit=COUNTY)
    redacted = await hazards.get("/ledger", unit=COUNTY, roles=("agency",))

    assert whole.headers["content-disposition"].startswith("attachment")
    header, first, *rest = rows(whole.content)
    seen = dict(zip(header, first, strict=True))
    assert len(rest) == 2
    assert (seen["隐患名称"], seen["整改责任人"], seen["是否逾期"], seen["状态"]) == ("堆柴", "王某", "是", "整改中")
    assert seen["整改时限"].isoformat() == "2026-02-20"
    hidden = dict(zip(header, rows(redacted.content)[1], strict=True))
    assert hidden["整改责任人"] == "（不公开）"


async def test_what_was_exported_narrowed_comes_in_again_the_same(hazards) -> None:
    await bring(hazards, sheet(*ROWS), unit=COUNTY)
    exported = await hazards.get("/ledger?form=csv&category=用火", unit=COUNTY)
    hazards.clock.instant += timedelta(days=1)

    answer = await bring(hazards, exported.content, unit=COUNTY)

    assert answer.status_code == 201, answer.text
    assert (answer.json()["hazards"], answer.json()["ordered"]) == (1, 1)


async def test_a_ledger_larger_than_the_bound_is_refused_with_the_remedy(hazards) -> None:
    await bring(hazards, sheet(*ROWS), unit=COUNTY)
    hazards.kit.settings.ledger_limit_rows = 2

    answer = await hazards.get("/ledger", unit=COUNTY)

    assert answer.status_code == 413
    assert (await hazards.get("/ledger?category=用火", unit=COUNTY)).status_code == 200
