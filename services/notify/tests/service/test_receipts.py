"""Receipts that the provider pushes: whenever they come, however often, whatever they say."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from local_stack.providers.faults import Behaviour, Channel
from notify.providers.base import Channel as NotifyChannel

pytestmark = pytest.mark.io
ADDRESS = "/receipts/aliyun/the-secret-of-the-address"
OK = {"code": 0, "msg": "ok"}


def report(out_id: object, *, success: bool = True, biz_id: str = "biz", code: str = "DELIVERED") -> dict[str, Any]:
    return {
        "phone_number": "13900000001",
        "send_time": "2026-03-02 14:00:00",
        "report_time": "2026-03-02 14:00:03",
        "success": success,
        "err_code": code,
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": biz_id,
        "out_id": str(out_id),
    }


async def push(notify: Any, *reports: object, address: str = ADDRESS) -> Any:
    return await notify.running.client.post(address, json=list(reports))


async def one_alert(notify: Any, **more: str) -> str:
    await notify.add_contacts({"unit": "V", "role": "submitter", "mobile": "13900000001"} | more)
    await notify.tell(notify.missed())
    [item] = await notify.alerts()
    return str(item["notification_id"])


async def status(notify: Any) -> tuple[str, int]:
    [item] = await notify.alerts()
    return item["status"], item["attempts"]


async def test_a_pushed_receipt_settles_at_once(notify) -> None:
    notification = await one_alert(notify)
    await notify.start_sender()
    await notify.quiet()
    answer = await push(notify, report(notification))
    assert (answer.status_code, answer.json()) == (200, OK)
    assert await status(notify) == ("delivered", 1)
    assert await notify.quiet() is None


async def test_a_receipt_before_the_answer_to_the_call_counts(notify) -> None:
    notification = await one_alert(notify)
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.SLOW)
    await notify.start_sender()
    await notify.called("SendSms")
    assert (await push(notify, report(notification))).json() == OK
    assert await status(notify) == ("delivered", 1)
    assert (await notify.progress())["in_flight"] == 1, "the call has not ended yet"
    assert await notify.quiet() is None
    assert await status(notify) == ("delivered", 1)


async def test_a_failure_before_the_answer_waits_for_the_end_of_the_call(notify, robot_key: str) -> None:
    notification = await one_alert(notify, robot=robot_key)
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.SLOW)
    await notify.start_sender()
    await notify.called("SendSms")
    await push(notify, report(notification, success=False, code="UNDELIV"))
    await asyncio.sleep(0.2)
    assert await notify.outside.outcomes("webhook/send") == []
    await notify.quiet()
    assert await status(notify) == ("delivered", 2)
    assert await notify.outside.outcomes("webhook/send") == ["accepted"]


async def test_repeated_unknown_and_unreadable_reports_are_answered_like_all_others(notify) -> None:
    notification = await one_alert(notify)
    await notify.start_sender()
    await notify.quiet()
    twice = report(notification)
    contradicting = report(notification, success=False, code="UNDELIV")
    answer = await push(notify, twice, report(uuid4()), {"nonsense": 1}, "text", None, twice, contradicting)
    assert (answer.status_code, answer.json()) == (200, OK)
    assert (await push(notify, twice)).json() == OK
    assert (await push(notify)).json() == OK
    assert await status(notify) == ("delivered", 1)
    events = [type(event).__name__ for _, event in await notify.running.outbox()]
    assert events == ["AlertRaised", "NotificationSubmitted", "NotificationDelivered"]


@pytest.mark.parametrize("text", ["{}", "no json", "[" * 100_000, '"text"', "1", ""])
async def test_a_push_that_is_no_array_is_refused(notify, text: str) -> None:
    answer = await notify.running.client.post(ADDRESS, content=text)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["the-secret-of-the-addres", "wrong", "ünïcödé", "%00"])
async def test_without_the_secret_nothing_is_taken(notify, token: str) -> None:
    notification = await one_alert(notify)
    answer = await push(notify, report(notification), address=f"/receipts/aliyun/{token}")
    assert answer.status_code == 401
    assert await status(notify) == ("pending", 0)


async def test_what_the_provider_writes_is_made_fit_to_be_kept(notify) -> None:
    notification = await one_alert(notify)
    await notify.start_sender()
    await notify.quiet()
    [item] = await notify.alerts()
    biz = await notify.kit.pool.fetchval("SELECT reference FROM notification")
    odd = report(notification, success=False, biz_id=biz, code="坏\x00 " + "x" * 500)
    assert (await push(notify, odd)).json() == OK
    [item] = await notify.alerts()
    assert (item["status"], item["channel"]) == ("failed", NotifyChannel.SMS)
    assert item["code"] == "_" + "x" * 63


async def test_the_simulator_pushes_to_the_running_service(notify, receipts_url: str) -> None:
    await one_alert(notify)
    await notify.outside.control.set_callback(receipts_url)
    await notify.start_sender()
    await notify.until_told(("sms", "delivered", 1))
    assert await notify.outside.outcomes("QuerySendDetails") == []
