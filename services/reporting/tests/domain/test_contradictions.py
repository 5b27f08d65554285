"""The first moment at which a zero report stood against a known hazard."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.contradictions import Contradiction, KnownHazard, ZeroOrNot, first_contradiction

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
moments = st.integers(0, 12).map(lambda minutes: NOON + timedelta(minutes=minutes))
versions = st.lists(st.builds(ZeroOrNot, moments, st.booleans()), max_size=5).map(
    lambda found: sorted(found, key=lambda version: version.received_at)
)
hazards = st.lists(moments, max_size=4).map(lambda found: [KnownHazard(f"h{n}", at) for n, at in enumerate(found)])


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def minute_by_minute(reports: list[ZeroOrNot], known: list[KnownHazard]) -> datetime | None:
    """Look at every minute at what stood then."""
    for now in (at(minute) for minute in range(13)):
        newest = [version for version in reports if version.received_at <= now][-1:]
        if any(version.zero for version in newest) and any(hazard.recorded_at <= now for hazard in known):
            return now
    return None


@given(reports=versions, known=hazards)
def test_it_is_what_somebody_who_looks_every_minute_sees_first(reports: list[ZeroOrNot], known: list[KnownHazard]) -> None:
    found = first_contradiction(reports, known)
    assert (found and found.suspected_at) == minute_by_minute(reports, known)


@given(reports=versions, known=hazards, data=st.data())
def test_the_order_in_which_hazards_are_heard_of_does_not_matter(
    reports: list[ZeroOrNot], known: list[KnownHazard], data: st.DataObject
) -> None:
    assert first_contradiction(reports, data.draw(st.permutations(known))) == first_contradiction(reports, known)


@given(reports=versions, known=hazards, later=moments, data=st.data())
def test_what_comes_afterwards_does_not_undo_it(
    reports: list[ZeroOrNot], known: list[KnownHazard], later: datetime, data: st.DataObject
) -> None:
    found = first_contradiction(reports, known)
    if found is not None:
        after = ZeroOrNot(max([later, found.suspected_at + timedelta(seconds=1), *(each.received_at for each in reports)]), False)
        assert first_contradiction([*reports, after], [*known, KnownHazard("z", later + timedelta(hours=1))]) == found


def test_the_earlier_of_two_known_hazards_is_named() -> None:
    known = [KnownHazard("b", at(1)), KnownHazard("a", at(2))]
    assert first_contradiction([ZeroOrNot(at(0), zero=True)], known) == Contradiction(at(1), "b")


def test_a_correction_at_the_moment_at_which_a_hazard_is_told_comes_first() -> None:
    reports = [ZeroOrNot(at(0), zero=True), ZeroOrNot(at(2), zero=False)]
    assert first_contradiction(reports, [KnownHazard("h", at(2))]) is None
    assert first_contradiction(reports, [KnownHazard("h", at(2) - timedelta(microseconds=1))]) is not None
