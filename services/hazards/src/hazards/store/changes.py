"""The changes of enterprises and of measures. Rows are only added."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import asyncpg

from contracts import Event
from servicekit.database import Connection, Pool

Record = Literal["enterprise", "measure"]

_ADD = """
INSERT INTO record_change (record, id, version, event, occurred_at, recorded_at, actor_subject, actor_unit, facts)
SELECT record, id, version, event, occurred_at, recorded_at, actor_subject, actor_unit, facts::jsonb
FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[],
    $9::text[]) AS given (record, id, version, event, occurred_at, recorded_at, actor_subject, actor_unit, facts)
"""
_OF_RECORD = "SELECT * FROM record_change WHERE record = $1 AND id = $2 AND version > $3 ORDER BY version LIMIT $4"


@dataclass(frozen=True, slots=True)
class Changed:
    """A change: the event that tells of it, and the version that the record has since."""

    version: int
    event: Event


async def add(connection: Connection, record: Record, changes: Sequence[Changed]) -> None:
    """Add changes."""
    events = [each.event for each in changes]
    await connection.execute(
        _ADD,
        [record] * len(events),
        [event.key() for event in events],
        [each.version for each in changes],
        [event.__class__.__name__ for event in events],
        [event.occurred_at for event in events],
        [event.recorded_at for event in events],
        [event.actor.subject if event.actor else None for event in events],
        [event.actor.unit if event.actor else None for event in events],
        [json.dumps(event.model_dump(mode="json", exclude_none=True), ensure_ascii=False) for event in events],
    )


async def of_record(pool: Pool, record: Record, id_: str, after: int, limit: int) -> list[asyncpg.Record]:
    """Return changes after a version, the oldest first."""
    return await pool.fetch(_OF_RECORD, record, id_, after, limit)
