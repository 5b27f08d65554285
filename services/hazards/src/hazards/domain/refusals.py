"""Why a rule refuses: the state of things, or a value that can never be right."""

from typing import Literal


class RefusedError(Exception):
    """`field` of the request is what stands against it; `reason` names the remedy. `conflict`: later it may be right."""

    def __init__(self, kind: Literal["conflict", "invalid"], field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.kind = kind
        self.field = field
        self.reason = reason


def conflict(field: str, reason: str) -> RefusedError:
    """It is not possible as things stand."""
    return RefusedError("conflict", field, reason)


def invalid(field: str, reason: str) -> RefusedError:
    """It can never be right."""
    return RefusedError("invalid", field, reason)
