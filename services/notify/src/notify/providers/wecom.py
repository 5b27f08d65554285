"""WeCom by its HTTP API: application messages to members, robot messages to groups.

There is no official SDK for Python (docs/adr/0006). WeCom has no delivery receipts either: an application message that
was taken counts as delivered, and an unknown one is settled by sending it again, which the duplicate check makes safe.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from notify.providers.base import Channel, Message, Outcome, Refused, Unknown
from notify.providers.calls import NotSent, Unanswered, refused_unsent
from notify.providers.wecom_answers import (
    STALE_TOKEN_CODES,
    Json,
    app_message,
    error_code,
    refusal,
    robot_key,
    robot_message,
    send_outcome,
)
from notify.providers.wecom_token import Grant, TokenCache
from notify.providers.wire_logs import silence_wire_logs
from servicekit.clock import Clock

_MARGIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComSettings:
    """How to reach WeCom, and the application that sends."""

    endpoint: str
    corp_id: str
    secret: str = field(repr=False)
    agent_id: int
    timeout_seconds: float = 10.0
    """Bound of connecting and, again, of waiting for an answer."""
    concurrency: int = 32


class WeComApp:
    """Messages of the application to members."""

    channel = Channel.WECOM
    repeat_is_safe = True

    def __init__(self, settings: WeComSettings, clock: Clock) -> None:
        """`clock` judges the age of the access token."""
        self.concurrency = settings.concurrency
        self._settings = settings
        self._http = _Http(settings)
        self._tokens = TokenCache(self._fetch_token, clock)

    async def send(self, message: Message) -> Outcome:
        """Send one message; see `Provider.send`. A token that WeCom turns down is replaced once."""
        body = app_message(message, self._settings.agent_id)
        token = await self._tokens.get()
        answer = await self._post(token, body)
        if isinstance(token, str) and isinstance(answer, dict) and error_code(answer) in STALE_TOKEN_CODES:
            answer = await self._post(await self._tokens.get(stale=token), body)
        if isinstance(answer, Refused):
            return answer
        return _outcome(answer, message.address)

    async def settle(self, message: Message, sent_at: datetime) -> None:  # noqa: ARG002 -- the protocol's signature
        """Return None: WeCom keeps no receipts."""
        return

    async def close(self) -> None:
        """Close the connections."""
        await self._tokens.close()
        await self._http.close()

    async def _post(self, token: str | Refused, body: Json) -> Json | NotSent | Unanswered | Refused:
        if isinstance(token, Refused):
            return token
        return await self._http.call("POST", "/cgi-bin/message/send", {"access_token": token}, body)

    async def _fetch_token(self) -> Grant | Refused:
        credential = {"corpid": self._settings.corp_id, "corpsecret": self._settings.secret}
        answer = await self._http.call("GET", "/cgi-bin/gettoken", credential)
        if isinstance(answer, NotSent | Unanswered):
            # Whatever became of the token: the message itself has not been sent.
            return Refused("unreachable", f"no access token: {answer.reason}", permanent=False)
        code = error_code(answer)
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if code == "0" and isinstance(token, str) and isinstance(seconds, int):
            return Grant(token, timedelta(seconds=seconds))
        if code in (None, "0"):
            return Refused("unreachable", "no access token: unreadable answer", permanent=False)
        return refusal(answer, code)


class WeComRobot:
    """Messages of robots to their groups. Nothing tells repeats apart, so an unknown one stays unknown."""

    channel = Channel.ROBOT
    repeat_is_safe = False

    def __init__(self, settings: WeComSettings) -> None:
        self.concurrency = settings.concurrency
        self._http = _Http(settings)

    async def send(self, message: Message) -> Outcome:
        """Send one message; see `Provider.send`."""
        key = {"key": robot_key(message.address)}
        answer = await self._http.call("POST", "/cgi-bin/webhook/send", key, robot_message(message))
        return _outcome(answer, message.address)

    async def settle(self, message: Message, sent_at: datetime) -> None:  # noqa: ARG002 -- the protocol's signature
        """Return None: WeCom keeps no receipts."""
        return

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


class _Http:
    """One pool of connections to WeCom."""

    def __init__(self, settings: WeComSettings) -> None:
        silence_wire_logs()
        endpoint = settings.endpoint if "://" in settings.endpoint else f"https://{settings.endpoint}"
        self._total_seconds = 2 * settings.timeout_seconds + _MARGIN_SECONDS
        # Waiting for a free connection is no part of a call, so the semaphore stands before the pool.
        self._free_connections = asyncio.Semaphore(settings.concurrency)
        self._client = httpx.AsyncClient(
            base_url=endpoint,
            timeout=settings.timeout_seconds,
            limits=httpx.Limits(max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency),
        )

    async def call(self, method: str, path: str, query: dict[str, str], body: Json | None = None) -> Json | NotSent | Unanswered:
        """Make one call. Texts of exceptions are not used: they can hold the URL, and with it a secret."""
        async with self._free_connections:
            try:
                async with asyncio.timeout(self._total_seconds):
                    response = await self._client.request(method, path, params=query, json=body)
                answer = response.json()
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                return NotSent(type(error).__name__)
            except (httpx.HTTPError, TimeoutError, ValueError) as error:
                return Unanswered(type(error).__name__)
        return answer if isinstance(answer, dict) else Unanswered("answer is no JSON object")

    async def close(self) -> None:
        await self._client.aclose()


def _outcome(answer: Json | NotSent | Unanswered, address: str) -> Outcome:
    if isinstance(answer, NotSent):
        return refused_unsent(answer)
    if isinstance(answer, Unanswered):
        return Unknown(answer.reason)
    return send_outcome(answer, address)
