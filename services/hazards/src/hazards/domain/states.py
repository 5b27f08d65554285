"""The states of a hazard, and which action leads from which to which. What is not in the table is refused.

DOMAIN 3: 排查 → 登记建档 → 定级 → 整治 → 报告 → 验收 → 销号. Overdue, listed, suspended use and a pending extension
are facts beside the state, so that none of them hides where the hazard stands.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

State = Literal[
    "reported", "registered", "graded", "ordered", "deferred", "monitored", "transferred", "submitted", "accepted", "signed",
    "closed", "dismissed",
]  # fmt: skip
Action = Literal[
    "register", "grade", "order", "defer", "monitor", "rectify", "submit", "accept", "reject", "sign", "close", "dismiss",
    "transfer", "acknowledge", "return", "suspend", "resume", "ask_extension", "approve_extension", "refuse_extension",
    "list", "publish", "raise", "tell_progress", "delist", "recheck",
]  # fmt: skip
Target = State | Literal["same", "back"]
"""`same`: a fact beside the state changes. `back`: the state that the hazard was in before the one that it leaves."""

STATES: Final[tuple[State, ...]] = get_args(State)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
ENDED: Final[frozenset[State]] = frozenset({"closed", "dismissed"})
"""Nothing falls due any more. A closed hazard stays closed: the same hazard again is a new one that points to it."""
OPEN: Final[frozenset[State]] = frozenset(STATES) - ENDED

_EARLY: Final[tuple[State, ...]] = ("reported", "registered", "graded")
_UNDER_WAY: Final[tuple[State, ...]] = ("ordered", "deferred", "monitored")


def _to(target: Target, states: Iterable[State]) -> dict[State, Target]:
    return dict.fromkeys(states, target)


TRANSITIONS: Final[Mapping[Action, Mapping[State, Target]]] = MappingProxyType(
    {
        "register": {"reported": "registered", **_to("same", ("registered", "graded", *_UNDER_WAY))},
        "grade": {**_to("graded", _EARLY), **_to("same", ("ordered", "deferred"))},
        "order": _to("ordered", (*_EARLY, *_UNDER_WAY)),
        "defer": _to("deferred", _EARLY),
        "monitor": _to("monitored", ("graded", *_UNDER_WAY)),
        "rectify": _to("submitted", _EARLY),
        "submit": _to("submitted", _UNDER_WAY),
        "accept": {"submitted": "accepted"},
        "reject": _to("back", ("submitted", "accepted", "signed")),
        "sign": {"accepted": "signed"},
        "close": {"signed": "closed"},
        "dismiss": _to("dismissed", (*_EARLY, *_UNDER_WAY)),
        "transfer": _to("transferred", (*_EARLY, "ordered", "deferred")),
        "acknowledge": {"transferred": "back"},
        "return": {"transferred": "back"},
        "suspend": _to("same", OPEN),
        "resume": _to("same", STATES),
        "ask_extension": _to("same", ("ordered", "deferred")),
        "approve_extension": _to("same", ("ordered", "deferred", "transferred", "submitted")),
        "refuse_extension": _to("same", OPEN),
        "list": _to("same", OPEN),
        "publish": _to("same", STATES),
        "raise": _to("same", OPEN),
        "tell_progress": _to("same", OPEN),
        "delist": _to("same", ("monitored", "accepted", "signed", "closed", "dismissed")),
        "recheck": {"closed": "same"},
    }
)
"""Only a joint acceptance departs from it: until every body has accepted, the hazard stays submitted."""


def next_state(state: State, action: Action, before: State) -> State | None:
    """Return the state that an action leads to, or None when it is refused; `before` is what `back` means."""
    target = TRANSITIONS[action].get(state)
    return before if target == "back" else state if target == "same" else target
