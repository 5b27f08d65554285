"""The running system as the driver sees it, and its public HTTP APIs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Protocol, Self

import httpx

from rehearsal.actions import Call
from rehearsal.settings import RehearsalSettings

TokenMaker = Callable[[str, str | None, list[str]], str]
"""Subject, unit (None: the platform) and roles → a bearer token."""

_BUSY: Final = frozenset({429, 502, 503, 504})
_REFUSALS: Final = frozenset({400, 403, 404, 409, 410, 413, 422})
_RETRY_PAUSE_SECONDS: Final = 0.05


class RunError(Exception):
    """The run cannot go on: the system answered in a way that is no result, or did not answer in time."""


@dataclass(frozen=True)
class Outside:
    """What the providers have in hand: open calls and pushes due, and when they push next."""

    busy: int
    next_due: datetime | None


class ScenarioClock(Protocol):
    """The writer's side of the clock that all processes share."""

    def set(self, instant: datetime) -> None:
        """Put the clock at `instant` and let it stand."""
        ...

    def run(self, instant: datetime, speed: float) -> None:
        """Let the clock run from `instant` at a multiple of real time."""
        ...


class System(Protocol):
    """What the driver needs of the stack. Process names are those of a scenario's faults."""

    @property
    def urls(self) -> Mapping[str, str]:
        """The base address of each service."""
        ...

    @property
    def kafka_servers(self) -> str:
        """The brokers' bootstrap addresses."""
        ...

    @property
    def clock(self) -> ScenarioClock:
        """The clock that every process reads."""
        ...

    def token(self, subject: str, unit: str | None, roles: list[str]) -> str:
        """Make a bearer token of the development issuer."""
        ...

    async def kill(self, name: str) -> None:
        """End a process with SIGKILL."""
        ...

    async def start(self, name: str) -> None:
        """Start a process that is down and wait until it is ready."""
        ...

    async def provider_fault(self, channel: str, behave: str, until: datetime) -> None:
        """Let a provider misbehave until an instant (exclusive)."""
        ...

    async def provider_pending(self) -> "Outside":
        """Return what the providers still have to do by themselves."""
        ...

    async def provider_calls(self) -> list[dict[str, Any]]:
        """Return the providers' call log."""
        ...


@dataclass(frozen=True)
class Answered:
    """A definite answer: accepted (2xx) or refused (4xx)."""

    status: int
    body: dict[str, Any]

    @property
    def accepted(self) -> bool:
        """Whether the command was carried out."""
        return self.status < 300


class Services:
    """HTTP clients with kept-alive connections, one per service, and the tokens of everybody who acts."""

    def __init__(self, urls: Mapping[str, str], token: TokenMaker, settings: RehearsalSettings) -> None:
        self._token = token
        self._settings = settings
        limits = httpx.Limits(max_connections=settings.read_parallel * 2, max_keepalive_connections=settings.read_parallel)
        self._clients = {
            service: httpx.AsyncClient(base_url=url, timeout=settings.request_seconds, limits=limits, trust_env=False)
            for service, url in urls.items()
        }
        self._tokens: dict[tuple[str | None, str], dict[str, str]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.gather(*(client.aclose() for client in self._clients.values()))

    def headers(self, unit: str | None, role: str) -> dict[str, str]:
        """The Authorization header of somebody of `unit` (None: of the platform) in a role."""
        key = (unit, role)
        if key not in self._tokens:
            token = self._token(f"{unit or 'platform'}-{role}", unit, [role])
            self._tokens[key] = {"Authorization": f"Bearer {token}"}
        return self._tokens[key]

    async def command(self, call: Call, key: str) -> Answered:
        """Perform a command under an idempotency key; try again while the process is busy or the connection breaks.

        Raises:
            RunError: no definite answer came in time, or one that no command may give.
        """
        headers = self.headers(call.unit, call.role) | {"Idempotency-Key": key}
        sent: dict[str, Any] = {"json": call.body}
        if isinstance(call.body, bytes):
            headers["Content-Type"] = "application/octet-stream"
            sent = {"content": call.body}
        loop = asyncio.get_running_loop()
        give_up = loop.time() + self._settings.retry_seconds
        while True:
            try:
                response = await self._clients[call.service].request(call.method, call.path, headers=headers, **sent)
            except httpx.TransportError as error:
                trouble = f"{type(error).__name__}"
            else:
                if response.status_code < 300 or response.status_code in _REFUSALS:
                    return Answered(response.status_code, response.json())
                trouble = f"{response.status_code} {response.text[:500]}"
                if response.status_code not in _BUSY:
                    raise RunError(f"{call.service} answered {call.path} with {trouble}")
            if loop.time() > give_up:
                raise RunError(f"{call.service} gave no answer to {call.path}: {trouble}")
            await asyncio.sleep(_RETRY_PAUSE_SECONDS)

    async def get(
        self, service: str, path: str, unit: str | None, role: str, params: Mapping[str, str | int] | None = None
    ) -> dict[str, Any]:
        """Read one document.

        Raises:
            RunError: the answer is not 200.
            httpx.TransportError: the service cannot be reached.
        """
        response = await self._clients[service].get(path, params=params, headers=self.headers(unit, role))
        return _document(response)

    async def find(self, service: str, path: str, unit: str | None, role: str) -> dict[str, Any] | None:
        """Read one document that may not exist (404). Raises as `get`."""
        response = await self._clients[service].get(path, headers=self.headers(unit, role))
        return None if response.status_code == 404 else _document(response)

    async def post(self, service: str, path: str, body: dict[str, Any], unit: str | None, role: str) -> dict[str, Any]:
        """Read by POST. Raises as `get`."""
        response = await self._clients[service].post(path, json=body, headers=self.headers(unit, role))
        return _document(response)

    async def items(self, service: str, path: str, unit: str | None, role: str) -> AsyncIterator[dict[str, Any]]:
        """Read a list page by page."""
        after: str | None = None
        while True:
            params: dict[str, str | int] = {"limit": self._settings.page_rows}
            page = await self.get(service, path, unit, role, params | ({"after": after} if after is not None else {}))
            for item in page["items"]:
                yield item
            after = page["next"]
            if after is None:
                return


def _document(response: httpx.Response) -> dict[str, Any]:
    if response.status_code != 200:
        request = response.request
        raise RunError(f"{request.method} {request.url} was answered with {response.status_code} {response.text[:500]}")
    document: dict[str, Any] = response.json()
    return document
