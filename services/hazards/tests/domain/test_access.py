"""Who may do what: every role, every action and every relation, against a table that was written by hand."""

from itertools import combinations

import pytest

from hazards.domain import access
from hazards.domain.access import RELATIONS, allowed, relations
from hazards.domain.states import ACTIONS

ROLES = ("submitter", "office", "supervisor", "auditor", "agency", "admin")

# own, above, rectifier, orderer, handler, lister, above lister, transferee; o: office, s: submitter, u: supervisor.
# b: barred to the rectifier and whoever stands below it; x: barred to whoever was ordered; l: once listed, the lister's alone.
TABLE = """
action             own abv rec ord han lis abl tra  roles  bars
register            +   +   .   .   +   .   .   .    os     -
grade               +   +   .   .   +   .   .   .    ou     -
order               +   +   .   .   +   .   .   .    o      x
defer               .   +   .   .   +   .   .   .    o      -
monitor             .   +   .   .   +   +   .   .    o      bl
rectify             +   .   .   .   .   .   .   .    os     -
submit              .   .   +   .   .   .   .   .    os     -
accept              +   +   .   +   +   +   .   .    ou     b
reject              +   +   .   +   +   +   .   .    ou     b
sign                .   .   +   .   .   .   .   .    o      -
close               +   +   .   +   +   +   .   .    o      bl
dismiss             .   +   .   .   +   +   .   .    o      bl
transfer            +   +   .   .   +   .   .   .    o      x
acknowledge         .   .   .   .   .   .   .   +    o      -
return              .   +   .   .   +   .   .   +    o      -
suspend             +   +   .   .   +   .   .   .    ou     -
resume              .   +   .   .   +   .   .   .    ou     b
ask_extension       .   .   +   .   .   .   .   .    os     -
approve_extension   +   +   .   +   +   +   .   .    o      bl
refuse_extension    +   +   .   +   +   +   .   .    o      b
list                .   +   .   .   +   .   .   .    o      b
publish             .   .   .   .   .   +   .   .    o      -
raise               .   .   .   .   .   .   +   .    o      b
tell_progress       +   .   +   .   .   .   .   .    os     -
delist              .   .   .   .   .   +   .   .    o      b
recheck             .   +   .   .   +   +   .   .    ou     b
"""
COLUMNS = ("own", "above", "rectifier", "orderer", "handler", "lister", "above_lister", "transferee")
WORDS = {"o": "office", "s": "submitter", "u": "supervisor"}
ROWS = {row[0]: row[1:] for row in (line.split() for line in TABLE.strip().splitlines()[1:])}
# Who was ordered to rectify is a rectifier; whoever stands below one has a relation of its own.
SETS = [
    frozenset(each)
    for count in (1, 2, 3)
    for each in combinations(RELATIONS, count)
    if ("ordered" not in each or "rectifier" in each) and each != ("below_rectifier",)
]


def expected(action: str, related: frozenset[str], *, listed: bool) -> bool:
    *cells, _, bars = ROWS[action]
    if not related & {name for name, cell in zip(COLUMNS, cells, strict=True) if cell == "+"}:
        return False
    if "b" in bars and related & {"rectifier", "below_rectifier"}:
        return False
    if "x" in bars and "ordered" in related:
        return False
    return not ("l" in bars and listed and "lister" not in related)


def test_the_table_has_every_action_and_every_relation() -> None:
    assert set(ROWS) == set(ACTIONS)
    assert set(COLUMNS) | {"ordered", "below_rectifier"} == set(RELATIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_relation_and_every_pair_and_three_of_them_may_what_the_table_says(action) -> None:
    wrong = [
        (sorted(related), listed)
        for related in SETS
        for listed in (False, True)
        if allowed(action, related, listed=listed) is not expected(action, related, listed=listed)
    ]
    assert wrong == []


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_what_the_table_says(action, role) -> None:
    assert (role in access.ROLES[action]) is (role in {WORDS[letter] for letter in ROWS[action][-2]})


def test_a_stranger_may_nothing() -> None:
    for action in ACTIONS:
        for listed in (False, True):
            assert not allowed(action, frozenset(), listed=listed)


def test_auditors_agencies_and_admins_change_nothing() -> None:
    assert {role for roles in access.ROLES.values() for role in roles} == {"office", "submitter", "supervisor"}


@pytest.mark.parametrize(
    ("caller", "reached", "below", "found"),
    [
        ("v", {"v"}, False, {"own"}),
        ("t", {"v", "t", "r"}, False, {"above", "orderer"}),
        ("r", {"r"}, False, {"rectifier", "ordered"}),
        ("h", {"h"}, False, {"handler"}),
        ("l", {"l"}, False, {"lister"}),
        ("p", {"l"}, False, {"above_lister"}),
        ("b", {"b"}, False, {"transferee"}),
        ("c", {"v", "t", "r", "l", "c"}, False, {"above", "above_lister"}),
        ("v", {"v"}, True, {"own", "below_rectifier"}),
        ("x", {"x"}, False, set()),
        ("x", {"x"}, True, set()),
    ],
)
def test_a_unit_is_related_by_what_it_is_to_the_hazard(making, caller, reached, below, found) -> None:
    hazard = making.hazard(
        "transferred",
        order=making.order(responsible="r"),
        handler="h",
        listing=making.listing(unit="l"),
        transfer=making.transfer(to_unit="b"),
    )

    assert relations(hazard, caller, reached, below_rectifier=below) == found


def test_without_an_order_the_unit_of_the_hazard_has_to_rectify_it(making) -> None:
    assert relations(making.hazard(), "v", {"v"}) == {"own", "rectifier"}


def test_a_unit_that_ordered_itself_was_not_ordered_by_another_one(making) -> None:
    hazard = making.hazard("ordered", order=making.order(unit="v", responsible="v"))
    assert relations(hazard, "v", {"v"}) == {"own", "rectifier", "orderer"}
