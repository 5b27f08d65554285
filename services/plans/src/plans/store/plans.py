"""Plans and every version they had."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts import Actor
from contracts.events.plans import Obligation
from plans.domain.plan import Plan
from servicekit.database import Connection, Pool

_COLUMNS = "plan_id, title, document_number, issuer, zone, state, version, obligations, drafted_at, changed_at, issued_at"
_FIND = f"SELECT {_COLUMNS} FROM plan WHERE plan_id = $1"
_LOCK = f"{_FIND} FOR UPDATE"
_DRAFT = f"""
INSERT INTO plan (title, document_number, issuer, zone, state, version, obligations, drafted_at, changed_at)
VALUES ($1, $2, $3, $4, 'draft', 1, $5, $6, $6)
RETURNING {_COLUMNS}
"""
_CHANGE = """
UPDATE plan SET state = $2, version = $3, obligations = $4, changed_at = $5, issued_at = $6 WHERE plan_id = $1
"""
_KEEP_VERSION = """
INSERT INTO plan_version
    (plan_id, version, state, obligations, changes, occurred_at, recorded_at, actor_subject, actor_unit, on_behalf_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_LIST = f"SELECT {_COLUMNS} FROM plan WHERE issuer = ANY($1::text[]) AND plan_id > $2 ORDER BY plan_id LIMIT $3"
_LIST_ALL = f"SELECT {_COLUMNS} FROM plan WHERE plan_id > $1 ORDER BY plan_id LIMIT $2"
_HISTORY = "SELECT version, state, changes, occurred_at FROM plan_version WHERE plan_id = $1 ORDER BY version"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new plan is made of; its issuer is a known unit."""

    title: str
    document_number: str | None
    issuer: str
    zone: str
    obligations: tuple[Obligation, ...]


async def draft(connection: Connection, new: Draft, actor: Actor, at: datetime) -> Plan:
    """Store a new plan as version 1."""
    row = await connection.fetchrow(
        _DRAFT, new.title, new.document_number, new.issuer, new.zone, _to_json(new.obligations), at
    )  # fmt: skip
    assert row is not None  # noqa: S101 - INSERT ... RETURNING of one row
    plan = _plan(row)
    await _keep_version(connection, plan, (), actor, at)
    return plan


async def lock(connection: Connection, plan_id: UUID) -> Plan | None:
    """Return the plan, held for change until the end of the transaction."""
    row = await connection.fetchrow(_LOCK, plan_id)
    return None if row is None else _plan(row)


async def change(connection: Connection, plan: Plan, changes: Sequence[str], actor: Actor, at: datetime) -> None:
    """Store the next version of a locked plan."""
    await connection.execute(
        _CHANGE, plan.plan_id, plan.state, plan.version, _to_json(plan.obligations), plan.changed_at, plan.issued_at
    )
    await _keep_version(connection, plan, changes, actor, at)


async def find(pool: Pool, plan_id: UUID) -> Plan | None:
    """Return the plan as it stands, or None."""
    row = await pool.fetchrow(_FIND, plan_id)
    return None if row is None else _plan(row)


async def history(pool: Pool, plan_id: UUID) -> Sequence[asyncpg.Record]:
    """Return version, state, changes and occurred_at of every version, the oldest first."""
    return await pool.fetch(_HISTORY, plan_id)


async def listed(pool: Pool, issuers: Collection[str] | None, after: UUID, limit: int) -> list[Plan]:
    """Return plans of `issuers` (None: of all) drafted after the plan `after`, the oldest first."""
    if issuers is None:
        rows = await pool.fetch(_LIST_ALL, after, limit)
    else:
        rows = await pool.fetch(_LIST, list(issuers), after, limit)
    return [_plan(row) for row in rows]


async def _keep_version(connection: Connection, plan: Plan, changes: Sequence[str], actor: Actor, at: datetime) -> None:
    await connection.execute(
        _KEEP_VERSION,
        plan.plan_id,
        plan.version,
        plan.state,
        _to_json(plan.obligations),
        list(changes),
        plan.changed_at,
        at,
        actor.subject,
        actor.unit,
        actor.on_behalf_of,
    )


def _to_json(obligations: Sequence[Obligation]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in obligations]


def _plan(row: asyncpg.Record) -> Plan:
    return Plan(**{**row, "obligations": tuple(Obligation.model_validate(each) for each in row["obligations"])})
