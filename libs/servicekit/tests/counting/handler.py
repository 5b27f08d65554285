"""The consumer of the counting service, under a test's control."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts import Envelope
from servicekit.database import Connection, Pool

_APPLY = "INSERT INTO applied (key, sequence) SELECT * FROM unnest($1::text[], $2::bigint[])"
_APPLIED = "SELECT key, array_agg(sequence ORDER BY nr) AS sequences FROM applied GROUP BY key"


@dataclass
class Counting:
    """Writes a row per event. Refuses keys, fails once per listed failure, takes its time and waits at the gate, if told to."""

    refuse: set[str] = field(default_factory=set)
    failures: list[Exception] = field(default_factory=list)
    seconds: float = 0
    gate: asyncio.Event | None = None
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    batches: list[int] = field(default_factory=list)

    async def __call__(self, connection: Connection, envelopes: Sequence[Envelope], _now: datetime) -> None:
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        keys = [each.key for each in envelopes]
        await connection.execute(_APPLY, keys, [each.sequence for each in envelopes])
        if self.seconds:
            await connection.execute("SELECT pg_sleep($1)", self.seconds)
        if self.failures:
            raise self.failures.pop(0)
        if refused := self.refuse.intersection(keys):
            raise ValueError(f"{sorted(refused)} refused")
        self.batches.append(len(envelopes))


async def applied(pool: Pool) -> dict[str, list[int]]:
    """The sequences applied per key, in the order in which they were."""
    return {row["key"]: row["sequences"] for row in await pool.fetch(_APPLIED)}


async def until(condition: Callable[[], Awaitable[bool]], within: float = 20.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.01)
