"""Restating roll-ups: what was frozen stays, what is known now stands beside it."""

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


async def restate_above(connection: Connection, report: Expected, occurred_at: datetime, recorded_at: datetime) -> None:
    """After a version of `report` arrived: restate the roll-up it goes into, if that was submitted, and so on upwards.

    The lock on the roll-up decides what "afterwards" means: a version committed before the roll-up was submitted is in its sums.
    """
    rollup_id = report.rollup_id
    while rollup_id is not None:
        above = await expected.lock(connection, rollup_id)
        if above is None:
            return
        frozen = await rollups.submitted(connection, rollup_id)
        if frozen is None:
            return
        sums, content_hash, restatements = frozen
        children = await rollups.children(connection, [rollup_id])
        restated = rules.sums(children[rollup_id])
        await rollups.restate(connection, rollup_id, restated)
        event = ReportRestated.model_validate(
            common(above)
            | {
                "occurred_at": occurred_at,
                "recorded_at": recorded_at,
                "sums": sums,
                "restated_sums": restated,
                "content_hash": content_hash,
                "restatement": restatements + 1,
            }
        )
        await expected.write_sequence(connection, rollup_id, above.sequence + 1)
        await outbox.append(connection, [Outgoing(event, above.sequence + 1)])
        rollup_id = above.rollup_id


async def refresh(connection: Connection, rollup_ids: set[UUID]) -> None:
    """After children came or went: bring restated sums up to date. Frozen ones never change."""
    children = await rollups.children(connection, sorted(rollup_ids))
    for rollup_id in sorted(rollup_ids):
        await rollups.refresh(connection, rollup_id, rules.sums(children.get(rollup_id, [])))
