"""Handing a hazard over to another competent body, which has to answer; the clock of the hazard runs on."""

from datetime import datetime

from contracts.events.hazards import HazardTransferred, TransferAcknowledged, TransferReturned
from hazards.domain.record import Hazard, Transfer
from hazards.domain.refusals import conflict, invalid
from hazards.domain.steps import Moment, Step


def transfer(hazard: Hazard, moment: Moment, to_unit: str, reason: str, acknowledge_by: datetime) -> Step:
    """Offer it to another body.

    Raises:
        RefusedError: invalid, to who is in charge already, or without time to answer.
    """
    if to_unit in {moment.unit, hazard.handler}:
        raise invalid("to_unit", "it is in charge already")
    if acknowledge_by <= moment.at:
        raise invalid("acknowledge_by", "must come after now")
    offered = Transfer(**moment.acted(), to_unit=to_unit, reason=reason, acknowledge_by=acknowledge_by)
    facts = {"from_unit": moment.unit, "to_unit": to_unit, "reason": reason, "acknowledge_by": acknowledge_by}
    return moment.step(hazard, "transfer", HazardTransferred, facts, transfer=offered, before=hazard.state)


def acknowledge(hazard: Hazard, moment: Moment) -> Step:
    """Take it over."""
    offered = _offered(hazard)
    facts = {"from_unit": offered.unit, "to_unit": offered.to_unit}
    return moment.step(hazard, "acknowledge", TransferAcknowledged, facts, transfer=None, handler=offered.to_unit)


def give_back(hazard: Hazard, moment: Moment, reason: str) -> Step:
    """Return it: it is not the caller's duty."""
    offered = _offered(hazard)
    facts = {"from_unit": offered.unit, "to_unit": offered.to_unit, "reason": reason}
    return moment.step(hazard, "return", TransferReturned, facts, transfer=None)


def _offered(hazard: Hazard) -> Transfer:
    if hazard.transfer is None:
        raise conflict("state", f"the hazard is {hazard.state}: nobody offers it")
    return hazard.transfer
