"""The life of a plan, as a table."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from plans.domain.plan import TRANSITIONS, Action, Plan, State, Text, against, amended, closed, issued, revised

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def plan(state: State = "draft", version: int = 1) -> Plan:
    return Plan(UUID(int=1), "方案", None, "330802", "Asia/Shanghai", state, version, max(0, version - 1), (), START, START)


SAID = Text("方案", None, ())
ALLOWED = {
    "draft": {"revise", "issue"},
    "issued": {"amend", "close"},
    "amended": {"amend", "close"},
    "closed": set(),
}


@pytest.mark.parametrize(
    ("state", "action", "allowed"),
    [
        (state, action, action in actions)
        for state, actions in ALLOWED.items()
        for action in ("revise", "issue", "amend", "close")
    ],
)
def test_every_pair_of_state_and_action_is_decided(state: State, action: Action, allowed: bool) -> None:
    assert ((state, action) in TRANSITIONS) is allowed
    assert (against(plan(state), action, 1) is None) is allowed


def test_who_read_another_version_is_refused() -> None:
    finding = against(plan(version=2), "issue", 1)

    assert finding is not None
    assert (finding.kind, finding.field) == ("conflict", "version")


def test_revisions_count_from_one_at_issue() -> None:
    first = issued(plan(), START + timedelta(minutes=1))
    second = amended(first, SAID, START + timedelta(minutes=2))
    third = closed(second, START + timedelta(minutes=3))

    assert [(each.state, each.version, each.revision) for each in (first, second, third)] == [
        ("issued", 2, 1),
        ("amended", 3, 2),
        ("closed", 4, 3),
    ]
    assert third.closed_at == third.changed_at == START + timedelta(minutes=3)
    assert (second.issued_at, second.changed_at) == (START + timedelta(minutes=1), START + timedelta(minutes=2))


def test_a_request_that_got_its_turn_late_takes_effect_after_the_one_before() -> None:
    first = issued(plan(), START + timedelta(minutes=5))

    assert amended(first, SAID, START + timedelta(minutes=1)).changed_at == START + timedelta(minutes=5)


def test_a_draft_that_is_revised_is_published_no_more_often() -> None:
    draft = revised(revised(plan(), SAID, START), Text("新", "青〔2026〕1号", ()), START)
    first = issued(draft, START)

    assert (draft.state, draft.version, draft.revision, draft.title) == ("draft", 3, 0, "新")
    assert (first.version, first.revision) == (4, 1)
