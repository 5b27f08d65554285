"""Accepting (验收), signing and closing (销号) a rectification, or sending it back; ending otherwise; looking again later."""

from typing import Literal
from uuid import UUID

from contracts.events.hazards import (
    HazardClosed,
    HazardDismissed,
    HazardRechecked,
    RectificationAccepted,
    RectificationRejected,
    RectificationSigned,
)
from hazards.domain.record import Act, Dismissal, Hazard, Outcome
from hazards.domain.refusals import conflict, invalid
from hazards.domain.steps import Moment, Step


def accept(hazard: Hazard, moment: Moment, note: str | None) -> Step:
    """Accept the rectification. A listed hazard is accepted jointly: it stays submitted until everybody has.

    Raises:
        RefusedError: conflict, by the person who submitted it, or a second time by the same unit or person.
    """
    _another_person(hazard, moment)
    if any(each.unit == moment.unit or each.subject == moment.actor.subject for each in hazard.acceptances):
        raise conflict("acceptances", f"{moment.unit} or the same person has accepted it: the other body is awaited")
    acceptances = (*hazard.acceptances, moment.act())
    complete = not missing_bodies(hazard, acceptances)
    joint = hazard.listing is not None
    facts = {"accepting_unit": moment.unit, "complete": complete, "joint": joint, "note": note}
    changes: dict[str, object] = {"acceptances": acceptances}
    if not complete:
        changes["state"] = "submitted"
    return moment.step(hazard, "accept", RectificationAccepted, facts, **changes)


def missing_bodies(hazard: Hazard, acceptances: tuple[Act, ...]) -> frozenset[Literal["lister", "other"]]:
    """Whose acceptance is still missing (DOMAIN 3: a listed hazard is accepted jointly with the listing body).

    Where the listing body is in charge of the hazard itself, it alone suffices.
    """
    units = {each.unit for each in acceptances}
    if hazard.listing is None:
        return frozenset() if units else frozenset({"other"})
    lister = hazard.listing.unit
    in_charge = {hazard.handler, hazard.order.ordering_unit if hazard.order else None}
    missing: set[Literal["lister", "other"]] = set()
    if lister not in units:
        missing.add("lister")
    if lister not in in_charge and not units - {lister}:
        missing.add("other")
    return frozenset(missing)


def reject(hazard: Hazard, moment: Moment, reason: str) -> Step:
    """Send it back to where it was before the rectifier submitted it. The time limit stays what it is.

    Raises:
        RefusedError: conflict, by the person who submitted it.
    """
    _another_person(hazard, moment)
    facts = {
        "rejecting_unit": moment.unit,
        "responsible_unit": hazard.rectifier,
        "reason": reason,
        "due_at": hazard.order.due_at if hazard.order else None,
    }
    return moment.step(
        hazard, "reject", RectificationRejected, facts, submission=None, acceptances=(), signature=None
    )  # fmt: skip


def sign(hazard: Hazard, moment: Moment) -> Step:
    """Sign the result as the principal of the rectifying unit; with it the result is reported up."""
    return moment.step(hazard, "sign", RectificationSigned, {"signing_unit": moment.unit}, signature=moment.act())


def close(hazard: Hazard, moment: Moment) -> Step:
    """Close it for good (销号).

    Raises:
        RefusedError: conflict, by the person who submitted it, or its listing asks for an acceptance that is missing.
    """
    _another_person(hazard, moment)
    submission = hazard.submission
    if submission is None or missing_bodies(hazard, hazard.acceptances):
        raise conflict("acceptances", "it is listed: the listing body has not accepted it; reject it or let it be accepted anew")
    on_time, originally = hazard.on_time()
    facts = {
        "closing_unit": moment.unit,
        "rectified_at": submission.at,
        "on_time": on_time,
        "on_time_originally": originally,
        "grade": hazard.grade,
    }
    return moment.step(hazard, "close", HazardClosed, facts, closing=moment.act(), extension=None)


def dismiss(hazard: Hazard, moment: Moment, outcome: Outcome, reason: str, duplicate_of: UUID | None) -> Step:
    """End it otherwise than by rectifying.

    Raises:
        RefusedError: invalid, a duplicate names what it duplicates, another outcome does not.
    """
    if (outcome == "duplicate") is (duplicate_of is None):
        raise invalid("duplicate_of", "a duplicate names the hazard that stays, any other outcome names none")
    if duplicate_of == hazard.hazard_id:
        raise invalid("duplicate_of", "a hazard is no duplicate of itself")
    dismissal = Dismissal(**moment.acted(), outcome=outcome, reason=reason, duplicate_of=duplicate_of)
    facts = {
        "outcome": outcome,
        "dismissing_unit": moment.unit,
        "reason": reason,
        "duplicate_of": str(duplicate_of) if duplicate_of else None,
    }
    return moment.step(hazard, "dismiss", HazardDismissed, facts, dismissal=dismissal, extension=None)


def recheck(hazard: Hazard, moment: Moment, finding: Literal["sound", "fake"], text: str, campaign: UUID | None) -> Step:
    """Say what a look-back (回头看) found. The hazard stays closed, whatever it is.

    Raises:
        RefusedError: conflict, by a person who accepted or closed it.
    """
    judges = {each.subject for each in (*hazard.acceptances, *((hazard.closing,) if hazard.closing else ()))}
    if moment.actor.subject in judges:
        raise conflict("actor", "whoever accepted or closed it does not look back at it")
    facts = {
        "checking_unit": moment.unit,
        "finding": finding,
        "text": text,
        "responsible_unit": hazard.rectifier,
        "accepting_units": tuple(each.unit for each in hazard.acceptances),
        "campaign": str(campaign) if campaign else None,
    }
    return moment.step(hazard, "recheck", HazardRechecked, facts)


def _another_person(hazard: Hazard, moment: Moment) -> None:
    if hazard.submission is not None and hazard.submission.subject == moment.actor.subject:
        raise conflict("actor", "whoever submitted the rectification does not judge it")
