"""Contacts: who may write them, what they must be, who sees which address."""

from typing import Any
from uuid import uuid4

import pytest

pytestmark = pytest.mark.io
OFFICE = {"unit": "T", "roles": ("office",)}


def contact(unit: str = "V", **fields: Any) -> dict[str, Any]:
    return {"unit": unit, "role": "submitter", "name": "信息员", "mobile": "13900000001"} | fields


async def save(notify: Any, *contacts: dict[str, Any], **who: Any) -> Any:
    return await notify.running.post("/contacts/batch", {"contacts": list(contacts)}, **(who or OFFICE))


async def listed(notify: Any, of: str = "V", **who: Any) -> list[dict[str, Any]]:
    answer = await notify.running.get(f"/contacts?unit={of}", **(who or OFFICE))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_contacts_are_kept_in_the_order_of_the_batch_and_only_once(notify) -> None:
    batch = [contact(), contact(name="主任", role="principal"), contact("T", role="office", wecom="t1"), contact()]
    answer = await save(notify, *batch)
    assert answer.status_code == 200
    written = answer.json()["contacts"]
    assert [(each["unit"], each["role"]) for each in written] == [
        ("V", "submitter"), ("V", "principal"), ("T", "office"), ("V", "submitter"),
    ]  # fmt: skip
    assert written[0]["contact_id"] == written[3]["contact_id"]
    assert (await save(notify, *batch)).json()["contacts"] == written
    assert len(await listed(notify)) == 2


async def test_two_people_of_one_name_and_role_are_two_contacts(notify) -> None:
    await save(notify, contact(mobile="13900000001"), contact(mobile="13900000002"))
    assert sorted(each["mobile"] for each in await listed(notify)) == ["13900000001", "13900000002"]


async def test_a_contact_is_replaced_by_its_id(notify) -> None:
    [first] = (await save(notify, contact())).json()["contacts"]
    changed = contact(contact_id=first["contact_id"], mobile=None, wecom="v1", name="李四")
    assert (await save(notify, changed)).json()["contacts"] == [first]
    [now] = await listed(notify)
    assert (now["name"], now["mobile"], now["wecom"]) == ("李四", None, "v1")


async def test_replacing_must_not_make_two_alike_or_name_an_unknown_one(notify) -> None:
    one, two = (await save(notify, contact(), contact(name="二"))).json()["contacts"]
    before = await notify.running.content()
    assert (await save(notify, contact(contact_id=two["contact_id"]))).status_code == 409
    unknown = await save(notify, contact(contact_id=str(uuid4())))
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (404, "contacts.0.contact_id")
    both = contact(contact_id=one["contact_id"])
    assert (await save(notify, both, both)).status_code == 422
    assert await notify.running.content() == before


@pytest.mark.parametrize(("given", "kept"), [("+8613912345678", "13912345678"), ("008613912345678", "13912345678")])
async def test_a_country_code_is_dropped(notify, given: str, kept: str) -> None:
    await save(notify, contact(mobile=given))
    assert [each["mobile"] for each in await listed(notify)] == [kept]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mobile": "12900000001"}, "contacts.0.mobile"),
        ({"mobile": "139000000011"}, "contacts.0.mobile"),
        ({"mobile": "１３９00000001"}, "contacts.0.mobile"),
        ({"mobile": None}, "contacts.0"),
        ({"wecom": "@all"}, "contacts.0.wecom"),
        ({"wecom": "a|b"}, "contacts.0.wecom"),
        ({"wecom": ""}, "contacts.0.wecom"),
        ({"robot": "a b"}, "contacts.0.robot"),
        ({"role": "mayor"}, "contacts.0.role"),
        ({"name": " "}, "contacts.0.name"),
        ({"name": "a\x00b"}, "contacts.0.name"),
        ({"unit": "no unit"}, "contacts.0.unit"),
        ({"phone": "13900000001"}, "contacts.0.phone"),
    ],
)
async def test_a_wrong_field_is_named_and_changes_nothing(notify, wrong: dict[str, Any], field: str) -> None:
    answer = await save(notify, contact(**wrong), contact("T"))
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert "139000000" not in answer.text
    assert await listed(notify, "T") == []


async def test_a_batch_has_at_most_a_thousand(notify) -> None:
    many = [contact(mobile=f"139{number:08d}") for number in range(1001)]
    assert (await save(notify, *many)).status_code == 422
    assert (await save(notify, *many[:1000])).status_code == 200
    assert (await save(notify)).status_code == 422


@pytest.mark.parametrize(
    ("unit", "who", "status"),
    [
        ("V", {"unit": "C", "roles": ("office",)}, 200),
        ("V", {"unit": None, "roles": ("admin",)}, 200),
        ("T", {"unit": "V", "roles": ("office",)}, 403),
        ("V", {"unit": "T", "roles": ("submitter", "supervisor", "auditor", "agency")}, 403),
        ("V", {"unit": None, "roles": ("office",)}, 403),
        ("nowhere", {"unit": "C", "roles": ("office",)}, 404),
    ],
)
async def test_offices_and_admins_write_contacts_of_their_subtree(notify, unit: str, who: dict[str, Any], status: int) -> None:
    assert (await save(notify, contact(unit), **who)).status_code == status


async def test_a_contact_cannot_be_taken_from_a_foreign_unit(notify) -> None:
    [theirs] = (await save(notify, contact("T"), unit="C", roles=("office",))).json()["contacts"]
    take = contact("V", contact_id=theirs["contact_id"])
    assert (await save(notify, take, unit="V", roles=("office",))).status_code == 403
    removal = await notify.running.call("DELETE", f"/contacts/{theirs['contact_id']}", unit="V", roles=("office",))
    assert removal.status_code == 403


async def test_addresses_are_masked_for_those_who_need_not_know_them(notify) -> None:
    await save(notify, contact(wecom="zhangsan", robot="5a1e-key"))
    [seen] = await listed(notify, "V", unit="T", roles=("supervisor",))
    assert (seen["mobile"], seen["wecom"], seen["robot"]) == ("139****0001", "****", "****")
    [plain] = await listed(notify, "V", unit="T", roles=("office",))
    assert (plain["mobile"], plain["wecom"], plain["robot"]) == ("13900000001", "zhangsan", "5a1e-key")


async def test_contacts_are_listed_unit_by_unit_and_page_by_page(notify) -> None:
    await save(notify, *(contact(mobile=f"139{number:08d}") for number in range(5)), contact("T"))
    seen: list[str] = []
    after = ""
    while True:
        page = (await notify.running.get(f"/contacts?limit=2{after}", unit="V", roles=("office",))).json()
        seen += [each["mobile"] for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(seen) == [f"139{number:08d}" for number in range(5)]
    assert (await notify.running.get("/contacts?unit=T", unit="V", roles=("office",))).status_code == 403
    assert (await notify.running.get("/contacts?unit=nowhere", unit="V", roles=("office",))).status_code == 404


async def test_a_removed_contact_is_told_no_more(notify) -> None:
    [one] = (await save(notify, contact())).json()["contacts"]
    path = f"/contacts/{one['contact_id']}"
    assert (await notify.running.call("DELETE", path, **OFFICE)).json() == one
    assert (await notify.running.call("DELETE", path, **OFFICE)).status_code == 404
    await notify.tell(notify.missed())
    assert await notify.alerts() == []


async def test_the_same_key_gives_the_same_answer(notify) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await save(notify, contact(), **OFFICE, headers=key)
    assert (await save(notify, contact(), **OFFICE, headers=key)).content == first.content
    assert (await save(notify, contact("T"), **OFFICE, headers=key)).status_code == 409
    kept = await notify.kit.pool.fetchval("SELECT body FROM idempotency")
    assert b"13900000001" not in kept
