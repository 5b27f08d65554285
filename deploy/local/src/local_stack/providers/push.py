"""Pushes short message reports to the customer's callback, as SmsReport does."""

import asyncio
from contextlib import suppress

import httpx

from local_stack.providers.receipts import Report
from local_stack.providers.sms import SmsSimulator
from servicekit.clock import Clock

ANSWER_SECONDS = 5.0
"""Real time that the customer has to acknowledge a push."""
_POLL_SECONDS = 0.02


class ReportPusher:
    """Sends due reports one push at a time, in the order in which they became due."""

    def __init__(self, sms: SmsSimulator, clock: Clock) -> None:
        self._sms = sms
        self._clock = clock
        self._wake = asyncio.Event()

    async def wake(self) -> None:
        """Look for due reports at once instead of at the next poll."""
        self._wake.set()

    async def run(self) -> None:
        """Push until cancelled."""
        # Without trust_env a proxy of the environment cannot come between two processes of one machine.
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as client:
            while True:
                url = self._sms.callback_url
                batch = self._sms.receipts.take_due(self._clock.now()) if url else []
                if url and batch:
                    answered = await _push(client, url, batch)
                    self._sms.receipts.pushed(batch, answered, self._clock.now())
                else:
                    await self._pause()

    async def _pause(self) -> None:
        # The rehearsal clock is moved by another process, so a due retry can only be found by looking.
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_SECONDS):
                await self._wake.wait()
        self._wake.clear()


async def _push(client: httpx.AsyncClient, url: str, batch: list[Report]) -> bool:
    try:
        response = await client.post(url, json=[report.receipt.as_report() for report in batch])
        return response.status_code == 200 and response.json().get("code") == 0
    except (httpx.HTTPError, ValueError, AttributeError):
        # Not reached, not JSON or no JSON object: not acknowledged, whatever it was.
        return False
