"""Processes that die between a call and its record, and connections that vanish: no message is sent twice, none is forgotten."""

import asyncio
from typing import Any

import pytest

from local_stack.providers.faults import Behaviour, Channel

pytestmark = pytest.mark.io
SMS = {"unit": "V", "role": "submitter", "mobile": "13900000001"}
_END_LEASES = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def state(notify: Any) -> str:
    found: str = await notify.kit.pool.fetchval("SELECT state FROM notification")
    return found


async def test_a_killed_process_leaves_rows_that_the_next_one_settles(notify, start_process, tmp_path) -> None:
    taken, lost = (
        {"unit": "V", "role": "submitter", "mobile": "13900000001"},
        {"unit": "T", "role": "submitter", "mobile": "13900000002"},
    )
    await notify.add_contacts(taken, lost, {"unit": "C", "role": "submitter", "wecom": "v1"})
    process = await start_process()
    control = notify.outside.control
    for unit, channel, behave, operation, calls in (
        ("V", Channel.SMS, Behaviour.TIMEOUT, "SendSms", 1),
        ("T", Channel.SMS, Behaviour.LOST, "SendSms", 2),
        ("C", Channel.WECOM, Behaviour.TIMEOUT, "message/send", 1),
    ):
        await control.order_fault(channel, behave)
        await notify.tell(notify.missed(unit))
        await notify.called(operation, times=calls)
    await process.kill()
    assert await notify.kit.pool.fetchval("SELECT count(*) FROM notification WHERE state = 'sending'") == 3
    assert (await notify.progress())["in_flight"] == 3
    for channel in (Channel.SMS, Channel.WECOM):
        await control.end_fault(channel)

    await start_process()
    await notify.quiet()
    assert await notify.told() == [("sms", "delivered", 1), ("sms", "unknown", 1), ("wecom", "unknown", 1)]
    for _ in range(3):
        await notify.step()
    assert await notify.told() == [("sms", "delivered", 1), ("sms", "delivered", 2), ("wecom", "delivered", 2)]
    assert await notify.outside.outcomes("SendSms") == ["accepted", "lost", "accepted"]
    assert await notify.outside.outcomes("message/send") == ["accepted", "deduplicated"]
    assert len(await notify.outside.texts()) == 3
    written = (tmp_path / "notify.log").read_text(encoding="utf-8")
    assert "notifications_taken_over" in written
    assert "13900000001" not in written


async def test_a_sender_that_is_told_to_stop_waits_for_its_calls(notify) -> None:
    await notify.add_contacts(SMS)
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.SLOW)
    sender = await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.called("SendSms")
    sender.cancel()
    await asyncio.wait({sender})
    assert await state(notify) == "submitted"
    assert await notify.quiet() is not None


async def test_a_living_sender_is_left_alone(notify) -> None:
    await notify.add_contacts(SMS)
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.SLOW)
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.called("SendSms")
    await notify.start_sender()
    await asyncio.sleep(0.5)
    assert await state(notify) == "sending"
    await notify.quiet()
    assert await notify.outside.outcomes("SendSms", "QuerySendDetails") == ["accepted"]


@pytest.mark.parametrize("peer", [False, True])
async def test_a_sender_that_lost_its_lease_in_mid_send_sends_once(notify, peer: bool) -> None:
    await notify.add_contacts(SMS)
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.SLOW)
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.called("SendSms")
    await notify.kit.pool.fetch(_END_LEASES)
    if peer:
        await notify.start_sender()
    await notify.quiet()
    await notify.tell(notify.missed("V", step=1))
    await notify.quiet()
    assert await notify.outside.outcomes("SendSms") == ["accepted", "accepted"]
    assert len(await notify.told()) == 2
    assert "failed" not in {status for _, status, _ in await notify.told()}


async def test_a_database_that_goes_away_in_mid_send_costs_nothing(notify) -> None:
    await notify.add_contacts(SMS)
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.SLOW)
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.called("SendSms")
    await notify.kit.pool.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await notify.quiet()
    assert await notify.told() == [("sms", "pending", 1)]
    await notify.step()
    assert await notify.told() == [("sms", "delivered", 1)]
    assert await notify.outside.outcomes("SendSms") == ["accepted"]


async def test_a_claim_whose_commit_was_never_heard_of_is_found_again(notify) -> None:
    await notify.add_contacts(SMS)
    await notify.tell(notify.missed())
    sender, _ = notify.new_sender()
    await notify.kit.pool.execute(
        "UPDATE notification SET state = 'sending', attempts = 1, tries = 1, next_attempt_at = NULL, sent_at = $1,"
        " unsettled_since = $1, leased_by = $2",
        notify.kit.clock.now(),
        sender._lease.id,
    )
    task = asyncio.create_task(sender.run())
    await notify.quiet()
    assert await notify.told() == [("sms", "unknown", 1)]
    await notify.step()
    await notify.step()
    task.cancel()
    await asyncio.wait({task})
    assert await notify.told() == [("sms", "delivered", 2)]
    assert await notify.outside.outcomes("SendSms") == ["accepted"]
