"""Roll-ups: their children, what was frozen, what was restated."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from reporting.domain.rollups import Attribution, Child
from reporting.store.quantities import from_json, to_json
from servicekit.database import Connection, Pool

# A child that is a roll-up itself counts with its restated sums, if it was restated.
_CHILDREN = """
SELECT e.rollup_id, e.unit, e.versions, e.received_at, e.cutoff_at, e.exempt_at IS NOT NULL AS exempt,
       coalesce(e.zero, false) AS zero, coalesce(r.restated_sums, s.items, '{}') AS items
FROM expected_report e
LEFT JOIN submission s ON s.report_id = e.report_id AND s.version = e.versions
LEFT JOIN rollup r ON r.report_id = e.report_id AND r.basis = 'submission'
WHERE e.rollup_id = ANY($1::uuid[]) AND e.withdrawn_at IS NULL
ORDER BY e.unit
"""
_FREEZE = """
INSERT INTO rollup (report_id, basis, frozen_at, sums, missing_children, included, content_hash, attribution)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""
_SUBMITTED = "SELECT sums, content_hash, restatements FROM rollup WHERE report_id = $1 AND basis = 'submission'"
_RESTATE = """
UPDATE rollup SET restatements = restatements + 1, restated_sums = $2 WHERE report_id = $1 AND basis = 'submission'
"""
_REFRESH = """
UPDATE rollup SET restated_sums = $2 WHERE report_id = $1 AND basis = 'submission' AND restatements > 0
"""


async def children(connection: Connection | Pool, rollup_ids: Sequence[UUID]) -> dict[UUID, list[Child]]:
    """The child reports of roll-ups, each with the numbers of its newest version."""
    found: dict[UUID, list[Child]] = defaultdict(list)
    for row in await connection.fetch(_CHILDREN, rollup_ids):
        values = dict(row)
        rollup_id = values.pop("rollup_id")
        found[rollup_id].append(Child(**{**values, "items": from_json(values["items"])}))
    return found


async def freeze(
    connection: Connection,
    *,
    report_id: UUID,
    basis: str,
    frozen_at: datetime,
    sums: Mapping[str, Decimal],
    missing_children: Sequence[str],
    included: Sequence[tuple[str, int]],
    content_hash: str,
    attribution: Attribution | None,
) -> None:
    """Keep what was known. A second freeze on the same basis changes nothing."""
    blame = None if attribution is None else {"missing": attribution.missing, "late": attribution.late}
    pairs = [list(pair) for pair in included]
    await connection.execute(
        _FREEZE, report_id, basis, frozen_at, to_json(sums), list(missing_children), pairs, content_hash, blame
    )


async def submitted(connection: Connection, report_id: UUID) -> tuple[dict[str, Decimal], str, int] | None:
    """The submitted roll-up's sums, content hash and number of restatements; None while nobody has submitted it."""
    row = await connection.fetchrow(_SUBMITTED, report_id)
    return None if row is None else (from_json(row["sums"]), row["content_hash"], row["restatements"])


async def restate(connection: Connection, report_id: UUID, sums: Mapping[str, Decimal]) -> None:
    """Keep the sums as known now, beside the frozen ones."""
    await connection.execute(_RESTATE, report_id, to_json(sums))


async def refresh(connection: Connection, report_id: UUID, sums: Mapping[str, Decimal]) -> None:
    """Bring the restated sums up to date after the children themselves changed hands; what was never restated stays so."""
    await connection.execute(_REFRESH, report_id, to_json(sums))
