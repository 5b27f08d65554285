"""More time: the window, how much of it, how often, and who decides."""

from datetime import timedelta

import pytest

from hazards.domain.policy import ExtensionTerms
from hazards.domain.refusals import RefusedError
from hazards.domain.transitions import extending

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def ask(making, hazard, *, at, wanted, **terms):
    return extending.ask(hazard, making.moment("v", at=at), "缺配件", wanted, ExtensionTerms(**terms), None)


@pytest.mark.parametrize(
    ("terms", "days", "possible"),
    [
        ({}, 10, True),
        ({}, 10.001, False),
        ({"ask_before_days": 0}, 10, True),
        ({"ask_before_days": 3}, 7, True),
        ({"ask_before_days": 3}, 7.001, False),
    ],
)
def test_it_is_asked_for_within_the_window_which_ends_with_the_limit_at_the_latest(making, terms, days, possible) -> None:
    hazard = making.hazard("ordered")
    at = making.now + timedelta(days=days)
    if possible:
        assert ask(making, hazard, at=at, wanted=making.now + 20 * DAY, **terms).after.extension is not None
        return
    with pytest.raises(RefusedError) as refused:
        ask(making, hazard, at=at, wanted=making.now + 20 * DAY, **terms)
    assert (refused.value.kind, refused.value.field) == ("conflict", "extension")


@pytest.mark.parametrize(
    ("wanted", "terms", "possible"),
    [
        (10 * DAY, {}, False),
        (10 * DAY + TICK, {}, True),
        (40 * DAY, {"longest_days": 30}, True),
        (40 * DAY + TICK, {"longest_days": 30}, False),
    ],
)
def test_it_is_later_than_the_limit_and_no_longer_than_the_policy_allows(making, wanted, terms, possible) -> None:
    hazard = making.hazard("ordered")
    if possible:
        assert ask(making, hazard, at=making.now, wanted=making.now + wanted, **terms).after.order == hazard.order
        return
    with pytest.raises(RefusedError) as refused:
        ask(making, hazard, at=making.now, wanted=making.now + wanted, **terms)
    assert (refused.value.kind, refused.value.field) == ("invalid", "due")


def test_it_is_asked_for_once_at_a_time_and_as_often_as_the_policy_allows(making) -> None:
    wanted = making.now + 20 * DAY
    for changed, terms in [({"extension": making.extension()}, {}), ({"extended": 2}, {"most": 2}), ({}, {"most": 0})]:
        with pytest.raises(RefusedError):
            ask(making, making.hazard("ordered", **changed), at=making.now, wanted=wanted, **terms)
    assert ask(making, making.hazard("ordered", extended=1), at=making.now, wanted=wanted, most=2)


def test_it_is_given_as_asked_or_shorter_and_every_date_stays_known(making) -> None:
    hazard = making.hazard("ordered", extension=making.extension())
    for due, expected in [(None, 20), (making.now + 15 * DAY, 15)]:
        after = extending.approve(hazard, making.moment(), due, None, making.terms).after
        assert after.order.due_at == making.now + expected * DAY
        assert (after.order.original_due_at, after.extended, after.extension) == (making.now + 10 * DAY, 1, None)
    for due in (making.now + 20 * DAY + TICK, making.now + 10 * DAY):
        with pytest.raises(RefusedError):
            extending.approve(hazard, making.moment(), due, None, making.terms)


def test_it_is_never_given_into_the_past(making) -> None:
    hazard = making.hazard("ordered", extension=making.extension())
    late = making.moment(at=making.now + 20 * DAY)
    with pytest.raises(RefusedError):
        extending.approve(hazard, late, None, None, making.terms)
    assert extending.refuse(hazard, late, "已过期").after.extension is None


@pytest.mark.parametrize(("unit", "subject"), [("v", "another"), ("c", "somebody of v")])
def test_neither_the_unit_nor_the_person_that_asked_decides(making, unit, subject) -> None:
    hazard = making.hazard("ordered", extension=making.extension())
    for decide in (
        lambda moment: extending.approve(hazard, moment, None, None, making.terms),
        lambda moment: extending.refuse(hazard, moment, "不"),
    ):
        with pytest.raises(RefusedError) as refused:
            decide(making.moment(unit, subject))
        assert refused.value.field == "actor"
