"""Imports over HTTP on a real database: a document becomes drafts, once, and binds nobody."""

import asyncio
import hashlib
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "samples"))
from writers import docx

pytestmark = pytest.mark.io
LINES = [
    "白石镇渡口安全专项整治方案",
    "为防范渡口渡船安全事故,结合我镇实际,制定本方案。",
    "一、主要任务",
    "(一)排查渡口设施。2026年5月底前完成全镇渡口登记造册。(交管站牵头,各村按职责分工负责)",
]
TEXT = "\n".join(LINES).encode()


async def post(plans, content: bytes, name: str = "方案.txt", unit: str | None = "330802101", role: str = "office") -> Any:
    headers = {"Authorization": f"Bearer {plans.issuer.token(unit, role)}", "Content-Type": "application/octet-stream"}
    return await plans.client.post("/plans/imports", params={"name": name}, content=content, headers=headers)


async def test_a_document_becomes_drafts_that_bind_nobody(plans) -> None:
    answer = await post(plans, TEXT)

    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["unit"], made["name"], made["format"]) == ("330802101", "方案.txt", "txt")
    assert made["file_digest"] == hashlib.sha256(TEXT).hexdigest()
    assert made["lines"] == LINES
    assert [plan["span"] for plan in made["plans"]] == [[1, 4]]
    assert await plans.outbox() == []
    assert (await plans.get("/plans", unit="330802101")).json()["items"] == []


async def test_an_import_reads_back_as_it_was_answered(plans) -> None:
    made = (await post(plans, TEXT)).json()

    read = await plans.get(f"/plans/imports/{made['import_id']}", unit="330802")

    assert read.json() == made


async def test_the_same_content_by_the_same_unit_is_the_earlier_import(plans) -> None:
    first = (await post(plans, TEXT)).json()

    again = await post(plans, docx(LINES), "另存.docx")

    assert again.status_code == 200
    assert again.json()["import_id"] == first["import_id"]
    assert [warning["code"] for warning in again.json()["warnings"]] == ["already_imported"]
    assert (await post(plans, TEXT, unit="330802102")).status_code == 201
    assert await plans.kit.pool.fetchval("SELECT count(*) FROM plan_import") == 2


async def test_a_plan_that_comes_again_in_another_document_is_told(plans) -> None:
    await post(plans, TEXT, "第一份.txt")
    other = "\n东坪镇采石场整治方案\n为规范采石场管理,结合实际,制定本方案。\n一、任务\n(一)关停两处采石场。\n".encode()

    both = (await post(plans, TEXT + other, "汇编.txt")).json()

    assert len(both["plans"]) == 2
    codes = [[warning["code"] for warning in plan["warnings"]] for plan in both["plans"]]
    assert ["imported_before" in each for each in codes] == [True, False]


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "a.txt", 422, "empty"),
        (TEXT, "a.pdf", 422, "wrong_extension"),
        (b"PK\x03\x04rest", "a.docx", 422, "damaged"),
        (docx([], {"word/document.xml": b"<!DOCTYPE d><d/>"}), "a.docx", 422, "hostile"),
        ("字".encode() * 1_600_000, "a.txt", 413, "too_much_text"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_code_and_stores_nothing(
    plans, content: bytes, name: str, status: int, code: str
) -> None:
    answer = await post(plans, content, name)

    assert answer.status_code == status
    assert answer.json()["errors"] == [{"field": "file", "reason": code}]
    assert await plans.kit.pool.fetchval("SELECT count(*) FROM plan_import") == 0


async def test_a_document_above_the_bound_is_turned_away_at_the_door(plans) -> None:
    assert (await post(plans, b"x" * (8 * 1024 * 1024 + 1))).status_code == 413


async def test_only_the_office_of_a_known_unit_imports(plans) -> None:
    assert (await post(plans, TEXT, role="submitter")).status_code == 403
    assert (await post(plans, TEXT, unit=None, role="office")).status_code == 403
    assert (await post(plans, TEXT, unit="999999")).status_code == 404


async def test_imports_are_seen_from_above_and_by_nobody_beside(plans) -> None:
    made = (await post(plans, TEXT)).json()

    above = (await plans.get("/plans/imports", unit="330802")).json()
    beside = (await plans.get("/plans/imports", unit="330802102")).json()

    assert [item["import_id"] for item in above["items"]] == [made["import_id"]]
    assert above["items"][0]["plans"] == 1
    assert beside == {"items": [], "next": None}
    assert (await plans.get(f"/plans/imports/{made['import_id']}", unit="330802102")).status_code == 403
    assert (await plans.get(f"/plans/imports/{UUID(int=1)}", unit="330802")).status_code == 404


async def test_a_list_is_read_in_pages(plans) -> None:
    for number in range(3):
        assert (await post(plans, TEXT + f"\n(二)第{number}批渡口。".encode())).status_code == 201

    first = (await plans.get("/plans/imports?limit=2", unit="330802101")).json()
    rest = (await plans.get(f"/plans/imports?limit=2&after={first['next']}", unit="330802101")).json()

    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


async def test_concurrent_imports_of_one_document_make_one_import(plans) -> None:
    answers = await asyncio.gather(*(post(plans, TEXT) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["import_id"] for answer in answers}) == 1
