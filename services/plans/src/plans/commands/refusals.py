"""Turns what a rule has to say into the problem that the caller gets."""

from collections.abc import Sequence
from typing import Final

from plans.domain.findings import Finding, Kind
from servicekit.problems import FieldError, Problem

_STATUS: Final[dict[Kind, int]] = {"unknown": 404, "foreign": 403, "conflict": 409, "invalid": 422}


def refuse(findings: Sequence[Finding], path: str = "") -> None:
    """Raise a problem that names every finding, with the status of the first; do nothing without findings."""
    if not findings:
        return
    errors = [FieldError(f"{path}{each.field}", each.reason) for each in findings]
    detail = "; ".join(f"{error.field}: {error.reason}" for error in errors[:5])
    raise Problem(_STATUS[findings[0].kind], detail, *errors[:50])
