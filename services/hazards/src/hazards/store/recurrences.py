"""Hazards of the same type in the same enterprise (同类型重复)."""

from datetime import datetime

from hazards.domain.record import Hazard
from hazards.store.hazards import hazard_of
from servicekit.database import Connection

_NEWEST = """
SELECT * FROM hazard WHERE enterprise = $1 AND category = $2 AND reported_at >= $3 AND state <> 'dismissed'
ORDER BY reported_at DESC, hazard_id DESC LIMIT 1
"""
_COUNT = """
SELECT count(*) FROM hazard WHERE enterprise = $1 AND category = $2 AND reported_at >= $3 AND state <> 'dismissed'
"""


async def of_type(connection: Connection, enterprise: str, category: str, since: datetime) -> tuple[Hazard | None, int]:
    """Return the newest hazard of a category in an enterprise since an instant, and how many; dismissed ones do not count."""
    row = await connection.fetchrow(_NEWEST, enterprise, category, since)
    if row is None:
        return None, 0
    count: int = await connection.fetchval(_COUNT, enterprise, category, since)
    return hazard_of(row), count
