"""Roll-ups: their children, what was frozen, what was restated."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from reporting.domain.rollups import Attribution, Child, Frozen, Sums
from reporting.store.quantities import from_json, to_json
from servicekit.database import Connection

_CHILDREN: Final = """
SELECT e.rollup_id, e.report_id, e.unit, e.versions, e.received_at, e.cutoff_at, e.exempt_at,
       coalesce(e.zero, false) AS zero, coalesce(s.items, '{}') AS items, s.position
FROM expected_report e
LEFT JOIN submission s ON s.report_id = e.report_id AND s.version = e.versions
WHERE e.rollup_id = ANY($1::uuid[]) AND e.withdrawn_at IS NULL
ORDER BY e.unit, e.report_id
"""
_FREEZE: Final = """
INSERT INTO rollup (report_id, basis, frozen_at, sums, missing_children, included, content_hash, attribution)
SELECT report_id, basis, frozen_at, sums, ARRAY(SELECT jsonb_array_elements_text(missing::jsonb)), included::jsonb, content_hash,
    attribution
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::jsonb[], $5::text[], $6::text[], $7::text[], $8::jsonb[])
    AS frozen (report_id, basis, frozen_at, sums, missing, included, content_hash, attribution)
ON CONFLICT DO NOTHING
"""
_SUBMITTED: Final = """
SELECT r.report_id, r.sums, r.content_hash, r.restatements, r.restated_sums, s.position
FROM rollup r JOIN submission s ON s.report_id = r.report_id AND s.version = 1
WHERE r.report_id = ANY($1::uuid[]) AND r.basis = 'submission'
"""
_RESTATE: Final = """
UPDATE rollup SET restatements = given.restatements, restated_sums = given.sums
FROM unnest($1::uuid[], $2::int[], $3::jsonb[]) AS given (report_id, restatements, sums)
WHERE rollup.report_id = given.report_id AND rollup.basis = 'submission'
"""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted roll-up as stored. `position` is that of its version; `restated_sums` is None while nothing came after it."""

    report_id: UUID
    sums: Sums
    content_hash: str
    restatements: int
    restated_sums: Sums | None
    position: int


@dataclass(frozen=True, slots=True)
class Restated:
    """The sums of a submitted roll-up as known now, None when nothing came after it, and how often they were told."""

    report_id: UUID
    restatements: int
    sums: Mapping[str, Decimal] | None


async def children(connection: Connection, rollup_ids: Sequence[UUID]) -> dict[UUID, list[Child]]:
    """The child reports of roll-ups, each with the numbers of its newest version."""
    found: dict[UUID, list[Child]] = defaultdict(list)
    for row in await connection.fetch(_CHILDREN, rollup_ids):
        values = dict(row)
        rollup_id = values.pop("rollup_id")
        found[rollup_id].append(Child(**{**values, "items": from_json(values["items"])}))
    return found


async def freeze(connection: Connection, frozen: Sequence[Frozen]) -> None:
    """Keep what was known. A second freeze of a roll-up on the same basis changes nothing."""
    if frozen:
        await connection.execute(
            _FREEZE,
            [each.report_id for each in frozen],
            [each.basis for each in frozen],
            [each.frozen_at for each in frozen],
            [to_json(each.sums) for each in frozen],
            [json.dumps(each.missing_children) for each in frozen],  # unnest would flatten arrays of arrays
            [json.dumps([[str(report_id), version] for report_id, version in each.included]) for each in frozen],
            [each.content_hash for each in frozen],
            [_blame(each.attribution) for each in frozen],
        )


def _blame(attribution: Attribution | None) -> dict[str, Sequence[str]] | None:
    return None if attribution is None else {"missing": attribution.missing, "late": attribution.late}


async def submitted(connection: Connection, rollup_ids: Sequence[UUID]) -> dict[UUID, Submitted]:
    """Those of the roll-ups that were submitted."""
    found: dict[UUID, Submitted] = {}
    for row in await connection.fetch(_SUBMITTED, rollup_ids):
        now = row["restated_sums"]
        sums = {"sums": from_json(row["sums"]), "restated_sums": None if now is None else from_json(now)}
        found[row["report_id"]] = Submitted(**{**row, **sums})
    return found


async def restate(connection: Connection, restated: Sequence[Restated]) -> None:
    """Keep the sums as known now, beside the frozen ones."""
    if restated:
        await connection.execute(
            _RESTATE,
            [each.report_id for each in restated],
            [each.restatements for each in restated],
            [None if each.sums is None else to_json(each.sums) for each in restated],
        )
