"""The simulator's process: its command line, control interface and behaviour on the wire."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from local_stack.ports import free_port
from local_stack.processes import SupervisedProcess
from local_stack.providers.control_client import ProviderControl
from local_stack.providers.faults import Behaviour, Channel
from local_stack.providers.launch import development_credentials, simulator_launch, simulator_url
from servicekit.clock import ClockFile

pytestmark = pytest.mark.io
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
ROBOT = "robot-one"


class Running:
    """A simulator process, its folder and a plain HTTP client."""

    def __init__(self, work: Path, port: int, process: SupervisedProcess) -> None:
        self.work = work
        self.process = process
        self.control = ProviderControl(simulator_url(port))
        self.http = httpx.AsyncClient(base_url=simulator_url(port), timeout=5.0, trust_env=False)

    async def say(self, text: str, **options: float) -> httpx.Response:
        """Let the robot say something."""
        body = {"msgtype": "text", "text": {"content": text}}
        return await self.http.post("/cgi-bin/webhook/send", params={"key": ROBOT}, json=body, **options)


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    work = tmp_path_factory.mktemp("simulator")
    ClockFile.create(work / "clock", START).close()
    port = free_port()
    launch = simulator_launch(
        port=port,
        clock=str(work / "clock"),
        work_dir=work / "data",
        log=work / "providers.log",
        env=development_credentials({"SMS_1": "${unit}未报送"}, [ROBOT, "robot-two"]),
    )
    process = SupervisedProcess(launch)
    await process.start()
    simulator = Running(work, port, process)
    yield simulator
    await simulator.http.aclose()
    await simulator.control.close()
    await process.stop()


async def test_keys_are_served_once_they_exist(running: Running) -> None:
    assert (await running.http.get("/oidc/jwks.json")).status_code == 503
    (running.work / "data" / "jwks.json").write_text(json.dumps({"keys": []}), encoding="utf-8")
    assert (await running.http.get("/oidc/jwks.json")).json() == {"keys": []}


async def test_an_unsigned_request_gets_the_gateways_error(running: Running) -> None:
    response = await running.http.post("/", params={"Action": "SendSms"})
    assert (response.status_code, response.json()["Code"]) == (400, "MissingAccessKeyId")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"channel": "fax", "behave": "lost"}),
        ("faults", {"channel": "sms", "behave": "explode"}),
        ("faults", {"channel": "sms", "behave": "lost", "until": "2026-03-02T14:00:00"}),
        ("faults", {"channel": "sms", "behave": "lost", "for": "5m"}),
        ("callback", {"url": "nowhere"}),
        ("recipients", {}),
        ("recipients", {"mobile": "13900000001", "wecom": "v1"}),
        ("limits", {"sms_per_day": -1}),
    ],
)
async def test_a_wrong_order_is_refused(running: Running, path: str, body: object) -> None:
    assert (await running.http.post(f"/control/{path}", json=body)).status_code == 422


async def test_a_fault_is_judged_on_the_rehearsal_clock(running: Running) -> None:
    clock = ClockFile(running.work / "clock")
    end = START + timedelta(minutes=5)
    await running.control.order_fault(Channel.WECOM, Behaviour.THROTTLE, until=end)
    assert (await running.say("一")).json()["errcode"] == 45009
    clock.set(end)
    assert (await running.say("二")).json()["errcode"] == 0
    clock.set(START)
    clock.close()


async def test_a_silent_call_is_in_flight_until_its_client_goes(running: Running) -> None:
    await running.control.order_fault(Channel.WECOM, Behaviour.TIMEOUT, count=1)
    silent = asyncio.create_task(running.say("三", timeout=30.0))
    await until_in_flight(running, 1)
    silent.cancel()
    await until_in_flight(running, 0)
    with pytest.raises(asyncio.CancelledError):
        await silent
    assert (await running.control.messages())[-1]["text"] == "三"


async def test_what_happened_can_be_read_from_any_point(running: Running) -> None:
    before = len(await running.control.calls())
    await running.say("四")
    [call] = await running.control.calls(before)
    assert (call["seq"], call["channel"], call["operation"]) == (before + 1, "wecom", "webhook/send")
    assert ROBOT not in json.dumps(await running.control.calls()) + json.dumps(await running.control.messages())


async def test_approved_templates_can_be_added(running: Running) -> None:
    await running.control.add_templates({"SMS_2": "另一个模板"})
    response = await running.http.post("/control/templates", json={})
    assert response.json() == {"SMS_1": "${unit}未报送", "SMS_2": "另一个模板"}


async def test_it_ends_in_time_though_a_call_hangs(running: Running) -> None:
    await running.control.order_fault(Channel.WECOM, Behaviour.LOST, count=1)
    hanging = asyncio.create_task(running.say("五", timeout=30.0))
    await until_in_flight(running, 1)
    pid = running.process.pid
    async with asyncio.timeout(8.0):
        await running.process.stop()
    assert pid is not None
    with pytest.raises(httpx.HTTPError):
        (await hanging).raise_for_status()
    await running.process.start()
    assert await running.control.healthy()


async def until_in_flight(running: Running, number: int) -> None:
    async with asyncio.timeout(5.0):
        while (await running.control.pending()).in_flight != number:  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.01)
