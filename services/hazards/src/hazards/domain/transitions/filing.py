"""Opening the file of a hazard (登记建档) and grading it (定级)."""

from contracts.events.hazards import HazardGraded, HazardPlace, HazardRegistered
from hazards.domain.record import Details, Grade, Hazard
from hazards.domain.refusals import conflict
from hazards.domain.steps import Moment, Step


def register(hazard: Hazard, moment: Moment, category: str, details: Details) -> Step:
    """Say everything that belongs into the file; it replaces what was said before, and the history keeps both."""
    place, basis = details.location, details.basis
    facts = {
        "category": category,
        "stage": details.stage,
        "place": None if place is None else HazardPlace(**place.model_dump()),
        "enterprise": details.owner.code if details.owner else None,
        "enterprise_name": details.owner.name if details.owner else None,
        "standard": basis.code if basis else None,
        "standard_version": basis.version if basis else None,
        "clause": basis.clause if basis else None,
    }
    return moment.step(hazard, "register", HazardRegistered, facts, category=category, details=details)


def grade(hazard: Hazard, moment: Moment, grade: Grade, reason: str | None) -> Step:
    """Decide the grade.

    Raises:
        RefusedError: conflict, it has this grade already, or the unit that has to rectify would lower it.
    """
    if hazard.grade == grade:
        raise conflict("grade", f"the hazard is {grade} already")
    if hazard.grade == "major" and moment.unit == hazard.rectifier:
        raise conflict("actor", "the unit that has to rectify does not lower the grade")
    facts = {"grade": grade, "previous": hazard.grade, "grading_unit": moment.unit, "reason": reason}
    return moment.step(hazard, "grade", HazardGraded, facts, grade=grade)
