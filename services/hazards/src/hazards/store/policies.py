"""What bodies have decided about times. Versions are only added."""

from collections.abc import Sequence
from datetime import datetime

from hazards.domain.policy import Policy, PolicyInForce
from servicekit.database import Connection, Pool

_ADD = """
INSERT INTO policy (unit, version, policy, recorded_at, actor_subject)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM policy WHERE unit = $1
RETURNING version
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7406112021))"
_IN_FORCE = """
SELECT DISTINCT ON (line.place) policy.unit, policy.version, policy.policy
FROM unnest($1::text[]) WITH ORDINALITY AS line (unit, place) JOIN policy USING (unit)
ORDER BY line.place, policy.version DESC LIMIT 1
"""


async def add(connection: Connection, unit: str, policy: Policy, subject: str, at: datetime) -> PolicyInForce:
    """Add a version of a unit's policy."""
    await connection.execute(_LOCK, unit)
    version: int = await connection.fetchval(_ADD, unit, policy.model_dump(mode="json"), at, subject)
    return PolicyInForce(unit=unit, version=version, policy=policy)


async def in_force(database: Connection | Pool, line: Sequence[str]) -> PolicyInForce:
    """Return the newest policy of the first unit of `line` that has one; the default when none has. `line` goes up."""
    row = await database.fetchrow(_IN_FORCE, list(line))
    return PolicyInForce() if row is None else PolicyInForce.model_validate(dict(row))
