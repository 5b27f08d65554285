"""Writing changes of hazards: their states, their history, their events, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hazards.commands import following, notices
from hazards.domain import passing
from hazards.domain.chain import ROOT, Entry, digest, state_hash
from hazards.domain.record import Hazard
from hazards.domain.steps import Step
from hazards.store import hazards as store
from hazards.store import history
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing


@dataclass(frozen=True, slots=True)
class Doing:
    """In which role a person acted, and with which evidence. Who it was stands in the event."""

    role: str | None = None
    evidence: tuple[UUID, ...] = ()


BY_TIME = Doing()


async def keep(connection: Connection, steps: Sequence[Step], doing: Doing) -> list[Hazard]:
    """Write changes in their order, several of one hazard behind each other; return the hazards as they stand then.

    A step of a hazard that is not stored yet has version 1.
    """
    first: dict[UUID, Hazard] = {}
    last: dict[UUID, Hazard] = {}
    kept: list[history.Kept] = []
    for step in steps:
        key = step.after.hazard_id
        first.setdefault(key, step.before)
        entry = _entry(step, doing)
        head = digest(last[key].head if key in last else step.before.head or ROOT, entry)
        last[key] = step.after.model_copy(update={"head": head})
        kept.append((entry, head))
    new = [each for key, each in last.items() if first[key].version == 0]
    old = [key for key in last if first[key].version > 0]
    if new:
        await store.insert(connection, new)
    if old:
        await store.update(connection, [first[key] for key in old], [last[key] for key in old])
    await history.add(connection, kept)
    await outbox.append(connection, [_outgoing(step) for step in steps])
    moved = [each for key, each in last.items() if (each.state, each.order) != (first[key].state, first[key].order)]
    if moved:
        await notices.follow(connection, moved, steps[-1].event.recorded_at)
    await following.follow(connection, steps)
    return list(last.values())


async def settled(connection: Connection, hazards: Sequence[Hazard], now: datetime) -> list[Hazard]:
    """Let what has fallen due of locked hazards pass; return them as they stand then (docs/adr/0007)."""
    steps = [step for hazard in hazards for step in passing.passed(hazard, now)]
    if not steps:
        return list(hazards)
    changed = {hazard.hazard_id: hazard for hazard in await keep(connection, steps, BY_TIME)}
    return [changed.get(hazard.hazard_id, hazard) for hazard in hazards]


def _entry(step: Step, doing: Doing) -> Entry:
    event = step.event
    actor = event.actor
    return Entry(
        hazard_id=step.after.hazard_id,
        version=step.after.version,
        change=step.change,
        state_before=step.before.state,
        state_after=step.after.state,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        subject=actor.subject if actor else None,
        unit=actor.unit if actor else None,
        on_behalf_of=actor.on_behalf_of if actor else None,
        role=doing.role,
        evidence=doing.evidence,
        event=event.__class__.__name__,
        facts=event.model_dump(mode="json", exclude_none=True),
        state_hash=state_hash(step.after),
    )


def _outgoing(step: Step) -> Outgoing:
    return Outgoing(step.event, step.after.version, passing.event_id(step) if step.change == "pass" else None)
