"""Plans and every version they had."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts import Actor
from contracts.events.plans import Obligation
from plans.domain.content import Content
from plans.domain.plan import Plan, Text
from servicekit.database import Connection, Pool

_HEAD = "plan_id, title, document_number, issuer, zone, state, version, revision, drafted_at, changed_at, issued_at, closed_at"
_COLUMNS = f"{_HEAD}, obligations, content"
_FIND = f"SELECT {_COLUMNS} FROM plan WHERE plan_id = $1"
_LOCK = f"{_FIND} FOR UPDATE"
_DRAFT = f"""
INSERT INTO plan (title, document_number, issuer, zone, state, version, obligations, content, drafted_at, changed_at)
VALUES ($1, $2, $3, $4, 'draft', 1, $5, $6, $7, $7)
RETURNING {_COLUMNS}
"""
_CHANGE = """
UPDATE plan
SET state = $2, version = $3, revision = $4, title = $5, document_number = $6, obligations = $7, content = $8, changed_at = $9,
    issued_at = $10, closed_at = $11
WHERE plan_id = $1
"""
_KEEP_VERSION = """
INSERT INTO plan_version
    (plan_id, version, state, title, document_number, obligations, content, changes, occurred_at, recorded_at, actor_subject,
     actor_unit, on_behalf_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
# A page shows no texts: they are not read.
_ITEMS = f"SELECT {_HEAD}, '[]'::jsonb AS obligations, '{{}}'::jsonb AS content FROM plan"
_LIST = f"{_ITEMS} WHERE issuer = ANY($1::text[]) AND plan_id > $2 ORDER BY plan_id LIMIT $3"
_CONTENTS = "SELECT plan_id, content FROM plan WHERE plan_id = ANY($1::uuid[]) AND issuer = ANY($2::text[]) AND state <> 'draft'"
_LIST_ALL = f"{_ITEMS} WHERE plan_id > $1 ORDER BY plan_id LIMIT $2"
_HISTORY = "SELECT version, state, changes, occurred_at FROM plan_version WHERE plan_id = $1 ORDER BY version"
_VERSION = "SELECT title, document_number, obligations, content FROM plan_version WHERE plan_id = $1 AND version = $2"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new plan is made of; its issuer is a known unit."""

    issuer: str
    zone: str
    text: Text


async def draft(connection: Connection, new: Draft, actor: Actor, at: datetime) -> Plan:
    """Store a new plan as version 1."""
    text = new.text
    row = await connection.fetchrow(
        _DRAFT,
        text.title,
        text.document_number,
        new.issuer,
        new.zone,
        _obligations(text.obligations),
        content_json(text.content),
        at,
    )
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
        _CHANGE,
        plan.plan_id,
        plan.state,
        plan.version,
        plan.revision,
        plan.title,
        plan.document_number,
        _obligations(plan.obligations),
        content_json(plan.content),
        plan.changed_at,
        plan.issued_at,
        plan.closed_at,
    )
    await _keep_version(connection, plan, changes, actor, at)


async def find(database: Connection | Pool, plan_id: UUID) -> Plan | None:
    """Return the plan as it stands, or None."""
    row = await database.fetchrow(_FIND, plan_id)
    return None if row is None else _plan(row)


async def history(pool: Pool, plan_id: UUID) -> Sequence[asyncpg.Record]:
    """Return version, state, changes and occurred_at of every version, the oldest first."""
    return await pool.fetch(_HISTORY, plan_id)


async def text_of(pool: Pool, plan_id: UUID, version: int) -> Text | None:
    """Return what a plan said in one of its versions, or None."""
    row = await pool.fetchrow(_VERSION, plan_id, version)
    return None if row is None else Text(**_parsed(row))


async def contents(database: Connection | Pool, plans: Collection[UUID], issuers: Collection[str]) -> dict[UUID, Content]:
    """Return what those of `plans` say that were issued by one of `issuers`."""
    rows = await database.fetch(_CONTENTS, list(plans), list(issuers))
    return {row["plan_id"]: Content.model_validate(row["content"]) for row in rows}


async def listed(pool: Pool, issuers: Collection[str] | None, after: UUID, limit: int) -> list[Plan]:
    """Return plans of `issuers` (None: of all) drafted after the plan `after`, the oldest first, without what they say."""
    if issuers is None:
        rows = await pool.fetch(_LIST_ALL, after, limit)
    else:
        rows = await pool.fetch(_LIST, list(issuers), after, limit)
    return [_plan(row) for row in rows]


def content_json(content: Content) -> dict[str, Any]:
    """Content as it is stored: what is left out has its default."""
    return content.model_dump(mode="json", exclude_defaults=True)


async def _keep_version(connection: Connection, plan: Plan, changes: Sequence[str], actor: Actor, at: datetime) -> None:
    await connection.execute(
        _KEEP_VERSION,
        plan.plan_id,
        plan.version,
        plan.state,
        plan.title,
        plan.document_number,
        _obligations(plan.obligations),
        content_json(plan.content),
        list(changes),
        plan.changed_at,
        at,
        actor.subject,
        actor.unit,
        actor.on_behalf_of,
    )


def _obligations(obligations: Sequence[Obligation]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in obligations]


def _plan(row: asyncpg.Record) -> Plan:
    return Plan(**_parsed(row))


def _parsed(row: asyncpg.Record) -> dict[str, Any]:
    return {
        **row,
        "obligations": tuple(Obligation.model_validate(each) for each in row["obligations"]),
        "content": Content.model_validate(row["content"]),
    }
