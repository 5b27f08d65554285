"""The real provider simulator, over HTTP, on a clock that the tests move."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from local_stack.ports import free_port
from local_stack.processes import SupervisedProcess
from local_stack.providers.control_client import ProviderControl
from local_stack.providers.faults import Channel
from local_stack.providers.launch import development_credentials, simulator_launch, simulator_url
from local_stack.services import approved_templates
from notify.providers.aliyun import AliyunSettings
from notify.providers.wecom import WeComSettings
from servicekit.clock import ClockFile, RehearsalClock

TEMPLATES = {"SMS_MISSED": "${unit}未在${cutoff}前报送，请立即处理。编号${number}。", **approved_templates()}
ROBOT_KEY = "5a1e0000-0000-4000-8000-00000000cafe"
TIMEOUT_SECONDS = 5.0
HASTY_SECONDS = 0.5
DAY_ONE = datetime(2026, 3, 2, 6, tzinfo=UTC)
_serials = count(1)


@dataclass
class Outside:
    """The simulator's process, its control interface, and the time there."""

    url: str
    control: ProviderControl
    clock_path: Path
    clock_file: ClockFile
    clock: RehearsalClock
    sms: AliyunSettings
    wecom: WeComSettings
    calls_before: int = 0
    messages_before: int = 0

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward."""
        now = self.clock.now() + by
        self.clock_file.set(now)
        return now

    async def outcomes(self, *operations: str) -> list[str]:
        """Return what became of this test's calls of the named operations."""
        calls = await self.control.calls(self.calls_before)
        return [call["outcome"] for call in calls if call["operation"] in operations]

    async def texts(self) -> list[str]:
        """Return what people received in this test."""
        return [message["text"] for message in await self.control.messages(self.messages_before)]


@pytest.fixture(scope="session")
async def running_outside(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Outside]:
    work = tmp_path_factory.mktemp("providers")
    clock_path: Path = work / "clock"
    clock_file = ClockFile.create(clock_path, DAY_ONE)
    env = development_credentials(TEMPLATES, [ROBOT_KEY])
    port = free_port()
    launch = simulator_launch(port=port, clock=str(clock_path), work_dir=work, log=work / "providers.log", env=env)
    process = SupervisedProcess(launch)
    await process.start()
    async with ProviderControl(simulator_url(port)) as control:
        yield Outside(
            url=simulator_url(port),
            control=control,
            clock_path=clock_path,
            clock_file=clock_file,
            clock=RehearsalClock(clock_path),
            sms=AliyunSettings(
                endpoint=simulator_url(port),
                access_key_id=env["BIHUAN_SMS_ACCESS_KEY_ID"],
                access_key_secret=env["BIHUAN_SMS_ACCESS_KEY_SECRET"],
                sign_name=env["BIHUAN_SMS_SIGN_NAME"],
                timeout_seconds=TIMEOUT_SECONDS,
            ),
            wecom=WeComSettings(
                endpoint=simulator_url(port),
                corp_id=env["BIHUAN_WECOM_CORP_ID"],
                secret=env["BIHUAN_WECOM_SECRET"],
                agent_id=int(env["BIHUAN_WECOM_AGENT_ID"]),
                timeout_seconds=TIMEOUT_SECONDS,
            ),
        )
    await process.stop()


@pytest.fixture
async def outside(running_outside: Outside) -> Outside:
    """The simulator without faults, at the same time of a day of its own."""
    tomorrow = running_outside.clock.now().date() + timedelta(days=1)
    running_outside.clock_file.set(datetime.combine(tomorrow, DAY_ONE.timetz()))
    control = running_outside.control
    for channel in Channel:
        await control.end_fault(channel)
    await control.set_callback(None)
    await control.set_limits(sms_per_day=None, robot_per_minute=None)
    running_outside.calls_before = len(await control.calls())
    running_outside.messages_before = len(await control.messages())
    return running_outside


@pytest.fixture
def robot_key() -> str:
    """A robot that the simulator knows."""
    return ROBOT_KEY
