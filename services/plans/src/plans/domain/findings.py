"""What a rule has to say against a request."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["unknown", "foreign", "conflict", "invalid"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is not known, lies outside the caller's subtree, clashes with the state of things, or can never be right.

    `field` is the path of the field in the request, `reason` a sentence without the field's value.
    """

    kind: Kind
    field: str
    reason: str
