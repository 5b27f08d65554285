"""Bringing expected reports in line with plans and the tree: who owes which period, and to whom."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from reporting.store.instants import OF_REPORT
from servicekit.database import Connection
from servicekit.units import MAX_DEPTH

# Nobody can guess how far a walk through the tree goes. This has it look up one unit after the other, not read the whole tree.
_BY_INDEX: Final = "OFFSET 0"
# Both queries end in the columns of `target`: who owes which period under which parent, by the tree at the cut-off.
_PERIOD_FROM_TOP: Final = f"""
WITH RECURSIVE period AS (
    SELECT * FROM obligation_period WHERE plan_id = $2 AND obligation = $3 AND period = $4 AND only_unit = ''
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
    SELECT period.plan_id, period.obligation, period.period, period.only_unit, tree.code, tree.parent
    FROM (SELECT code, parent FROM tree WHERE code > $5 ORDER BY code LIMIT $6) AS tree, period
)
"""
_FROM_BELOW: Final = f"""
WITH RECURSIVE period AS (
    SELECT * FROM obligation_period WHERE {{periods}}
), up (plan_id, obligation, period, only_unit, cutoff_at, code, parent, above, depth) AS (
    SELECT period.plan_id, period.obligation, period.period, period.only_unit, period.cutoff_at, place.code, place.parent,
        place.code, 1
    FROM period JOIN unit_placement place ON place.code = ANY($3::text[])
    WHERE period.only_unit IN ('', place.code)
      AND place.valid_from < period.cutoff_at AND (place.valid_until IS NULL OR place.valid_until >= period.cutoff_at)
    UNION ALL
    SELECT up.plan_id, up.obligation, up.period, up.only_unit, up.cutoff_at, up.code, up.parent, place.parent, up.depth + 1
    FROM up CROSS JOIN LATERAL (
        SELECT parent FROM unit_placement place
        WHERE place.code = up.above AND place.parent IS NOT NULL
          AND place.valid_from < up.cutoff_at AND (place.valid_until IS NULL OR place.valid_until >= up.cutoff_at)
        {_BY_INDEX}
    ) AS place
    WHERE up.depth < {MAX_DEPTH}
), standing AS (
    SELECT up.plan_id, up.obligation, up.period, up.only_unit, up.code, up.parent
    FROM up JOIN plan USING (plan_id) WHERE up.above = plan.issuer
)
"""
_UNITS_FROM_BELOW: Final = _FROM_BELOW.format(periods="cutoff_at > $2 AND NOT ended")
_OWN_FROM_BELOW: Final = _FROM_BELOW.format(
    periods="plan_id = $2 AND obligation = $4 AND period = $5 AND only_unit = ANY($3::text[])"
)
# Who owed a report of that key for what had happened to it, with a limit that came before the rhythm changed, was judged by that.
_NOT_JUDGED: Final = """
    (period.only_unit <> '' OR NOT EXISTS (SELECT FROM obligation_period own
        WHERE own.plan_id = period.plan_id AND own.obligation = period.obligation AND own.period = period.period
          AND own.only_unit = {unit} AND NOT own.ended))
"""
_STEPS: Final = """
    {period}.reminders || {period}.escalations
        || CASE WHEN {period}.type = 'roll_up' THEN ARRAY[{period}.cutoff_at] ELSE '{{}}' END
"""
# A report goes into the roll-up of whom it is sent to: of the parent where that is a recipient, else of the first one named.
# $1 is when a unit that was not in scope before came into it: what its rows call for at or before that instant is nobody's.
_TARGET: Final = f"""
, target AS (
    SELECT period.plan_id, period.obligation, period.period, period.cutoff_at, period.type, unit.code AS unit, standing.parent,
        sent.recipients,
        CASE WHEN period.rolls_up_into IS NOT NULL AND cardinality(sent.recipients) > 0 THEN
            report_id_of(period.plan_id, period.rolls_up_into,
                CASE WHEN standing.parent = ANY(sent.recipients) THEN standing.parent ELSE sent.recipients[1] END, period.period)
        END AS rollup_id,
        {_STEPS.format(period="period")} AS steps,
        greatest(period.in_force_from, unit.registered_at, $1) AS handled_until
    FROM standing
    JOIN period USING (plan_id, obligation, period, only_unit)
    JOIN unit ON unit.code = standing.code,
    LATERAL (SELECT CASE WHEN cardinality(period.recipients) > 0 THEN period.recipients
        WHEN standing.parent IS NULL THEN '{{}}' ELSE ARRAY[standing.parent] END) AS sent (recipients)
    WHERE CASE
        WHEN period.reporters ? 'level' THEN unit.level = period.reporters ->> 'level'
        WHEN period.reporters ? 'group' THEN period.reporters ->> 'group' = ANY(unit.groups)
        ELSE period.reporters -> 'units' ?| ARRAY[unit.code, unit.name] END
      AND {_NOT_JUDGED.format(unit="unit.code")}
), written AS (
    INSERT INTO expected_report AS e
        (report_id, plan_id, obligation, type, unit, parent, period, cutoff_at, recipients, rollup_id, handled_until, next_due)
    SELECT report_id_of(plan_id, obligation, unit, period), plan_id, obligation, type, unit, parent, period,
        cutoff_at, recipients, rollup_id, handled_until,
        (SELECT min(step) FROM unnest(steps) AS step WHERE step > handled_until)
    FROM target ORDER BY 1
    ON CONFLICT (report_id) DO UPDATE SET
        type = excluded.type, parent = excluded.parent, cutoff_at = excluded.cutoff_at, recipients = excluded.recipients,
        rollup_id = excluded.rollup_id, withdrawn_at = NULL,
        (handled_until, next_due) = (
            SELECT max(done.until), min(step) FILTER (WHERE step > done.until AND e.versions = 0
                AND (e.exempt_at IS NULL OR p.type = 'roll_up' AND step = p.cutoff_at))
            FROM {OF_REPORT}
            CROSS JOIN LATERAL (SELECT greatest(e.handled_until, p.in_force_from,
                CASE WHEN e.withdrawn_at IS NOT NULL THEN excluded.handled_until END)) AS done (until)
            LEFT JOIN LATERAL unnest({_STEPS.format(period="p")}) AS step ON true)
    RETURNING e.rollup_id
)
"""
_WITHDRAWN: Final = f"""
, withdrawn AS (
    UPDATE expected_report e SET withdrawn_at = $1, next_due = NULL
    FROM period
    WHERE e.plan_id = period.plan_id AND e.obligation = period.obligation AND e.period = period.period
      AND period.only_unit IN ('', e.unit) AND e.withdrawn_at IS NULL AND {{restriction}}
      AND {_NOT_JUDGED.format(unit="e.unit")}
      AND NOT EXISTS (SELECT FROM target
          WHERE target.plan_id = e.plan_id AND target.obligation = e.obligation AND target.period = e.period
            AND target.unit = e.unit)
    RETURNING e.rollup_id
)
"""
_MATERIALISE: Final = (
    _PERIOD_FROM_TOP
    + _TARGET
    + """
SELECT (SELECT count(*) FROM written), (SELECT max(code) FROM standing) AS last, (SELECT count(*) FROM standing) AS seen
"""
)
# What a report leaves one roll-up for is found from the rows as they were: `RETURNING` knows the new one only.
_TOUCHED: Final = """
SELECT rollup_id FROM written UNION SELECT rollup_id FROM withdrawn
UNION SELECT e.rollup_id FROM expected_report e JOIN period USING (plan_id, obligation, period)
    WHERE period.only_unit IN ('', e.unit) AND {restriction}
"""
_REALIGN_PERIOD: Final = _PERIOD_FROM_TOP + _TARGET + _WITHDRAWN.format(restriction="true") + _TOUCHED.format(restriction="true")
_OF_UNITS: Final = "e.unit = ANY($3::text[])"
_REALIGN_UNITS: Final = (
    _UNITS_FROM_BELOW + _TARGET + _WITHDRAWN.format(restriction=_OF_UNITS) + _TOUCHED.format(restriction=_OF_UNITS)
)
_REALIGN_OWN: Final = (
    _OWN_FROM_BELOW + _TARGET + _WITHDRAWN.format(restriction=_OF_UNITS) + _TOUCHED.format(restriction=_OF_UNITS)
)
# By where they stood or stand at any time after the change, not only by where they stand now: each cut-off has its own tree.
_BELOW: Final = f"""
WITH RECURSIVE down (code, since, depth) AS (
    SELECT code, since, 1 FROM unnest($1::text[], $2::timestamptz[]) AS changed (code, since)
    UNION
    SELECT place.code, down.since, down.depth + 1
    FROM down CROSS JOIN LATERAL (
        SELECT code FROM unit_placement place
        WHERE place.parent = down.code AND (place.valid_until IS NULL OR place.valid_until >= down.since)
        {_BY_INDEX}
    ) AS place
    WHERE down.depth < {MAX_DEPTH}
)
SELECT code, min(since) AS since FROM down GROUP BY code
"""
_WHOLE: Final = 1_000_000_000
_TREE: Final = 7406112001
_CHANGE_TREE: Final = f"SELECT pg_advisory_xact_lock({_TREE})"
_READ_TREE: Final = f"SELECT pg_try_advisory_xact_lock_shared({_TREE})"
_AWAIT_TREE: Final = f"SELECT pg_advisory_xact_lock_shared({_TREE})"


async def change(connection: Connection) -> None:
    """Let nobody else change units, plans or what follows from both until this transaction has ended.

    Two changes that do not see each other would each leave out what both together call for: a village and its town, registered
    by events on two partitions; a unit and a period that is being written.
    """
    await connection.execute(_CHANGE_TREE)


async def hold(connection: Connection) -> bool:
    """Keep units and plans as they are until this transaction has ended; False, without waiting, while somebody changes them."""
    held: bool = await connection.fetchval(_READ_TREE)
    return held


async def await_hold(connection: Connection) -> None:
    """Keep units and plans as they are until this transaction has ended, once nobody changes them."""
    await connection.execute(_AWAIT_TREE)


async def materialise(
    connection: Connection, *, plan_id: str, obligation: str, period: date, after: str, limit: int
) -> str | None:
    """Write the expected reports of a period for the next `limit` units after code `after`.

    Returns the last of these codes, or None when that was the rest.
    """
    row = await connection.fetchrow(_MATERIALISE, None, plan_id, obligation, period, after, limit)
    return row["last"] if row is not None and row["seen"] == limit else None


async def realign_period(connection: Connection, now: datetime, *, plan_id: str, obligation: str, period: date) -> set[UUID]:
    """Bring one period in line after an amendment; return the roll-ups whose children may have changed."""
    rows = await connection.fetch(_REALIGN_PERIOD, now, plan_id, obligation, period, "", _WHOLE)
    return {row["rollup_id"] for row in rows if row["rollup_id"] is not None}


async def realign_own(
    connection: Connection, since: datetime | None, *, plan_id: str, obligation: str, period: date, unit: str
) -> None:
    """Bring the report in line that a unit owes for what happened to it; `since` is when a change came, if there was one.

    A limit that starts with an event has no roll-up.
    """
    await connection.execute(_REALIGN_OWN, since, plan_id, [unit], obligation, period)


async def realign_units(connection: Connection, since: datetime, units: Sequence[str]) -> set[UUID]:
    """Bring units in line for every period whose cut-off lies after a change of the tree at `since`.

    Returns the roll-ups whose children may have changed.
    """
    rows = await connection.fetch(_REALIGN_UNITS, since, since, list(units))
    return {row["rollup_id"] for row in rows if row["rollup_id"] is not None}


async def subtree(connection: Connection, changed: Mapping[str, datetime]) -> dict[str, datetime]:
    """Units that changed and everything below them, each with the earliest of the instants that concern it."""
    rows = await connection.fetch(_BELOW, list(changed), list(changed.values()))
    return {row["code"]: row["since"] for row in rows}
