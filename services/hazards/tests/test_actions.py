"""Actions over HTTP on a real database: every one of them, those that are refused, and two people at once."""

import asyncio
from typing import Any

import pytest

from hazards.domain.states import ACTIONS, ENDED, STATES, TRANSITIONS

pytestmark = pytest.mark.io
PREFECTURE, COUNTY, OTHER_COUNTY, TOWN, VILLAGE = "3308", "330802", "330803", "330802101", "330802101202"

# Who has a chance to get an action through.
WHO = {
    **dict.fromkeys(ACTIONS, COUNTY),
    **dict.fromkeys(("rectify", "submit", "sign", "ask_extension", "tell_progress"), VILLAGE),
    "acknowledge": OTHER_COUNTY,
    "raise": PREFECTURE,
}
# Nobody stands in the relation that these ask for while there is no offer and no listing.
NOBODY = {"acknowledge", "publish", "raise", "delist"}
Step = tuple[str, str, dict[str, Any]]
PATHS: list[list[Step]] = [
    [
        ("suspend", VILLAGE, {}), ("register", VILLAGE, {}), ("transfer", VILLAGE, {}), ("return", OTHER_COUNTY, {}),
        ("grade", TOWN, {}), ("order", TOWN, {}), ("ask_extension", VILLAGE, {}), ("refuse_extension", TOWN, {}),
        ("ask_extension", VILLAGE, {}), ("list", TOWN, {}), ("publish", TOWN, {}), ("raise", COUNTY, {}),
        ("approve_extension", COUNTY, {}), ("tell_progress", VILLAGE, {}), ("submit", VILLAGE, {}), ("reject", TOWN, {}),
        ("submit", VILLAGE, {}), ("accept", TOWN, {}), ("accept", COUNTY, {}), ("sign", VILLAGE, {}), ("close", COUNTY, {}),
        ("delist", COUNTY, {}), ("resume", TOWN, {}), ("recheck", PREFECTURE, {}),
    ],
    [
        ("transfer", VILLAGE, {}), ("acknowledge", OTHER_COUNTY, {}), ("grade", OTHER_COUNTY, {}), ("defer", OTHER_COUNTY, {}),
        ("monitor", OTHER_COUNTY, {}), ("monitor", TOWN, {"review_on": "2026-05-01"}), ("order", OTHER_COUNTY, {}),
        ("dismiss", OTHER_COUNTY, {}),
    ],
    [("rectify", VILLAGE, {}), ("accept", TOWN, {}), ("sign", VILLAGE, {}), ("close", TOWN, {})],
]  # fmt: skip


def test_the_paths_meet_every_action() -> None:
    assert {action for path in PATHS for action, _, _ in path} == set(ACTIONS)


@pytest.mark.parametrize("path", PATHS, ids=["listed", "handed over", "on the spot"])
async def test_whatever_the_table_refuses_on_a_path_is_a_409_and_changes_nothing(loop, path: list[Step]) -> None:
    hazard_id = await loop.report(VILLAGE)
    seen: set[str] = set()
    for action, unit, said in path:
        await _refused(loop, hazard_id, seen)
        state = (await loop.view(hazard_id))["state"]
        target = TRANSITIONS[action][state]
        after = await loop.act(hazard_id, action, unit, **said)
        assert target in ("same", "back") or after["state"] in (target, "submitted")
    await _refused(loop, hazard_id, seen)
    assert seen <= set(STATES)
    assert seen & ENDED


async def _refused(loop, hazard_id: str, seen: set[str]) -> None:
    view = await loop.view(hazard_id)
    if view["state"] in seen:
        return
    seen.add(view["state"])
    before = await loop.running.content()
    for action in ACTIONS:
        if view["state"] in TRANSITIONS[action]:
            continue
        answer = await loop.attempt(hazard_id, action, WHO[action])
        allowed = {409, 403} if action in NOBODY or view["listing"] or view["handler"] or view["state"] in ENDED else {409}
        assert answer.status_code in allowed, (view["state"], action, answer.text)
        if answer.status_code == 409:
            assert answer.json()["version"] == view["version"]
    assert await loop.running.content() == before


async def _stand(loop, state: str) -> str:
    hazard_id = await loop.report(VILLAGE)
    before: dict[str, list[Step]] = {
        "reported": [],
        "ordered": [("order", TOWN, {})],
        "asked": [("order", TOWN, {}), ("ask_extension", VILLAGE, {})],
        "transferred": [("transfer", TOWN, {})],
        "submitted": [("rectify", VILLAGE, {})],
        "accepted": [("rectify", VILLAGE, {}), ("accept", TOWN, {})],
        "signed": [("rectify", VILLAGE, {}), ("accept", TOWN, {}), ("sign", VILLAGE, {})],
    }
    for action, unit, said in before[state]:
        await loop.act(hazard_id, action, unit, **said)
    return hazard_id


@pytest.mark.parametrize(
    ("state", "one", "other"),
    [
        ("reported", ("register", VILLAGE), ("grade", TOWN)),
        ("reported", ("order", TOWN), ("dismiss", COUNTY)),
        ("reported", ("transfer", TOWN), ("rectify", VILLAGE)),
        ("ordered", ("submit", VILLAGE), ("ask_extension", VILLAGE)),
        ("ordered", ("list", TOWN), ("list", COUNTY)),
        ("asked", ("approve_extension", TOWN), ("refuse_extension", COUNTY)),
        ("asked", ("approve_extension", TOWN), ("submit", VILLAGE)),
        ("transferred", ("acknowledge", OTHER_COUNTY), ("return", OTHER_COUNTY)),
        ("transferred", ("acknowledge", OTHER_COUNTY), ("return", TOWN)),
        ("submitted", ("accept", TOWN), ("reject", COUNTY)),
        ("accepted", ("sign", VILLAGE), ("reject", TOWN)),
        ("signed", ("close", TOWN), ("reject", COUNTY)),
        ("signed", ("close", TOWN), ("close", COUNTY)),
    ],
)
async def test_of_two_at_once_one_wins_and_the_other_is_told_the_present_version(loop, state: str, one, other) -> None:
    hazard_id = await _stand(loop, state)
    version = await loop.version(hazard_id)

    answers = await asyncio.gather(*(loop.attempt(hazard_id, action, unit, version=version) for action, unit in (one, other)))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    [lost] = [answer.json() for answer in answers if answer.status_code == 409]
    assert won["version"] == lost["version"] == version + 1
    assert lost["errors"][0]["field"] == "version"
    history = (await loop.running.get(f"/hazards/{hazard_id}/history", unit=COUNTY)).json()["items"]
    assert [change["version"] for change in history] == list(range(1, version + 2))
    assert history[-1]["change"] == (one if answers[0].status_code == 200 else other)[0]
    assert (await loop.view(hazard_id))["state"] == won["state"]


async def test_a_stale_version_is_a_409_with_the_present_one_and_changes_nothing(loop) -> None:
    hazard_id = await _stand(loop, "ordered")
    before = await loop.running.content()
    for action in ACTIONS:
        for version in (1, 3):
            answer = await loop.attempt(hazard_id, action, WHO[action], version=version)
            if answer.status_code != 403 or action not in NOBODY:
                assert (answer.status_code, answer.json()["version"]) == (409, 2), (action, answer.text)
    assert await loop.running.content() == before


async def test_only_an_order_may_leave_the_version_out_and_not_over_an_order_that_stands(loop) -> None:
    hazard_id = await loop.report(VILLAGE)
    for action in set(ACTIONS) - {"order", "defer"}:
        assert (await loop.attempt(hazard_id, action, WHO[action], version=None)).status_code == 422, action
    assert (await loop.attempt(hazard_id, "order", TOWN, version=None)).status_code == 200
    refused = await loop.attempt(hazard_id, "order", TOWN, version=None)
    assert (refused.status_code, refused.json()["version"]) == (409, 2)


async def test_an_order_is_replaced_by_a_sooner_one_and_never_by_a_later_one(loop) -> None:
    hazard_id = await _stand(loop, "ordered")
    later = await loop.attempt(hazard_id, "order", COUNTY, due="2026-04-01T00:00:00Z")
    assert (later.status_code, later.json()["errors"][0]["field"]) == (409, "due")
    assert (await loop.attempt(hazard_id, "order", VILLAGE, due="2026-03-05T00:00:00Z")).status_code == 403
    await loop.act(hazard_id, "order", COUNTY, due="2026-03-05T00:00:00Z")
    order = (await loop.view(hazard_id))["order"]
    assert (order["due"], order["original_due"], order["ordering_unit"]) == (
        "2026-03-05T00:00:00Z",
        "2026-03-05T00:00:00Z",
        COUNTY,
    )


async def test_a_rectifier_that_left_the_tree_is_succeeded_by_another_with_a_limit_of_its_own(loop, unit_events) -> None:
    hazard_id = await _stand(loop, "ordered")
    await loop.running.learn(unit_events.retired(VILLAGE))
    assert (await loop.attempt(hazard_id, "order", TOWN)).status_code == 409
    await loop.act(hazard_id, "order", TOWN, responsible="330802101201", due="2026-06-01T00:00:00Z")
    for action, unit in [("submit", "330802101201"), ("accept", TOWN), ("sign", "330802101201"), ("close", TOWN)]:
        await loop.act(hazard_id, action, unit)
    assert (await loop.view(hazard_id))["on_time"] is True


async def test_nothing_happens_to_a_hazard_before_it_was_there_or_after_it_was_told(loop) -> None:
    hazard_id = await loop.report(VILLAGE, occurred_at="2026-03-01T08:00:00Z")
    for when, status in [("2026-03-01T07:59:59Z", 422), ("2026-03-02T05:00:00.000001Z", 422), ("2026-03-01T08:00:00Z", 200)]:
        answer = await loop.attempt(hazard_id, "register", VILLAGE, occurred_at=when)
        assert answer.status_code == status, answer.text
    [change] = (await loop.running.get(f"/hazards/{hazard_id}/history?after=1", unit=VILLAGE)).json()["items"]
    assert (change["occurred_at"], change["recorded_at"]) == ("2026-03-01T08:00:00Z", "2026-03-02T05:00:00Z")


async def test_use_that_was_stopped_stays_stopped_when_the_hazard_is_closed_and_is_resumed_after_it(loop) -> None:
    hazard_id = await _stand(loop, "signed")
    await loop.act(hazard_id, "suspend", TOWN)
    await loop.act(hazard_id, "close", TOWN)
    assert (await loop.view(hazard_id))["suspension"]["what"] == "炉"
    assert (await loop.attempt(hazard_id, "resume", VILLAGE)).status_code == 403
    await loop.act(hazard_id, "resume", TOWN)
    assert (await loop.view(hazard_id))["suspension"] is None


async def test_a_policy_that_comes_later_leaves_limits_as_they_are_and_binds_what_is_asked_after_it(loop) -> None:
    hazard_id = await _stand(loop, "ordered")
    due = (await loop.view(hazard_id))["order"]["due"]
    body = {"limits": [{"days": 3}], "extension": {"ask_before_days": 12}}
    assert (await loop.running.call("PUT", f"/policies/{COUNTY}", body, unit=COUNTY)).status_code == 200
    assert (await loop.view(hazard_id))["order"]["due"] == due
    assert (await loop.attempt(hazard_id, "ask_extension", VILLAGE)).status_code == 409
    another = await loop.report(VILLAGE)
    await loop.act(another, "order", TOWN, due=None)
    order = (await loop.view(another))["order"]
    assert (order["due"], order["rule"]["days"]) == ("2026-03-05T16:00:00Z", 3)
