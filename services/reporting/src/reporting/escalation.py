"""Acting on what is due of expected reports: reminders, missed cut-offs, escalation steps, frozen roll-ups.

The same function serves the sweep and every command: whoever touches a report first settles what has fallen due on it, so a
report that arrives at 14:00:00.000 finds the cut-off already missed, whether or not the sweep had come round.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts import Event
from contracts.events.reports import LatenessAttribution, ReportMissed, ReportReminderDue, RollupFrozen
from reporting.domain import rollups as rules
from reporting.domain.expected import Expected, Step, agenda, event_id, verdict
from reporting.store import expected as store
from reporting.store import rollups
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing


async def settle(connection: Connection, reports: Sequence[Expected], now: datetime, recorded_at: datetime) -> None:
    """Act on every step of locked reports due at or before `now`, in a bounded number of statements."""
    agendas = [(report, agenda(report, now)) for report in reports]
    agendas = [(report, plan) for report, plan in agendas if plan.due]
    of_rollups = [report.report_id for report, _ in agendas if report.is_rollup]
    children = await rollups.children(connection, of_rollups) if of_rollups else {}
    outgoing: list[Outgoing] = []
    handled: list[store.Handled] = []
    for report, plan in agendas:
        family = children.get(report.report_id, [])
        for offset, step in enumerate(plan.due, start=1):
            if step.kind == "freeze":
                await _freeze_unsubmitted(connection, report, family)
            event = _event(report, step, family, recorded_at)
            outgoing.append(Outgoing(event, report.sequence + offset, event_id(report.report_id, step)))
        handled.append(store.Handled(report.report_id, now, plan.next_due, report.sequence + len(plan.due)))
    await store.write_handled(connection, handled)
    await outbox.append(connection, outgoing)


async def settle_one(connection: Connection, report: Expected, now: datetime) -> Expected:
    """Settle one locked report and return it as it is then."""
    await settle(connection, [report], now, now)
    count = len(agenda(report, now).due)
    return replace(report, handled_until=max(report.handled_until, now), sequence=report.sequence + count)


def common(report: Expected) -> dict[str, object]:
    """What every event about a report names."""
    return {
        "report_id": str(report.report_id),
        "plan_id": report.plan_id,
        "obligation": report.obligation,
        "obligation_type": report.type,
        "unit": report.unit,
        "parent": report.parent,
        "period": report.period,
        "cutoff_at": report.cutoff_at,
    }


def _event(report: Expected, step: Step, children: Sequence[rules.Child], recorded_at: datetime) -> Event:
    facts = common(report) | {"occurred_at": step.at, "recorded_at": recorded_at}
    if step.kind == "reminder":
        return ReportReminderDue.model_validate(facts)
    blame = attribution_of(report, children)
    if step.kind == "missed":
        return ReportMissed.model_validate(facts | {"step": step.number, "recipients": report.recipients, "attribution": blame})
    missing = rules.missing(children)
    return RollupFrozen.model_validate(
        facts
        | {
            "basis": "cutoff",
            "verdict": "missed",
            "sums": {},
            "missing_children": missing,
            "content_hash": _hash(report.report_id, report.cutoff_at, missing),
            "attribution": blame,
        }
    )


def attribution_of(report: Expected, children: Sequence[rules.Child]) -> LatenessAttribution | None:
    """Whose lateness it is; None for a report that has no children."""
    if not report.is_rollup:
        return None
    found = rules.attribution(children, report.cutoff_at)
    return LatenessAttribution(missing_children=found.missing, late_children=found.late)


def _hash(report_id: UUID, frozen_at: datetime, missing: Sequence[str]) -> str:
    return rules.content_hash(report_id, "cutoff", frozen_at, {}, missing, ())


async def _freeze_unsubmitted(connection: Connection, report: Expected, children: Sequence[rules.Child]) -> None:
    missing = rules.missing(children)
    await rollups.freeze(
        connection,
        report_id=report.report_id,
        basis="cutoff",
        frozen_at=report.cutoff_at,
        sums={},
        missing_children=missing,
        included=(),
        content_hash=_hash(report.report_id, report.cutoff_at, missing),
        attribution=rules.attribution(children, report.cutoff_at),
    )


def verdict_of(report: Expected, now: datetime) -> str:
    """The verdict as of `now`."""
    return verdict(
        versions=report.versions,
        received_at=report.received_at,
        exempt=report.exempt_at is not None,
        cutoff_at=report.cutoff_at,
        now=now,
    )
