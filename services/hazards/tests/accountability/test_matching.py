"""The pure rules: what fits, how often is often enough, who is named, and that it does not depend on order or repetition."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hazards.domain.accountability import matching, measures
from hazards.domain.accountability.matching import Match, Tree
from hazards.domain.accountability.occurrences import Occurrence
from hazards.domain.accountability.rules import BUILT_IN, MAY_BE_AUTOMATIC, Rule, RuleSet

AT = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
LINE = [("v", "village"), ("t", "town"), ("c", "county")]
TREE = Tree({"v": LINE, "t": LINE[1:], "c": LINE[2:]}, {("v", AT): "t", ("t", AT): "c"})


def occurrence(**said) -> Occurrence:
    named = {"key": "k", "trigger": "rectification_overdue", "at": AT, "about": "hazard", "subject": "h", "title": "x"}
    return Occurrence(**{**named, "responsible": "v", "unit": "v", **said})


def rule(**said) -> Rule:
    return Rule(**{"id": "r", "trigger": "rectification_overdue", "measure": "interview", **said})


def match(occurred: Occurrence, **said) -> Match:
    return Match(RuleSet(owner="c", unit="c", version=1), rule(**said), occurred)


@pytest.mark.parametrize(
    ("when", "known", "unknown"),
    [
        ({"grades": ["major"]}, {"grade": "major"}, {"grade": None}),
        ({"categories": ["用火"]}, {"category": "用火"}, {"category": "用电"}),
        ({"stages": ["covert_inspection"]}, {"stage": "covert_inspection"}, {"stage": "self_check"}),
        ({"repeated": {"at_least": 2, "within_days": 1, "of": "enterprise"}}, {"enterprise": "e"}, {"enterprise": None}),
    ],
)
def test_a_condition_holds_when_it_is_known_to(when, known, unknown) -> None:
    assert matching.fits(rule(when=when), occurrence(**known))
    assert not matching.fits(rule(when=when), occurrence(**unknown))


@given(ages=st.lists(st.integers(0, 20), max_size=12), at_least=st.integers(2, 6), days=st.integers(1, 10))
def test_it_is_often_enough_exactly_when_the_window_holds_so_many(ages: list[int], at_least: int, days: int) -> None:
    last = occurrence(key="last")
    earlier = [occurrence(key=f"k{number}", at=AT - timedelta(days=age)) for number, age in enumerate(ages)]
    found = match(last, when={"repeated": {"at_least": at_least, "within_days": days}})

    enough = matching.often_enough(found, earlier)

    assert enough is (1 + sum(age < days for age in ages) >= at_least)
    assert matching.often_enough(found, [*reversed(earlier), last, *earlier]) is enough


@given(
    kind=st.sampled_from(["rule_owner", "ordering_unit", "listing_unit", "issuer", "parent", "level"]),
    addressee=st.sampled_from(["unit", "principal", "area", "area_principal", "enterprise"]),
    responsible=st.sampled_from(["v", "t", "c"]),
    named=st.sampled_from(["v", "t", "c", None]),
)
def test_nobody_is_ever_its_own_body_and_met_again_it_is_the_same(kind, addressee, responsible, named) -> None:
    body = {"kind": kind, "level": "town" if kind == "level" else None}
    told = {"ordering_unit": named, "listing_unit": named, "issuer": named, "enterprise": "e"}
    found = match(occurrence(responsible=responsible, unit=responsible, **told), body=body, addressee=addressee)

    made = matching.proposals(found, TREE)

    assert all(each.body_unit != each.unit for each in made)
    assert [each.measure_id for each in made] == [each.measure_id for each in matching.proposals(found, TREE)]
    assert len({each.measure_id for each in made}) == len(made)


def test_who_is_named_by_each_kind_of_addressee() -> None:
    def named(addressee: str, **said) -> list[tuple[str, str | None, str | None]]:
        found = match(occurrence(**said), addressee=addressee, trigger=said.get("trigger", "rectification_overdue"))
        return [(each.unit, each.post, each.enterprise) for each in matching.proposals(found, TREE)]

    assert named("unit") == [("v", None, None)]
    assert named("principal") == [("v", "principal", None)]
    assert named("area_principal") == [("t", "principal", None)]
    assert named("enterprise", enterprise="e") == [("v", None, "e")]
    assert named("enterprise") == []
    assert named("acceptor", trigger="recheck_fake", acceptors=("t", "v")) == [("t", None, None), ("v", None, None)]


def test_the_nearest_unit_of_a_level_is_the_body_and_the_owner_where_there_is_none() -> None:
    def body(level: str) -> str:
        return matching.proposals(match(occurrence(), body={"kind": "level", "level": level}), TREE)[0].body_unit

    assert (body("town"), body("county"), body("province")) == ("t", "c", "c")


def test_fake_rectification_has_consequences_wherever_no_rule_speaks_of_it() -> None:
    fake = occurrence(trigger="recheck_fake", acceptors=("t",), checking_unit="c")
    own = RuleSet(owner="c", unit="c", version=1, rules=(rule(trigger="recheck_fake", measure="warning"),))

    built_in = [each for found in matching.matches(fake, []) for each in matching.proposals(found, TREE)]

    assert [(each.unit, each.body_unit, each.match.rule.measure) for each in built_in] == [
        ("v", "c", "discipline"),
        ("t", "c", "discipline"),
    ]
    assert [found.rule.measure for found in matching.matches(fake, [own])] == ["warning"]


def test_only_light_measures_follow_from_a_rule_alone() -> None:
    for kind in ("interview", "exposure", "veto", "discipline"):
        with pytest.raises(ValidationError, match="named person"):
            rule(measure=kind, automatic=True)
        proposed = measures.propose(matching.proposals(match(occurrence(), measure=kind), TREE)[0], AT)
        with pytest.raises(ValueError, match="never automatic"):
            measures.issue_by_rule(proposed.after, measures.Terms(), AT)
    assert all(rule(measure=kind, automatic=True) for kind in MAY_BE_AUTOMATIC)
    assert not any(each.automatic for each in BUILT_IN.rules)


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "circular"},
        {"meaning": "praise"},
        {"body": {"kind": "level"}},
        {"trigger": "report_missed", "when": {"late": {"days": 1, "inclusive": True}}},
        {"when": {"step": 2}},
        {"when": {"kinds": ["same"]}},
        {"addressee": "acceptor"},
    ],
)
def test_a_rule_that_can_never_hold_is_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        rule(**wrong)
