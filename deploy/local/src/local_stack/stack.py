"""The whole platform on one machine: PostgreSQL, a broker, the provider simulator and the services, each a real process."""

import asyncio
import json
import secrets
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from local_stack.brokers import make_broker
from local_stack.issuer import DevelopmentIssuer
from local_stack.kafka_topics import platform_topics
from local_stack.migrations import migrate
from local_stack.names import SERVICES, BrokerKind
from local_stack.paths import ROOT, WORK
from local_stack.ports import HOST, free_port
from local_stack.postgres import Postgres
from local_stack.processes import SupervisedProcess
from local_stack.provider_process import Providers
from local_stack.providers.faults import Behaviour, Channel
from local_stack.providers.launch import development_credentials
from local_stack.services import Surroundings, approved_templates, service_launch
from local_stack.workfolder import WorkFolder
from servicekit.migrations import KIT


class Component(Protocol):
    """A part of the stack that can be taken down and brought up again on the same address."""

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        ...

    async def start(self) -> None:
        """Starts it and waits until it serves."""
        ...

    async def kill(self) -> None:
        """Ends it without warning."""
        ...

    async def stop(self) -> None:
        """Ends it in order."""
        ...


class Stack:
    """Starts everything on entering and leaves nothing running on leaving, also when the launcher is killed.

    Args:
        work_dir: data and logs; what an earlier stack left there is removed. One stack at a time per folder.
        kafka: `embedded` (no durability) or `apache` (needs Java 17 and, the first time, Maven).
        clock: `system`, or the path of a rehearsal clock file that the caller has created.
        services: which services to run.
        durable: False gives up crash safety of the database for speed.
        partitions: of every topic.
        environment: further settings of every service, laid over the stack's own.

    Raises, on entering: RuntimeError when the folder is taken or something must be installed, ProcessFailed with the end of
    the log when a part does not start.
    """

    def __init__(
        self,
        work_dir: Path = WORK / "stack",
        *,
        kafka: BrokerKind = "embedded",
        clock: str | Path = "system",
        services: Sequence[str] = SERVICES,
        durable: bool = True,
        partitions: int = 3,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        if unknown := set(services) - set(SERVICES):
            raise ValueError(f"no such service: {', '.join(sorted(unknown))}")
        self.folder = WorkFolder(work_dir)
        self.robot_key = secrets.token_hex(16)
        self._ports = {name: free_port() for name in services}
        self._clock = str(clock)
        self._durable = durable
        self._environment = dict(environment or {})
        self._credentials = development_credentials(approved_templates(), [self.robot_key])
        self._receipt_token = secrets.token_urlsafe(24)
        self._broker = make_broker(kafka, self.folder.kafka, platform_topics(partitions))
        self._providers = Providers(
            self.folder.providers, clock=self._clock, credentials=self._credentials, receipts_to=self._receipts_url()
        )
        self._postgres: Postgres | None = None
        self._issuer: DevelopmentIssuer | None = None
        self._components: dict[str, Component] = {}

    async def __aenter__(self) -> Self:
        self.folder.claim()
        try:
            await self._start_all()
        except BaseException:
            await self._stop_all()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stop_all()

    @property
    def urls(self) -> dict[str, str]:
        """The base URL of each service, and of the provider simulator under `providers`."""
        services = {name: f"http://{HOST}:{port}" for name, port in self._ports.items()}
        return {**services, "providers": self._providers.url}

    @property
    def kafka_servers(self) -> str:
        """Bootstrap servers of the broker."""
        return self._broker.servers

    @property
    def kafka_fetch_max_wait_ms(self) -> int:
        """What consumers of this broker should ask for when they wait."""
        return self._broker.fetch_max_wait_ms

    @property
    def pids(self) -> dict[str, int | None]:
        """The process id of each part by name, None while it is down."""
        return {name: component.pid for name, component in self._components.items()}

    def database_url(self, service: str) -> str:
        """The database of a service, for tools that look at it from outside (never to make things happen)."""
        return self._cluster().url(service)

    def token(self, subject: str, unit: str | None, roles: Sequence[str]) -> str:
        """A token that every service of this stack accepts for a day."""
        if self._issuer is None:
            raise RuntimeError("the stack has not been started")
        return self._issuer.token(subject, unit, roles)

    async def kill(self, name: str) -> None:
        """SIGKILL to a part: a service, `postgres`, `kafka` or `providers`. Raises KeyError for another name."""
        await self._components[name].kill()

    async def start(self, name: str) -> None:
        """Starts a part that was killed, on its former address, and waits until it serves."""
        await self._components[name].start()

    async def restart(self, name: str) -> None:
        """`kill` and `start`."""
        await self.kill(name)
        await self.start(name)

    async def provider_fault(self, channel: str, behave: str, until: datetime | None = None) -> None:
        """Orders a fault of a provider (SCENARIO 11) up to, not including, `until`. Raises ValueError for other words."""
        async with self._providers.control() as control:
            await control.order_fault(Channel(channel), Behaviour(behave), until=until)

    async def provider_calls(self, after: int = 0) -> list[dict[str, Any]]:
        """Every call that the providers received, refused or not, beginning with number `after` + 1."""
        async with self._providers.control() as control:
            return await control.calls(after)

    async def _start_all(self) -> None:
        self._issuer = DevelopmentIssuer(self.folder.issuer)
        await asyncio.to_thread((self.folder.providers / "jwks.json").write_text, json.dumps(self._issuer.jwks()))
        self._postgres = Postgres(self.folder.postgres, durable=self._durable)
        self._components = {"postgres": self._postgres, "kafka": self._broker, "providers": self._providers}
        await _together([self._start_databases(self._postgres), self._broker.start(), self._providers.start()])
        surroundings = self._surroundings()
        for name, port in self._ports.items():
            self._components[name] = SupervisedProcess(service_launch(name, port, self._postgres.url(name), surroundings))
        await _together([self._components[name].start() for name in self._ports])

    async def _start_databases(self, postgres: Postgres) -> None:
        await postgres.create()
        await postgres.start()
        for name in self._ports:
            await postgres.create_database(name)
        await _together([self._migrate(postgres, name) for name in self._ports])

    async def _migrate(self, postgres: Postgres, name: str) -> None:
        folder = ROOT / "services" / name / "migrations"
        await migrate(postgres.url(name), KIT, folder, log=self.folder.logs / f"migrate-{name}.log")

    async def _stop_all(self) -> None:
        try:
            # What others depend on goes last: the services first and together, then the parts below them.
            await _all_the_same([component.stop() for name, component in self._components.items() if name in self._ports])
            await _all_the_same([self._providers.stop()])
            await _all_the_same([self._broker.stop()])
            if self._postgres is not None:
                await _all_the_same([self._postgres.discard()])
        except BaseException:
            await _all_the_same([component.kill() for component in self._components.values()])
            raise
        finally:
            self.folder.release()

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            kafka_servers=self._broker.servers,
            kafka_fetch_max_wait_ms=self._broker.fetch_max_wait_ms,
            clock="system" if self._clock == "system" else f"rehearsal:{self._clock}",
            providers_url=self._providers.url,
            credentials=self._credentials,
            receipt_token=self._receipt_token,
            logs=self.folder.logs,
            overrides=self._environment,
        )

    def _receipts_url(self) -> str | None:
        port = self._ports.get("notify")
        return f"http://{HOST}:{port}/receipts/aliyun/{self._receipt_token}" if port else None

    def _cluster(self) -> Postgres:
        if self._postgres is None:
            raise RuntimeError("the stack has not been started")
        return self._postgres


async def _together(starts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs them at the same time. The first failure ends the others and is raised by itself."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for start in starts:
                tasks.create_task(start)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _all_the_same(stops: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs them at the same time, all of them to the end; raises the first failure afterwards."""
    outcomes = await asyncio.gather(*stops, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
