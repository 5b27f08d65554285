"""Bringing expected reports in line with plans and the tree: who owes which period, and to whom."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from servicekit.database import Connection
from servicekit.units import MAX_DEPTH

# Both queries end in the columns of `target`: who owes which period under which parent, by the tree at the cut-off.
_PERIOD_FROM_TOP: Final = f"""
WITH RECURSIVE period AS (
    SELECT * FROM obligation_period WHERE plan_id = $2 AND obligation = $3 AND period = $4
), tree (code, parent, depth) AS (
    SELECT place.code, place.parent, 1
    FROM period JOIN plan USING (plan_id) JOIN unit_placement place ON place.code = plan.issuer
    WHERE place.valid_from < period.cutoff_at AND (place.valid_until IS NULL OR place.valid_until >= period.cutoff_at)
    UNION ALL
    SELECT place.code, place.parent, tree.depth + 1
    FROM tree JOIN unit_placement place ON place.parent = tree.code, period
    WHERE tree.depth < {MAX_DEPTH}
      AND place.valid_from < period.cutoff_at AND (place.valid_until IS NULL OR place.valid_until >= period.cutoff_at)
), standing AS (
    SELECT period.plan_id, period.obligation, period.period, tree.code, tree.parent
    FROM (SELECT code, parent FROM tree WHERE code > $5 ORDER BY code LIMIT $6) AS tree, period
)
"""
_UNITS_FROM_BELOW: Final = f"""
WITH RECURSIVE period AS (
    SELECT * FROM obligation_period WHERE cutoff_at > $2
), up (plan_id, obligation, period, cutoff_at, code, parent, above, depth) AS (
    SELECT period.plan_id, period.obligation, period.period, period.cutoff_at, place.code, place.parent, place.code, 1
    FROM period JOIN unit_placement place ON place.code = ANY($3::text[])
    WHERE place.valid_from < period.cutoff_at AND (place.valid_until IS NULL OR place.valid_until >= period.cutoff_at)
    UNION ALL
    SELECT up.plan_id, up.obligation, up.period, up.cutoff_at, up.code, up.parent, place.parent, up.depth + 1
    FROM up JOIN unit_placement place ON place.code = up.above
    WHERE place.parent IS NOT NULL AND up.depth < {MAX_DEPTH}
      AND place.valid_from < up.cutoff_at AND (place.valid_until IS NULL OR place.valid_until >= up.cutoff_at)
), standing AS (
    SELECT up.plan_id, up.obligation, up.period, up.code, up.parent
    FROM up JOIN plan USING (plan_id) WHERE up.above = plan.issuer
)
"""
_TARGET: Final = """
, target AS (
    SELECT period.plan_id, period.obligation, period.period, period.cutoff_at, duty.type, unit.code AS unit, standing.parent,
        CASE WHEN cardinality(duty.recipients) > 0 THEN duty.recipients
             WHEN standing.parent IS NULL THEN '{}' ELSE ARRAY[standing.parent] END AS recipients,
        CASE WHEN duty.rolls_up_into IS NOT NULL AND standing.parent IS NOT NULL THEN
             md5(concat_ws(':', period.plan_id, duty.rolls_up_into, standing.parent, period.period))::uuid END AS rollup_id,
        period.reminders || period.escalations
            || CASE WHEN duty.type = 'roll_up' THEN ARRAY[period.cutoff_at] ELSE '{}' END AS steps,
        greatest(duty.in_force_from, unit.registered_at) AS handled_until
    FROM standing
    JOIN period USING (plan_id, obligation, period)
    JOIN obligation duty USING (plan_id, obligation)
    JOIN unit ON unit.code = standing.code
    WHERE CASE
        WHEN duty.reporters ? 'level' THEN unit.level = duty.reporters ->> 'level'
        WHEN duty.reporters ? 'group' THEN duty.reporters ->> 'group' = ANY(unit.groups)
        ELSE duty.reporters -> 'units' ?| ARRAY[unit.code, unit.name] END
), written AS (
    INSERT INTO expected_report AS e
        (report_id, plan_id, obligation, type, unit, parent, period, cutoff_at, recipients, rollup_id, handled_until, next_due)
    SELECT md5(concat_ws(':', plan_id, obligation, unit, period))::uuid, plan_id, obligation, type, unit, parent, period,
        cutoff_at, recipients, rollup_id, handled_until,
        (SELECT min(step) FROM unnest(steps) AS step WHERE step > handled_until)
    FROM target ORDER BY 1
    ON CONFLICT (report_id) DO UPDATE SET
        type = excluded.type, parent = excluded.parent, cutoff_at = excluded.cutoff_at, recipients = excluded.recipients,
        rollup_id = excluded.rollup_id, withdrawn_at = NULL,
        next_due = CASE WHEN e.versions = 0 AND e.exempt_at IS NULL THEN (
            SELECT min(step) FROM obligation_period p, unnest(p.reminders || p.escalations
                || CASE WHEN excluded.type = 'roll_up' THEN ARRAY[p.cutoff_at] ELSE '{}' END) AS step
            WHERE p.plan_id = e.plan_id AND p.obligation = e.obligation AND p.period = e.period AND step > e.handled_until) END
    RETURNING e.rollup_id
)
"""
_WITHDRAWN: Final = """
, withdrawn AS (
    UPDATE expected_report e SET withdrawn_at = $1, next_due = NULL
    FROM period
    WHERE e.plan_id = period.plan_id AND e.obligation = period.obligation AND e.period = period.period
      AND e.withdrawn_at IS NULL AND {restriction}
      AND NOT EXISTS (SELECT FROM target
          WHERE target.plan_id = e.plan_id AND target.obligation = e.obligation AND target.period = e.period
            AND target.unit = e.unit)
    RETURNING e.rollup_id
)
"""
_MATERIALISE = (
    _PERIOD_FROM_TOP
    + _TARGET
    + """
SELECT $1::timestamptz, (SELECT count(*) FROM written),
    (SELECT max(code) FROM standing) AS last, (SELECT count(*) FROM standing) AS seen
"""
)
_REALIGN_PERIOD = (
    _PERIOD_FROM_TOP
    + _TARGET
    + _WITHDRAWN.format(restriction="true")
    + "SELECT rollup_id FROM written UNION SELECT rollup_id FROM withdrawn"
)
# A moved report leaves one roll-up for another: the one left is found from the rows as they were.
_REALIGN_UNITS = (
    _UNITS_FROM_BELOW
    + _TARGET
    + _WITHDRAWN.format(restriction="e.unit = ANY($3::text[])")
    + """
SELECT rollup_id FROM written UNION SELECT rollup_id FROM withdrawn
UNION SELECT e.rollup_id FROM expected_report e JOIN period USING (plan_id, obligation, period) WHERE e.unit = ANY($3::text[])
"""
)
_BELOW = f"""
WITH RECURSIVE down (code, depth) AS (
    SELECT code, 1 FROM unnest($1::text[]) AS code
    UNION ALL
    SELECT unit.code, down.depth + 1 FROM down JOIN unit ON unit.parent = down.code WHERE down.depth < {MAX_DEPTH}
)
SELECT DISTINCT code FROM down
"""
_WHOLE = 1_000_000_000


async def materialise(
    connection: Connection, now: datetime, *, plan_id: str, obligation: str, period: date, after: str, limit: int
) -> str | None:
    """Write the expected reports of a period for the next `limit` units after code `after`; None when that was the rest."""
    row = await connection.fetchrow(_MATERIALISE, now, plan_id, obligation, period, after, limit)
    return row["last"] if row is not None and row["seen"] == limit else None


async def realign_period(connection: Connection, now: datetime, *, plan_id: str, obligation: str, period: date) -> set[UUID]:
    """Bring one period in line after an amendment; return the roll-ups whose children changed."""
    rows = await connection.fetch(_REALIGN_PERIOD, now, plan_id, obligation, period, "", _WHOLE)
    return {row["rollup_id"] for row in rows if row["rollup_id"] is not None}


async def realign_units(connection: Connection, now: datetime, since: datetime, units: Sequence[str]) -> set[UUID]:
    """Bring units in line for every period whose cut-off lies after `since`; return the roll-ups whose children changed."""
    rows = await connection.fetch(_REALIGN_UNITS, now, since, list(units))
    return {row["rollup_id"] for row in rows if row["rollup_id"] is not None}


async def subtree(connection: Connection, units: Sequence[str]) -> list[str]:
    """The given units and everything below them."""
    return [row["code"] for row in await connection.fetch(_BELOW, list(units))]
