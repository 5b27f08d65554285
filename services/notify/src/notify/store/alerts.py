"""Alerts: raise them with their notifications, count their events, list them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from notify.domain.notification import Notification
from notify.domain.routing import Alert, Contact
from servicekit.database import Connection, Pool
from servicekit.telemetry import current_traceparent
from servicekit.units import MAX_DEPTH

_RAISE = """
INSERT INTO alert (id, cause, reason, about, raised_at, recorded_at, template, params, traceparent, sequence)
SELECT id, cause, reason, about, raised_at, $8, template, params::jsonb, $9, 1
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])
    WITH ORDINALITY AS given (id, cause, reason, about, raised_at, template, params, nr)
ORDER BY nr
ON CONFLICT DO NOTHING RETURNING id
"""
_ADD = """
INSERT INTO notification (id, alert_id, contact_id, unit, role, mobile, wecom, robot, channel, state, next_attempt_at)
SELECT id, alert_id, contact_id, unit, role, mobile, wecom, robot, channel, state, next_attempt_at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::timestamptz[])
    WITH ORDINALITY AS given (id, alert_id, contact_id, unit, role, mobile, wecom, robot, channel, state, next_attempt_at, nr)
ORDER BY nr
"""
_ADD_SCOPE = f"""
INSERT INTO notification_scope (unit, number)
WITH RECURSIVE up (unit, number, depth) AS (
    SELECT unit, number, 1 FROM notification WHERE alert_id = ANY($1::uuid[])
    UNION ALL
    SELECT unit.parent, up.number, up.depth + 1
    FROM up JOIN unit ON unit.code = up.unit WHERE unit.parent IS NOT NULL AND up.depth < {MAX_DEPTH}
)
SELECT DISTINCT unit, number FROM up
"""
_COUNT_EVENTS = """
WITH given AS (
    SELECT a.id, new.events FROM alert a JOIN unnest($1::uuid[], $2::int[]) AS new (id, events) USING (id)
    ORDER BY a.id FOR NO KEY UPDATE OF a
)
UPDATE alert a SET sequence = sequence + given.events FROM given WHERE a.id = given.id
RETURNING a.id, a.sequence - given.events AS before
"""
_ITEM: Final = """
SELECT a.id AS alert_id, n.id AS notification_id, n.number, a.reason, a.about, n.unit, n.role, n.channel, a.raised_at, n.state,
    n.attempts, n.code
"""
_LIST_ALL = _ITEM + "FROM notification n JOIN alert a ON a.id = n.alert_id WHERE n.number > $1 ORDER BY n.number LIMIT $2"
_LIST_SCOPED = (
    _ITEM
    + """
FROM notification_scope s JOIN notification n USING (number) JOIN alert a ON a.id = n.alert_id
WHERE s.unit = $3 AND s.number > $1 ORDER BY s.number LIMIT $2
"""
)
_FIND = "SELECT * FROM alert WHERE id = $1"
_OF_ALERT = (
    _ITEM
    + """
FROM notification n JOIN alert a ON a.id = n.alert_id
WHERE n.alert_id = $1
  AND ($2::text IS NULL OR EXISTS (SELECT FROM notification_scope s WHERE s.unit = $2 AND s.number = n.number))
ORDER BY n.number
"""
)
_ATTEMPTS = "SELECT * FROM attempt WHERE notification_id = ANY($1::uuid[]) ORDER BY notification_id, attempt"


Row = dict[str, Any]
"""One row as callers are shown it."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert to be written, with its text; `params` is JSON."""

    alert: Alert
    template: str
    params: str


@dataclass(frozen=True, slots=True)
class Addressed:
    """A notification to be written."""

    id: UUID
    alert_id: UUID
    contact: Contact
    known: Notification


async def raise_alerts(connection: Connection, raised: Sequence[Raised], now: datetime) -> set[UUID]:
    """Write alerts; return the ids of those that were not known before."""
    rows = await connection.fetch(
        _RAISE,
        [each.alert.id for each in raised],
        [each.alert.cause for each in raised],
        [each.alert.reason for each in raised],
        [each.alert.about for each in raised],
        [each.alert.raised_at for each in raised],
        [each.template for each in raised],
        [each.params for each in raised],
        now,
        current_traceparent(),
    )
    return {row["id"] for row in rows}


async def add_notifications(connection: Connection, addressed: Sequence[Addressed]) -> None:
    """Write the notifications of new alerts, and who may read of them."""
    if not addressed:
        return
    contacts = [each.contact for each in addressed]
    await connection.execute(
        _ADD,
        [each.id for each in addressed],
        [each.alert_id for each in addressed],
        [contact.id for contact in contacts],
        [contact.unit for contact in contacts],
        [contact.role for contact in contacts],
        [contact.mobile for contact in contacts],
        [contact.wecom for contact in contacts],
        [contact.robot for contact in contacts],
        [each.known.channel for each in addressed],
        [each.known.state for each in addressed],
        [each.known.next_attempt_at for each in addressed],
    )
    await connection.execute(_ADD_SCOPE, list({each.alert_id for each in addressed}))


async def count_events(connection: Connection, events: Mapping[UUID, int]) -> dict[UUID, int]:
    """Reserve sequence numbers for so many more events of each alert; return the last number in use before them."""
    rows = await connection.fetch(_COUNT_EVENTS, list(events), list(events.values()))
    return {row["id"]: row["before"] for row in rows}


async def page(pool: Pool, unit: str | None, after: int, limit: int) -> list[Row]:
    """Notifications with a number above `after` that `unit` may read of, or all of them."""
    if unit is None:
        return [dict(row) for row in await pool.fetch(_LIST_ALL, after, limit)]
    return [dict(row) for row in await pool.fetch(_LIST_SCOPED, after, limit, unit)]


async def find(pool: Pool, alert_id: UUID) -> Row | None:
    """One alert."""
    row = await pool.fetchrow(_FIND, alert_id)
    return None if row is None else dict(row)


async def notifications_of(pool: Pool, alert_id: UUID, unit: str | None) -> list[Row]:
    """The notifications of an alert that `unit` may read of, or all of them."""
    return [dict(row) for row in await pool.fetch(_OF_ALERT, alert_id, unit)]


async def attempts_of(pool: Pool, notifications: Sequence[UUID]) -> list[Row]:
    """Every provider call for some notifications."""
    return [dict(row) for row in await pool.fetch(_ATTEMPTS, notifications)]
