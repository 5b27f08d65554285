"""Who accepts together, who closes, and what a look-back leaves as it is."""

from uuid import UUID

import pytest

from hazards.domain.record import Act
from hazards.domain.refusals import RefusedError
from hazards.domain.transitions import judging


def accepted(making, hazard, *units):
    for unit in units:
        hazard = judging.accept(hazard, making.moment(unit), None).after
    return hazard


@pytest.mark.parametrize(
    ("lister", "in_charge", "units", "state"),
    [
        (None, {}, ("t",), "accepted"),
        ("c", {}, ("t",), "submitted"),
        ("c", {}, ("c",), "submitted"),
        ("c", {}, ("t", "c"), "accepted"),
        ("c", {}, ("c", "t"), "accepted"),
        ("c", {}, ("t", "p"), "submitted"),
        ("t", {}, ("t",), "accepted"),  # it ordered it itself
        ("c", {"handler": "c"}, ("c",), "accepted"),
    ],
)
def test_a_listed_hazard_is_accepted_by_the_listing_body_and_another_one(making, lister, in_charge, units, state) -> None:
    listing = making.listing(unit=lister) if lister else None
    assert accepted(making, making.hazard("submitted", listing=listing, **in_charge), *units).state == state


def test_one_unit_or_one_person_does_not_accept_for_two(making) -> None:
    once = accepted(making, making.hazard("submitted", listing=making.listing()), "t")
    for unit, subject in [("t", "another"), ("c", "somebody of t")]:
        with pytest.raises(RefusedError) as refused:
            judging.accept(once, making.moment(unit, subject), None)
        assert refused.value.field == "acceptances"


def test_what_was_accepted_before_it_was_listed_does_not_close_it(making) -> None:
    hazard = making.hazard("signed", listing=making.listing())
    with pytest.raises(RefusedError) as refused:
        judging.close(hazard, making.moment("c"))
    assert refused.value.field == "acceptances"


def test_a_rejection_takes_back_what_was_accepted_and_signed(making) -> None:
    hazard = making.hazard("signed", signature=Act(**making.act("v")), before="deferred")
    after = judging.reject(hazard, making.moment(), "不实").after
    assert (after.state, after.submission, after.acceptances, after.signature) == ("deferred", None, (), None)


@pytest.mark.parametrize(
    ("outcome", "of", "possible"),
    [
        ("duplicate", UUID(int=2), True),
        ("duplicate", None, False),
        ("duplicate", UUID(int=1), False),
        ("withdrawn", UUID(int=2), False),
        ("not_our_duty", None, True),
    ],
)
def test_a_duplicate_and_nothing_else_names_another_hazard(making, outcome, of, possible) -> None:
    hazard = making.hazard("registered")
    if possible:
        assert judging.dismiss(hazard, making.moment(), outcome, "重复", of).after.dismissal.duplicate_of == of
        return
    with pytest.raises(RefusedError) as refused:
        judging.dismiss(hazard, making.moment(), outcome, "重复", of)
    assert (refused.value.kind, refused.value.field) == ("invalid", "duplicate_of")


@pytest.mark.parametrize("finding", ["sound", "fake"])
def test_a_look_back_by_somebody_who_judged_nothing_leaves_the_hazard_closed(making, finding) -> None:
    hazard = making.hazard("closed")
    step = judging.recheck(hazard, making.moment("c"), finding, "现场", None)
    assert step.after == hazard.model_copy(update={"version": hazard.version + 1})
    assert (step.event.finding, step.event.accepting_units) == (finding, ("t",))
    with pytest.raises(RefusedError):
        judging.recheck(hazard, making.moment("c", "somebody of t"), finding, "现场", None)
