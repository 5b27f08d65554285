"""Ordering, deferring and monitoring a rectification; saying that it is done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracts.events.hazards import (
    HazardMonitored,
    RectificationDeferred,
    RectificationOrdered,
    RectificationSubmitted,
)
from hazards.domain.record import Hazard, LimitRule, Monitoring, Order, Submission
from hazards.domain.refusals import conflict, invalid
from hazards.domain.steps import Moment, Step

LONGEST_LIMIT: Final = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Elements:
    """The five elements (五到位) of an order; `rule` says how the time limit came about when nobody set it by hand. `succeeds`:
    the unit that was ordered before has left the tree, another one takes its place."""

    due: datetime
    measures: str
    responsible: str
    funds: Decimal
    contingency: str
    rule: LimitRule | None = None
    succeeds: bool = False
    person: str | None = None
    """Who answers for it in the responsible unit."""


def against_due(due_at: datetime, received_at: datetime) -> str | None:
    """Return what is wrong with a time limit, or None. It is set for each hazard: no number of days follows from a grade."""
    if due_at <= received_at:
        return "must come after the order"
    if due_at > received_at + LONGEST_LIMIT:
        return f"lies more than {LONGEST_LIMIT.days // 366} years ahead"
    return None


def order(hazard: Hazard, moment: Moment, elements: Elements) -> Step:
    """Order the rectification. One that is under way already may be ordered anew: sooner, or by another unit.

    Raises:
        RefusedError: invalid, the limit does not lie ahead; conflict, it would be an extension in disguise.
    """
    changes = _ordered(hazard, moment, elements, None)
    facts = {**_facts(elements, moment), "original_due_at": changes["order"].original_due_at}
    return moment.step(hazard, "order", RectificationOrdered, facts, **changes)


def defer(hazard: Hazard, moment: Moment, elements: Elements, plan: str) -> Step:
    """Let it be rectified by a plan with a time limit (一时难以整改). Planned is lawful and not overdue.

    Raises:
        RefusedError: invalid, the limit does not lie ahead.
    """
    facts = {**_facts(elements, moment), "plan": plan}
    return moment.step(hazard, "defer", RectificationDeferred, facts, **_ordered(hazard, moment, elements, plan))


def monitor(hazard: Hazard, moment: Moment, monitoring: Monitoring) -> Step:
    """Watch a major hazard instead of rectifying it (整治或监控).

    Raises:
        RefusedError: conflict, it is not major; invalid, the day of the review is past.
    """
    if hazard.grade != "major":
        raise conflict("grade", "only a major hazard is monitored: grade it first")
    if monitoring.review_at <= moment.at:
        raise invalid("review_on", "must not lie in the past")
    facts = {
        "responsible_unit": hazard.rectifier,
        "measures": monitoring.measures,
        "reason": monitoring.reason,
        "review_on": monitoring.review_on,
    }
    return moment.step(hazard, "monitor", HazardMonitored, facts, monitoring=monitoring, extension=None)


def monitoring(moment: Moment, reason: str, measures: str, review_on: date, review_at: datetime) -> Monitoring:
    """Make a monitoring as the caller says it; `review_at` is the end of its day."""
    return Monitoring(**moment.acted(), reason=reason, measures=measures, review_on=review_on, review_at=review_at)


def submit(hazard: Hazard, moment: Moment, text: str, funds: Decimal | None) -> Step:
    """Say that what was ordered is done."""
    return _submitted(hazard, moment, text, funds, on_spot=False)


def rectify(hazard: Hazard, moment: Moment, text: str, funds: Decimal | None) -> Step:
    """Say that it was rectified on the spot (立查立改), without an order."""
    return _submitted(hazard, moment, text, funds, on_spot=True)


def _submitted(hazard: Hazard, moment: Moment, text: str, funds: Decimal | None, *, on_spot: bool) -> Step:
    submission = Submission(**moment.acted(), text=text, on_spot=on_spot, funds=funds)
    facts = {
        "submitting_unit": moment.unit,
        "text": text,
        "on_spot": on_spot,
        "funds": funds,
        "due_at": hazard.order.due_at if hazard.order else None,
    }
    changes = {"submission": submission, "before": hazard.state, "acceptances": (), "signature": None}
    return moment.step(hazard, "rectify" if on_spot else "submit", RectificationSubmitted, facts, **changes)


def _ordered(hazard: Hazard, moment: Moment, elements: Elements, plan: str | None) -> dict[str, Any]:
    if reason := against_due(elements.due, moment.at):
        raise invalid("due", reason)
    standing = hazard.order if hazard.state in ("ordered", "deferred") and not elements.succeeds else None
    if standing is not None and elements.due > standing.due_at:
        raise conflict("due", f"a limit after {standing.due_at.isoformat()} is an extension: let the rectifier ask for one")
    order = Order(
        **moment.acted(),
        measures=elements.measures,
        responsible=elements.responsible,
        person=elements.person,
        funds=elements.funds,
        contingency=elements.contingency,
        due_at=elements.due,
        original_due_at=elements.due if standing is None else min(standing.original_due_at, elements.due),
        rule=elements.rule,
        plan=plan,
    )
    return {"order": order, "monitoring": None, "extension": None, "extended": hazard.extended if standing else 0}


def _facts(elements: Elements, moment: Moment) -> dict[str, Any]:
    return {
        "ordering_unit": moment.unit,
        "responsible_unit": elements.responsible,
        "due_at": elements.due,
        "measures": elements.measures,
        "funds": elements.funds,
        "contingency": elements.contingency,
    }
