"""One table of signs for two readings that differ in brackets and dashes."""

from hypothesis import given
from hypothesis import strategies as st

from plans.importing.spellings import plain, plain_dates


def test_common_signs_have_one_spelling_in_both() -> None:
    for printed in ("（１２，３：４）；５？", "﹙1﹐2﹚\u3000"):
        assert plain(printed) == plain_dates(printed)
        assert plain(printed).isascii()


def test_square_brackets_and_dashes_are_read_each_for_its_purpose() -> None:
    assert plain("〔甲〕【乙】2026—2027") == "[甲][乙]2026—2027"
    assert plain_dates("〔2026〕【乙】2026—2027○年×月") == "〔2026〕【乙】2026-2027〇年x月"


@given(st.text(max_size=60))
def test_places_stay(text: str) -> None:
    assert len(plain(text)) == len(plain_dates(text)) == len(text)
