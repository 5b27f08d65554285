"""Who may do what with a task, by how its unit is related to it."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal

Relation = Literal["issuer", "superior", "lead", "support", "ancestor"]
Action = Literal["progress", "complete", "verify", "confirm", "return", "list", "delist"]

MAY: Final[Mapping[Action, frozenset[Relation]]] = MappingProxyType(
    {
        "progress": frozenset({"lead", "support"}),
        "complete": frozenset({"lead"}),
        "verify": frozenset({"issuer", "superior"}),
        "confirm": frozenset({"issuer", "superior"}),
        "return": frozenset({"issuer", "superior"}),
        "list": frozenset({"issuer", "superior"}),
        "delist": frozenset({"issuer", "superior"}),
    }
)
"""What is not here is forbidden. A task is read by every relation, and by every unit below the issuer."""

ROLES: Final[Mapping[Action, tuple[str, ...]]] = MappingProxyType(
    {
        "progress": ("submitter", "office"),
        "complete": ("office",),
        "verify": ("office", "supervisor"),
        "confirm": ("office",),
        "return": ("office",),
        "list": ("office",),
        "delist": ("office",),
    }
)


def relations(
    caller: str, issuer: str, leads: Collection[str], supports: Collection[str], reached: Collection[str]
) -> frozenset[Relation]:
    """How a caller's unit is related to a task. `reached` are those of the task's units that stand at or below the caller's.

    `superior`: above the issuer. `ancestor`: above a lead or a supporting unit. A unit can be several at once.
    """
    found: set[Relation] = set()
    if caller == issuer:
        found.add("issuer")
    elif issuer in reached:
        found.add("superior")
    if caller in leads:
        found.add("lead")
    if caller in supports:
        found.add("support")
    if any(unit in reached and unit != caller for unit in (*leads, *supports)):
        found.add("ancestor")
    return frozenset(found)
