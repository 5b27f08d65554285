"""The outbox: events are rows, written in the transaction that changes the state they tell of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from contracts import Event
from servicekit.database import Connection
from servicekit.problems import Problem
from servicekit.telemetry import current_traceparent

MAX_PAYLOAD_BYTES: Final = 900_000
"""What fits, with key and headers, into a record batch of Kafka's usual limit of 1 MiB."""

_APPEND = """
INSERT INTO outbox (id, aggregatetype, aggregateid, sequence, type, occurred_at, recorded_at, traceparent, payload)
SELECT coalesce(row.id, uuidv7()), row.topic, row.key, row.sequence, row.type, row.occurred_at, row.recorded_at, $8, row.payload
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[], $7::timestamptz[], $9::bytea[])
    WITH ORDINALITY AS row (id, topic, key, sequence, type, occurred_at, recorded_at, payload, nr)
ORDER BY row.nr
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event to publish.

    `sequence` counts the events of its aggregate from 1. `id` is given where the event follows from what is due (uuid5), so
    that firing twice cannot make two events; otherwise the database makes a time-ordered one.
    """

    event: Event
    sequence: int
    id: UUID | None = None


async def append(connection: Connection, outgoing: Iterable[Outgoing]) -> None:
    """Write events to the outbox in the caller's transaction, in one statement.

    Raises:
        RuntimeError: there is no transaction.
        Problem: 413, an event is larger than MAX_PAYLOAD_BYTES: no broker would take it.
    """
    rows = list(outgoing)
    if not rows:
        return
    if not connection.is_in_transaction():
        raise RuntimeError("an event must be written in the transaction of the change it tells of")
    await connection.execute(
        _APPEND,
        [row.id for row in rows],
        [row.event.topic for row in rows],
        [row.event.key() for row in rows],
        [row.sequence for row in rows],
        [row.event.type() for row in rows],
        [row.event.occurred_at for row in rows],
        [row.event.recorded_at for row in rows],
        current_traceparent(),
        [_payload(row.event) for row in rows],
    )


def _payload(event: Event) -> bytes:
    payload = event.to_json()
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise Problem(413, f"this makes an event of {len(payload)} bytes, and at most {MAX_PAYLOAD_BYTES} can be published")
    return payload
