"""Who may do what with a hazard, by how the caller's unit is related to it."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from hazards.domain.record import Hazard
from hazards.domain.states import Action

Relation = Literal[
    "own", "above", "rectifier", "orderer", "handler", "lister", "above_lister", "transferee", "ordered", "below_rectifier"
]  # fmt: skip
"""`own`: the hazard is in the caller's unit. `above`: below it. `rectifier`: it has to rectify. `orderer`: it ordered that.
`handler`: it took the hazard over. `lister`: it put the hazard under supervision. `transferee`: the hazard is offered to it.
`ordered`: another unit ordered it to rectify. `below_rectifier`: it stands below the unit that has to rectify."""
RELATIONS: Final[tuple[Relation, ...]] = get_args(Relation)

_IN_CHARGE: Final[frozenset[Relation]] = frozenset({"above", "handler"})
_LOCAL: Final[frozenset[Relation]] = _IN_CHARGE | {"own"}
_JUDGES: Final[frozenset[Relation]] = _LOCAL | {"orderer", "lister"}

MAY: Final[Mapping[Action, frozenset[Relation]]] = MappingProxyType(
    {
        "register": _LOCAL,
        "grade": _LOCAL,
        "order": _LOCAL,
        "defer": _IN_CHARGE,
        "monitor": _IN_CHARGE | {"lister"},
        "rectify": frozenset({"own"}),
        "submit": frozenset({"rectifier"}),
        "accept": _JUDGES,
        "reject": _JUDGES,
        "sign": frozenset({"rectifier"}),
        "close": _JUDGES,
        "dismiss": _IN_CHARGE | {"lister"},
        "transfer": _LOCAL,
        "acknowledge": frozenset({"transferee"}),
        "return": _IN_CHARGE | {"transferee"},
        "suspend": _LOCAL,
        "resume": _IN_CHARGE,
        "ask_extension": frozenset({"rectifier"}),
        "approve_extension": _JUDGES,
        "refuse_extension": _JUDGES,
        "list": _IN_CHARGE,
        "publish": frozenset({"lister"}),
        "raise": frozenset({"above_lister"}),
        "tell_progress": frozenset({"rectifier", "own"}),
        "delist": frozenset({"lister"}),
        "recheck": _IN_CHARGE | {"lister"},
    }
)
"""What is not here is forbidden. Whoever has any relation reads the hazard; a foreign unit sees nothing."""

NOT_THE_RECTIFIER: Final[frozenset[Action]] = frozenset(
    (
        "accept", "reject", "close", "approve_extension", "refuse_extension", "recheck", "dismiss", "monitor", "resume", "list",
        "raise", "delist",
    )
)  # fmt: skip
"""Whoever has to rectify, or stands below who has to, judges and ends none of it, whatever else it is to the hazard."""

NOT_THE_ORDERED: Final[frozenset[Action]] = frozenset({"order", "transfer"})
"""Whoever was ordered to rectify neither replaces that order by one of its own nor chooses another judge."""

ONLY_THE_LISTER_WHEN_LISTED: Final[frozenset[Action]] = frozenset({"close", "approve_extension", "dismiss", "monitor"})
"""A listed hazard ends, and gets more time, only by the body that supervises it."""

ROLES: Final[Mapping[Action, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("order", "defer", "monitor", "sign", "close", "dismiss", "transfer", "acknowledge", "return"), ("office",)
        ),
        **dict.fromkeys(("approve_extension", "refuse_extension", "list", "publish", "raise", "delist"), ("office",)),
        **dict.fromkeys(("grade", "accept", "reject", "suspend", "resume", "recheck"), ("office", "supervisor")),
        **dict.fromkeys(("register", "rectify", "submit", "ask_extension", "tell_progress"), ("office", "submitter")),
    }
)


def relations(hazard: Hazard, caller: str, reached: Collection[str], *, below_rectifier: bool = False) -> frozenset[Relation]:
    """How a caller's unit is related to a hazard. `reached`: its units at or below the caller's.

    Standing below the rectifier alone is no relation.
    """
    listing, rectifies = hazard.listing, caller == hazard.rectifier
    found: dict[Relation, bool] = {
        "own": caller == hazard.unit,
        "above": caller != hazard.unit and hazard.unit in reached,
        "rectifier": rectifies,
        "orderer": hazard.order is not None and caller == hazard.order.ordering_unit,
        "handler": caller == hazard.handler,
        "lister": listing is not None and caller == listing.unit,
        "above_lister": listing is not None and caller != listing.unit and listing.unit in reached,
        "transferee": hazard.transfer is not None and caller == hazard.transfer.to_unit,
        "ordered": rectifies and hazard.order is not None and caller != hazard.order.ordering_unit,
    }
    related = frozenset(each for each, holds in found.items() if holds)
    return related | {"below_rectifier"} if related and below_rectifier else related


def allowed(action: Action, related: Collection[Relation], *, listed: bool) -> bool:
    """Whether a unit so related may act, apart from its role and from where the hazard stands."""
    if MAY[action].isdisjoint(related):
        return False
    if action in NOT_THE_RECTIFIER and not {"rectifier", "below_rectifier"}.isdisjoint(related):
        return False
    if action in NOT_THE_ORDERED and "ordered" in related:
        return False
    return not (listed and action in ONLY_THE_LISTER_WHEN_LISTED and "lister" not in related)
