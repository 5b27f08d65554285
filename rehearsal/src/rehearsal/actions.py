"""Turns the actions of a scenario into calls of the public HTTP APIs, with tokens of the right unit and role."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from rehearsal.faults import owner_of
from rehearsal.hazard_deeds import OnHazard, SetPolicy
from rehearsal.instants import iso_duration
from rehearsal.scenario import (
    Action,
    Contact,
    CorrectReport,
    Exempt,
    MoveUnit,
    Obligation,
    OrderRectification,
    Process,
    RegisterUnit,
    Report,
    ReportAction,
    ReportForChild,
    ReportHazard,
    RetireUnit,
    Scenario,
    SubmitRollup,
    Unit,
    UnitAction,
)
from rehearsal.values import Items, Number

Command = ReportAction | UnitAction | ReportHazard | OrderRectification

NO_SUCH_HAZARD: Final = "00000000-0000-0000-0000-000000000000"
"""Stands for a hazard that the scenario names and the system never heard of."""


@dataclass(frozen=True)
class Call:
    """One command: to which service, as whom, and what."""

    service: Process
    unit: str | None
    role: str
    path: str
    body: dict[str, Any] | bytes
    """JSON, or the bytes of a file."""
    method: str = "POST"


def call_of(action: Action, scenario: Scenario, hazard_ids: dict[str, str]) -> Call:
    """The call that performs an action. `hazard_ids` maps the refs of accepted hazards to the system's ids.

    What is done with a hazard also names its version, which the driver knows.
    """
    if isinstance(action, SetPolicy):
        return Call("hazards", action.unit, "office", f"/policies/{action.unit}", action.policy, "PUT")
    if isinstance(action, OnHazard):
        path = f"/hazards/{hazard_ids.get(action.hazard, NO_SUCH_HAZARD)}/{action.path}"
        return Call("hazards", action.unit, action.role, path, _deed(action, hazard_ids))
    role, path, body = _command(action, scenario, hazard_ids)
    return Call(owner_of(action), action.unit, role, path, body)


def _command(action: Command, scenario: Scenario, hazard_ids: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    match action:
        case Report() | CorrectReport() | ReportForChild() | SubmitRollup() | Exempt():
            period = scenario.period_of(action).isoformat()
            return _reporting_command(action, {"obligation": action.obligation, "period": period})
        case ReportHazard():
            body = {
                "category": action.category,
                "title": action.title,
                "occurred_at": action.occurred_at.isoformat(),
                "description": action.description,
                "stage": action.stage,
                "owner": action.owner.model_dump() if action.owner else None,
                "recurs": None if action.recurs is None else hazard_ids.get(action.recurs, NO_SUCH_HAZARD),
            }
            return "submitter", "/hazards", _without_nulls(body)
        case OrderRectification():
            return "office", f"/hazards/{hazard_ids.get(action.hazard, NO_SUCH_HAZARD)}/order", _order(action)
        case RegisterUnit():
            unit = {"code": action.code, "name": action.name, "level": action.level, "parent": action.parent}
            return "office", "/units", unit | ({"groups": action.groups} if action.groups else {})
        case MoveUnit():
            return "office", f"/units/{quote(action.code, safe='')}/move", {"parent": action.parent}
        case RetireUnit():
            return "office", f"/units/{quote(action.code, safe='')}/retire", _without_nulls({"reason": action.reason})


def _reporting_command(
    action: Report | CorrectReport | ReportForChild | SubmitRollup | Exempt, body: dict[str, Any]
) -> tuple[str, str, dict[str, Any]]:
    match action:
        case SubmitRollup():
            return "office", "/rollups", body
        case Exempt():
            return "office", "/reports/exemptions", body | {"unit": action.child, "reason": action.reason}
        case ReportForChild():
            return "office", "/reports", body | {"unit": action.child} | _content(action.zero, action.items)
        case CorrectReport():
            return "submitter", "/reports/corrections", body | _content(action.zero, action.items)
        case Report():
            return "submitter", "/reports", body | _content(action.zero, action.items)


def _content(zero: bool | None, items: Items | None) -> dict[str, Any]:
    values = None if items is None else {key: value if isinstance(value, str) else number(value) for key, value in items.items()}
    return _without_nulls({"zero": zero, "items": values})


def _deed(action: OnHazard, hazard_ids: dict[str, str]) -> dict[str, Any]:
    """The fields of an action on a hazard as the service wants them."""
    body: dict[str, Any] = {}
    for name, value in action:
        if name in ("at", "unit", "do", "hazard"):
            continue
        match value:
            case date():
                body[name] = value.isoformat()
            case Decimal():
                body[name] = number(value)
            case _:
                body[name] = hazard_ids.get(value, NO_SUCH_HAZARD) if name == "duplicate_of" and value is not None else value
    return _without_nulls(body)


def _order(action: OrderRectification) -> dict[str, Any]:
    return {
        "due": action.due.isoformat(),
        "measures": action.measures,
        "responsible": action.responsible,
        "funds": number(action.funds) if isinstance(action.funds, int | Decimal) else action.funds,
        "contingency": action.contingency,
    }


def number(value: Number) -> int | float:
    """A JSON number. Scenario numbers have at most 15 digits, so a float prints them as they were written."""
    return value if isinstance(value, int) else int(value) if value == int(value) else float(value)


def unit_body(unit: Unit) -> dict[str, Any]:
    """A unit as the batch of POST /units/batch wants it."""
    body: dict[str, Any] = {"code": unit.code, "name": unit.name, "level": unit.level}
    return body | _without_nulls({"parent": unit.parent, "groups": unit.groups or None})


def contact_body(contact: Contact) -> dict[str, Any]:
    """A contact as POST /contacts/batch wants it."""
    addresses = _without_nulls({"mobile": contact.mobile, "wecom": contact.wecom})
    return {"unit": contact.unit, "role": contact.role, "name": contact.name} | addresses


def plan_body(scenario: Scenario) -> dict[str, Any]:
    """The minimal plan that carries a scenario's obligations."""
    obligations = [obligation_body(obligation) for obligation in scenario.obligations]
    return {"title": f"演练：{scenario.name}", "zone": scenario.head.zone, "obligations": obligations}


def obligation_body(obligation: Obligation) -> dict[str, Any]:
    """An obligation as POST /plans wants it."""
    reporters = obligation.reporters
    who = _without_nulls({"level": reporters.level, "group": reporters.group, "units": reporters.named})
    body: dict[str, Any] = {
        "id": obligation.id,
        "type": obligation.type,
        "reporters": who,
        "recipients": obligation.recipients,
        "every": obligation.every,
        "cutoff": obligation.cutoff.isoformat(),
        "remind_before": [iso_duration(before) for before in obligation.remind_before],
        "escalate_after": [iso_duration(after) for after in obligation.escalate_after],
    }
    return body | _without_nulls({"rolls_up_into": obligation.rolls_up_into})


def refusal_row(action: Action, at: str, status: int) -> dict[str, Any]:
    """A refused action as the result lists it."""
    return {"at": at, "do": action.do, "unit": action.unit, "status": status}


def _without_nulls(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None}
