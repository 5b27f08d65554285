"""How other processes know that a sender lives: it holds an advisory lock under its own name, on its own connection.

The server lets go of the lock when the process is gone, however it ended. So no time has to pass before its notifications
are taken over, which matters because simulated time may stand still.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from servicekit.database import Connection, connect
from servicekit.settings import Settings

_NAME: Final = "'notify-sender:' || $1::text"
_LOCK: Final = f"SELECT pg_try_advisory_lock(hashtextextended({_NAME}, 0))"
_TEST: Final = f"SELECT pg_try_advisory_xact_lock(hashtextextended({_NAME}, 0))"
_RETRY_SECONDS: Final = 0.05


class Lease:
    """The lease of one process. All of its claims are made on the connection that holds it: no lease, no claim."""

    def __init__(self, boot: UUID, settings: Settings) -> None:
        self.id = boot
        self._settings = settings
        self._connection: Connection | None = None

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction on the connection that holds the lease; it is opened, and the lease taken, when that is needed.

        Raises:
            Exception: one of servicekit.database.UNAVAILABLE.
        """
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._take()
        async with self._connection.transaction():
            yield self._connection

    async def close(self) -> None:
        """Let go of the lease."""
        if self._connection is not None:
            self._connection.terminate()

    async def _take(self) -> Connection:
        connection = await connect(self._settings, "sender")
        try:
            async with asyncio.timeout(self._settings.pool_timeout_seconds):
                # Our own earlier session may not have ended yet.
                while not await connection.fetchval(_LOCK, str(self.id)):  # noqa: ASYNC110 - the server tells nobody
                    await asyncio.sleep(_RETRY_SECONDS)
        except BaseException:
            connection.terminate()
            raise
        return connection


async def is_dead(connection: Connection, lease: UUID) -> bool:
    """Whether nobody holds a lease. If so, it is held until the end of the transaction, so that one process takes over."""
    dead: bool = await connection.fetchval(_TEST, str(lease))
    return dead
