"""Reporting a hazard, opening its file (登记建档) and grading it (定级)."""

from datetime import datetime

from contracts import Actor
from contracts.events.hazards import HazardGraded, HazardPlace, HazardRegistered, HazardReported
from hazards.domain.record import Details, Grade, Hazard
from hazards.domain.refusals import conflict
from hazards.domain.steps import Change, Moment, Step


def reported(hazard: Hazard, actor: Actor, at: datetime, change: Change = "report") -> Step:
    """The first change of a hazard: version 0 says that it is not stored yet."""
    after = hazard.model_copy(update={"version": 1})
    owner, imported = hazard.details.owner, hazard.imported
    event = HazardReported(
        **after.named(),
        occurred_at=at,
        recorded_at=at,
        actor=actor,
        category=hazard.category,
        hazard_occurred_at=hazard.occurred_at,
        description=hazard.description,
        stage=hazard.details.stage,
        enterprise=owner.code if owner else None,
        task=hazard.task,
        ledger_number=imported.number if imported else None,
    )
    return Step(change, hazard, after, event)


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
