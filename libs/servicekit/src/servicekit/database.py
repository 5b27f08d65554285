"""The connection pool of a service. Instants travel as aware UTC datetimes, JSON as Python objects."""

import json
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from servicekit.settings import Settings

if TYPE_CHECKING:  # generic in the stubs, not at run time
    from asyncpg.pool import PoolAcquireContext

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

Row = asyncpg.Record

RETRYABLE: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""The transaction lost a race and may be tried again as it is."""

UNAVAILABLE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, starting up, statement cancelled
    asyncpg.InsufficientResourcesError,  # disk, memory, connections
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    asyncpg.InterfaceError,  # the connection or the pool is closed
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""The database cannot answer now. The same work may succeed later; nothing is wrong with it."""

# Without these the server would take hours to notice that a peer vanished, and keep its locks for so long.
_KEEPALIVE: Final = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


class _BoundedPool(asyncpg.Pool):
    """A pool for whose connections nobody waits for ever."""

    def __init__(self, *arguments: Any, acquire_seconds: float, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._acquire_seconds = acquire_seconds

    def acquire(self, *, timeout: float | None = None) -> "PoolAcquireContext[asyncpg.Record]":
        return super().acquire(timeout=timeout or self._acquire_seconds)


async def _prepare(connection: Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _keep(_connection: Connection) -> None:
    """Nothing in a session outlives a transaction here, so a connection goes back as it is, without a round trip."""


def _bounds(settings: Settings) -> dict[str, str]:
    statement_ms = round(settings.statement_timeout_seconds * 1000)
    return {
        "timezone": "UTC",
        "statement_timeout": str(statement_ms),
        "idle_in_transaction_session_timeout": str(2 * statement_ms),
        **_KEEPALIVE,
    }


async def connect(settings: Settings, purpose: str) -> Connection:
    """Open one connection outside the pool, for work that holds a session-level lock. The server knows it as `bihuan-PURPOSE`."""
    connection = await asyncpg.connect(
        settings.dsn,
        timeout=settings.pool_timeout_seconds,
        command_timeout=settings.statement_timeout_seconds,
        server_settings=_bounds(settings) | {"application_name": f"bihuan-{purpose}"},
    )
    await _prepare(connection)
    return connection


async def create_pool(settings: Settings) -> Pool:
    """Open the pool. Waiting for a connection, every statement and every idle transaction is bounded.

    Sessions are not reset between users: code that takes a session-level lock or changes a session setting uses `connect`.
    """
    return await _BoundedPool(
        settings.dsn,
        acquire_seconds=settings.pool_timeout_seconds,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        loop=None,
        min_size=2,
        max_size=settings.pool_size,
        max_queries=50_000,
        max_inactive_connection_lifetime=300.0,
        timeout=settings.pool_timeout_seconds,
        command_timeout=settings.statement_timeout_seconds,
        init=_prepare,
        reset=_keep,
        server_settings=_bounds(settings) | {"application_name": "bihuan"},
    )
