"""Roll-ups: what goes in, what is missing, who made it late, and the hash that proves it was never changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Final
from uuid import UUID

Sums = dict[str, Decimal]

MAX_NAMES: Final = 1000
"""Different names in one roll-up, so that its event stays far below what a broker takes."""
_WHOLE: Final = Decimal(10**15)
"""Beyond 15 whole digits a number is not exact in every reader of our events (contracts: Quantity)."""
_EXACT: Final = Context(prec=100, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True, slots=True)
class Child:
    """A child report that goes into a roll-up. `items` are the numbers of its newest version.

    `position` is the place of that version in the order in which all versions were accepted; None while there is none.
    """

    report_id: UUID
    unit: str
    versions: int
    received_at: datetime | None
    cutoff_at: datetime
    exempt_at: datetime | None
    zero: bool
    items: Mapping[str, Decimal]
    position: int | None


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
                total[name] = _EXACT.add(total.get(name, Decimal(0)), value)
    return dict(sorted(total.items()))


def unspeakable(total: Mapping[str, Decimal]) -> str | None:
    """Say why sums cannot be told to others; None when they can."""
    if len(total) > MAX_NAMES:
        return f"the children use {len(total)} different names; a roll-up has at most {MAX_NAMES}"
    huge = [name for name, value in total.items() if abs(value) >= _WHOLE]
    return f"the sum of {huge[0]} has more than 15 whole digits; correct the child that is wrong" if huge else None


def missing(children: Sequence[Child]) -> tuple[str, ...]:
    """Name the units that owe a report, are not exempt and have none."""
    return tuple(sorted({child.unit for child in children if not child.versions and child.exempt_at is None}))


def missing_at(children: Sequence[Child], instant: datetime) -> tuple[str, ...]:
    """Name the units that were missing when `instant` came; what arrived at it came too late."""

    def before(when: datetime | None) -> bool:
        return when is not None and when < instant

    return tuple(sorted({child.unit for child in children if not before(child.received_at) and not before(child.exempt_at)}))


def restated(children: Sequence[Child], position: int) -> bool:
    """Whether a version of some child came after the roll-up's own, which has this position."""
    return any(child.position is not None and child.position > position for child in children)


def attribution(children: Sequence[Child], cutoff_at: datetime) -> Attribution:
    """Say whose lateness the roll-up's lateness is: children silent at the roll-up's cut-off, and children late by their own."""
    bound = [child for child in children if child.exempt_at is None or child.versions]
    gone = {child.unit for child in bound if child.received_at is None or child.received_at >= cutoff_at}
    late = {child.unit for child in bound if child.received_at is not None and child.cutoff_at <= child.received_at < cutoff_at}
    return Attribution(tuple(sorted(gone)), tuple(sorted(late)))


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was known of a roll-up at `frozen_at`; it never changes. `included` names the child versions behind the sums.

    `basis` is `submission`, or `cutoff` for one that nobody had submitted by then.
    """

    report_id: UUID
    basis: str
    frozen_at: datetime
    sums: Mapping[str, Decimal]
    missing_children: tuple[str, ...]
    included: tuple[tuple[UUID, int], ...]
    attribution: Attribution | None

    @property
    def content_hash(self) -> str:
        """SHA-256 over the canonical JSON of the content. The attribution is a conclusion from it, not a part of it."""
        return _digest(self)


def freeze_submitted(report_id: UUID, children: Sequence[Child], received_at: datetime, cutoff_at: datetime) -> Frozen:
    """Freeze what is known at the submission. Only a late one asks whose lateness it was."""
    included = sorted((child.report_id, child.versions) for child in children if child.versions)
    blame = attribution(children, cutoff_at) if received_at >= cutoff_at else None
    return Frozen(report_id, "submission", received_at, sums(children), missing(children), tuple(included), blame)


def freeze_silent(report_id: UUID, children: Sequence[Child], cutoff_at: datetime) -> Frozen:
    """Freeze what stood at the cut-off of a roll-up that nobody had submitted: no sums, and who was missing then."""
    blame = attribution(children, cutoff_at)
    return Frozen(report_id, "cutoff", cutoff_at, {}, missing_at(children, cutoff_at), (), blame)


def _digest(frozen: Frozen) -> str:
    content = {
        "report_id": str(frozen.report_id),
        "basis": frozen.basis,
        "frozen_at": frozen.frozen_at.astimezone(UTC).isoformat(),
        "sums": {name: format(value.normalize(_EXACT), "f") for name, value in frozen.sums.items()},
        "missing_children": list(frozen.missing_children),
        "included": [[str(report_id), version] for report_id, version in frozen.included],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
