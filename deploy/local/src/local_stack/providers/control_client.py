"""Talks to a running simulator: what a rehearsal driver and tests need of /control."""

from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from local_stack.providers.control_routes import Pending
from local_stack.providers.faults import Behaviour, Channel
from local_stack.providers.sms import Carrier

TIMEOUT_SECONDS = 10.0


class ProviderControl:
    """One simulator's control interface. Methods raise httpx.HTTPError when it does not answer as it should."""

    def __init__(self, url: str) -> None:
        """`url` is the simulator's base, like `http://127.0.0.1:21000`."""
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def healthy(self) -> bool:
        """Tell whether the simulator answers."""
        try:
            return (await self._client.get("/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    async def order_fault(
        self,
        channel: Channel,
        behave: Behaviour,
        *,
        until: datetime | None = None,
        count: int | None = None,
        code: str | None = None,
    ) -> None:
        """Put a fault in force in place of the channel's present one (see `faults.Fault`)."""
        ends = None if until is None else until.isoformat()
        await self._post("faults", {"channel": channel, "behave": behave, "until": ends, "count": count, "code": code})

    async def end_fault(self, channel: Channel) -> None:
        """End the channel's fault."""
        await self._post("faults", {"channel": channel, "behave": "none"})

    async def set_callback(self, url: str | None) -> None:
        """Choose where SmsReport pushes go."""
        await self._post("callback", {"url": url})

    async def set_mobile(self, number: str, receipt: Carrier, code: str | None = None) -> None:
        """Choose what the carrier says about a number; waiting receipts settle with it."""
        await self._post("recipients", {"mobile": number, "receipt": receipt, "code": code})

    async def set_member(self, user: str, *, known: bool) -> None:
        """Choose whether the application can see a WeCom user."""
        await self._post("recipients", {"wecom": user, "known": known})

    async def set_limits(self, **limits: int | None) -> None:
        """Set `sms_per_day` or `robot_per_minute`; None switches one off."""
        await self._post("limits", limits)

    async def add_templates(self, templates: dict[str, str]) -> None:
        """Have more templates approved (code → text with ${name} variables)."""
        await self._post("templates", templates)

    async def expire_tokens(self) -> None:
        """Let WeCom's access tokens be past their time."""
        await self._post("tokens", {"become": "expired"})

    async def revoke_tokens(self) -> None:
        """Let WeCom forget its access tokens."""
        await self._post("tokens", {"become": "revoked"})

    async def calls(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the call log (see `records.Call`)."""
        return await self._items("calls", after)

    async def messages(self, after: int = 0) -> list[dict[str, Any]]:
        """Return what recipients got (see `records.Delivery`)."""
        return await self._items("messages", after)

    async def pending(self) -> Pending:
        """Return what the outside still has to do."""
        response = await self._client.get("/control/pending")
        return Pending.model_validate(response.raise_for_status().json())

    async def _post(self, path: str, body: object) -> None:
        (await self._client.post(f"/control/{path}", json=body)).raise_for_status()

    async def _items(self, path: str, after: int) -> list[dict[str, Any]]:
        response = await self._client.get(f"/control/{path}", params={"after": after})
        items: list[dict[str, Any]] = response.raise_for_status().json()["items"]
        return items
