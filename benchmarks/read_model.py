"""The read model that every side of the consumer benchmark keeps: how many villages of a town reported on a day, and how.

The inbox, the table and the rule of the fold are the same for all sides; only the way there differs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from contracts import Envelope
from contracts.events.reports import ReportSubmitted
from servicekit.database import Connection

CREATE: Final = """
CREATE TABLE town_day (
    town text NOT NULL, period date NOT NULL, on_time int NOT NULL, late int NOT NULL, zero int NOT NULL,
    PRIMARY KEY (town, period)
)
"""
EMPTY: Final = "TRUNCATE town_day, inbox"

_ADD: Final = """
ON CONFLICT (town, period) DO UPDATE
SET on_time = known.on_time + excluded.on_time, late = known.late + excluded.late, zero = known.zero + excluded.zero
"""
UPSERT_MANY: Final = f"""
INSERT INTO town_day AS known (town, period, on_time, late, zero)
SELECT * FROM unnest($1::text[], $2::date[], $3::int[], $4::int[], $5::int[]) {_ADD}
"""
UPSERT_ONE: Final = f"INSERT INTO town_day AS known (town, period, on_time, late, zero) VALUES ($1, $2, $3, $4, $5) {_ADD}"
CLAIM_ONE: Final = "INSERT INTO inbox (event_id, consumer, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1"
CLAIM_MANY: Final = """
INSERT INTO inbox (event_id, consumer, received_at) SELECT id, $2, $3 FROM unnest($1::uuid[]) AS given (id)
ON CONFLICT DO NOTHING RETURNING event_id
"""

Place = tuple[str, date]
Counts = Mapping[Place, Sequence[int]]


def fold(facts: Iterable[tuple[str | None, date, str, bool]]) -> dict[Place, list[int]]:
    """Count reports, given as town, day, verdict and zero: on time, late and zero by town and day."""
    counts: dict[Place, list[int]] = {}
    for town, period, verdict, zero in facts:
        row = counts.setdefault((town or "", period), [0, 0, 0])
        row[verdict == "late"] += 1
        row[2] += zero
    return counts


def columns(counts: Counts) -> tuple[list[str], list[date], list[int], list[int], list[int]]:
    """The arguments of UPSERT_MANY, in an order that lets concurrent writers never wait for each other in a circle."""
    rows = sorted(counts.items())
    return (
        [town for (town, _), _ in rows],
        [period for (_, period), _ in rows],
        [row[0] for _, row in rows],
        [row[1] for _, row in rows],
        [row[2] for _, row in rows],
    )


async def handle(connection: Connection, envelopes: Sequence[Envelope], _now: datetime) -> None:
    """The house subscriber's handler: fold in memory, write once."""
    events = [envelope.data for envelope in envelopes if isinstance(envelope.data, ReportSubmitted)]
    counts = fold((event.parent, event.period, event.verdict, event.zero) for event in events)
    await connection.execute(UPSERT_MANY, *columns(counts))


async def contents(database_url: str) -> tuple[dict[Place, tuple[int, ...]], int]:
    """The whole table, and how many events the inbox holds."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch("SELECT town, period, on_time, late, zero FROM town_day")
        applied: int = await connection.fetchval("SELECT count(*) FROM inbox")
    finally:
        await connection.close()
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}, applied


async def claim_many(connection: Connection, consumer: str, ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Remember events as applied; return those that are new."""
    return {row[0] for row in await connection.fetch(CLAIM_MANY, ids, consumer, now)}
