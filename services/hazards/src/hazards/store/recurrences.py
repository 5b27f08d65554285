"""Hazards of the same type in the same enterprise (同类型重复)."""

from datetime import datetime
from uuid import UUID

from hazards.domain.record import Hazard
from hazards.store.hazards import hazard_of
from servicekit.database import Connection

_OF_TYPE = "enterprise = $1 AND category = $2 AND reported_at >= $3 AND state <> 'dismissed' AND hazard_id <> $4"
_NEWEST = f"SELECT * FROM hazard WHERE {_OF_TYPE} ORDER BY reported_at DESC, hazard_id DESC LIMIT 1"
_COUNT = f"SELECT count(*) FROM hazard WHERE {_OF_TYPE}"


async def of_type(
    connection: Connection, enterprise: str, category: str, since: datetime, but: UUID
) -> tuple[Hazard | None, int]:
    """Return the newest hazard of a category in an enterprise since an instant, and how many, all `but` one.

    Dismissed ones do not count.
    """
    row = await connection.fetchrow(_NEWEST, enterprise, category, since, but)
    if row is None:
        return None, 0
    count: int = await connection.fetchval(_COUNT, enterprise, category, since, but)
    return hazard_of(row), count
