"""More time: asked for by the rectifier, decided by somebody else, every date kept."""

from datetime import datetime, timedelta

from contracts.events.hazards import ExtensionRefused, ExtensionRequested, RectificationExtended
from hazards.domain.policy import ExtensionTerms
from hazards.domain.record import Extension, Hazard, Order
from hazards.domain.refusals import conflict, invalid
from hazards.domain.steps import Moment, Step


def ask(hazard: Hazard, moment: Moment, reason: str, wanted: datetime, terms: ExtensionTerms, decide_by: datetime | None) -> Step:
    """Ask for more time.

    Raises:
        RefusedError: conflict, a request waits already, the window is over, or there were as many as the policy allows;
            invalid, the wanted limit is no later one, or later than the policy allows.
    """
    order = _order(hazard)
    if hazard.extension is not None:
        raise conflict("extension", "a request waits for its decision")
    if terms.most is not None and hazard.extended >= terms.most:
        raise conflict("extension", f"it was extended {hazard.extended} times: the policy allows no more")
    if moment.at > order.due_at - timedelta(days=terms.ask_before_days or 0):
        raise conflict("extension", f"ask at least {terms.ask_before_days or 0} days before the limit {order.due_at.isoformat()}")
    against_wanted(order, wanted, terms)
    waiting = Extension(**moment.acted(), reason=reason, wanted_due_at=wanted, decide_by=decide_by)
    facts = {
        "requesting_unit": moment.unit,
        "reason": reason,
        "due_at": order.due_at,
        "wanted_due_at": wanted,
        "decide_by": decide_by,
    }
    return moment.step(hazard, "ask_extension", ExtensionRequested, facts, extension=waiting)


def against_wanted(order: Order, wanted: datetime, terms: ExtensionTerms) -> None:
    """Refuse a limit that is no extension, or a longer one than the policy allows."""
    if wanted <= order.due_at:
        raise invalid("due", "must come after the limit as it is")
    if terms.longest_days is not None and wanted > order.original_due_at + timedelta(days=terms.longest_days):
        raise invalid("due", f"lies more than {terms.longest_days} days after the first limit")


def approve(hazard: Hazard, moment: Moment, due: datetime | None, note: str | None, terms: ExtensionTerms) -> Step:
    """Give the time that was asked for, or less (`due`).

    Raises:
        RefusedError: conflict, nothing was asked, or the decider is who asked; invalid, the limit does not lie ahead.
    """
    order, waiting = _order(hazard), _waiting(hazard, moment)
    granted = due or waiting.wanted_due_at
    against_wanted(order, granted, terms)
    if granted > waiting.wanted_due_at:
        raise invalid("due", "lies after the limit that was asked for")
    if granted <= moment.at:
        raise invalid("due", "must come after the decision")
    facts = {
        "ordering_unit": order.ordering_unit,
        "responsible_unit": order.responsible,
        "due_at": granted,
        "extending_unit": moment.unit,
        "previous_due_at": order.due_at,
        "original_due_at": order.original_due_at,
        "note": note,
    }
    extended = order.model_copy(update={"due_at": granted, "rule": None})
    return moment.step(
        hazard, "approve_extension", RectificationExtended, facts, order=extended, extension=None, extended=hazard.extended + 1
    )  # fmt: skip


def refuse(hazard: Hazard, moment: Moment, reason: str) -> Step:
    """Refuse more time; the limit stays.

    Raises:
        RefusedError: conflict, nothing was asked, or the decider is who asked.
    """
    waiting = _waiting(hazard, moment)
    facts = {
        "refusing_unit": moment.unit,
        "reason": reason,
        "due_at": _order(hazard).due_at,
        "responsible_unit": waiting.unit,
    }
    return moment.step(hazard, "refuse_extension", ExtensionRefused, facts, extension=None)


def _order(hazard: Hazard) -> Order:
    if hazard.order is None:
        raise conflict("order", "there is no time limit")
    return hazard.order


def _waiting(hazard: Hazard, moment: Moment) -> Extension:
    if hazard.extension is None:
        raise conflict("extension", "nothing was asked for")
    if hazard.extension.subject == moment.actor.subject or hazard.extension.unit == moment.unit:
        raise conflict("actor", "whoever asked for more time does not decide it")
    return hazard.extension
