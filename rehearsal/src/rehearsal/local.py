"""The local stack as the system that a scenario runs on, with the clock that all its processes share."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from local_stack.providers.control_client import ProviderControl
from local_stack.stack import Stack
from rehearsal.scenario import ProcessFault, Scenario
from rehearsal.system import Outside
from servicekit.clock import ClockFile, RehearsalClock

KafkaKind = Literal["embedded", "apache"]


@dataclass(frozen=True)
class LocalSystem:
    """A running stack; see `rehearsal.system.System`."""

    stack: Stack
    clock: ClockFile
    reader: RehearsalClock
    providers: ProviderControl

    @property
    def urls(self) -> Mapping[str, str]:
        """The base address of each service."""
        return self.stack.urls

    @property
    def kafka_servers(self) -> str:
        """The brokers' bootstrap addresses."""
        return self.stack.kafka_servers

    def now(self) -> datetime:
        """What the processes take for the present instant."""
        return self.reader.now()

    def token(self, subject: str, unit: str | None, roles: list[str]) -> str:
        """Make a bearer token of the development issuer."""
        return self.stack.token(subject, unit, roles)

    async def kill(self, name: str) -> None:
        """End a process with SIGKILL."""
        await self.stack.kill(name)

    async def start(self, name: str) -> None:
        """Start a process that is down and wait until it is ready."""
        await self.stack.start(name)

    async def provider_fault(self, channel: str, behave: str, until: datetime) -> None:
        """Let a provider misbehave until an instant (exclusive)."""
        await self.stack.provider_fault(channel, behave, until)

    async def provider_pending(self) -> Outside:
        """Return what the providers still have to do by themselves."""
        pending = await self.providers.pending()
        return Outside(pending.in_flight + pending.receipts_due, pending.next_due)

    async def provider_calls(self) -> list[dict[str, Any]]:
        """Return the providers' call log."""
        return await self.stack.provider_calls()


@asynccontextmanager
async def local_system(scenario: Scenario, kafka: KafkaKind, work_dir: Path, *, keep: bool) -> AsyncIterator[LocalSystem]:
    """Start a stack in a folder of its own, its clock at the start of the scenario; stop it afterwards.

    The folder (data and logs) is removed at the end of a run that completed, unless `keep`.
    """
    clock_path = work_dir / "clock"
    clock = _new_clock(clock_path, scenario.start)
    # Without a fault of the database nothing can be lost by not waiting for the disk.
    durable = any(isinstance(fault, ProcessFault) and fault.process == "postgres" for fault in scenario.faults)
    stack = Stack(work_dir, kafka=kafka, clock=clock_path, durable=durable)
    async with stack, ProviderControl(stack.urls["providers"]) as providers:
        yield LocalSystem(stack, clock, RehearsalClock(clock_path), providers)
    clock.close()
    if not keep:
        shutil.rmtree(work_dir, ignore_errors=True)


def _new_clock(path: Path, instant: datetime) -> ClockFile:
    path.parent.mkdir(parents=True, exist_ok=True)
    return ClockFile.create(path, instant)
