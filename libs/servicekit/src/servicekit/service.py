"""Runs a service in one of its roles, and ends it in order.

SIGTERM: stop accepting requests → stop polling, finish the batch, commit, leave the group → stop the loops → close the pool →
flush telemetry. All within `shutdown_seconds`.
"""

import asyncio
import contextlib
import gc
import importlib
import json
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import structlog
import typer
import uvicorn
import uvloop
from fastapi import APIRouter, FastAPI

from servicekit import migrations, telemetry
from servicekit.auth import Authenticator
from servicekit.batches import Handler
from servicekit.clock import clock_from_setting
from servicekit.consumer import BatchConsumer
from servicekit.database import create_pool
from servicekit.deadlines import DeadlineLoop, DeadlineSource, Schedule
from servicekit.http import Edge, make_app
from servicekit.hygiene import Janitor
from servicekit.kit import Kit
from servicekit.operations import make_router
from servicekit.progress import Progress
from servicekit.redrive import Redrive
from servicekit.relay import Relay
from servicekit.settings import Settings

log = structlog.get_logger(__name__)
Role = Literal["api", "worker", "all", "migrate", "redrive", "openapi"]


@dataclass(frozen=True, slots=True)
class Consumption:
    """One consumer group of a service: its topics and what is done with their events."""

    consumer: str
    topics: tuple[str, ...]
    handler: Handler


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name is its package, its database and its consumer group.

    `workers` make further endless loops (for example notify's sender); `schedules` are the due rows that they act upon, and
    `in_flight_sql` counts what they are doing.
    """

    name: str
    title: str
    settings: type[Settings] = Settings
    routers: tuple[APIRouter, ...] = ()
    consumptions: tuple[Consumption, ...] = ()
    deadlines: tuple[DeadlineSource, ...] = ()
    workers: tuple[Callable[[Kit], Coroutine[Any, Any, None]], ...] = ()
    schedules: tuple[Schedule, ...] = ()
    in_flight_sql: str | None = None


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the service itself handles signals, because it ends more than the server


@contextlib.asynccontextmanager
async def open_kit(service: Service, settings: Settings) -> AsyncIterator[Kit]:
    """Open what the service shares, and close it again."""
    pool = await create_pool(settings)
    authenticator = Authenticator(settings)
    kit = Kit(service.name, settings, pool, clock_from_setting(settings.clock), Progress(), authenticator)
    try:
        yield kit
    finally:
        await authenticator.close()
        try:
            async with asyncio.timeout(settings.shutdown_seconds):
                await pool.close()
        except TimeoutError:
            pool.terminate()


def application(service: Service, kit: Kit | None, consumers: Sequence[BatchConsumer] = ()) -> FastAPI:
    """The service's endpoints and those for operators. Without a kit it can only be described."""
    app = make_app(kit, service.title)
    app.include_router(make_router([*service.deadlines, *service.schedules], list(consumers), service.in_flight_sql))
    for router in service.routers:
        app.include_router(router)
    return app


def openapi(service: Service) -> str:
    """The service's OpenAPI document, as it is committed beside the service."""
    return json.dumps(application(service, None).openapi(), ensure_ascii=False, indent=2) + "\n"


async def _run(service: Service, settings: Settings, role: Role) -> None:
    async with open_kit(service, settings) as kit, asyncio.TaskGroup() as tasks:
        consumers = [_consumer(kit, each) for each in service.consumptions] if role != "api" else []
        app = application(replace(service, routers=()) if role == "worker" else service, kit, consumers)
        server = _Server(
            uvicorn.Config(
                Edge(app, kit),
                host=settings.http_host,
                port=settings.http_port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=round(settings.shutdown_seconds / 2),
                h11_max_incomplete_event_size=65_536,
            )
        )
        loops: list[asyncio.Task[None]] = []
        relay = Relay(service.name, kit.clock, kit.progress, settings)
        if role != "api":
            loops.append(tasks.create_task(relay.run()))
            loops.append(tasks.create_task(Janitor(kit.pool, kit.clock, kit.progress, settings).run()))
            deadlines = DeadlineLoop(list(service.deadlines), kit.pool, kit.clock, kit.progress, settings)
            loops += [tasks.create_task(deadlines.run())] if service.deadlines else []
            loops += [tasks.create_task(consumer.run()) for consumer in consumers]
            loops += [tasks.create_task(worker(kit)) for worker in service.workers]
        await _serve_until_signalled(server)
        relay.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(settings.shutdown_seconds / 2):
                await asyncio.gather(*(consumer.stop() for consumer in consumers))
                if loops:
                    await asyncio.wait(loops[:1])  # the relay: what the last batches led to is published, if it can be
        for loop in loops:
            loop.cancel()
    log.info("stopped")


def _consumer(kit: Kit, each: Consumption) -> BatchConsumer:
    return BatchConsumer(
        each.consumer,
        each.topics,
        each.handler,
        pool=kit.pool,
        clock=kit.clock,
        progress=kit.progress,
        settings=kit.settings,
    )


async def _serve_until_signalled(server: uvicorn.Server) -> None:
    loop = asyncio.get_running_loop()

    def leave() -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave)
    await server.serve()


async def _redrive(service: Service, settings: Settings, *, dry_run: bool, limit: int, abandon: list[str]) -> None:
    async with open_kit(service, settings) as kit:
        for each in service.consumptions:
            redrive = Redrive(kit, each.consumer, each.handler, dry_run=dry_run, limit=limit, abandon=abandon)
            for line in (await redrive.run(each.topics)).lines():
                typer.echo(line)


def spare_the_collector() -> None:
    """Let the cyclic collector look away from what was imported and come less often.

    A batch makes thousands of objects that reference counts alone free again; by default the collector walks the whole
    process for every few batches, which cost about a tenth of a consumer's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def main(service: Service) -> None:
    """The command line of a service: `python -m NAME api|worker|all|migrate|redrive|openapi`."""
    importlib.import_module(service.name)

    def run(
        role: Annotated[
            Role, typer.Argument(help="api, worker, all (both), migrate, redrive dead letters, or print the openapi")
        ],
        dry_run: Annotated[bool, typer.Option(help="redrive: only say what would be applied")] = False,
        limit: Annotated[int, typer.Option(help="redrive: at most so many records per topic", min=1)] = 10_000,
        abandon: Annotated[list[str] | None, typer.Option(help="redrive: give up a letter for good (TOPIC:OFFSET)")] = None,
    ) -> None:
        if role == "openapi":  # needs no environment
            typer.echo(openapi(service), nl=False)
            return
        settings = service.settings()
        telemetry.set_up(service.name, settings)
        try:
            match role:
                case "migrate":
                    asyncio.run(migrations.migrate(service.name, settings.dsn))
                case "redrive":
                    asyncio.run(_redrive(service, settings, dry_run=dry_run, limit=limit, abandon=abandon or []))
                case _:
                    spare_the_collector()
                    uvloop.run(_run(service, settings, role))
        finally:
            telemetry.shut_down()

    # A traceback with local variables would show secrets.
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(run)
    app()
