"""The sender: claims what is due, has the providers called, writes what was learnt.

One loop talks to the database, in batches; calls run beside it as tasks that only call and remember. A call is made only
after its claim is committed, so a process that dies leaves behind rows that say what it was doing.
"""

import asyncio
import contextlib
from collections import Counter
from datetime import datetime
from uuid import UUID

import structlog

from notify.caller import Caller
from notify.channels import open_providers
from notify.commands import sending
from notify.commands.sending import Learnt
from notify.domain.notification import State
from notify.lease import Lease, is_dead
from notify.metrics import TAKEN_OVER
from notify.providers.base import Channel
from notify.settings import NotifySettings, settings_of
from notify.store import notifications
from notify.store.notifications import Filed
from servicekit.database import RETRYABLE, UNAVAILABLE, Connection
from servicekit.deadlines import until_due_or_woken
from servicekit.kit import Kit

log = structlog.get_logger(__name__)


class Sender:
    """Sends for one process. Any number of them may run."""

    def __init__(self, kit: Kit, settings: NotifySettings, caller: Caller) -> None:
        self._kit = kit
        self._settings = settings
        self._policy = settings.policy
        self._caller = caller
        self._lease = Lease(kit.progress.boot, settings)
        self._calls: set[asyncio.Task[None]] = set()
        self._in_hand: dict[UUID, Channel] = {}
        self._learnt: list[Learnt] = []
        self._looked_for_dead = float("-inf")

    async def run(self) -> None:
        """Send until cancelled; then wait, within a bound, for the calls under way, and write down what came of them."""
        try:
            while True:
                await self._round()
        finally:
            await self._leave()

    async def _round(self) -> None:
        self._kit.progress.beat("sender")
        woken = self._kit.progress.woken("sender")
        try:
            await self._write_down()
            await self._take_over_from_the_dead()
            claimed, upcoming = await self._claim()
        except (*UNAVAILABLE, *RETRYABLE) as error:
            log.warning("sender_postponed", error=type(error).__name__, in_hand=len(self._in_hand))
            await asyncio.sleep(self._settings.consumer_backoff_seconds)
        except Exception:  # whatever is wrong with these rows, the process has others to serve, and what was learnt is kept
            log.exception("sender_failed", in_hand=len(self._in_hand))
            await asyncio.sleep(self._settings.consumer_backoff_max_seconds)
        else:
            if not claimed:
                await self._rest(upcoming, woken)

    async def _write_down(self) -> None:
        batch = list(self._learnt)
        if not batch:
            return
        async with self._kit.pool.acquire() as connection, connection.transaction():
            await sending.settle(connection, batch, self._kit.clock.now(), self._policy)
        del self._learnt[: len(batch)]
        for each in batch:
            self._in_hand.pop(each.notification_id, None)
        self._kit.progress.worked()

    async def _take_over_from_the_dead(self) -> None:
        real_time = asyncio.get_running_loop().time()
        if real_time < self._looked_for_dead + self._settings.lease_poll_seconds:
            return
        async with self._lease.transaction() as connection:
            leases = await notifications.leases(connection)
        taken = 0
        for lease in leases:
            async with self._lease.transaction() as connection:
                # Our own: claims whose commit we never heard of. No call was made for them, but that is not written anywhere.
                if lease == self._lease.id or await is_dead(connection, lease):
                    now, besides = self._kit.clock.now(), list(self._in_hand)
                    taken += await sending.take_over(connection, lease, now, self._policy, besides)
        self._looked_for_dead = real_time
        if taken:
            TAKEN_OVER.inc(taken)
            log.warning("notifications_taken_over", count=taken)
            self._kit.progress.worked()

    async def _claim(self) -> tuple[bool, datetime | None]:
        """Take what is due into our hands; return whether there was any, or else when something will be due."""
        due = await notifications.due(self._kit.pool)
        busy = Counter(self._in_hand.values())
        free = {channel: self._caller.slots(channel) - busy[channel] for channel in due}
        now = self._kit.clock.now()
        ready = [channel for channel, instant in due.items() if instant <= now and free[channel] > 0]
        if not ready:
            return False, min((instant for channel, instant in due.items() if free[channel] > 0), default=None)
        async with self._lease.transaction() as connection:
            claimed = [each for channel in ready for each in await self._claim_on(connection, channel, free[channel], now)]
        for filed in claimed:
            self._start(filed)
        self._kit.progress.worked()
        return bool(claimed), now

    async def _claim_on(self, connection: Connection, channel: Channel, free: int, now: datetime) -> list[Filed]:
        # A part of the slots is kept for questions as long as there are any: neither crowd keeps the other waiting.
        lease, first = self._lease.id, max(1, free - free // 4)
        claimed = await sending.begin_calls(connection, channel, lease, now, first, self._policy)
        more = len(claimed) == first
        if len(claimed) < free:
            claimed += await sending.begin_queries(connection, channel, lease, now, free - len(claimed))
        if more and len(claimed) < free:
            claimed += await sending.begin_calls(connection, channel, lease, now, free - len(claimed), self._policy)
        return claimed

    def _start(self, filed: Filed) -> None:
        if filed.leased_by != self._lease.id:
            return  # too old to be sent
        self._in_hand[filed.id] = filed.known.channel
        task = asyncio.create_task(self._call(filed))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, filed: Filed) -> None:
        talk = self._caller.send if filed.known.state is State.SENDING else self._caller.ask
        self._learnt.append(Learnt(filed.id, await talk(filed), self._lease.id))

    async def _rest(self, upcoming: datetime | None, woken: asyncio.Event) -> None:
        """Wait for the end of a call, for something to be due, or for a hint."""
        at_most = min(self._settings.deadline_poll_seconds, self._settings.lease_poll_seconds)
        resting = asyncio.create_task(until_due_or_woken(self._kit.clock, upcoming, woken, at_most))
        try:
            await asyncio.wait({resting, *self._calls}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resting.cancel()

    async def _leave(self) -> None:
        if self._calls:
            await asyncio.wait(self._calls, timeout=min(self._settings.call_seconds, self._settings.shutdown_seconds / 2))
        with contextlib.suppress(*UNAVAILABLE, *RETRYABLE):
            await self._write_down()
        for task in self._calls:
            task.cancel()
        await self._lease.close()
        await self._caller.close()


async def run_sender(kit: Kit) -> None:
    """The sender as a worker of the service."""
    settings = settings_of(kit)
    await Sender(kit, settings, Caller(open_providers(settings, kit.clock), settings)).run()
