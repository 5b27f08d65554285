"""The oracle's reading of what people do with hazards: who may, from which state, and what becomes of it (DOMAIN 3)."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oracle_hazards import Hazard

from rehearsal.hazard_deeds import OnHazard
from rehearsal.scenario import OrderRectification

if TYPE_CHECKING:
    from oracle_world import World

EARLY = "reported registered graded"
OPEN = f"{EARLY} ordered deferred monitored transferred submitted accepted signed"
ANY = f"{OPEN} closed dismissed"
# Of each action: who may, in which states, and the state afterwards where that is always the same.
RULES: dict[str, tuple[str, str, str | None]] = {
    "register": ("own above handler", f"{EARLY} ordered deferred monitored", None),
    "grade": ("own above handler", f"{EARLY} ordered deferred", None),
    "order": ("own above handler", f"{EARLY} ordered deferred monitored", "ordered"),
    "defer": ("above handler", EARLY, "deferred"),
    "monitor": ("above handler lister", "graded ordered deferred monitored", "monitored"),
    "rectify": ("own", EARLY, "submitted"),
    "submit": ("rectifier", "ordered deferred monitored", "submitted"),
    "accept": ("judge", "submitted", None),
    "reject": ("judge", "submitted accepted signed", None),
    "sign": ("rectifier", "accepted", "signed"),
    "close": ("judge", "signed", "closed"),
    "dismiss": ("above handler lister", f"{EARLY} ordered deferred monitored", "dismissed"),
    "transfer": ("own above handler", f"{EARLY} ordered deferred", "transferred"),
    "acknowledge": ("transferee", "transferred", None),
    "return": ("transferee above handler", "transferred", None),
    "suspend": ("own above handler", OPEN, None),
    "resume": ("above handler", ANY, None),
    "ask-extension": ("rectifier", "ordered deferred", None),
    "approve-extension": ("judge", "ordered deferred transferred submitted", None),
    "refuse-extension": ("judge", OPEN, None),
    "list": ("above handler", OPEN, None),
    "publish": ("lister", ANY, None),
    "raise": ("above_lister", OPEN, None),
    "tell-progress": ("rectifier own", OPEN, None),
    "delist": ("lister", "monitored accepted signed closed dismissed", None),
    "recheck": ("above handler lister", "closed", None),
}
BY_OTHERS = frozenset(
    {"accept", "reject", "close", "approve-extension", "refuse-extension", "recheck", "dismiss", "monitor", "resume", "list"}
    | {"raise", "delist"}
)
"""The rectifier does none of it, whatever else it is to the hazard."""
BY_THE_LISTER_ALONE = frozenset({"close", "approve-extension", "dismiss", "monitor"})


class RefusedError(Exception):
    """The system answers an action with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def refuse_if(wrong: bool, status: int) -> None:
    if wrong:
        raise RefusedError(status)


def order(world: "World", action: OrderRectification) -> None:
    elements = (action.measures, action.responsible, action.contingency)
    if not all(text and text.strip() for text in elements) or not isinstance(action.funds, int | Decimal) or action.funds < 0:
        raise RefusedError(422)
    refuse_if(action.hazard not in world.hazards, 404)
    hazard = world.hazards[action.hazard]
    check(world, hazard, action.unit, "order")
    refuse_if(hazard.state == "ordered", 409)  # whoever replaces an order names the version that it has seen
    set_order(world, hazard, action.unit, str(action.responsible), action.due)
    hazard.state = "ordered"


def set_order(world: "World", hazard: Hazard, unit: str, responsible: str, due: datetime) -> None:
    refuse_if(responsible not in world.tree, 404)
    refuse_if(unit not in (responsible, *world.above(responsible)), 403)
    refuse_if(due <= world.now, 422)
    standing = hazard.due if hazard.state == "deferred" else None
    refuse_if(standing is not None and due > standing, 409)
    hazard.first_due = min(hazard.first_due, due) if standing and hazard.first_due else due
    hazard.orderer, hazard.responsible, hazard.due = unit, responsible, due
    hazard.watched, hazard.asked_due, hazard.decide_by = False, None, None


def check(world: "World", hazard: Hazard, unit: str, path: str) -> None:
    """Who may, then whether the state allows it."""
    who, states, _ = RULES[path]
    relations = related(world, hazard, unit)
    refuse_if(relations.isdisjoint(who.split()), 403)
    refuse_if(path in BY_OTHERS and "rectifier" in relations, 403)
    ordered_to = unit == hazard.responsible and unit != hazard.orderer
    refuse_if(path in ("order", "transfer") and ordered_to, 403)
    refuse_if(path in BY_THE_LISTER_ALONE and hazard.lister is not None and hazard.lister != unit, 403)
    refuse_if(hazard.state not in states.split(), 409)


def related(world: "World", hazard: Hazard, unit: str) -> set[str]:
    found = {
        "own": unit == hazard.unit,
        "above": unit in world.above(hazard.unit),
        "handler": unit == hazard.handler,
        "rectifier": unit == hazard.rectifier,
        "lister": unit == hazard.lister,
        "above_lister": hazard.lister is not None and unit in world.above(hazard.lister),
        "transferee": unit == hazard.offered_to,
    }
    names = {name for name, holds in found.items() if holds}
    judges = names & {"own", "above", "handler", "lister"} or unit == hazard.orderer
    return names | ({"judge"} if judges else set())


def perform_deed(world: "World", action: OnHazard) -> None:
    refuse_if(action.hazard not in world.hazards, 404)
    hazard = world.hazards[action.hazard]
    check(world, hazard, action.unit, action.path)
    former = hazard.state
    said: Any = action
    DEEDS.get(action.path, nothing)(world, hazard, said)
    after = RULES[action.path][2]
    if after is not None:
        hazard.state = after
    if after in ("submitted", "transferred"):
        hazard.before = former
    if after in ("closed", "dismissed", "monitored"):
        hazard.asked_due = hazard.decide_by = None


def nothing(_world: "World", _hazard: Hazard, _action: Any) -> None:
    """Only the state changes, or nothing that the result shows."""


def register(_world: "World", hazard: Hazard, _action: Any) -> None:
    if hazard.state == "reported":
        hazard.state = "registered"


def grade(_world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if(hazard.grade == action.grade, 409)
    hazard.grade = action.grade
    if hazard.state in EARLY.split():
        hazard.state = "graded"


def defer(world: "World", hazard: Hazard, action: Any) -> None:
    limits = world.policy(hazard.unit).get("limits", [])
    days = next((limit["days"] for limit in limits if limit["grade"] == hazard.grade), None)
    refuse_if(action.due is None and days is None, 422)
    set_order(world, hazard, action.unit, action.responsible, action.due or world.end_of_day(days))


def monitor(world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if(hazard.grade != "major", 409)
    ends = datetime.combine(action.review_on + timedelta(days=1), time(), world.scenario.zone)
    refuse_if(ends <= world.now, 422)
    hazard.watched, hazard.review_at = True, ends


def submit(_world: "World", hazard: Hazard, _action: Any) -> None:
    hazard.accepted = []


def accept(_world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if(action.unit in hazard.accepted, 409)
    hazard.accepted.append(action.unit)
    if not lacks_somebody(hazard):
        hazard.state = "accepted"


def lacks_somebody(hazard: Hazard) -> bool:
    """A listed hazard is accepted by the body that listed it, and by another one unless that body is in charge anyway."""
    if hazard.lister is None:
        return not hazard.accepted
    alone = hazard.lister in (hazard.handler, hazard.orderer)
    return hazard.lister not in hazard.accepted or not (alone or len(hazard.accepted) > 1)


def reject(world: "World", hazard: Hazard, action: Any) -> None:
    hazard.state, hazard.accepted = hazard.before, []
    world.alert("rectification_rejected", action.hazard, [(hazard.rectifier, "submitter")])


def close(_world: "World", hazard: Hazard, _action: Any) -> None:
    refuse_if(lacks_somebody(hazard), 409)


def dismiss(world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if((action.outcome == "duplicate") is (action.duplicate_of is None), 422)
    refuse_if(action.duplicate_of is not None and action.duplicate_of not in world.hazards, 422)
    refuse_if(action.duplicate_of == hazard.ref, 422)


def transfer(world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if(action.to_unit not in world.tree, 404)
    days = world.policy(hazard.unit).get("acknowledge_within_days")
    refuse_if(action.acknowledge_by is None and days is None, 422)
    hazard.offered_by, hazard.offered_to, hazard.reminders = action.unit, action.to_unit, 0
    hazard.answer_by = action.acknowledge_by or world.end_of_day(days)
    world.alert("hazard_transferred", action.hazard, [(action.to_unit, "office")])


def acknowledge(_world: "World", hazard: Hazard, _action: Any) -> None:
    hazard.state, hazard.handler = hazard.before, hazard.offered_to
    hazard.offered_to = hazard.answer_by = None


def give_back(_world: "World", hazard: Hazard, _action: Any) -> None:
    hazard.state, hazard.offered_to, hazard.answer_by = hazard.before, None, None


def suspend(world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if(hazard.suspended, 409)
    hazard.suspended = True
    world.alert("use_suspended", action.hazard, [(hazard.unit, "submitter"), (hazard.unit, "principal")])


def resume(_world: "World", hazard: Hazard, _action: Any) -> None:
    refuse_if(not hazard.suspended, 409)
    hazard.suspended = False


def ask(world: "World", hazard: Hazard, action: Any) -> None:
    terms = world.policy(hazard.unit).get("extension", {})
    assert hazard.due is not None
    assert hazard.first_due is not None
    refuse_if(hazard.asked_due is not None or hazard.extended >= terms.get("most", 100), 409)
    refuse_if(world.now > hazard.due - timedelta(days=terms.get("ask_before_days", 0)), 409)
    refuse_if(not hazard.due < action.due <= hazard.first_due + timedelta(days=terms.get("longest_days", 10_000)), 422)
    hazard.asked_due = action.due
    hazard.decide_by = world.end_of_day(terms["decide_within_days"]) if "decide_within_days" in terms else None


def approve(world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if(hazard.asked_due is None, 409)
    assert hazard.due is not None
    assert hazard.asked_due is not None
    granted = action.due or hazard.asked_due
    refuse_if(not max(hazard.due, world.now) < granted <= hazard.asked_due, 422)
    hazard.due, hazard.asked_due, hazard.decide_by = granted, None, None
    hazard.extended += 1
    world.alert("rectification_extended", action.hazard, [(hazard.rectifier, "submitter")])


def refuse(world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if(hazard.asked_due is None, 409)
    hazard.asked_due = hazard.decide_by = None
    world.alert("extension_refused", action.hazard, [(hazard.rectifier, "submitter")])


def put_on_list(world: "World", hazard: Hazard, action: Any) -> None:
    refuse_if(hazard.lister is not None, 409)
    refuse_if(action.trigger == "overdue" and hazard.overdue_since is None, 422)
    refuse_if(action.trigger == "major" and hazard.grade != "major", 422)
    days = action.progress_every_days or world.policy(action.unit).get("listing", {}).get("progress_every_days")
    hazard.lister, hazard.every = action.unit, timedelta(days=days) if days else None
    hazard.progress_due = world.now + hazard.every if hazard.every else None
    world.alert("hazard_listed", action.hazard, [(hazard.rectifier, "principal"), (hazard.rectifier, "leader")])


def raise_to(world: "World", hazard: Hazard, action: Any) -> None:
    hazard.lister = action.unit
    world.alert("listing_raised", action.hazard, [(hazard.rectifier, "principal"), (hazard.rectifier, "leader")])


def tell_progress(world: "World", hazard: Hazard, _action: Any) -> None:
    refuse_if(hazard.lister is None, 409)
    hazard.progress_due = world.now + hazard.every if hazard.every else None


def recheck(world: "World", hazard: Hazard, action: Any) -> None:
    """Of a fake rectification a measure is proposed against who rectified and against each who accepted it.

    Who looked decides, unless it would be about itself.
    """
    for unit in (hazard.rectifier, *hazard.accepted) if action.finding == "fake" else ():
        body = action.unit if unit != action.unit else next(iter(world.above(unit)), "")
        world.alert("measure_proposed", action.hazard, [(body, "office")])


def delist(_world: "World", hazard: Hazard, _action: Any) -> None:
    hazard.lister = hazard.progress_due = None


DEEDS = {
    "register": register, "grade": grade, "defer": defer, "monitor": monitor, "rectify": submit, "submit": submit,
    "accept": accept, "reject": reject, "close": close, "dismiss": dismiss, "transfer": transfer, "acknowledge": acknowledge,
    "return": give_back, "suspend": suspend, "resume": resume, "ask-extension": ask, "approve-extension": approve,
    "refuse-extension": refuse, "list": put_on_list, "raise": raise_to, "tell-progress": tell_progress, "delist": delist,
    "recheck": recheck,
}  # fmt: skip
