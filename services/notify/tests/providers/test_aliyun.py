"""The short message client against the simulator, over HTTP."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from alibabacloud_tea_openapi.utils import Utils

from local_stack.ports import free_port
from local_stack.providers.faults import Behaviour, Channel
from local_stack.providers.sms import Carrier
from notify.providers.aliyun import PAGE_SIZE, AliyunSms
from notify.providers.base import Accepted, Message, ReceiptStatus, Refused, Unknown

pytestmark = pytest.mark.io
NewMessage = Callable[..., Message]


async def test_an_accepted_message_arrives_with_its_variables_filled_in(outside, sms, new_message: NewMessage) -> None:
    message = new_message()
    outcome = await sms.send(message)
    assert isinstance(outcome, Accepted)
    assert outcome.reference
    [delivery] = await outside.control.messages(outside.messages_before)
    assert delivery["text"].startswith("【闭环平台】上溪村未在14:00前报送")
    assert delivery["recipient"] == f"139****{message.address[-4:]}"
    [call] = await outside.control.calls(outside.calls_before)
    assert (call["operation"], call["key"], call["outcome"]) == (
        "SendSms",
        str(message.notification_id),
        "accepted",
    )


async def test_the_receipt_of_an_accepted_message_is_found(outside, sms, new_message: NewMessage) -> None:
    message, sent_at = new_message(), outside.clock.now()
    outcome = await sms.send(message)
    assert isinstance(outcome, Accepted)
    receipt = await sms.settle(replace(message, reference=outcome.reference), sent_at)
    assert receipt.status is ReceiptStatus.DELIVERED
    assert (receipt.code, receipt.at) == ("DELIVERED", sent_at)


async def test_a_timeout_is_unknown_and_the_query_finds_the_delivery(outside, sms, hasty_sms, new_message: NewMessage) -> None:
    now = outside.clock.now()
    await outside.control.order_fault(Channel.SMS, Behaviour.TIMEOUT, until=now + timedelta(minutes=5))
    message = new_message()
    assert isinstance(await hasty_sms.send(message), Unknown)
    assert (await sms.settle(message, now)).status is ReceiptStatus.DELIVERED
    assert await outside.outcomes("SendSms", "QuerySendDetails") == ["accepted", "query"]


async def test_a_lost_call_is_unknown_and_the_query_finds_nothing(outside, sms, hasty_sms, new_message: NewMessage) -> None:
    now = outside.clock.now()
    await outside.control.order_fault(Channel.SMS, Behaviour.LOST, until=now + timedelta(minutes=5))
    message = new_message()
    assert isinstance(await hasty_sms.send(message), Unknown)
    assert (await sms.settle(message, now)).status is ReceiptStatus.ABSENT
    assert await outside.texts() == []


async def test_a_fault_is_over_at_its_end_instant(outside, sms, new_message: NewMessage) -> None:
    end = outside.clock.now() + timedelta(minutes=5)
    await outside.control.order_fault(Channel.SMS, Behaviour.REJECT, until=end)
    outside.clock_file.set(end - timedelta(microseconds=1))
    assert isinstance(await sms.send(new_message()), Refused)
    outside.clock_file.set(end)
    assert isinstance(await sms.send(new_message()), Accepted)


async def test_a_rejection_is_permanent_and_a_throttling_is_not(outside, sms, new_message: NewMessage) -> None:
    await outside.control.order_fault(Channel.SMS, Behaviour.REJECT, count=1)
    rejected = await sms.send(new_message())
    assert (rejected.code, rejected.permanent) == ("isv.OUT_OF_SERVICE", True)
    await outside.control.order_fault(Channel.SMS, Behaviour.THROTTLE, count=1)
    throttled = await sms.send(new_message())
    assert (throttled.code, throttled.permanent) == ("Throttling.User", False)
    assert throttled.retry_after_seconds == 1.0
    assert isinstance(await sms.send(new_message()), Accepted)


async def test_a_slow_answer_is_waited_for_without_blocking_the_loop(outside, sms, new_message: NewMessage) -> None:
    await outside.control.order_fault(Channel.SMS, Behaviour.SLOW, count=1)
    sending = asyncio.create_task(sms.send(new_message()))
    began, turns = time.monotonic(), 0
    while not sending.done():
        await asyncio.sleep(0.02)
        turns += 1
    assert isinstance(await sending, Accepted)
    assert time.monotonic() - began >= 2.0
    assert turns > 40


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"access_key_secret": "guessed"}, "SignatureDoesNotMatch"),
        ({"access_key_id": "LTAInobody"}, "InvalidAccessKeyId.NotFound"),
        ({"sign_name": "未报备"}, "isv.SMS_SIGNATURE_ILLEGAL"),
    ],
)
async def test_a_wrong_account_is_refused_for_good(outside, new_message: NewMessage, change, code) -> None:
    provider = AliyunSms(replace(outside.sms, **change))
    outcome = await provider.send(new_message())
    await provider.close()
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == (code, True)
    assert await outside.texts() == []


async def test_a_reused_nonce_is_refused(sms, new_message: NewMessage, monkeypatch: pytest.MonkeyPatch) -> None:
    nonce = uuid4().hex
    monkeypatch.setattr(Utils, "get_nonce", lambda: nonce)
    assert isinstance(await sms.send(new_message()), Accepted)
    assert (await sms.send(new_message())).code == "SignatureNonceUsed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"address": "12345"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"address": ""}, "MissingPhoneNumbers"),
        ({"template_code": "SMS_UNKNOWN"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"params": {"unit": "上溪村"}}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"params": {"unit": "www.a.cn", "cutoff": "1", "number": "1"}}, "isv.PARAM_NOT_SUPPORT_URL"),
    ],
)
async def test_a_wrong_message_is_refused_for_good(sms, new_message: NewMessage, change, code) -> None:
    outcome = await sms.send(new_message(**change))
    assert (outcome.code, outcome.permanent) == (code, True)


async def test_a_variable_that_is_too_long_is_cut_and_sent(outside, sms, new_message: NewMessage) -> None:
    outcome = await sms.send(new_message(params={"unit": "长" * 80, "cutoff": "14:00", "number": "N1"}))
    assert isinstance(outcome, Accepted)
    assert "长" * 34 + "…未在" in (await outside.texts())[0]


async def test_a_number_that_gets_too_many_is_refused_for_the_time_being(outside, sms, new_message: NewMessage) -> None:
    await outside.control.set_limits(sms_per_day=1)
    address = new_message().address
    assert isinstance(await sms.send(new_message(address=address)), Accepted)
    outcome = await sms.send(new_message(address=address))
    assert (outcome.code, outcome.permanent) == ("isv.BUSINESS_LIMIT_CONTROL", False)
    outside.advance(timedelta(hours=24))
    assert isinstance(await sms.send(new_message(address=address)), Accepted)


async def test_nobody_listening_is_a_temporary_refusal(outside, new_message: NewMessage) -> None:
    provider = AliyunSms(replace(outside.sms, endpoint=f"http://127.0.0.1:{free_port()}"))
    message = new_message()
    outcome = await provider.send(message)
    receipt = await provider.settle(message, outside.clock.now())
    await provider.close()
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == ("unreachable", False)
    assert message.address not in outcome.detail
    assert receipt.status is ReceiptStatus.UNANSWERED


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"],
    ids=["reset", "gateway", "nonsense"],
)
async def test_a_call_that_ends_without_a_usable_answer_is_unknown(outside, new_message: NewMessage, answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    provider = AliyunSms(replace(outside.sms, endpoint=f"http://127.0.0.1:{port}"))
    message = new_message()
    outcome = await provider.send(message)
    receipt = await provider.settle(message, outside.clock.now())
    await provider.close()
    server.close()
    assert isinstance(outcome, Unknown)
    assert message.address not in outcome.reason
    assert receipt.status is ReceiptStatus.UNANSWERED


async def test_a_receipt_can_be_waited_for_and_can_fail(outside, sms, new_message: NewMessage) -> None:
    message, sent_at = new_message(), outside.clock.now()
    await outside.control.set_mobile(message.address, Carrier.PENDING)
    assert isinstance(await sms.send(message), Accepted)
    assert (await sms.settle(message, sent_at)).status is ReceiptStatus.PENDING
    failed_at = outside.advance(timedelta(minutes=2))
    await outside.control.set_mobile(message.address, Carrier.FAILED, "MOBILE_NOT_ON_SERVICE")
    receipt = await sms.settle(message, sent_at)
    assert (receipt.status, receipt.code, receipt.at) == (ReceiptStatus.FAILED, "MOBILE_NOT_ON_SERVICE", failed_at)


async def test_a_message_among_many_to_one_number_is_found(outside, sms, new_message: NewMessage) -> None:
    first, sent_at = new_message(), outside.clock.now()
    await sms.send(first)
    others = [new_message(address=first.address) for _ in range(PAGE_SIZE + 5)]
    assert all(isinstance(outcome, Accepted) for outcome in await asyncio.gather(*map(sms.send, others)))
    assert (await sms.settle(first, sent_at)).status is ReceiptStatus.DELIVERED
    assert await outside.outcomes("QuerySendDetails") == ["query", "query"]


async def test_a_message_sent_around_midnight_of_china_is_found_on_either_day(outside, sms, new_message: NewMessage) -> None:
    today = outside.clock.now().date()
    midnight = datetime(today.year, today.month, today.day, 16, tzinfo=UTC)
    message, began_at = new_message(), midnight - timedelta(milliseconds=1)
    outside.clock_file.set(midnight)
    await sms.send(message)
    assert (await sms.settle(message, began_at)).status is ReceiptStatus.DELIVERED


async def test_nothing_that_identifies_or_authorises_reaches_a_log(
    outside, new_message: NewMessage, caplog: pytest.LogCaptureFixture, capfd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBUG", "sdk")
    caplog.set_level(logging.DEBUG)
    provider = AliyunSms(outside.sms)
    message = new_message()
    await provider.send(message)
    await provider.settle(message, outside.clock.now())
    await provider.close()
    printed = capfd.readouterr()
    written = caplog.text + printed.out + printed.err + repr(message) + repr(outside.sms)
    assert message.address not in written
    assert outside.sms.access_key_secret not in written
    assert "Signature=" not in written
    assert json.dumps(message.params["unit"]) not in written
