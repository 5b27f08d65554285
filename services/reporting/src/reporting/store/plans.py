"""Plans, their obligations, and the periods that were materialised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg

from contracts.events.plans import Obligation, PlanEvent
from reporting.domain.periods import PeriodInstants
from servicekit.database import Connection, Pool

_UPSERT_PLAN = """
INSERT INTO plan (plan_id, title, issuer, zone, revision, sequence) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (plan_id) DO UPDATE SET title = $2, zone = $4, revision = $5, sequence = $6 WHERE plan.sequence < $6
RETURNING plan_id
"""
_UPSERT_OBLIGATION = """
INSERT INTO obligation (plan_id, obligation, type, reporters, recipients, cutoff, remind_before, escalate_after, rolls_up_into,
    in_force_from, next_period, materialise_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (plan_id, obligation) DO UPDATE SET
    type = $3, reporters = $4, recipients = $5, cutoff = $6, remind_before = $7, escalate_after = $8, rolls_up_into = $9,
    next_period = coalesce(obligation.next_period, $11), materialise_at = coalesce(obligation.materialise_at, $12)
"""
_END_OBLIGATIONS = """
UPDATE obligation SET next_period = NULL, materialise_at = NULL WHERE plan_id = $1 AND NOT obligation = ANY($2::text[])
"""
_WITHDRAW = """
UPDATE expected_report SET withdrawn_at = $3, next_due = NULL
WHERE plan_id = $1 AND NOT obligation = ANY($2::text[]) AND cutoff_at > $4 AND withdrawn_at IS NULL
"""
_OPEN_PERIODS = "SELECT period FROM obligation_period WHERE plan_id = $1 AND obligation = $2 AND cutoff_at > $3 ORDER BY period"
_WRITE_PERIOD = """
INSERT INTO obligation_period (plan_id, obligation, period, opens_at, cutoff_at, closes_at, reminders, escalations)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (plan_id, obligation, period) DO UPDATE
SET opens_at = $4, cutoff_at = $5, closes_at = $6, reminders = $7, escalations = $8
"""
_SKIP_STEPS = """
UPDATE expected_report SET handled_until = greatest(handled_until, $2)
WHERE plan_id = $1 AND cutoff_at > $2 AND next_due IS NOT NULL
"""
_DUE = """
SELECT o.*, plan.zone FROM obligation o JOIN plan USING (plan_id)
WHERE o.materialise_at <= $1 ORDER BY o.materialise_at, o.plan_id, o.obligation LIMIT 1 FOR UPDATE OF o SKIP LOCKED
"""
_NEXT_DUE = "SELECT materialise_at FROM obligation WHERE materialise_at IS NOT NULL ORDER BY materialise_at LIMIT 1"
_ADVANCE = "UPDATE obligation SET next_period = $3, materialise_at = $4, cursor = $5 WHERE plan_id = $1 AND obligation = $2"
_ZONES = """
SELECT DISTINCT plan.zone FROM obligation JOIN plan USING (plan_id)
WHERE obligation = $1 AND ($2::text IS NULL OR plan_id = $2)
"""


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation as stored, with the period to materialise next."""

    plan_id: str
    obligation: str
    zone: ZoneInfo
    cutoff: time
    remind_before: tuple[timedelta, ...]
    escalate_after: tuple[timedelta, ...]
    next_period: date
    cursor: str


async def upsert_plan(connection: Connection, event: PlanEvent, sequence: int) -> bool:
    """Write a plan's newest state; False when a newer one is already here."""
    written = await connection.fetchval(
        _UPSERT_PLAN, event.plan_id, event.title, event.issuer, event.zone, event.revision, sequence
    )
    return written is not None


async def upsert_obligation(connection: Connection, event: PlanEvent, obligation: Obligation, first: PeriodInstants) -> None:
    """Write an obligation. One that is new to the plan is in force from the event on and starts with period `first`."""
    await connection.execute(
        _UPSERT_OBLIGATION,
        event.plan_id,
        obligation.id,
        obligation.type,
        obligation.reporters.model_dump(mode="json", exclude_none=True),
        list(obligation.recipients),
        obligation.cutoff,
        list(obligation.remind_before),
        list(obligation.escalate_after),
        obligation.rolls_up_into,
        event.occurred_at,
        first.period,
        first.materialise_at,
    )


async def end_others(connection: Connection, plan_id: str, kept: Sequence[str], now: datetime, after: datetime) -> None:
    """End the obligations that an amendment left out: what falls due after it is no longer owed."""
    await connection.execute(_END_OBLIGATIONS, plan_id, kept)
    await connection.execute(_WITHDRAW, plan_id, kept, now, after)


async def open_periods(connection: Connection, plan_id: str, obligation: str, after: datetime) -> list[date]:
    """Materialised periods whose cut-off lies after an instant."""
    return [row["period"] for row in await connection.fetch(_OPEN_PERIODS, plan_id, obligation, after)]


async def write_period(connection: Connection, plan_id: str, obligation: str, instants: PeriodInstants) -> None:
    """Write the instants of a period."""
    await connection.execute(
        _WRITE_PERIOD,
        plan_id,
        obligation,
        instants.period,
        instants.opens_at,
        instants.cutoff_at,
        instants.closes_at,
        list(instants.reminders),
        list(instants.escalations),
    )


async def skip_steps(connection: Connection, plan_id: str, until: datetime) -> None:
    """Let no step at or before an amendment fire by the new rules."""
    await connection.execute(_SKIP_STEPS, plan_id, until)


async def claim_due(connection: Connection, now: datetime) -> Duty | None:
    """Claim the obligation that has waited longest for its next period to be materialised."""
    row: asyncpg.Record | None = await connection.fetchrow(_DUE, now)
    if row is None:
        return None
    return Duty(
        row["plan_id"],
        row["obligation"],
        ZoneInfo(row["zone"]),
        row["cutoff"],
        tuple(row["remind_before"]),
        tuple(row["escalate_after"]),
        row["next_period"],
        row["cursor"],
    )


async def earliest_due(pool: Pool) -> datetime | None:
    """When the next period is to be materialised."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def advance(connection: Connection, duty: Duty, period: date, materialise_at: datetime, cursor: str) -> None:
    """Say what is to be materialised next."""
    await connection.execute(_ADVANCE, duty.plan_id, duty.obligation, period, materialise_at, cursor)


async def zones(connection: Connection, obligation: str, plan_id: str | None) -> list[ZoneInfo]:
    """The time zones of the plans that have an obligation of that name; empty when it is not known."""
    return [ZoneInfo(row["zone"]) for row in await connection.fetch(_ZONES, obligation, plan_id)]
