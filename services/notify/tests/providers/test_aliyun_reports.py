"""SmsReport pushes of the simulator, read as the notify service reads them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from local_stack.providers.faults import Behaviour, Channel
from notify.providers.aliyun_answers import Report, read_reports
from notify.providers.base import Accepted, Message, ReceiptStatus, Unknown

pytestmark = pytest.mark.io
NewMessage = Callable[..., Message]
WITHIN_SECONDS = 5.0


@dataclass
class Callback:
    """A customer's endpoint that acknowledges pushes, or does not."""

    url: str = ""
    acknowledges: bool = True
    pushes: list[list[Report]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).lower():
                length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
                reports, unreadable = read_reports(await reader.readexactly(length))
                assert unreadable == 0
                self.pushes.append(reports)
                body = json.dumps({"code": 0 if self.acknowledges else 1, "msg": "接收成功"}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        except asyncio.IncompleteReadError:
            writer.close()

    async def pushed(self, number: int) -> list[Report]:
        """Wait for the push with that number, counted from 1."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while len(self.pushes) < number:
            assert time.monotonic() < deadline, f"push {number} did not come"
            await asyncio.sleep(0.005)
        return self.pushes[number - 1]


@pytest.fixture
async def callback(outside) -> AsyncIterator[Callback]:
    callback = Callback()
    server = await asyncio.start_server(callback.serve, "127.0.0.1", 0)
    callback.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/receipts/aliyun/token"
    await outside.control.set_callback(callback.url)
    yield callback
    await outside.control.set_callback(None)
    server.close()


async def quiet(outside) -> None:
    """Wait until the simulator has nothing left to do at this instant."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while True:
        pending = await outside.control.pending()
        if pending.receipts_due == 0 and pending.in_flight == 0:
            return
        assert time.monotonic() < deadline, pending
        await asyncio.sleep(0.005)


async def test_a_receipt_is_pushed_at_once_and_once(outside, sms, callback, new_message: NewMessage) -> None:
    message, sent_at = new_message(), outside.clock.now()
    outcome = await sms.send(message)
    assert isinstance(outcome, Accepted)
    [report] = await callback.pushed(1)
    assert report.notification_id == message.notification_id
    assert report.receipt.reference == outcome.reference
    assert (report.receipt.status, report.receipt.at) == (ReceiptStatus.DELIVERED, sent_at)
    await quiet(outside)
    outside.advance(timedelta(hours=1))
    await quiet(outside)
    assert len(callback.pushes) == 1


async def test_the_receipt_of_a_timed_out_call_is_not_pushed(outside, hasty_sms, callback, new_message: NewMessage) -> None:
    await outside.control.order_fault(Channel.SMS, Behaviour.TIMEOUT, count=1)
    assert isinstance(await hasty_sms.send(new_message()), Unknown)
    await quiet(outside)
    assert callback.pushes == []


async def test_an_unacknowledged_push_comes_again_after_1_5_and_10_minutes(
    outside, sms, callback, new_message: NewMessage
) -> None:
    callback.acknowledges = False
    await sms.send(new_message())
    for attempt, pause in enumerate((1, 5, 10), start=1):
        await callback.pushed(attempt)
        await quiet(outside)
        due = outside.clock.now() + timedelta(minutes=pause)
        assert (await outside.control.pending()).next_due == due
        outside.clock_file.set(due - timedelta(microseconds=1))
        await quiet(outside)
        assert len(callback.pushes) == attempt
        outside.clock_file.set(due)
    await callback.pushed(4)
    await quiet(outside)
    assert (await outside.control.pending()).next_due is None
    assert len({push[0].notification_id for push in callback.pushes}) == 1


async def test_a_push_to_nobody_is_tried_again_when_somebody_is_back(outside, sms, callback, new_message: NewMessage) -> None:
    url = callback.url
    await outside.control.set_callback("http://127.0.0.1:1/receipts")
    message = new_message()
    await sms.send(message)
    await quiet(outside)
    await outside.control.set_callback(url)
    outside.advance(timedelta(minutes=1))
    [report] = await callback.pushed(1)
    assert report.notification_id == message.notification_id


async def test_many_receipts_come_in_few_pushes(outside, sms, callback, new_message: NewMessage) -> None:
    messages = [new_message() for _ in range(150)]
    await asyncio.gather(*map(sms.send, messages))
    await quiet(outside)
    reported = [report.notification_id for push in callback.pushes for report in push]
    assert sorted(reported) == sorted(message.notification_id for message in messages)
