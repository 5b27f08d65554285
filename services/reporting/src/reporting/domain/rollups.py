"""Roll-ups: what goes in, what is missing, who made it late, and the hash that proves it was never changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

Sums = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Child:
    """A child report that goes into a roll-up. `items` are the numbers of its newest version (restated ones, if restated)."""

    unit: str
    versions: int
    received_at: datetime | None
    cutoff_at: datetime
    exempt: bool
    zero: bool
    items: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Children that made a roll-up late. Nobody named: the unit itself was late."""

    missing: tuple[str, ...]
    late: tuple[str, ...]


def sums(children: Sequence[Child]) -> Sums:
    """Add the numbers of the children that have reported; a zero report adds nothing; keys are the union of those present."""
    total: Sums = {}
    for child in children:
        if child.versions and not child.zero:
            for name, value in child.items.items():
                total[name] = total.get(name, Decimal(0)) + value
    return dict(sorted(total.items()))


def missing(children: Sequence[Child]) -> tuple[str, ...]:
    """Name the children that owe a report, are not exempt and have none."""
    return tuple(sorted(child.unit for child in children if not child.versions and not child.exempt))


def attribution(children: Sequence[Child], cutoff_at: datetime) -> Attribution:
    """Say whose lateness the roll-up's lateness is: children silent at the roll-up's cut-off, and children late by their own."""
    silent = [child for child in children if not child.exempt or child.versions]
    gone = [child.unit for child in silent if child.received_at is None or child.received_at >= cutoff_at]
    late = [child.unit for child in silent if child.received_at is not None and child.cutoff_at <= child.received_at < cutoff_at]
    return Attribution(tuple(sorted(gone)), tuple(sorted(late)))


def content_hash(
    report_id: UUID,
    basis: str,
    frozen_at: datetime,
    total: Mapping[str, Decimal],
    missing_children: Sequence[str],
    included: Sequence[tuple[str, int]],
) -> str:
    """SHA-256 over the canonical JSON of what was frozen, child versions included."""
    content = {
        "report_id": str(report_id),
        "basis": basis,
        "frozen_at": frozen_at.isoformat(),
        "sums": {name: format(value.normalize(), "f") for name, value in total.items()},
        "missing_children": list(missing_children),
        "included": [list(pair) for pair in included],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
