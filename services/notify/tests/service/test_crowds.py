"""Many notifications at one instant, several senders at once."""

import asyncio
import time
from collections import Counter
from typing import Any

import pytest

from local_stack.providers.faults import Behaviour, Channel

pytestmark = pytest.mark.io


async def crowd(notify: Any, size: int) -> None:
    """Register `size` units with one contact each, and let all of them miss their report."""
    units = [f"V{number:04d}" for number in range(size)]
    await notify.register(dict.fromkeys(units, "T"))
    # Numbers that no other test makes unreachable: the simulator remembers those from test to test.
    contacts = [{"unit": unit, "role": "submitter", "mobile": f"137{number:08d}"} for number, unit in enumerate(units)]
    await notify.add_contacts(*contacts)
    await notify.tell(*(notify.missed(unit) for unit in units))


async def calls_per_message(notify: Any, operation: str) -> Counter[str]:
    calls = await notify.outside.control.calls(notify.outside.calls_before)
    return Counter(call["key"] for call in calls if call["operation"] == operation)


async def test_two_senders_send_each_message_once(notify) -> None:
    await crowd(notify, 80)
    pairs = [notify.new_sender() for _ in range(2)]
    tasks = [asyncio.create_task(sender.run()) for sender, _ in pairs]
    await notify.quiet()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    sends = await calls_per_message(notify, "SendSms")
    assert len(sends) == 80
    assert set(sends.values()) == {1}
    assert {item["status"] for item in await notify.alerts()} == {"pending"}
    assert all(kit.progress.work > 0 for _, kit in pairs)


async def test_no_more_calls_run_at_once_than_are_allowed(notify) -> None:
    notify.hurry()
    notify.settings.provider_concurrency = 4
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.TIMEOUT)
    await crowd(notify, 12)
    await notify.start_sender()
    most = 0
    for _ in range(30):
        most = max(most, (await notify.outside.control.pending()).in_flight)
        await asyncio.sleep(0.05)
    assert most == 4
    await notify.quiet()
    assert set((await calls_per_message(notify, "SendSms")).values()) == {1}
    assert {(item["status"], item["code"]) for item in await notify.alerts()} == {("delivered", None)}


async def test_a_channel_in_trouble_does_not_hold_up_another(notify) -> None:
    notify.settings.provider_concurrency = 4
    notify.settings.provider_timeout_seconds = 3
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.TIMEOUT)
    await crowd(notify, 8)
    await notify.start_sender()
    await notify.add_contacts({"unit": "V", "role": "submitter", "wecom": "v1"})
    await notify.tell(notify.missed("V"))

    async def delivered() -> bool:
        return ("wecom", "delivered", 1) in await notify.told()

    await notify.until(delivered, within=2.5)


async def test_five_hundred_at_one_instant_are_sent_in_seconds(notify, record_property) -> None:
    await notify.start_sender()
    began = time.monotonic()
    await crowd(notify, 500)
    queued = time.monotonic()
    await notify.quiet(within=60)
    sent = time.monotonic()
    await notify.step()
    settled = time.monotonic()
    print(f"500 alerts raised with contacts {queued - began:.1f} s, sent {sent - queued:.1f} s, receipts {settled - sent:.1f} s")
    assert set((await calls_per_message(notify, "SendSms")).values()) == {1}
    assert Counter((item["status"], item["code"]) for item in await notify.alerts()) == {("delivered", None): 500}
    assert settled - queued < 60
