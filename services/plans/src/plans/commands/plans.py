"""Drafting, revising, issuing, amending and closing plans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts import Actor
from contracts.events.plans import Obligation, PlanAmended, PlanClosed, PlanIssued
from plans.commands.callers import planning_unit
from plans.commands.refusals import refuse
from plans.commands.tasks import put_in_force
from plans.domain import obligations as rules
from plans.domain import plan as life
from plans.domain.content import EMPTY, Content, structure
from plans.domain.differences import differences
from plans.domain.findings import Finding, Kind
from plans.domain.names import Names
from plans.domain.plan import Action, Plan, Text
from plans.domain.published import parts
from plans.domain.readiness import Facts, Note, blocking, codes_in, readiness
from plans.store import plans as store
from plans.store import reviews
from plans.store import units as unit_store
from servicekit import outbox, units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.outbox import Outgoing
from servicekit.problems import conflict, forbidden, not_found


@dataclass(frozen=True, slots=True)
class Revision:
    """What a caller wants a plan to say; None leaves a part as it is."""

    title: str | None = None
    document_number: str | None = None
    obligations: Sequence[Obligation] | None = None
    content: Content | None = None


async def draft(connection: Connection, principal: Principal, zone: str, text: Text, at: datetime) -> Plan:
    """Draft a plan of the caller's unit.

    Raises:
        Problem: 403 wrong role; 404 the caller's unit or a recipient is not known; 409 the caller's unit is retired;
            422 an unknown zone, an obligation or a content that cannot stand, or a plan that says nothing.
    """
    principal.require("office")
    if zone not in rules.ZONES:
        refuse([Finding("invalid", "zone", "not the name of a time zone, such as Asia/Shanghai")])
    issuer = await planning_unit(connection, principal, at)
    new = store.Draft(issuer, zone, await _accepted(connection, text))
    return await store.draft(connection, new, principal.actor(), at)


async def revise(
    connection: Connection, principal: Principal, plan_id: UUID, version: int, wanted: Revision, at: datetime
) -> tuple[Plan, tuple[str, ...]]:
    """Complete or correct a draft; return it and what changed, in words. Nothing is published.

    Raises:
        Problem: as `amend`; 409 also for a plan that is no draft any more.
    """
    before = await held(connection, principal, plan_id, "revise", version)
    text = await _accepted(connection, _wanted(before, wanted))
    changes = _changes(before, text)
    plan = life.revised(before, text, at)
    await store.change(connection, plan, changes, principal.actor(), at)
    return plan, changes


async def issue(connection: Connection, principal: Principal, plan_id: UUID, version: int, at: datetime) -> Plan:
    """Put a draft into force.

    Raises:
        Problem: 403 wrong role or another unit's plan; 404 unknown; 409 not a draft, changed since `version`, or something
            blocks: the findings name it.
    """
    before = await held(connection, principal, plan_id, "issue", version)
    refuse(_blocking(await judged(connection, before, before.text, at), "conflict"))
    plan = life.issued(before, at)
    actor = principal.actor()
    await store.change(connection, plan, (), actor, at)
    await put_in_force(connection, plan, "issued", actor, at)
    await outbox.append(connection, [Outgoing(PlanIssued(**_facts(plan, actor, at)), plan.revision)])
    return plan


async def amend(
    connection: Connection, principal: Principal, plan_id: UUID, version: int, wanted: Revision, at: datetime
) -> tuple[Plan, tuple[str, ...]]:
    """Change what a plan in force says; return the plan and what changed, in words.

    Raises:
        Problem: 403 wrong role or another unit's plan; 404 unknown plan or recipient; 409 not in force, changed since
            `version`, or nothing would change; 422 an obligation or a content that cannot stand.
    """
    before = await held(connection, principal, plan_id, "amend", version)
    text = await _accepted(connection, _wanted(before, wanted))
    refuse(_blocking(await judged(connection, before, text, at), "invalid"))
    changes = _changes(before, text)
    plan = life.amended(before, text, at)
    actor = principal.actor()
    await store.change(connection, plan, changes, actor, at)
    await put_in_force(connection, plan, "amended", actor, at)
    await outbox.append(connection, [Outgoing(PlanAmended(**_facts(plan, actor, at), changes=changes), plan.revision)])
    return plan, changes


async def close(
    connection: Connection, principal: Principal, plan_id: UUID, version: int, reason: str | None, at: datetime
) -> Plan:
    """End a plan in force: nothing more is to be reported. Its tasks go on until they are confirmed.

    Raises:
        Problem: 403 wrong role or another unit's plan; 404 unknown; 409 not in force, or changed since `version`.
    """
    plan = life.closed(await held(connection, principal, plan_id, "close", version), at)
    actor = principal.actor()
    await store.change(connection, plan, (f"终止方案:{reason}" if reason else "终止方案",), actor, at)
    event = PlanClosed(**{**_facts(plan, actor, at), "obligations": ()}, reason=reason)
    await outbox.append(connection, [Outgoing(event, plan.revision)])
    return plan


async def judged(database: Connection | Pool, plan: Plan, text: Text, at: datetime) -> list[Note]:
    """Return what blocks issuing the text as this plan, and what warns."""
    parents = {each.plan_id for each in text.content.parents if each.plan_id is not None}
    above = [unit.code for unit in await units.lineage(database, plan.issuer)] if parents else []
    facts = Facts(
        await unit_store.retirements(database, codes_in(text)),
        Names(await unit_store.near(database, plan.issuer)),
        ZoneInfo(plan.zone),
        await store.contents(database, parents, above) if parents else {},
    )
    unread = await reviews.pending(database, plan.plan_id) if plan.state == "draft" else 0
    return readiness(text, facts, at, unread)


def _blocking(notes: Sequence[Note], kind: Kind) -> list[Finding]:
    return [Finding(kind, note.field, note.message) for note in blocking(notes)]


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
        **parts(plan),
    }


async def held(connection: Connection, principal: Principal, plan_id: UUID, action: Action, version: int) -> Plan:
    """Return the caller's own plan, locked, if `action` is allowed to somebody who read `version`.

    Raises:
        Problem: 403 wrong role or another unit's plan; 404 unknown; 409 wrong state, or changed since `version`.
    """
    principal.require("office")
    plan = await store.lock(connection, plan_id)
    if plan is None:
        raise not_found("plan_id", plan_id)
    if plan.issuer != principal.acting_unit():
        raise forbidden(f"only {plan.issuer} can {action} its plan")
    finding = life.against(plan, action, version)
    refuse([finding] if finding else [])
    return plan


def _wanted(before: Plan, wanted: Revision) -> Text:
    return Text(
        wanted.title or before.title,
        wanted.document_number or before.document_number,
        before.obligations if wanted.obligations is None else tuple(wanted.obligations),
        before.content if wanted.content is None else wanted.content,
    )


def _changes(before: Plan, after: Text) -> tuple[str, ...]:
    changes = differences(before.text, after)
    if not changes:
        raise conflict("the plan says this already", "obligations")
    return changes


async def _accepted(connection: Connection, text: Text) -> Text:
    obligations = tuple(rules.normalised(each) for each in text.obligations)
    refuse(rules.findings(obligations))
    refuse(structure.faults(text.content))
    if not obligations and text.content == EMPTY:
        refuse([Finding("invalid", "obligations", "the plan says nothing: give it obligations or content")])
    known = await units.known(connection, {code for each in obligations for code in each.recipients})
    refuse(
        [
            Finding("unknown", f"obligations.{index}.recipients.{place}", f"unit {code} is not known")
            for index, each in enumerate(obligations)
            for place, code in enumerate(each.recipients)
            if code not in known
        ]
    )
    return replace(text, obligations=obligations)
