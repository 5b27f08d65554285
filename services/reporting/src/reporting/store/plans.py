"""Plans, their obligations, and the periods that were materialised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from contracts.calendars import china
from contracts.events.plans import Obligation, PlanEvent
from contracts.rhythms import needs_calendar
from contracts.schedules import Schedule
from reporting.domain.periods import PeriodInstants, Terms, daily, local_day
from reporting.settings import assumed_limits
from servicekit.database import Connection, Pool

_UPSERT_PLAN: Final = """
INSERT INTO plan (plan_id, title, issuer, zone, revision, sequence) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (plan_id) DO UPDATE SET title = $2, zone = $4, revision = $5, sequence = $6
"""
_OTHERS: Final = "SELECT obligation FROM obligation WHERE plan_id = $1 AND NOT obligation = ANY($2::text[])"
_RHYTHM: Final = """
SELECT schedule, cutoff FROM obligation WHERE plan_id = $1 AND obligation = $2 AND next_due_day IS NOT NULL
"""
_SEQUENCE: Final = "SELECT sequence FROM plan WHERE plan_id = $1"
# An obligation that was dropped and comes back is a new one: it is in force from now on.
_UPSERT_OBLIGATION: Final = """
INSERT INTO obligation AS known (plan_id, obligation, type, reporters, recipients, cutoff, remind_before, escalate_after,
    rolls_up_into, in_force_from, next_due_day, schedule,
    calendar_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (plan_id, obligation) DO UPDATE SET
    type = $3, reporters = $4, recipients = $5, cutoff = $6, remind_before = $7, escalate_after = $8, rolls_up_into = $9,
    in_force_from = CASE WHEN known.next_due_day IS NULL THEN $10 ELSE known.in_force_from END,
    next_due_day = coalesce(known.next_due_day, $11), schedule = $12, calendar_of = $13
RETURNING next_due_day, in_force_from
"""
_END_OBLIGATIONS: Final = """
UPDATE obligation SET next_due_day = NULL, materialise_at = NULL, cursor = ''
WHERE plan_id = $1 AND obligation = ANY($2::text[])
"""
_END_PERIODS: Final = """
UPDATE obligation_period SET ended = true WHERE plan_id = $1 AND obligation = ANY($2::text[]) AND cutoff_at > $3
"""
_WITHDRAW: Final = """
UPDATE expected_report SET withdrawn_at = $3, next_due = NULL
WHERE plan_id = $1 AND obligation = ANY($2::text[]) AND cutoff_at > $3 AND withdrawn_at IS NULL
  AND period = ANY(SELECT period FROM obligation_period WHERE plan_id = $1 AND cutoff_at > $3)
RETURNING rollup_id
"""
_CLOSED: Final = """
SELECT period FROM obligation_period
WHERE plan_id = $1 AND obligation = $2 AND period >= $3 AND cutoff_at <= $4 AND NOT ended AND only_unit = ''
"""
_OPEN: Final = """
SELECT period, cutoff_at FROM obligation_period
WHERE plan_id = $1 AND obligation = $2 AND cutoff_at > $3 AND NOT ended AND only_unit = ''
"""
_ANY_OPEN: Final = "SELECT EXISTS (SELECT FROM obligation_period WHERE cutoff_at > $1)"
_INSERT_PERIOD: Final = """
INSERT INTO obligation_period (plan_id, obligation, period, opens_at, cutoff_at, closes_at, reminders, escalations,
    first_day, last_day, label, explanation, type, reporters, recipients, rolls_up_into, in_force_from, only_unit)
SELECT plan_id, obligation, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, type, reporters, recipients, rolls_up_into,
    coalesce($13, in_force_from), $14
FROM obligation WHERE plan_id = $1 AND obligation = $2
ON CONFLICT (plan_id, obligation, period, only_unit)
"""
_REWRITE_PERIOD: Final = f"""{_INSERT_PERIOD} DO UPDATE
SET opens_at = excluded.opens_at, cutoff_at = excluded.cutoff_at, closes_at = excluded.closes_at, reminders = excluded.reminders,
    escalations = excluded.escalations, first_day = excluded.first_day, last_day = excluded.last_day, label = excluded.label,
    explanation = excluded.explanation, type = excluded.type, reporters = excluded.reporters, recipients = excluded.recipients,
    rolls_up_into = excluded.rolls_up_into, in_force_from = excluded.in_force_from, ended = false
"""
_WRITE_PERIOD: Final = f"{_REWRITE_PERIOD} WHERE obligation_period.ended"
# Whoever settles what is due between two changes must not jump over a step. Steps lie within a week of their cut-off.
_STEPS: Final = """
SELECT DISTINCT step FROM obligation_period, unnest(reminders || escalations || cutoff_at) AS step
WHERE cutoff_at BETWEEN $1::timestamptz - interval '8 days' AND $2::timestamptz + interval '8 days' AND NOT ended
  AND step > $1 AND step <= $2
ORDER BY step
"""
_DUE: Final = """
SELECT o.*, plan.zone FROM obligation o JOIN plan USING (plan_id)
WHERE o.materialise_at <= $1
ORDER BY o.materialise_at, o.plan_id, o.obligation LIMIT 1 FOR UPDATE OF o SKIP LOCKED
"""
_ONE: Final = """
SELECT o.*, plan.zone FROM obligation o JOIN plan USING (plan_id) WHERE o.plan_id = $1 AND o.obligation = $2
"""
_NEXT_DUE: Final = "SELECT materialise_at FROM obligation WHERE materialise_at IS NOT NULL ORDER BY materialise_at LIMIT 1"
_ADVANCE: Final = """
UPDATE obligation SET next_due_day = $3, materialise_at = $4, cursor = $5 WHERE plan_id = $1 AND obligation = $2
"""
# Of the periods that take reports now, the one that is due next; else the one that was due last.
_CURRENT: Final = """
SELECT plan.zone, o.schedule IS NULL AS daily, (
    SELECT period FROM obligation_period p
    WHERE p.plan_id = o.plan_id AND p.obligation = o.obligation AND p.opens_at <= $3 AND p.closes_at > $3 AND NOT p.ended
        AND p.only_unit IN ('', $4)
    ORDER BY p.cutoff_at <= $3, abs(extract(epoch FROM p.cutoff_at - $3)) LIMIT 1
) AS period
FROM obligation o JOIN plan USING (plan_id)
WHERE o.obligation = $1 AND ($2::text IS NULL OR o.plan_id = $2)
"""


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation as stored, and the printed due day from which on its periods are to be materialised."""

    plan_id: str
    obligation: str
    terms: Terms
    next_due_day: date
    cursor: str


async def sequence_of(connection: Connection, plan_id: str) -> int:
    """The sequence of the plan's newest event that is here; 0 for a plan not heard of."""
    return await connection.fetchval(_SEQUENCE, plan_id) or 0


async def write_plan(connection: Connection, event: PlanEvent, sequence: int) -> None:
    """Write a plan's newest state."""
    await connection.execute(_UPSERT_PLAN, event.plan_id, event.title, event.issuer, event.zone, event.revision, sequence)


async def rhythm_of(connection: Connection, plan_id: str, obligation: str) -> Schedule | None:
    """The schedule by which an obligation is materialised; None when it is not known, or was dropped."""
    row = await connection.fetchrow(_RHYTHM, plan_id, obligation)
    return None if row is None else _schedule(row)


async def write_obligation(
    connection: Connection, event: PlanEvent, obligation: Obligation, first: date
) -> tuple[date, datetime]:
    """Write an obligation; return the due day from which on it is to be materialised, and since when it is in force.

    One that is new to the plan, or comes back, is in force from the event on and starts with due day `first`.
    """
    row = await connection.fetchrow(
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
        first,
        None if obligation.schedule is None else obligation.schedule.model_dump(mode="json"),
        china().dated if obligation.schedule is not None and needs_calendar(obligation.schedule) else None,
    )
    assert row is not None  # noqa: S101 - INSERT ... RETURNING of one row
    return row["next_due_day"], row["in_force_from"]


async def others(connection: Connection, plan_id: str, kept: Sequence[str]) -> list[str]:
    """Obligations that the plan had beside some."""
    return [row["obligation"] for row in await connection.fetch(_OTHERS, plan_id, kept)]


async def end(connection: Connection, plan_id: str, obligations: Sequence[str], after: datetime) -> set[UUID]:
    """End obligations, dropped or with other periods from now on: what falls due after an instant is no longer owed.

    Returns the roll-ups that lost children.
    """
    await connection.execute(_END_OBLIGATIONS, plan_id, obligations)
    await connection.execute(_END_PERIODS, plan_id, obligations, after)
    rows = await connection.fetch(_WITHDRAW, plan_id, obligations, after)
    return {row["rollup_id"] for row in rows if row["rollup_id"] is not None}


async def open_periods(connection: Connection, plan_id: str, obligation: str, instant: datetime) -> dict[date, datetime]:
    """Periods that were written and whose cut-off lies after an instant, with their cut-offs."""
    return {row["period"]: row["cutoff_at"] for row in await connection.fetch(_OPEN, plan_id, obligation, instant)}


async def closed(connection: Connection, plan_id: str, obligation: str, first: date, instant: datetime) -> set[date]:
    """Periods from `first` on whose cut-off had come, and was owed, at an instant."""
    return {row["period"] for row in await connection.fetch(_CLOSED, plan_id, obligation, first, instant)}


async def any_open(connection: Connection, after: datetime) -> bool:
    """Whether any period at all has its cut-off after an instant."""
    found: bool = await connection.fetchval(_ANY_OPEN, after)
    return found


async def steps_between(connection: Connection, first: datetime, last: datetime) -> list[datetime]:
    """The instants after `first` and up to `last` at which anything of any report falls due."""
    return [row["step"] for row in await connection.fetch(_STEPS, first, last)]


async def write_period(connection: Connection, plan_id: str, obligation: str, instants: PeriodInstants) -> None:
    """Write a period under its obligation's newest definition, unless it is there and still owed."""
    await connection.execute(_WRITE_PERIOD, plan_id, obligation, *_columns(instants), None, "")


async def rewrite_period(
    connection: Connection,
    plan_id: str,
    obligation: str,
    instants: PeriodInstants,
    in_force_from: datetime,
    *,
    only_unit: str = "",
) -> None:
    """Put a period, or what one unit owes for an occurrence, under the newest definition, in force from an instant on."""
    await connection.execute(_REWRITE_PERIOD, plan_id, obligation, *_columns(instants), in_force_from, only_unit)


def _columns(instants: PeriodInstants) -> tuple[object, ...]:
    return (
        instants.period,
        instants.opens_at,
        instants.cutoff_at,
        instants.closes_at,
        list(instants.reminders),
        list(instants.escalations),
        instants.first_day,
        instants.last_day,
        instants.label,
        instants.explanation,
    )


def _schedule(row: asyncpg.Record) -> Schedule:
    return daily(row["cutoff"]) if row["schedule"] is None else Schedule.model_validate(row["schedule"])


async def claim_due(connection: Connection, now: datetime) -> Duty | None:
    """Claim the obligation that has waited longest for its next period to be materialised."""
    row: asyncpg.Record | None = await connection.fetchrow(_DUE, now)
    return None if row is None else duty_from(row)


async def duty_of(connection: Connection, plan_id: str, obligation: str) -> Duty:
    """An obligation that is there."""
    row = await connection.fetchrow(_ONE, plan_id, obligation)
    assert row is not None  # noqa: S101 - whoever asks has just seen it, and holds the plans
    return duty_from(row)


def duty_from(row: asyncpg.Record) -> Duty:
    """An obligation, from its row and its plan's zone."""
    return Duty(
        row["plan_id"],
        row["obligation"],
        Terms(
            schedule=_schedule(row),
            zone=ZoneInfo(row["zone"]),
            remind_before=tuple(row["remind_before"]),
            escalate_after=tuple(row["escalate_after"]),
            in_force_from=row["in_force_from"],
            calendar=china(),
            assumed=assumed_limits(),
        ),
        row["next_due_day"],
        row["cursor"],
    )


async def earliest_due(pool: Pool) -> datetime | None:
    """When the next period is to be materialised."""
    instant: datetime | None = await pool.fetchval(_NEXT_DUE)
    return instant


async def advance(
    connection: Connection, plan_id: str, obligation: str, due_day: date, materialise_at: datetime | None, cursor: str = ""
) -> None:
    """Say from which due day on an obligation is to be materialised, when (None: nothing is left), and after which unit."""
    await connection.execute(_ADVANCE, plan_id, obligation, due_day, materialise_at, cursor)


async def current_periods(
    connection: Connection, unit: str, obligation: str, plan_id: str | None, instant: datetime
) -> list[date | None]:
    """What a report of a unit means that names no period, in each plan with an obligation of that name; empty: it is not known.

    That is the local date for what is owed every day, and else the period that takes reports and is due next, or was due last;
    None when no period takes reports.
    """
    rows = await connection.fetch(_CURRENT, obligation, plan_id, instant, unit)
    return [local_day(instant, ZoneInfo(row["zone"])) if row["daily"] else row["period"] for row in rows]
