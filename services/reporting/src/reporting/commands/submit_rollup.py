"""Submit a roll-up: freeze what the children had reported, with the missing ones named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from contracts.events.reports import RollupFrozen
from reporting.commands.locating import check_caller, check_open, locate
from reporting.commands.submit import Content, Target, add_version
from reporting.domain import rollups as rules
from reporting.domain.expected import Expected
from reporting.escalation import common, content_of, settle_one
from reporting.store import expected as store
from reporting.store import rollups
from servicekit import outbox
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import conflict


@dataclass(frozen=True, slots=True)
class Rollup:
    """A submitted roll-up, or a draft of one (`content_hash` and `verdict` are None then)."""

    report_id: UUID
    unit: str
    period: date
    sums: Mapping[str, Decimal]
    missing_children: tuple[str, ...]
    content_hash: str | None = None
    verdict: str | None = None


async def submit_rollup(connection: Connection, principal: Principal, target: Target, received_at: datetime) -> Rollup:
    """Freeze and submit. What the children send afterwards restates it and never changes it.

    Raises:
        Problem: 403, 404, 409 (not a roll-up, closed, not owed, submitted already, or sums beyond what can be told).
    """
    principal.require("submitter", "office")
    entered_by = await check_caller(connection, principal, target.unit)
    report = await _locate(connection, target, received_at, locked=True)
    check_open(report, received_at)
    if report.versions:
        raise conflict(f"the roll-up {target.obligation} for {report.period} was submitted already", "period")
    report = await settle_one(connection, report, received_at)
    # Read after the lock: a child's version is either committed and counted here, or waits for the lock and restates.
    children = (await rollups.children(connection, [report.report_id])).get(report.report_id, [])
    frozen = rules.freeze_submitted(report.report_id, children, received_at, report.cutoff_at)
    if reason := rules.unspeakable(frozen.sums):
        raise conflict(reason, "items")
    await rollups.freeze(connection, [frozen])
    content = Content(zero=False, items=frozen.sums, texts={})
    after, judged = await add_version(connection, principal, report, content, received_at, entered_by)
    facts = {
        "occurred_at": received_at,
        "recorded_at": received_at,
        "actor": principal.actor(report.unit),
        "verdict": judged,
    }
    event = RollupFrozen.model_validate(common(after) | facts | content_of(frozen))
    await outbox.append(connection, [Outgoing(event, after.sequence + 1)])
    await store.write_sequences(connection, {after.report_id: after.sequence + 1})
    return Rollup(report.report_id, report.unit, report.period, frozen.sums, frozen.missing_children, frozen.content_hash, judged)


async def draft_rollup(connection: Connection, principal: Principal, target: Target, now: datetime) -> Rollup:
    """Say what a roll-up would contain if it were submitted now.

    Raises:
        Problem: 403, 404, 409 as for submitting, except that closed and submitted ones can be drafted too.
    """
    await check_caller(connection, principal, target.unit)
    report = await _locate(connection, target, now, locked=False)
    children = (await rollups.children(connection, [report.report_id])).get(report.report_id, [])
    return Rollup(report.report_id, report.unit, report.period, rules.sums(children), rules.missing(children))


async def _locate(connection: Connection, target: Target, received_at: datetime, *, locked: bool) -> Expected:
    report = await locate(
        connection,
        unit=target.unit,
        obligation=target.obligation,
        plan_id=target.plan_id,
        period=target.period,
        received_at=received_at,
        locked=locked,
    )
    if not report.is_rollup:
        raise conflict(f"{target.obligation} is not a roll-up; submit it as a report", "obligation")
    return report
