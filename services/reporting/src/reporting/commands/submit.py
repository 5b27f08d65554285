"""Submit the first version of a report, or a correction of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from contracts.events.reports import ReportSubmitted
from reporting.commands.locating import check_caller, check_open, locate
from reporting.domain.expected import Expected
from reporting.escalation import common, settle_one, verdict_of
from reporting.restatement import restate
from reporting.store import expected as store
from reporting.store.quantities import to_json
from reporting.suspicion import after_zero_report
from servicekit import outbox
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import conflict


@dataclass(frozen=True, slots=True)
class Content:
    """What a version says: zero, or numbers and texts by name."""

    zero: bool
    items: Mapping[str, Decimal]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """Which report is meant."""

    obligation: str
    unit: str
    plan_id: str | None = None
    period: date | None = None


async def submit(
    connection: Connection, principal: Principal, target: Target, content: Content, received_at: datetime
) -> tuple[Expected, str]:
    """Accept the first version; return the report and its verdict, which later versions do not change.

    Raises:
        Problem: 403, 404, 409 (closed, not owed, reported already, or a roll-up).
    """
    principal.require("submitter", "office")
    entered_by = await check_caller(connection, principal, target.unit)
    report = await _locate(connection, target, received_at)
    check_open(report, received_at)
    if report.versions:
        raise conflict(f"{target.obligation} for {report.period} was reported already; send a correction", "period")
    report = await settle_one(connection, report, received_at)
    return await add_version(connection, principal, report, content, received_at, entered_by)


async def correct(
    connection: Connection, principal: Principal, target: Target, content: Content, received_at: datetime
) -> tuple[Expected, str]:
    """Add a version to a report. It stands beside the earlier ones; the verdict stays that of the first.

    Raises:
        Problem: 403, 404, 409 (nothing to correct yet, or a roll-up, which is restated instead).
    """
    principal.require("submitter", "office")
    entered_by = await check_caller(connection, principal, target.unit)
    report = await _locate(connection, target, received_at)
    if not report.versions:
        raise conflict(f"{target.obligation} for {report.period} was not reported yet; there is nothing to correct", "period")
    # Versions stand in the order in which they were accepted, also if a later one had arrived at another server first.
    newest = await store.last_received(connection, report.report_id)
    received_at = received_at if newest is None else max(received_at, newest)
    return await add_version(connection, principal, report, content, received_at, entered_by)


async def _locate(connection: Connection, target: Target, received_at: datetime) -> Expected:
    report = await locate(
        connection,
        unit=target.unit,
        obligation=target.obligation,
        plan_id=target.plan_id,
        period=target.period,
        received_at=received_at,
    )
    if report.is_rollup:
        raise conflict(
            f"{target.obligation} is a roll-up; its content comes from the children, submit it as a roll-up", "obligation"
        )
    return report


async def add_version(
    connection: Connection,
    principal: Principal,
    report: Expected,
    content: Content,
    received_at: datetime,
    entered_by: str,
) -> tuple[Expected, str]:
    """Write the next version of a locked report, its event, and what follows from it."""
    # Held before the version is written: whether it came before or after the roll-up was submitted must not be open.
    above = await store.lock(connection, [] if report.rollup_id is None else [report.rollup_id])
    after = replace(
        report, versions=report.versions + 1, received_at=report.received_at or received_at, sequence=report.sequence + 1
    )
    judged = verdict_of(after, received_at)
    await store.insert_submission(
        connection,
        after,
        received_at=received_at,
        subject=principal.subject,
        acting_unit=principal.unit,
        entered_by=entered_by,
        zero=content.zero,
        items=to_json(content.items),
        texts=content.texts,
    )
    await store.write_version(connection, after, received_at=received_at, entered_by=entered_by, zero=content.zero)
    event = ReportSubmitted.model_validate(
        common(after)
        | {
            "occurred_at": received_at,
            "recorded_at": received_at,
            "actor": principal.actor(report.unit),
            "report_version": after.versions,
            "verdict": judged,
            "entered_by": entered_by,
            "zero": content.zero,
            "items": content.items,
            "texts": content.texts,
        }
    )
    await outbox.append(connection, [Outgoing(event, after.sequence)])
    if content.zero:
        await after_zero_report(connection, report.report_id, report.unit, received_at)
    await restate(connection, above, received_at)
    return after, judged
