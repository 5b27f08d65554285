"""A row of an older ledger as changes of a hazard: reported, graded, ordered or closed before it was kept here."""

from datetime import datetime
from uuid import UUID

from contracts.events.hazards import HazardClosed, RectificationOrdered
from hazards.domain.ledger import Draft
from hazards.domain.record import Act, Basis, Details, Enterprise, Hazard, Imported, Location, Order, Submission
from hazards.domain.steps import Moment, Step
from hazards.domain.transitions import filing


def against(draft: Draft, at: datetime) -> tuple[str, str] | None:
    """Return (key of the column, reason) of what cannot be so at `at`, or None."""
    if draft.found_at > at:
        return "found_at", "晚于导入时间"
    if draft.closed_at is not None and draft.closed_at > at:
        return "closed_at", "晚于导入时间"
    return None


def hazard_of(draft: Draft, unit: str, import_id: UUID, numbered: tuple[UUID, str], at: datetime) -> Hazard:
    """The hazard of a row before its first change."""
    hazard_id, number = numbered
    owner = Enterprise(code=draft.enterprise_code, name=draft.enterprise) if draft.enterprise is not None else None
    return Hazard(
        hazard_id=hazard_id,
        number=number,
        unit=unit,
        category=draft.category,
        title=draft.title,
        description=draft.description,
        occurred_at=draft.found_at,
        reported_at=at,
        imported=Imported(
            import_id=import_id, row=draft.row, number=draft.number, accepted_by=draft.accepted_by, note=draft.note
        ),
        details=Details(
            stage=draft.stage,
            discoverer=draft.discoverer,
            location=Location(address=draft.address) if draft.address is not None else None,
            owner=owner,
            basis=Basis(clause=draft.clause) if draft.clause is not None else None,
        ),
        version=0,
    )


def steps(draft: Draft, hazard: Hazard, responsible: str | None, moment: Moment) -> list[Step]:
    """The changes that bring a hazard where the ledger has it. A limit that has passed meanwhile is overdue from then on."""
    taken = [filing.reported(hazard, moment.actor, moment.at, "import")]
    if draft.grade is not None:
        taken.append(filing.grade(taken[-1].after, moment, draft.grade, None))
    order = _order(draft, responsible, moment)
    if order is not None and draft.standing == "ordered":
        taken.append(_ordered(taken[-1].after, order, moment))
    if draft.standing == "closed":
        taken.append(_closed(taken[-1].after, draft, order, moment))
    return taken


def _order(draft: Draft, responsible: str | None, moment: Moment) -> Order | None:
    """The order, if the ledger has all of its five elements."""
    if responsible is None or draft.due is None or draft.funds is None:
        return None
    if draft.measures is None or draft.contingency is None:
        return None
    return Order(
        **moment.acted(),
        measures=draft.measures,
        responsible=responsible,
        person=draft.responsible_person,
        funds=draft.funds,
        contingency=draft.contingency,
        due_at=draft.due,
        original_due_at=draft.due,
    )


def _ordered(hazard: Hazard, order: Order, moment: Moment) -> Step:
    after = hazard.model_copy(update={"state": "ordered", "order": order, "version": hazard.version + 1})
    event = RectificationOrdered(
        **after.named(),
        occurred_at=moment.at,
        recorded_at=moment.at,
        actor=moment.actor,
        ordering_unit=order.ordering_unit,
        responsible_unit=order.responsible,
        due_at=order.due_at,
        measures=order.measures,
        funds=order.funds,
        contingency=order.contingency,
    )
    return Step("import", hazard, after, event)


def _closed(hazard: Hazard, draft: Draft, order: Order | None, moment: Moment) -> Step:
    assert draft.closed_at is not None  # noqa: S101 - a draft that is closed says when
    on_time = None if order is None else draft.closed_at < order.due_at
    told = Submission(at=draft.closed_at, unit=moment.unit, subject=moment.actor.subject, text="由原台账导入")
    closing = Act(at=draft.closed_at, unit=moment.unit, subject=moment.actor.subject)
    changes = {"state": "closed", "order": order, "submission": told, "closing": closing, "version": hazard.version + 1}
    after = hazard.model_copy(update=changes)
    event = HazardClosed(
        **after.named(),
        occurred_at=draft.closed_at,
        recorded_at=moment.at,
        actor=moment.actor,
        closing_unit=moment.unit,
        rectified_at=draft.closed_at,
        on_time=on_time,
        on_time_originally=on_time,
        grade=hazard.grade,
        imported=True,
    )
    return Step("import", hazard, after, event)
