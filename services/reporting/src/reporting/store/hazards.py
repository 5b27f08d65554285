"""The read model of hazards."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from contracts import Envelope
from contracts.events.hazards import HazardEvent, HazardReported, RectificationOrdered, RectificationOverdue
from servicekit.database import Connection

_UPSERT = """
INSERT INTO hazard AS known (hazard_id, number, unit, title, category, occurred_at, recorded_at, state, ordering_unit,
    responsible_unit, due_at, overdue_since, sequence)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[],
    $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::bigint[])
ON CONFLICT (hazard_id) DO UPDATE SET
    category = coalesce(known.category, excluded.category), occurred_at = coalesce(known.occurred_at, excluded.occurred_at),
    recorded_at = coalesce(known.recorded_at, excluded.recorded_at),
    state = CASE WHEN known.sequence < excluded.sequence THEN excluded.state ELSE known.state END,
    ordering_unit = coalesce(excluded.ordering_unit, known.ordering_unit),
    responsible_unit = coalesce(excluded.responsible_unit, known.responsible_unit),
    due_at = coalesce(excluded.due_at, known.due_at), overdue_since = coalesce(excluded.overdue_since, known.overdue_since),
    sequence = greatest(known.sequence, excluded.sequence)
"""

_Row = tuple[
    str,
    str,
    str,
    str,
    str | None,
    datetime | None,
    datetime | None,
    str,
    str | None,
    str | None,
    datetime | None,
    datetime | None,
    int,
]


def _row(event: HazardEvent, sequence: int) -> _Row:
    reported = event if isinstance(event, HazardReported) else None
    ordered = event if isinstance(event, RectificationOrdered | RectificationOverdue) else None
    return (
        event.hazard_id,
        event.number,
        event.unit,
        event.title,
        reported.category if reported else None,
        reported.hazard_occurred_at if reported else None,
        reported.occurred_at if reported else None,
        "reported" if reported else "ordered",
        ordered.ordering_unit if ordered else None,
        ordered.responsible_unit if ordered else None,
        ordered.due_at if ordered else None,
        event.occurred_at if isinstance(event, RectificationOverdue) else None,
        sequence,
    )


def _merge(older: _Row, newer: _Row) -> _Row:
    return cast("_Row", tuple(new if new is not None else old for old, new in zip(older, newer, strict=True)))


async def project(connection: Connection, envelopes: Sequence[Envelope]) -> list[HazardReported]:
    """Fold hazard events into the read model in one statement; return the hazards that became known."""
    rows: dict[str, _Row] = {}
    for envelope in envelopes:
        if isinstance(envelope.data, HazardEvent):
            row = _row(envelope.data, envelope.sequence)
            rows[row[0]] = _merge(rows[row[0]], row) if row[0] in rows else row
    if rows:
        await connection.execute(_UPSERT, *map(list, zip(*rows.values(), strict=True)))
    return [envelope.data for envelope in envelopes if isinstance(envelope.data, HazardReported)]
