"""Notifications and their attempts: claim, lock, write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from notify.domain.notification import PREFERENCE, Notification, State
from notify.providers.base import Channel
from servicekit.database import Connection, Pool

_READ: Final = """
SELECT n.*, a.reason, a.about, a.raised_at, a.template, a.params, a.traceparent
FROM notification n JOIN alert a ON a.id = n.alert_id
"""
_LOCK = _READ + "WHERE n.id = ANY($1::uuid[]) ORDER BY n.id FOR NO KEY UPDATE OF n"
_DUE_ATTEMPTS = (
    _READ
    + """
WHERE n.channel = $1 AND n.next_attempt_at <= $2 AND n.leased_by IS NULL
ORDER BY n.next_attempt_at, n.number LIMIT $3 FOR NO KEY UPDATE OF n SKIP LOCKED
"""
)
_DUE_QUERIES = (
    _READ
    + """
WHERE n.channel = $1 AND n.next_query_at <= $2 AND n.leased_by IS NULL
ORDER BY n.next_query_at, n.number LIMIT $3 FOR NO KEY UPDATE OF n SKIP LOCKED
"""
)
_LEASED = _READ + "WHERE n.leased_by = $1 AND n.id <> ALL($2::uuid[]) ORDER BY n.id FOR NO KEY UPDATE OF n"
_LEASES = "SELECT DISTINCT leased_by FROM notification WHERE leased_by IS NOT NULL"
_SAVE = """
UPDATE notification n SET channel = given.channel, state = given.state, attempts = given.attempts, tries = given.tries,
    sent_at = given.sent_at, unsettled_since = given.unsettled_since, reference = given.reference, code = given.code,
    next_attempt_at = given.next_attempt_at, next_query_at = given.next_query_at, leased_by = given.leased_by
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[], $6::timestamptz[], $7::timestamptz[], $8::text[],
        $9::text[], $10::timestamptz[], $11::timestamptz[], $12::uuid[])
    AS given (id, channel, state, attempts, tries, sent_at, unsettled_since, reference, code, next_attempt_at, next_query_at,
        leased_by)
WHERE n.id = given.id
"""
_BEGIN_ATTEMPTS = """
INSERT INTO attempt (notification_id, attempt, channel, began_at)
SELECT *, $4::timestamptz FROM unnest($1::uuid[], $2::int[], $3::text[])
"""
_NOTE = """
UPDATE attempt a SET
    outcome = coalesce(given.outcome, a.outcome), code = coalesce(given.code, a.code),
    detail = coalesce(given.detail, a.detail), ended_at = CASE WHEN given.outcome IS NULL THEN a.ended_at ELSE $7 END,
    receipt = coalesce(given.receipt, a.receipt), receipt_at = CASE WHEN given.receipt IS NULL THEN a.receipt_at ELSE $7 END
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS given (id, attempt, outcome, code, detail, receipt)
WHERE a.notification_id = given.id AND a.attempt = given.attempt
"""
# Channel by channel, so that each minimum is the first entry of an index.
_DUE = """
SELECT each.channel, least(
    (SELECT min(next_attempt_at) FROM notification n
     WHERE n.channel = each.channel AND next_attempt_at IS NOT NULL AND leased_by IS NULL),
    (SELECT min(next_query_at) FROM notification n
     WHERE n.channel = each.channel AND next_query_at IS NOT NULL AND leased_by IS NULL)
) AS due
FROM unnest($1::text[]) AS each (channel)
"""

IN_FLIGHT: Final = "SELECT count(*) FROM notification WHERE leased_by IS NOT NULL"
"""How many notifications somebody is talking about with a provider right now."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A notification as it lies in the database: what it is about, whom it reaches, how it stands, who works on it."""

    id: UUID
    number: int
    alert_id: UUID
    reason: str
    about: str
    unit: str
    role: str
    addresses: Mapping[Channel, str]
    template: str
    params: Mapping[str, str]
    traceparent: str | None
    known: Notification
    leased_by: UUID | None

    def now_known(self, known: Notification) -> "Filed":
        """The same notification with newer knowledge."""
        return replace(self, known=known)

    def leased(self, by: UUID | None) -> "Filed":
        """The same notification in the hands of another process, or of none."""
        return replace(self, leased_by=by)


@dataclass(frozen=True, slots=True)
class Note:
    """What to write beside an attempt: how the call ended, or what the provider said of it later. Free of personal data."""

    notification_id: UUID
    attempt: int
    outcome: str | None = None
    code: str | None = None
    detail: str | None = None
    receipt: str | None = None

    def followed_by(self, later: "Note") -> "Note":
        """Both notes in one; what the later one says has the last word."""
        said = (
            later.outcome or self.outcome,
            later.code or self.code,
            later.detail or self.detail,
            later.receipt or self.receipt,
        )
        return Note(self.notification_id, self.attempt, *said)


def _filed(row: asyncpg.Record) -> Filed:
    addresses = {Channel.SMS: row["mobile"], Channel.WECOM: row["wecom"], Channel.ROBOT: row["robot"]}
    available = {channel: addresses[channel] for channel in PREFERENCE if addresses[channel]}
    known = Notification(
        raised_at=row["raised_at"],
        channels=tuple(available),
        channel=Channel(row["channel"]),
        state=State(row["state"]),
        attempts=row["attempts"],
        tries=row["tries"],
        sent_at=row["sent_at"],
        unsettled_since=row["unsettled_since"],
        reference=row["reference"],
        code=row["code"],
        next_attempt_at=row["next_attempt_at"],
        next_query_at=row["next_query_at"],
    )
    return Filed(
        id=row["id"],
        number=row["number"],
        alert_id=row["alert_id"],
        reason=row["reason"],
        about=row["about"],
        unit=row["unit"],
        role=row["role"],
        addresses=available,
        template=row["template"],
        params=row["params"],
        traceparent=row["traceparent"],
        known=known,
        leased_by=row["leased_by"],
    )


async def lock(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Filed]:
    """Lock notifications, in the order of their ids; unknown ids are left out."""
    return {row["id"]: _filed(row) for row in await connection.fetch(_LOCK, list(ids))}


async def claim_attempts(connection: Connection, channel: Channel, now: datetime, limit: int) -> list[Filed]:
    """Lock notifications whose next attempt is due, the longest due first; those in other hands are passed over."""
    return [_filed(row) for row in await connection.fetch(_DUE_ATTEMPTS, channel, now, limit)]


async def claim_queries(connection: Connection, channel: Channel, now: datetime, limit: int) -> list[Filed]:
    """Lock notifications whose next receipt query is due, likewise."""
    return [_filed(row) for row in await connection.fetch(_DUE_QUERIES, channel, now, limit)]


async def lock_leased(connection: Connection, lease: UUID, besides: Sequence[UUID] = ()) -> list[Filed]:
    """Lock what is in the hands of a sender, except what it knows about."""
    return [_filed(row) for row in await connection.fetch(_LEASED, lease, besides)]


async def leases(connection: Connection) -> list[UUID]:
    """The senders that have notifications in their hands."""
    return [row["leased_by"] for row in await connection.fetch(_LEASES)]


async def save(connection: Connection, filed: Sequence[Filed]) -> None:
    """Write what is known of notifications, and in whose hands they are."""
    if not filed:
        return
    known = [each.known for each in filed]
    await connection.execute(
        _SAVE,
        [each.id for each in filed],
        [each.channel for each in known],
        [each.state for each in known],
        [each.attempts for each in known],
        [each.tries for each in known],
        [each.sent_at for each in known],
        [each.unsettled_since for each in known],
        [each.reference for each in known],
        [each.code for each in known],
        [each.next_attempt_at for each in known],
        [each.next_query_at for each in known],
        [each.leased_by for each in filed],
    )


async def begin_attempts(connection: Connection, filed: Sequence[Filed], now: datetime) -> None:
    """Write down the calls that are about to be made."""
    if filed:
        places = ([each.id for each in filed], [each.known.attempts for each in filed], [each.known.channel for each in filed])
        await connection.execute(_BEGIN_ATTEMPTS, *places, now)


async def note(connection: Connection, notes: Sequence[Note], now: datetime) -> None:
    """Write down what became of calls. At most one note per attempt takes effect."""
    if notes:
        await connection.execute(
            _NOTE,
            [each.notification_id for each in notes],
            [each.attempt for each in notes],
            [each.outcome for each in notes],
            [each.code for each in notes],
            [each.detail for each in notes],
            [each.receipt for each in notes],
            now,
        )


async def due(pool: Pool) -> dict[Channel, datetime]:
    """For each channel the earliest instant at which an attempt or a receipt query is due; channels without are left out."""
    rows = await pool.fetch(_DUE, list(Channel))
    return {Channel(row["channel"]): row["due"] for row in rows if row["due"] is not None}
