"""Time limits that nobody sets by hand, and those that nobody has a default for."""

from typing import Any

import pytest

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY = "330802101202", "330802101", "330802"
LIBRARY = """编号,隐患类别,隐患名称,依据条款,隐患等级,整改措施,整改天数,天数类型
LY-1,用火,林缘堆柴,防火规定第九条,一般,清运,5,工作日
LY-2,用火,无天数,防火规定第十条,,,,
"""


@pytest.fixture
async def order(hazards, firewood, elements):
    """`await order(basis=…, grade=…)` reports, grades and orders without a limit; returns the answer and the hazard."""

    async def run(basis: dict[str, Any] | None = None, grade: str | None = None):
        reported = await hazards.post("/hazards", {**firewood, "basis": basis}, unit=VILLAGE)
        if reported.status_code != 201:
            return reported, None
        path = f"/hazards/{reported.json()['hazard_id']}"
        if grade:
            await hazards.post(f"{path}/grade", {"version": 1, "grade": grade}, unit=TOWN)
        body = {name: value for name, value in elements.items() if name != "due"}
        answer = await hazards.post(f"{path}/order", body, unit=TOWN)
        return answer, (await hazards.get(path, unit=TOWN)).json()

    return run


async def test_without_a_default_the_limit_must_be_named(hazards, order) -> None:
    answer, seen = await order()

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["due"]
    assert (seen["state"], seen["order"]) == ("reported", None)


async def test_a_policy_of_the_nearest_unit_above_gives_the_limit_and_explains_it(hazards, order) -> None:
    limits = [{"days": 30}, {"grade": "major", "days": 3, "working_days": True}, {"category": "用电", "days": 1}]
    assert (await hazards.call("PUT", f"/policies/{COUNTY}", {"limits": limits}, unit=COUNTY)).status_code == 200

    _, general = await order()
    _, major = await order(grade="major")

    assert (general["order"]["due"], general["order"]["rule"]["days"]) == ("2026-04-01T16:00:00Z", 30)
    # Monday 2 March: the day of the order is not counted.
    assert major["order"]["due"] == "2026-03-05T16:00:00Z"
    rule = major["order"]["rule"]
    assert (rule["source"], rule["unit"], rule["version"], rule["working_days"]) == ("policy", COUNTY, 1, True)
    assert "2026-03-05" in rule["explanation"]
    assert (await hazards.get(f"/policies/{VILLAGE}", unit=TOWN)).json()["unit"] == COUNTY


async def test_nobody_sets_the_terms_of_its_own_duties(hazards, order) -> None:
    await hazards.call("PUT", f"/policies/{COUNTY}", {"limits": [{"days": 30}]}, unit=COUNTY)
    own = {"limits": [{"days": 300}], "extension": {"ask_before_days": 0}}
    assert (await hazards.call("PUT", f"/policies/{VILLAGE}", own, unit=VILLAGE)).status_code == 200

    _, seen = await order()

    assert (seen["order"]["rule"]["unit"], seen["order"]["rule"]["days"]) == (COUNTY, 30)


async def test_a_blank_in_the_policy_is_no_limit_and_never_zero(hazards, order) -> None:
    await hazards.call("PUT", f"/policies/{COUNTY}", {"limits": [{"days": 30}, {"grade": "major", "days": None}]}, unit=COUNTY)

    answer, _ = await order(grade="major")

    assert answer.status_code == 422


async def test_the_days_of_the_standard_hazard_come_before_the_policy(hazards, order) -> None:
    await hazards.call("PUT", f"/policies/{COUNTY}", {"limits": [{"days": 30}]}, unit=COUNTY)
    published = await hazards.call(
        "POST", "/library/imports", unit=COUNTY, content=LIBRARY.encode(), headers={"Content-Type": "text/csv"}
    )
    assert published.status_code == 201, published.text

    _, by_standard = await order(basis={"code": "LY-1"})
    _, by_policy = await order(basis={"code": "LY-2"})
    unknown, _ = await order(basis={"code": "LY-9"})

    assert (by_standard["order"]["due"], by_standard["order"]["rule"]["source"]) == ("2026-03-09T16:00:00Z", "library")
    basis = by_standard["details"]["basis"]
    assert (basis["unit"], basis["version"], basis["clause"]) == (COUNTY, 1, "防火规定第九条")
    assert by_policy["order"]["rule"]["source"] == "policy"
    assert unknown.status_code == 422
    assert [error["field"] for error in unknown.json()["errors"]] == ["basis.code"]


async def test_working_days_past_the_calendar_are_not_guessed(hazards, order) -> None:
    await hazards.call("PUT", f"/policies/{COUNTY}", {"limits": [{"days": 250, "working_days": True}]}, unit=COUNTY)

    answer, _ = await order()

    assert answer.status_code == 422
    assert "due" in answer.json()["errors"][0]["field"]


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"limits": [{"days": 0}]}, "limits.0.days"),
        ({"limits": [{"days": 251, "working_days": True}]}, "limits.0"),
        ({"limits": [{"day": 3}]}, "limits.0.day"),
    ],
)
async def test_a_policy_that_says_nothing_sensible_is_refused(hazards, policy: dict[str, Any], field: str) -> None:
    answer = await hazards.call("PUT", f"/policies/{COUNTY}", policy, unit=COUNTY)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_foreign_unit_gets_no_policy(hazards) -> None:
    assert (await hazards.call("PUT", f"/policies/{COUNTY}", {}, unit=TOWN)).status_code == 403
    assert (await hazards.call("PUT", f"/policies/{TOWN}", {}, unit=TOWN, roles=("submitter",))).status_code == 403
