"""Every relation and every action, cell by cell."""

import itertools

import pytest

from plans.domain.tasks.access import MAY, relations

ALLOWED = {
    "issuer": {"verify", "confirm", "return", "list", "delist"},
    "superior": {"verify", "confirm", "return", "list", "delist"},
    "lead": {"progress", "complete"},
    "support": {"progress"},
    "ancestor": set(),
}


@pytest.mark.parametrize(("relation", "action"), list(itertools.product(ALLOWED, MAY)))
def test_each_cell_is_decided(relation: str, action: str) -> None:
    assert (relation in MAY[action]) is (action in ALLOWED[relation])


@pytest.mark.parametrize(
    ("caller", "reached", "expected"),
    [
        ("C", {"C", "V", "T2"}, {"issuer", "ancestor"}),
        ("P", {"C", "V", "T2"}, {"superior", "ancestor"}),
        ("V", {"V"}, {"lead"}),
        ("T2", {"T2"}, {"support"}),
        ("T1", {"V"}, {"ancestor"}),
        ("X", set(), set()),
    ],
)
def test_a_unit_is_related_by_what_it_is_and_what_it_reaches(caller: str, reached: set[str], expected: set[str]) -> None:
    assert relations(caller, "C", ("V",), ("T2",), reached) == expected


def test_a_unit_can_be_issuer_and_lead_at_once() -> None:
    assert relations("C", "C", ("C",), (), {"C"}) == {"issuer", "lead"}
