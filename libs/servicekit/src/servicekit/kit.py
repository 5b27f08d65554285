"""What a running service hands to its endpoints, consumers and loops."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from servicekit.auth import Authenticator, Principal
from servicekit.clock import Clock
from servicekit.database import RETRYABLE, Connection, Pool
from servicekit.problems import Problem, conflict
from servicekit.progress import Progress
from servicekit.settings import Settings

T = TypeVar("T")
Command = Callable[[Connection], Awaitable[T]]

_REMEMBERED = "SELECT fingerprint, status, body FROM idempotency WHERE subject = $1 AND key = $2"
_REMEMBER = """
INSERT INTO idempotency (subject, key, fingerprint, status, body, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: status and JSON body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One command as it arrived. `received_at` is when its first byte did: waiting for a lock makes nobody late."""

    principal: Principal
    received_at: datetime
    idempotency_key: str | None = None
    fingerprint: bytes = b""


@dataclass(slots=True)
class Kit:
    """The parts that every service shares."""

    service: str
    settings: Settings
    pool: Pool
    clock: Clock
    progress: Progress
    authenticator: Authenticator

    async def command(self, run: Command[T]) -> T:
        """Run one command in one transaction; a lost deadlock is tried again, a bounded number of times."""
        for attempt in range(1, self.settings.command_attempts + 1):
            try:
                async with self.pool.acquire() as connection, connection.transaction():
                    result = await run(connection)
            except RETRYABLE as error:
                if attempt == self.settings.command_attempts:
                    raise Problem(503, "too many callers change this at once; try again") from error
                await asyncio.sleep(0.01 * attempt)
            else:
                self.progress.worked()
                return result
        raise AssertionError("unreachable: command_attempts is at least 1")

    async def answer(self, request: Request, status: int, run: Command[BaseModel | dict[str, Any]]) -> Answer:
        """Run a command once per Idempotency-Key and return its first answer ever after (draft-ietf-httpapi-idempotency-key)."""

        async def once(connection: Connection) -> Answer:
            if request.idempotency_key is None:
                return _answer(status, await run(connection))
            subject = f"{request.principal.unit or ''}/{request.principal.subject}"
            # Serialises callers with the same key; the second one finds the first one's answer.
            await connection.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{subject}/{request.idempotency_key}"
            )
            row = await connection.fetchrow(_REMEMBERED, subject, request.idempotency_key)
            if row is not None:
                if row["fingerprint"] != request.fingerprint:
                    raise conflict("this Idempotency-Key was used for another request; use a new key", "Idempotency-Key")
                return Answer(row["status"], row["body"])
            answer = _answer(status, await run(connection))
            await connection.execute(
                _REMEMBER, subject, request.idempotency_key, request.fingerprint, answer.status, answer.body, request.received_at
            )
            return answer

        return await self.command(once)


def _answer(status: int, body: BaseModel | dict[str, Any]) -> Answer:
    model = body if isinstance(body, BaseModel) else _Free.model_validate(body)
    return Answer(status, model.model_dump_json().encode())


class _Free(BaseModel, extra="allow"):
    pass


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """Identify a request for idempotency."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).digest()
