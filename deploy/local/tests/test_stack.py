"""The stack starts real parts, takes each down and up again, and leaves nothing running however it ends."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest

from local_stack.processes import ProcessFailed, answers, is_alive
from local_stack.stack import Stack

pytestmark = pytest.mark.io


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with Stack(tmp_path_factory.mktemp("stack"), services=("plans",), durable=False) as running:
        yield running


def _local_address(stack: Stack, name: str) -> tuple[str, int]:
    host, _, port = stack.urls[name].removeprefix("http://").partition(":")
    return host, int(port)


async def test_a_service_knows_its_database_and_accepts_the_stacks_tokens(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.urls["plans"]) as client:
        unknown = await client.get("/ops/progress")
        token = stack.token("operator", None, ["admin"])
        known = await client.get("/ops/progress", headers={"Authorization": f"Bearer {token}"})
    assert unknown.status_code == 401
    assert known.status_code == 200
    assert known.json()["service"] == "plans"


@pytest.mark.parametrize("name", ["postgres", "kafka", "providers", "plans"])
async def test_every_part_serves_again_after_a_restart(stack: Stack, name: str) -> None:
    before = dict(stack.pids)
    await stack.restart(name)
    kept_process = {name} if name == "kafka" else set()
    assert {part for part, pid in stack.pids.items() if pid == before[part]} == (before.keys() - {name}) | kept_process
    await _until_ready(stack)


async def _until_ready(stack: Stack) -> None:
    async with asyncio.timeout(20):
        # The service finds its way back to the part by itself.
        while not await answers(*_local_address(stack, "plans"), "/healthz/ready"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_part_is_down_between_kill_and_start(stack: Stack) -> None:
    await stack.kill("plans")
    assert stack.pids["plans"] is None
    assert not await answers(*_local_address(stack, "plans"), "/healthz/live")
    await stack.start("plans")
    assert await answers(*_local_address(stack, "plans"), "/healthz/ready")


async def test_an_unknown_part_is_refused(stack: Stack) -> None:
    with pytest.raises(KeyError):
        await stack.kill("mainframe")
    with pytest.raises(ValueError, match="mainframe"):
        Stack(services=("mainframe",))


async def test_providers_take_orders_and_tell_of_calls(stack: Stack) -> None:
    await stack.provider_fault("sms", "timeout", datetime(2026, 3, 2, 6, tzinfo=UTC))
    with pytest.raises(ValueError, match="pigeon"):
        await stack.provider_fault("pigeon", "timeout")
    assert await stack.provider_calls() == []


async def test_the_folder_belongs_to_one_stack_at_a_time(stack: Stack) -> None:
    with pytest.raises(RuntimeError, match="another stack is running"):
        async with Stack(stack.folder.path, services=()):
            pass
    connection = await asyncpg.connect(stack.database_url("plans"))
    await connection.close()


async def test_a_part_that_does_not_start_ends_the_others_and_is_named(tmp_path: Path) -> None:
    broken = Stack(tmp_path, services=("plans",), durable=False, environment={"BIHUAN_CLOCK": "sundial"})
    with pytest.raises(ProcessFailed, match=r"plans ended[\s\S]*sundial"):
        async with broken:
            pass
    assert set(broken.pids.values()) == {None}
    async with Stack(tmp_path, services=(), durable=False):
        pass


LAUNCHER = """
import asyncio, sys
from pathlib import Path
from local_stack.stack import Stack

async def main() -> None:
    async with Stack(Path(sys.argv[1]), kafka=sys.argv[2], services=()) as stack:
        print(*stack.pids.values(), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def _nothing_is_left_after_a_kill_of_the_launcher(tmp_path: Path, kafka: str) -> None:
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(tmp_path), kafka], stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    pids = [int(pid) for pid in launcher.stdout.readline().split()]
    assert len(pids) == 3
    assert all(is_alive(pid) for pid in pids)
    launcher.kill()
    launcher.communicate()
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in pids if is_alive(pid)] == []


async def test_nothing_is_left_running_when_the_launcher_is_killed(tmp_path: Path) -> None:
    await asyncio.to_thread(_nothing_is_left_after_a_kill_of_the_launcher, tmp_path, "embedded")
    # The folder is free again, and what the first stack left in it is no hindrance.
    async with Stack(tmp_path, services=(), durable=False) as second:
        assert None not in second.pids.values()


@pytest.mark.apache
@pytest.mark.usefixtures("apache_possible")
def test_java_is_not_left_running_either(tmp_path: Path) -> None:
    _nothing_is_left_after_a_kill_of_the_launcher(tmp_path, "apache")
