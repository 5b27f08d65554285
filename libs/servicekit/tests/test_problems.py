"""Problem details (RFC 9457)."""

import pytest

from servicekit.problems import TITLES, FieldError, Problem, conflict, forbidden, invalid, not_found


def test_a_problem_says_what_is_wrong_and_where() -> None:
    problem = Problem(422, "two fields are wrong", FieldError("due", "lies in the past"), FieldError("funds", "below 0"))
    assert problem.body() == {
        "type": "about:blank",
        "title": TITLES[422],
        "status": 422,
        "detail": "two fields are wrong",
        "errors": [{"field": "due", "reason": "lies in the past"}, {"field": "funds", "reason": "below 0"}],
    }


@pytest.mark.parametrize(
    ("problem", "status", "fields"),
    [
        (forbidden("no"), 403, []),
        (not_found("unit", "330802"), 404, ["unit"]),
        (conflict("closed"), 409, []),
        (conflict("closed", "period"), 409, ["period"]),
        (invalid("cutoff", "not a time"), 422, ["cutoff"]),
    ],
)
def test_each_kind_has_its_status_and_names_its_field(problem: Problem, status: int, fields: list[str]) -> None:
    assert problem.status == status
    assert [error.field for error in problem.errors] == fields


def test_an_unusual_status_still_makes_a_problem() -> None:
    assert Problem(418, "teapot").body()["title"] == "Error"
