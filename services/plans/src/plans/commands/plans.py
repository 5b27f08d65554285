"""Drafting, issuing and amending plans."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts import Actor
from contracts.events.plans import Obligation, PlanAmended, PlanIssued
from plans.commands.refusals import refuse
from plans.domain import obligations as rules
from plans.domain import plan as life
from plans.domain.changes import changes as changes_between
from plans.domain.findings import Finding
from plans.domain.plan import Action, Plan
from plans.store import plans as store
from servicekit import outbox, units
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import conflict, forbidden, not_found


async def draft(
    connection: Connection,
    principal: Principal,
    *,
    title: str,
    document_number: str | None,
    zone: str,
    obligations: Sequence[Obligation],
    at: datetime,
) -> Plan:
    """Draft a plan of the caller's unit.

    Raises:
        Problem: 403 wrong role; 404 the caller's unit or a recipient is not known; 409 the caller's unit is retired;
            422 an unknown zone or an obligation that cannot stand.
    """
    principal.require("office")
    if zone not in rules.ZONES:
        refuse([Finding("invalid", "zone", "not the name of a time zone, such as Asia/Shanghai")])
    issuer = await units.find(connection, principal.acting_unit())
    if issuer is None:
        raise not_found("issuer", principal.unit)
    if issuer.retired(at):
        raise conflict(f"unit {issuer.code} is retired and issues no plans", "issuer")
    accepted = await _accepted(connection, obligations)
    new = store.Draft(title, document_number, issuer.code, zone, accepted)
    return await store.draft(connection, new, principal.actor(), at)


async def issue(connection: Connection, principal: Principal, plan_id: UUID, version: int, at: datetime) -> Plan:
    """Put a draft into force.

    Raises:
        Problem: 403 wrong role or another unit's plan; 404 unknown; 409 not a draft, or changed since `version`.
    """
    plan = life.issued(await _held(connection, principal, plan_id, "issue", version), at)
    actor = principal.actor()
    await store.change(connection, plan, (), actor, at)
    await outbox.append(connection, [Outgoing(PlanIssued(**_facts(plan, actor, at)), plan.revision)])
    return plan


async def amend(
    connection: Connection, principal: Principal, plan_id: UUID, version: int, obligations: Sequence[Obligation], at: datetime
) -> tuple[Plan, tuple[str, ...]]:
    """Replace the obligations of a plan in force; return the plan and what changed, in words.

    Raises:
        Problem: 403 wrong role or another unit's plan; 404 unknown plan or recipient; 409 not in force, changed since
            `version`, or nothing would change; 422 an obligation that cannot stand.
    """
    before = await _held(connection, principal, plan_id, "amend", version)
    accepted = await _accepted(connection, obligations)
    changes = changes_between(before.obligations, accepted)
    if not changes:
        raise conflict("the plan says this already", "obligations")
    plan = life.amended(before, accepted, at)
    actor = principal.actor()
    await store.change(connection, plan, changes, actor, at)
    await outbox.append(connection, [Outgoing(PlanAmended(**_facts(plan, actor, at), changes=changes), plan.revision)])
    return plan, changes


def _facts(plan: Plan, actor: Actor, at: datetime) -> dict[str, Any]:
    return {
        "occurred_at": plan.changed_at,
        "recorded_at": at,
        "actor": actor,
        "plan_id": str(plan.plan_id),
        "title": plan.title,
        "document_number": plan.document_number,
        "issuer": plan.issuer,
        "zone": plan.zone,
        "revision": plan.revision,
        "obligations": plan.obligations,
    }


async def _held(connection: Connection, principal: Principal, plan_id: UUID, action: Action, version: int) -> Plan:
    principal.require("office")
    plan = await store.lock(connection, plan_id)
    if plan is None:
        raise not_found("plan_id", plan_id)
    if plan.issuer != principal.acting_unit():
        raise forbidden(f"only {plan.issuer} can {action} its plan")
    finding = life.against(plan, action, version)
    refuse([finding] if finding else [])
    return plan


async def _accepted(connection: Connection, obligations: Sequence[Obligation]) -> tuple[Obligation, ...]:
    accepted = tuple(rules.normalised(each) for each in obligations)
    refuse(rules.findings(accepted))
    known = await units.known(connection, {code for each in accepted for code in each.recipients})
    refuse(
        [
            Finding("unknown", f"obligations.{index}.recipients.{place}", f"unit {code} is not known")
            for index, each in enumerate(accepted)
            for place, code in enumerate(each.recipients)
            if code not in known
        ]
    )
    return accepted
