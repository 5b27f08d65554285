"""The administrative tree changed: expected reports follow, for every cut-off after the change."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from contracts import Envelope
from contracts.events.units import UnitEvent
from reporting.escalation import settle
from reporting.materialisation import materialise_until
from reporting.restatement import refresh
from reporting.store import expected, hazards, plans, scope
from servicekit.database import Connection
from servicekit.units import apply_unit_events


async def apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Apply tree events, given in the order in which they occurred.

    One go is enough for any number of events, unless something fell due between them: that is settled in between.
    """
    instants = [envelope.data.occurred_at for envelope in envelopes if envelope.data is not None]
    await materialise_until(connection, min(instants))
    steps = await plans.steps_between(connection, min(instants), max(instants)) if min(instants) < max(instants) else []
    for _, group in groupby(zip(instants, envelopes, strict=True), key=lambda pair: bisect_right(steps, pair[0])):
        await _apply(connection, [envelope for _, envelope in group], now)


async def _apply(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Project units, show hazards to whom they stand under now, then bring the reports of units that changed in line."""
    changed = await apply_unit_events(connection, envelopes)
    await hazards.reshow(connection, changed)
    since: dict[str, datetime] = {}
    for envelope in envelopes:
        event = envelope.data
        if isinstance(event, UnitEvent) and event.code in changed:
            since[event.code] = min(since.get(event.code, event.occurred_at), event.occurred_at)
    if not since or not await plans.any_open(connection, min(since.values())):
        return
    affected = await scope.subtree(connection, since)
    # What fell due until the change was owed as things stood then, also if nobody looked at the time.
    due = await expected.lock_due_of_units(connection, affected)
    await settle(connection, [(report, affected[report.unit]) for report in due], now)
    touched = await scope.realign_units(connection, min(since.values()), list(affected))
    await refresh(connection, touched, max(since.values()), now)
