"""The connection pool of a service. Instants travel as aware UTC datetimes, JSON as Python objects."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from servicekit.settings import Settings

if TYPE_CHECKING:  # generic in the stubs, not at run time
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

RETRYABLE: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""The transaction lost a race and may be tried again as it is."""

UNAVAILABLE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.InterfaceError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
    TimeoutError,
)
"""The database cannot answer now. The same work may succeed later; nothing is wrong with it."""


async def _prepare(connection: Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def connect(settings: Settings) -> Connection:
    """Open one connection outside the pool, for work that holds a session-level lock."""
    connection = await asyncpg.connect(
        settings.dsn,
        timeout=settings.pool_timeout_seconds,
        command_timeout=settings.statement_timeout_seconds,
        server_settings={"timezone": "UTC", "application_name": "bihuan-relay"},
    )
    await _prepare(connection)
    return connection


async def create_pool(settings: Settings) -> Pool:
    """Open the pool; every statement and every idle transaction is bounded by the server as well."""
    statement_ms = round(timedelta(seconds=settings.statement_timeout_seconds) / timedelta(milliseconds=1))
    return await asyncpg.create_pool(
        settings.dsn,
        min_size=2,
        max_size=settings.pool_size,
        timeout=settings.pool_timeout_seconds,
        command_timeout=settings.statement_timeout_seconds,
        init=_prepare,
        server_settings={
            "timezone": "UTC",
            "application_name": "bihuan",
            "statement_timeout": str(statement_ms),
            "idle_in_transaction_session_timeout": str(2 * statement_ms),
        },
    )
