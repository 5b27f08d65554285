"""Every state and every action: the page, the table and the decisions say the same."""

import re
from pathlib import Path

import pytest

from hazards.domain.refusals import RefusedError
from hazards.domain.states import ACTIONS, ENDED, OPEN, STATES, TRANSITIONS, next_state

PAGE = (Path(__file__).parents[4] / "architecture" / "hazards.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?!action)([a-z_]+)(?: [^|]+)? \| ([a-z ]+) \| ([a-z]+) \|$", re.MULTILINE)
WORDS = {"stays": "same", "back": "back"}


def drawn() -> dict[tuple[str, str], str]:
    """What the page says of each pair of state and action that it allows."""
    cells: dict[tuple[str, str], str] = {}
    for action, states, target in ROW.findall(PAGE):
        for state in states.split():
            assert (state, action) not in cells, f"{action} from {state} stands twice"
            cells[state, action] = WORDS.get(target, target)
    return cells


DRAWN = drawn()


def test_the_page_says_what_the_code_does_and_names_every_state_and_action() -> None:
    assert {(state, action): target for action, row in TRANSITIONS.items() for state, target in row.items()} == DRAWN
    assert {action for _, action in DRAWN} == set(ACTIONS)
    assert {state for state, _ in DRAWN} | set(DRAWN.values()) - set(WORDS.values()) == set(STATES)


def test_the_drawing_of_the_page_names_states_only_by_the_names_of_the_code() -> None:
    drawing = "\n".join(line for line in PAGE.splitlines() if line.startswith("    "))
    words = set(re.findall(r"[a-z_]+", drawing))
    assert set(STATES) <= words
    assert {word for word in re.findall(r"--([a-z|]+)", drawing) for word in word.split("|")} <= set(ACTIONS)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_leads_where_the_page_says_and_is_refused_elsewhere(making, state, action) -> None:
    hazard = making.ready(action, state)
    target = DRAWN.get((state, action))
    if target is None:
        with pytest.raises(RefusedError) as refused:
            making.do(action, hazard)
        assert refused.value.kind == "conflict"
        return

    step = making.do(action, hazard)

    assert step.after.state == {"same": state, "back": hazard.before}.get(target, target)
    assert (step.change, step.before, step.after.version) == (action, hazard, hazard.version + 1)
    assert step.event.hazard_id == str(hazard.hazard_id)
    assert step.event.actor is not None


def test_what_ended_stays_ended() -> None:
    for state in ENDED:
        for action in ACTIONS:
            assert next_state(state, action, "ordered") in (None, state)


def test_every_open_state_is_left_by_somebody_and_every_state_can_be_reached() -> None:
    steps = {state: {_to(state, action) for action in ACTIONS} - {None, state} for state in STATES}
    assert all(steps[state] for state in OPEN)
    reached, found = set(), {"reported"}
    while found - reached:
        reached |= (newest := found - reached)
        found |= {target for state in newest for target in steps[state] if target}
    assert reached == set(STATES)


def test_an_end_can_be_reached_from_every_open_state() -> None:
    ends = {state for state in STATES if state in ENDED}
    for _ in STATES:
        ends |= {state for state in STATES for action in ACTIONS if _to(state, action) in ends}
    assert ends == set(STATES)


def _to(state: str, action: str) -> str | None:
    return next_state(state, action, "ordered")


def test_the_states_of_the_database_are_those_of_the_code() -> None:
    migration = Path(__file__).parents[2] / "migrations" / "20260201000001_hazards.sql"
    found = re.search(r"state text NOT NULL CHECK \(state IN \(([^)]*)\)", migration.read_text(encoding="utf-8"))
    assert found is not None
    assert set(re.findall(r"'([a-z]+)'", found[1])) == set(STATES)
