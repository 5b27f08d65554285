"""Restating roll-ups: what was frozen stays, what is known now stands beside it.

A roll-up is restated by a version of a child that comes after its own. It has one version itself: that its sums were restated
is no new version, so the roll-up above it keeps what it was given.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from contracts.events.reports import ReportRestated
from reporting.domain import rollups as rules
from reporting.domain.expected import Expected
from reporting.escalation import common
from reporting.store import expected, rollups
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import conflict


async def restate(connection: Connection, above: Sequence[Expected], received_at: datetime) -> None:
    """After a version of a child of locked roll-ups was written: restate those of them that were submitted.

    The lock on the roll-up decides what "after" means: a version written before the roll-up was submitted is in its sums.

    Raises:
        Problem: 409 the restated sums would be beyond what can be told.
    """
    for report, before, now in await _recount(connection, above):
        if now is not None and (reason := rules.unspeakable(now)):
            raise conflict(f"{report.obligation} of {report.unit} was submitted, and {reason}", "items")
        await _publish(connection, [(report, before, now)], received_at, received_at)


async def refresh(connection: Connection, rollup_ids: Iterable[UUID], occurred_at: datetime, recorded_at: datetime) -> None:
    """After children came or went with the tree or the plan: restate the submitted roll-ups whose sums are others now.

    Sums beyond what can be told stay as they were until somebody corrects the number.
    """
    above = await expected.lock(connection, sorted(rollup_ids))
    changed = [
        (report, before, now)
        for report, before, now in await _recount(connection, above)
        if now != before.restated_sums and (now is None or not rules.unspeakable(now))
    ]
    await _publish(connection, changed, occurred_at, recorded_at)


_Change = tuple[Expected, rollups.Submitted, rules.Sums | None]


async def _recount(connection: Connection, above: Sequence[Expected]) -> list[_Change]:
    """For those of the roll-ups that were submitted: what was stored, and the sums as known now, None when nothing came after."""
    submitted = await rollups.submitted(connection, [report.report_id for report in above]) if above else {}
    if not submitted:
        return []
    children = await rollups.children(connection, list(submitted))
    counted: list[_Change] = []
    for report in above:
        if (before := submitted.get(report.report_id)) is not None:
            family = children.get(report.report_id, [])
            counted.append((report, before, rules.sums(family) if rules.restated(family, before.position) else None))
    return counted


async def _publish(connection: Connection, changes: Sequence[_Change], occurred_at: datetime, recorded_at: datetime) -> None:
    await rollups.restate(
        connection, [rollups.Restated(report.report_id, before.restatements + 1, now) for report, before, now in changes]
    )
    await expected.write_sequences(connection, {report.report_id: report.sequence + 1 for report, _, _ in changes})
    events = [_event(*change, occurred_at, recorded_at) for change in changes]
    await outbox.append(
        connection, [Outgoing(each, report.sequence + 1) for (report, _, _), each in zip(changes, events, strict=True)]
    )


def _event(
    report: Expected, before: rollups.Submitted, now: rules.Sums | None, occurred_at: datetime, recorded_at: datetime
) -> ReportRestated:
    return ReportRestated.model_validate(
        common(report)
        | {
            "occurred_at": occurred_at,
            "recorded_at": recorded_at,
            "sums": before.sums,
            "restated_sums": before.sums if now is None else now,
            "content_hash": before.content_hash,
            "restatement": before.restatements + 1,
        }
    )
