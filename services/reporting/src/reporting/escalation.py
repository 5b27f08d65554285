"""Acting on what is due of expected reports: reminders, missed cut-offs, escalation steps, frozen roll-ups.

The same function serves the sweep and every command: whoever touches a report first settles what has fallen due on it, so a
report that arrives at 14:00:00.000 finds the cut-off already missed, whether or not the sweep had come round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from contracts import Event
from contracts.events.reports import LatenessAttribution, ReportMissed, ReportReminderDue, RollupFrozen
from reporting.domain import rollups as rules
from reporting.domain.expected import Agenda, Expected, Step, agenda, event_id, verdict
from reporting.store import expected as store
from reporting.store import rollups
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing


async def settle(connection: Connection, due: Iterable[tuple[Expected, datetime]], recorded_at: datetime) -> None:
    """Act on every step of each locked report at or before its instant, in a number of statements that is always the same."""
    plans = [(report, until, agenda(report, until)) for report, until in due]
    of_rollups = [report.report_id for report, _, plan in plans if report.is_rollup and plan.due]
    children = await rollups.children(connection, of_rollups) if of_rollups else {}
    frozen: list[rules.Frozen] = []
    outgoing: list[Outgoing] = []
    for report, _, plan in plans:
        family = children.get(report.report_id, [])
        for offset, step in enumerate(plan.due, start=1):
            event = _event(report, step, family, recorded_at)
            outgoing.append(Outgoing(event, report.sequence + offset, event_id(report.report_id, step)))
            if step.kind == "freeze":
                frozen.append(rules.freeze_silent(report.report_id, family, report.cutoff_at))
    await rollups.freeze(connection, frozen)
    await store.write_handled(connection, [_handled(report, until, plan) for report, until, plan in plans])
    await outbox.append(connection, outgoing)


async def settle_one(connection: Connection, report: Expected, now: datetime) -> Expected:
    """Settle one locked report and return it as it is then."""
    count = len(agenda(report, now).due)
    if not count:
        return report
    await settle(connection, [(report, now)], now)
    return replace(report, handled_until=max(report.handled_until, now), sequence=report.sequence + count)


def _handled(report: Expected, until: datetime, plan: Agenda) -> store.Handled:
    return store.Handled(report.report_id, until, plan.next_due, report.sequence + len(plan.due))


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
        "period_label": report.instants.label,
        "cutoff_at": report.cutoff_at,
    }


def _event(report: Expected, step: Step, children: Sequence[rules.Child], recorded_at: datetime) -> Event:
    facts = common(report) | {"occurred_at": step.at, "recorded_at": recorded_at}
    if step.kind == "reminder":
        return ReportReminderDue.model_validate(facts)
    if step.kind == "missed":
        blame = told(rules.attribution(children, report.cutoff_at)) if report.is_rollup else None
        return ReportMissed.model_validate(facts | {"step": step.number, "recipients": report.recipients, "attribution": blame})
    frozen = rules.freeze_silent(report.report_id, children, report.cutoff_at)
    return RollupFrozen.model_validate(facts | {"verdict": verdict_of(report, step.at)} | content_of(frozen))


def content_of(frozen: rules.Frozen) -> dict[str, object]:
    """What an event tells of a frozen roll-up."""
    return {
        "basis": frozen.basis,
        "sums": frozen.sums,
        "missing_children": frozen.missing_children,
        "content_hash": frozen.content_hash,
        "attribution": None if frozen.attribution is None else told(frozen.attribution),
    }


def told(attribution: rules.Attribution) -> LatenessAttribution:
    """Whose lateness it is, as an event says it."""
    return LatenessAttribution(missing_children=attribution.missing, late_children=attribution.late)


def verdict_of(report: Expected, now: datetime) -> str:
    """The verdict as of `now`."""
    return verdict(
        versions=report.versions,
        received_at=report.received_at,
        exempt=report.exempt_at is not None,
        cutoff_at=report.cutoff_at,
        now=now,
    )
