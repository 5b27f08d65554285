"""Who may act over HTTP, with real units in every relation to one hazard, also after it was handed over, raised or moved."""

from uuid import UUID

import pytest

from contracts.events.units import Placement, UnitRegistered
from hazards.domain.states import ACTIONS

pytestmark = pytest.mark.io
PREFECTURE, COUNTY, OTHER_COUNTY = "3308", "330802", "330803"
TOWN, OTHER_TOWN, BUREAU, OFFICE = "330802101", "330802102", "330803101", "330803102"
VILLAGE, NEIGHBOUR, FAR = "330802101202", "330802101201", "330802102201"
STRANGER = "330803103"
NOTHING = UUID(int=3)

# Which action is for which relation; every other one is a 403.
MAY = {
    "own": "register grade order accept reject close transfer suspend approve_extension refuse_extension tell_progress rectify",
    "above": "register grade order defer monitor accept reject close dismiss transfer return suspend resume approve_extension"
    " refuse_extension list recheck",
    "rectifier": "submit sign ask_extension tell_progress",
    "orderer": "accept reject close approve_extension refuse_extension",
    "handler": "register grade order defer monitor accept reject close dismiss transfer return suspend resume approve_extension"
    " refuse_extension list recheck",
    "lister": "monitor dismiss accept reject close approve_extension refuse_extension publish delist recheck",
    "above_lister": "raise",
    "transferee": "acknowledge return",
    "nobody": "",
}
ONLY_THE_LISTER = {"close", "dismiss", "monitor", "approve_extension"}


@pytest.fixture
async def everybody(loop, unit_events, envelope) -> tuple[str, dict[str, str]]:
    """A hazard to which eight units stand in one relation each, and a ninth in none."""
    await loop.running.learn(*(_below(unit_events, envelope, code) for code in (BUREAU, OFFICE, STRANGER)))
    hazard_id = await loop.report(VILLAGE)
    await loop.act(hazard_id, "order", TOWN, responsible=NEIGHBOUR)
    await loop.act(hazard_id, "transfer", TOWN, to_unit=BUREAU)
    await loop.act(hazard_id, "acknowledge", BUREAU)
    await loop.act(hazard_id, "list", BUREAU)
    await loop.act(hazard_id, "transfer", BUREAU, to_unit=FAR)
    await loop.act(hazard_id, "acknowledge", FAR)
    await loop.running.learn(unit_events.moved(VILLAGE, OTHER_TOWN))
    await loop.act(hazard_id, "transfer", FAR, to_unit=OFFICE)
    units = {"own": VILLAGE, "above": OTHER_TOWN, "rectifier": NEIGHBOUR, "orderer": TOWN, "handler": FAR, "lister": BUREAU}
    return hazard_id, {**units, "above_lister": OTHER_COUNTY, "transferee": OFFICE, "nobody": STRANGER}


def _below(unit_events, envelope, code: str):
    base = unit_events.state(OTHER_COUNTY)
    state = {**base, "code": code, "name": code, "level": "town", "parent": OTHER_COUNTY}
    placements = (Placement(parent=OTHER_COUNTY, valid_from=base["occurred_at"]),)
    return envelope(UnitRegistered(**{**state, "placements": placements}), 1)


async def test_every_action_is_for_those_of_the_table_and_403_for_everybody_else(loop, everybody) -> None:
    hazard_id, units = everybody
    before = await loop.running.content()
    wrong = []
    for relation, unit in units.items():
        for action in ACTIONS:
            # Evidence that does not exist is refused after the caller was judged, so nothing ever changes.
            answer = await loop.attempt(hazard_id, action, unit, evidence=[str(NOTHING)])
            may = action in MAY[relation].split() and (relation == "lister" or action not in ONLY_THE_LISTER)
            if answer.status_code != (422 if may else 403):
                wrong.append((relation, action, answer.status_code, answer.json()["detail"]))
    assert wrong == []
    assert await loop.running.content() == before


async def test_no_action_is_for_a_role_that_only_looks_on(loop, everybody) -> None:
    hazard_id, units = everybody
    wrong = []
    for action in ACTIONS:
        unit = next(units[relation] for relation in MAY if action in MAY[relation].split())
        answer = await loop.attempt(hazard_id, action, unit, roles=("auditor", "agency", "admin"))
        wrong += [(action, answer.status_code)] if answer.status_code != 403 else []
    assert wrong == []


async def test_a_foreign_unit_sees_nothing_and_whoever_has_a_part_reads_it_all(loop, everybody) -> None:
    hazard_id, units = everybody
    stranger = units.pop("nobody")
    for path in (f"/hazards/{hazard_id}", f"/hazards/{hazard_id}/history"):
        assert (await loop.running.get(path, unit=stranger)).status_code == 403
        for unit in units.values():
            assert (await loop.running.get(path, unit=unit)).status_code == 200, (path, unit)
    for unit in units.values():
        listed = (await loop.running.get("/hazards", unit=unit)).json()["items"]
        assert [each["hazard_id"] for each in listed] == [hazard_id]


async def test_a_page_of_a_stranger_holds_nothing_of_it(loop, everybody, unit_events) -> None:
    hazard_id, _ = everybody
    own = await loop.report("330802")
    assert [each["hazard_id"] for each in (await loop.running.get("/hazards", unit=COUNTY)).json()["items"]] == [hazard_id, own]
    assert (await loop.running.get(f"/hazards/{own}", unit=OTHER_COUNTY)).status_code == 403
    assert (await loop.running.get(f"/hazards?unit={COUNTY}", unit=OTHER_COUNTY)).status_code == 403


async def _submitted(loop, responsible: str = VILLAGE) -> str:
    hazard_id = await loop.report(VILLAGE)
    await loop.act(hazard_id, "order", COUNTY, responsible=responsible)
    await loop.act(hazard_id, "submit", responsible)
    return hazard_id


async def test_the_rectifier_cannot_judge_its_work_whatever_else_it_is_to_the_hazard(loop) -> None:
    hazard_id = await _submitted(loop, responsible=TOWN)  # above the hazard as well

    for action in ("accept", "reject", "dismiss", "monitor", "list", "order", "transfer"):
        assert (await loop.attempt(hazard_id, action, TOWN, person="another")).status_code == 403, action
    assert (await loop.attempt(hazard_id, "accept", VILLAGE)).status_code == 403  # its subordinate
    await loop.act(hazard_id, "accept", COUNTY)
    await loop.act(hazard_id, "sign", TOWN)
    assert (await loop.attempt(hazard_id, "close", TOWN)).status_code == 403
    await loop.act(hazard_id, "close", COUNTY)


async def test_a_hand_over_to_the_rectifier_gives_it_no_right_to_judge(loop) -> None:
    hazard_id = await loop.report(VILLAGE)
    await loop.act(hazard_id, "order", COUNTY)
    await loop.act(hazard_id, "transfer", COUNTY, to_unit=VILLAGE)
    await loop.act(hazard_id, "acknowledge", VILLAGE)
    await loop.act(hazard_id, "submit", VILLAGE)
    for action in ("accept", "close", "dismiss", "resume", "list"):
        assert (await loop.attempt(hazard_id, action, VILLAGE, person="another")).status_code == 403, action


async def test_after_a_move_the_old_town_judges_nothing_unless_it_ordered(loop, unit_events) -> None:
    hazard_id = await _submitted(loop)
    await loop.running.learn(unit_events.moved(VILLAGE, OTHER_TOWN))

    assert (await loop.attempt(hazard_id, "accept", TOWN)).status_code == 403
    await loop.act(hazard_id, "accept", OTHER_TOWN)


async def test_whoever_submitted_does_not_judge_for_another_unit(loop) -> None:
    hazard_id = await _submitted(loop)
    for action in ("accept", "reject"):
        refused = await loop.attempt(hazard_id, action, TOWN, person=f"somebody of {VILLAGE}")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "actor")
    await loop.act(hazard_id, "accept", TOWN)
    await loop.act(hazard_id, "sign", VILLAGE)
    assert (await loop.attempt(hazard_id, "close", TOWN, person=f"somebody of {VILLAGE}")).status_code == 409


async def test_whoever_asked_for_more_time_does_not_decide_it(loop) -> None:
    hazard_id = await loop.report(VILLAGE)
    await loop.act(hazard_id, "order", TOWN)
    await loop.act(hazard_id, "ask_extension", VILLAGE)

    for action in ("approve_extension", "refuse_extension"):
        assert (await loop.attempt(hazard_id, action, VILLAGE, person="another")).status_code == 403
        refused = await loop.attempt(hazard_id, action, TOWN, person=f"somebody of {VILLAGE}")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "actor")
    await loop.act(hazard_id, "approve_extension", TOWN)


async def test_a_listed_hazard_is_closed_by_the_listing_body_after_a_joint_acceptance_only(loop) -> None:
    hazard_id = await loop.report(VILLAGE)
    await loop.act(hazard_id, "order", TOWN)
    await loop.act(hazard_id, "list", COUNTY)
    await loop.act(hazard_id, "submit", VILLAGE)
    assert (await loop.act(hazard_id, "accept", TOWN))["state"] == "submitted"
    assert (await loop.view(hazard_id))["awaited"] == ["lister"]
    assert (await loop.attempt(hazard_id, "accept", TOWN, person="another")).status_code == 409
    assert (await loop.attempt(hazard_id, "sign", VILLAGE)).status_code == 409
    assert (await loop.attempt(hazard_id, "dismiss", TOWN)).status_code == 403
    assert (await loop.act(hazard_id, "accept", COUNTY))["state"] == "accepted"
    await loop.act(hazard_id, "sign", VILLAGE)
    for unit in (TOWN, PREFECTURE):
        assert (await loop.attempt(hazard_id, "close", unit)).status_code == 403
    await loop.act(hazard_id, "close", COUNTY)


async def test_what_a_lower_body_accepted_does_not_bind_the_one_that_raised_it(loop) -> None:
    hazard_id = await loop.report(VILLAGE)
    await loop.act(hazard_id, "order", TOWN)
    await loop.act(hazard_id, "submit", VILLAGE)
    await loop.act(hazard_id, "accept", TOWN)
    await loop.act(hazard_id, "list", COUNTY)
    await loop.act(hazard_id, "raise", PREFECTURE)
    await loop.act(hazard_id, "sign", VILLAGE)

    assert (await loop.attempt(hazard_id, "close", COUNTY)).status_code == 403
    refused = await loop.attempt(hazard_id, "close", PREFECTURE)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "acceptances")
    for action, unit in [("reject", PREFECTURE), ("submit", VILLAGE), ("accept", TOWN), ("accept", PREFECTURE)]:
        await loop.act(hazard_id, action, unit)
    await loop.act(hazard_id, "sign", VILLAGE)
    await loop.act(hazard_id, "close", PREFECTURE)


async def test_a_body_of_another_branch_that_took_it_over_sees_it_through(loop) -> None:
    hazard_id = await loop.report(VILLAGE)
    assert (await loop.attempt(hazard_id, "order", OTHER_COUNTY)).status_code == 403
    await loop.act(hazard_id, "transfer", VILLAGE)
    await loop.act(hazard_id, "acknowledge", OTHER_COUNTY)
    assert (await loop.attempt(hazard_id, "order", OTHER_COUNTY, responsible=NEIGHBOUR)).status_code == 403
    for action, unit in [("order", OTHER_COUNTY), ("submit", VILLAGE), ("accept", OTHER_COUNTY), ("sign", VILLAGE)]:
        await loop.act(hazard_id, action, unit)
    assert (await loop.act(hazard_id, "close", OTHER_COUNTY))["state"] == "closed"
