"""Notify with its API, a database of its own and senders in this process, talking to the real simulator."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import uvicorn

from contracts import Envelope, Event
from contracts.events.reports import ReportMissed
from contracts.events.units import Placement, UnitRegistered
from local_stack.brokers import Broker
from local_stack.ports import free_port
from local_stack.processes import SupervisedProcess
from local_stack.services import Surroundings, service_launch
from notify.caller import Caller
from notify.channels import open_providers
from notify.consumers import apply
from notify.providers.base import Provider
from notify.sender import Sender
from notify.service import SERVICE
from notify.settings import NotifySettings
from servicekit.http import Edge
from servicekit.kit import Kit
from servicekit.progress import Progress
from servicekit.service import application

Outside = Any  # of the conftest above: the simulator
PATIENT_SECONDS = 5.0
HASTY_SECONDS = 1.0
# In one statement: two looks could miss what moves from due to in hand between them.
_IN_HAND = """
SELECT count(*) FILTER (WHERE leased_by IS NOT NULL) AS leased, min(least(next_attempt_at, next_query_at)) AS due
FROM notification
"""


@dataclass
class Notify:
    """Notify with its API and a database of its own; senders run when they are asked for."""

    running: Any
    settings: NotifySettings
    outside: Outside
    exits: AsyncExitStack
    sequences: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def kit(self) -> Kit:
        kit: Kit = self.running.kit
        return kit

    def hurry(self) -> None:
        """Let senders give up soon, where calls will not be answered."""
        self.settings.provider_timeout_seconds = HASTY_SECONDS

    def new_sender(self, providers: dict[Any, Provider] | None = None) -> tuple[Sender, Kit]:
        """A sender as another process would have it: with a boot, a lease and provider clients of its own."""
        kit = replace(self.kit, progress=Progress())
        caller = Caller(providers or open_providers(self.settings, kit.clock), self.settings)
        return Sender(kit, self.settings, caller), kit

    async def start_sender(self, providers: dict[Any, Provider] | None = None) -> "asyncio.Task[None]":
        """Run a sender until the test ends or cancels it."""
        sender, _ = self.new_sender(providers)
        task = asyncio.create_task(sender.run())
        self.exits.push_async_callback(_ended, task)
        return task

    async def tell(self, *events: Event) -> list[UUID]:
        """Consume events as one batch; return their ids."""
        envelopes = self.envelopes(events)
        await self.consume(envelopes)
        return [envelope.id for envelope in envelopes]

    def envelopes(self, events: Sequence[Event]) -> list[Envelope]:
        return [
            Envelope(uuid4(), "/test", event.type(), event.occurred_at, event.key(), next(self.sequences), event)
            for event in events
        ]

    async def consume(self, envelopes: Sequence[Envelope]) -> None:
        async with self.kit.pool.acquire() as connection, connection.transaction():
            await apply(connection, envelopes, self.kit.clock.now())
        self.kit.progress.worked()

    async def register(self, tree: dict[str, str | None]) -> None:
        """Make units known: code to parent."""
        now = self.kit.clock.now()
        await self.tell(
            *(
                UnitRegistered(
                    occurred_at=now,
                    recorded_at=now,
                    code=code,
                    name=f"单位{code}",
                    level="unit",
                    parent=parent,
                    placements=(Placement(parent=parent, valid_from=now),),
                )
                for code, parent in tree.items()
            )
        )

    async def add_contacts(self, *contacts: dict[str, Any]) -> list[dict[str, Any]]:
        bodies = [{"name": "某人"} | contact for contact in contacts]
        answer = await self.running.post("/contacts/batch", {"contacts": bodies}, roles=("admin",))
        assert answer.status_code == 200, answer.text
        added: list[dict[str, Any]] = answer.json()["contacts"]
        return added

    def missed(self, unit: str = "V", step: int = 1, **changes: Any) -> ReportMissed:
        """The event that most tests raise an alert with."""
        now = self.kit.clock.now()
        usual = {
            "occurred_at": now,
            "recorded_at": now,
            "report_id": f"r-{unit}-{uuid4()}",
            "plan_id": "p",
            "obligation": "village-daily",
            "obligation_type": "zero_report",
            "unit": unit,
            "parent": "T",
            "period": "2026-03-02",
            "cutoff_at": now,
            "step": step,
            "recipients": ["T"],
        }
        return ReportMissed.model_validate(usual | changes)

    async def alerts(self) -> list[dict[str, Any]]:
        """All entries of GET /alerts."""
        items: list[dict[str, Any]] = []
        after = "0"
        while after is not None:
            page = (await self.running.get(f"/alerts?limit=1000&after={after}", roles=("admin",))).json()
            items, after = items + page["items"], page["next"]
        return items

    async def quiet(self, within: float = 20) -> datetime | None:
        """Wait until nothing is in hand and nothing is due; return what will be due next."""
        give_up = time.monotonic() + within
        while time.monotonic() < give_up:
            row = await self.kit.pool.fetchrow(_IN_HAND)
            if row["leased"] == 0 and (row["due"] is None or row["due"] > self.kit.clock.now()):
                due: datetime | None = row["due"]
                return due
            await asyncio.sleep(0.01)
        raise AssertionError(f"not quiet after {within} s")

    async def step(self) -> datetime:
        """Move the clock to what is due next, and let it be done."""
        due = await self.quiet()
        assert due is not None, "nothing will ever be due"
        self.outside.clock_file.set(due)
        await self.quiet()
        return due

    @staticmethod
    async def until(true: Callable[[], Awaitable[bool]], within: float = 20) -> None:
        """Wait for something to come true."""
        give_up = time.monotonic() + within
        while not await true():
            if time.monotonic() > give_up:
                raise AssertionError(f"still not true after {within} s")
            await asyncio.sleep(0.01)

    async def called(self, operation: str, times: int = 1) -> None:
        """Wait until the provider has got so many calls; whether it answers is another matter."""

        async def got_them() -> bool:
            return len(await self.outside.outcomes(operation)) == times

        await self.until(got_them)

    async def told(self) -> list[tuple[str, str, int]]:
        """Channel, status and attempts of every entry."""
        return [(item["channel"], item["status"], item["attempts"]) for item in await self.alerts()]

    async def until_told(self, *wanted: tuple[str, str, int]) -> None:
        """Wait until the entries stand so."""

        async def so() -> bool:
            return await self.told() == list(wanted)

        await self.until(so)

    async def progress(self) -> dict[str, Any]:
        report: dict[str, Any] = (await self.running.get("/ops/progress", roles=("admin",))).json()
        return report


class _Quiet(uvicorn.Server):
    """A server that leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait({task})


@pytest.fixture
async def notify(outside: Outside, run_service: Callable[..., Awaitable[Any]]) -> AsyncIterator[Notify]:
    """Notify in a county C with town T and village V; nobody sends yet."""
    setting = {
        "sms_endpoint": outside.url,
        "sms_access_key_id": outside.sms.access_key_id,
        "sms_access_key_secret": outside.sms.access_key_secret,
        "sms_sign_name": outside.sms.sign_name,
        "wecom_endpoint": outside.url,
        "wecom_corp_id": outside.wecom.corp_id,
        "wecom_secret": outside.wecom.secret,
        "wecom_agent_id": outside.wecom.agent_id,
        "receipt_token": "the-secret-of-the-address",
        "provider_timeout_seconds": PATIENT_SECONDS,
        "lease_poll_seconds": 0.05,
    }
    running = await run_service(SERVICE, **setting)
    running.kit.clock = outside.clock
    async with AsyncExitStack() as exits:
        world = Notify(running, running.kit.settings, outside, exits)
        await world.register({"C": None, "T": "C", "V": "T"})
        yield world


@pytest.fixture
async def receipts_url(notify: Notify) -> AsyncIterator[str]:
    """Serves the application over HTTP, for the simulator to push to; yields the address for receipts."""
    port = free_port()
    server = _Quiet(
        uvicorn.Config(Edge(application(SERVICE, notify.kit), notify.kit), port=port, log_level="error", lifespan="off")
    )
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await notify.until(started)
    yield f"http://127.0.0.1:{port}/receipts/aliyun/the-secret-of-the-address"
    server.should_exit = True
    await serving


@pytest.fixture
async def start_process(
    notify: Notify, fresh_kafka: Broker, issuer: Any, tmp_path: Path
) -> AsyncIterator[Callable[[], Awaitable[SupervisedProcess]]]:
    """`await start_process()` -> notify as a process of its own on the test's database, with `kill()`."""
    credentials = {
        "BIHUAN_SMS_ACCESS_KEY_ID": notify.outside.sms.access_key_id,
        "BIHUAN_SMS_ACCESS_KEY_SECRET": notify.outside.sms.access_key_secret,
        "BIHUAN_SMS_SIGN_NAME": notify.outside.sms.sign_name,
        "BIHUAN_WECOM_CORP_ID": notify.outside.wecom.corp_id,
        "BIHUAN_WECOM_SECRET": notify.outside.wecom.secret,
        "BIHUAN_WECOM_AGENT_ID": str(notify.outside.wecom.agent_id),
    }
    surroundings = Surroundings(
        kafka_servers=fresh_kafka.servers,
        kafka_fetch_max_wait_ms=fresh_kafka.fetch_max_wait_ms,
        clock=f"rehearsal:{notify.outside.clock_path}",
        providers_url=notify.outside.url,
        credentials=credentials,
        receipt_token="the-secret-of-the-address",
        logs=tmp_path,
        overrides={"BIHUAN_JWKS_URL": issuer.jwks_url, "BIHUAN_TOKEN_ISSUER": issuer.name},
    )
    started: list[SupervisedProcess] = []

    async def start() -> SupervisedProcess:
        process = SupervisedProcess(service_launch("notify", free_port(), notify.settings.dsn, surroundings))
        started.append(process)
        await process.start()
        return process

    yield start
    for process in started:
        await process.stop()
