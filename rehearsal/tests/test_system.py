"""Commands get through once: tried again under one key while a process is busy or gone, and never after a definite answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from rehearsal.actions import Call
from rehearsal.settings import RehearsalSettings
from rehearsal.system import RunError, Services

pytestmark = pytest.mark.io
CALL = Call("reporting", "3301", "office", "/rollups", {"obligation": "d"})


@dataclass
class Server:
    """Answers each connection with the next status; None breaks the connection after the request was read."""

    answers: list[int | None]
    keys: list[str] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        self.keys.append(next(line.split(": ")[1] for line in head.split("\r\n") if line.startswith("idempotency-key")))
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status is not None:
            writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}".encode())
            await writer.drain()
        writer.close()


def services_at(url: str, settings: RehearsalSettings) -> Services:
    return Services({"reporting": url}, lambda subject, unit, roles: f"{subject}/{unit}/{roles}", settings)


@pytest.fixture
async def answering() -> AsyncIterator[Callable[..., Any]]:
    """Start a server that gives the listed answers."""
    running: list[asyncio.Server] = []

    async def start(*answers: int | None) -> Server:
        server = Server(list(answers))
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        running.append(listening)
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        return server

    yield start
    for listening in running:
        listening.close()
        await listening.wait_closed()


async def test_a_command_is_sent_again_under_the_same_key_until_it_is_answered(answering: Callable[..., Any]) -> None:
    server = await answering(None, 503, None, 201)
    async with services_at(server.url, RehearsalSettings(retry_seconds=10)) as services:
        assert (await services.command(CALL, "action-1")).accepted
    assert server.keys == ["action-1"] * 4


@pytest.mark.parametrize("status", [403, 404, 409, 422])
async def test_a_refusal_is_an_answer(answering: Callable[..., Any], status: int) -> None:
    server = await answering(status)
    async with services_at(server.url, RehearsalSettings()) as services:
        answered = await services.command(CALL, "k")
    assert (answered.status, answered.accepted) == (status, False)
    assert len(server.keys) == 1


@pytest.mark.parametrize("status", [401, 500])
async def test_an_answer_that_no_command_may_give_ends_the_run(answering: Callable[..., Any], status: int) -> None:
    server = await answering(status)
    async with services_at(server.url, RehearsalSettings()) as services:
        with pytest.raises(RunError, match=f"answered /rollups with {status}"):
            await services.command(CALL, "k")


async def test_waiting_for_an_answer_ends(answering: Callable[..., Any]) -> None:
    server = await answering(503)
    async with services_at(server.url, RehearsalSettings(retry_seconds=0.2)) as services:
        with pytest.raises(RunError, match="gave no answer to /rollups: 503"):
            await services.command(CALL, "k")
