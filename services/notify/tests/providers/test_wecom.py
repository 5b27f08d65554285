"""The WeCom clients against the simulator, over HTTP."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from local_stack.ports import free_port
from local_stack.providers.faults import Behaviour, Channel
from notify.providers.base import Delivered, Message, Refused, Unknown
from notify.providers.wecom import WeComApp, WeComRobot

pytestmark = pytest.mark.io
NewMessage = Callable[..., Message]
ROBOT_KEY = "5a1e0000-0000-4000-8000-00000000cafe"


async def test_a_message_that_wecom_took_counts_as_delivered(outside, wecom, new_message: NewMessage) -> None:
    message = new_message(address="v1")
    outcome = await wecom.send(message)
    assert isinstance(outcome, Delivered)
    assert outcome.reference
    [delivery] = await outside.control.messages(outside.messages_before)
    assert (delivery["recipient"], delivery["text"]) == ("v1", message.text)
    assert await wecom.settle(message, outside.clock.now()) is None


async def test_a_repeat_after_a_timeout_is_answered_and_delivered_once(
    outside, wecom, hasty_wecom, new_message: NewMessage
) -> None:
    await outside.control.order_fault(Channel.WECOM, Behaviour.TIMEOUT, count=1)
    message = new_message(address="v1")
    assert isinstance(await hasty_wecom.send(message), Unknown)
    outside.advance(timedelta(hours=4) - timedelta(microseconds=1))
    assert isinstance(await wecom.send(message), Delivered)
    assert await outside.outcomes("message/send") == ["accepted", "deduplicated"]
    assert await outside.texts() == [message.text]


async def test_a_repeat_after_a_lost_call_is_delivered(outside, wecom, hasty_wecom, new_message: NewMessage) -> None:
    await outside.control.order_fault(Channel.WECOM, Behaviour.LOST, count=1)
    message = new_message(address="v1")
    assert isinstance(await hasty_wecom.send(message), Unknown)
    assert isinstance(await wecom.send(message), Delivered)
    assert await outside.outcomes("message/send") == ["lost", "accepted"]


async def test_two_notifications_with_the_same_words_are_both_delivered(outside, wecom, new_message: NewMessage) -> None:
    for _ in range(2):
        assert isinstance(await wecom.send(new_message(address="v1", text="请立即报送。")), Delivered)
    assert len(await outside.texts()) == 2


async def test_a_rejection_is_permanent_and_a_throttling_is_not(outside, wecom, new_message: NewMessage) -> None:
    await outside.control.order_fault(Channel.WECOM, Behaviour.REJECT, count=1)
    rejected = await wecom.send(new_message(address="v1"))
    assert (rejected.code, rejected.permanent) == ("60011", True)
    await outside.control.order_fault(Channel.WECOM, Behaviour.THROTTLE, count=1)
    throttled = await wecom.send(new_message(address="v1"))
    assert (throttled.code, throttled.permanent) == ("45009", False)


async def test_a_slow_answer_is_waited_for(outside, wecom, new_message: NewMessage) -> None:
    await outside.control.order_fault(Channel.WECOM, Behaviour.SLOW, count=1)
    began = time.monotonic()
    assert isinstance(await wecom.send(new_message(address="v1")), Delivered)
    assert time.monotonic() - began >= 2.0


async def test_a_member_whom_the_application_cannot_see_is_refused_for_good(outside, wecom, new_message: NewMessage) -> None:
    await outside.control.set_member("gone", known=False)
    outcome = await wecom.send(new_message(address="gone"))
    assert (outcome.code, outcome.permanent) == ("81013", True)


@pytest.mark.parametrize("change", ["expire_tokens", "revoke_tokens"])
async def test_a_token_that_no_longer_works_is_replaced_once(outside, wecom, new_message: NewMessage, change) -> None:
    await wecom.send(new_message(address="v1"))
    await getattr(outside.control, change)()
    assert isinstance(await wecom.send(new_message(address="v1")), Delivered)
    assert await outside.outcomes("gettoken", "message/send") == [
        "accepted",
        "accepted",
        "refused",
        "accepted",
        "accepted",
    ]


async def test_a_token_is_replaced_before_it_expires(outside, wecom, new_message: NewMessage) -> None:
    await wecom.send(new_message(address="v1"))
    outside.advance(timedelta(minutes=114))
    await wecom.send(new_message(address="v1"))
    assert await outside.outcomes("gettoken") == ["accepted"]
    outside.advance(timedelta(minutes=6))
    await wecom.send(new_message(address="v1"))
    assert await outside.outcomes("gettoken", "message/send") == ["accepted"] * 5


async def test_many_first_messages_share_one_token(outside, wecom, new_message: NewMessage) -> None:
    outcomes = await asyncio.gather(*(wecom.send(new_message(address="v1")) for _ in range(60)))
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert await outside.outcomes("gettoken") == ["accepted"]


@pytest.mark.parametrize(
    ("change", "code"), [({"secret": "wrong"}, "40001"), ({"corp_id": "ww0"}, "40013"), ({"agent_id": 7}, "40056")]
)
async def test_a_wrong_application_is_refused_for_good(outside, new_message: NewMessage, change, code) -> None:
    provider = WeComApp(replace(outside.wecom, **change), outside.clock)
    outcome = await provider.send(new_message(address="v1"))
    await provider.close()
    assert (outcome.code, outcome.permanent) == (code, True)


async def test_control_characters_are_refused(wecom, new_message: NewMessage) -> None:
    outcome = await wecom.send(new_message(address="v1", text="坏\x01字"))
    assert (outcome.code, outcome.permanent) == ("40033", True)


async def test_a_text_that_is_too_long_arrives_cut_with_its_number(outside, wecom, robot, new_message) -> None:
    long = new_message(address="v1", text="长" * 2000)
    assert isinstance(await wecom.send(long), Delivered)
    assert isinstance(await robot.send(replace(long, address=ROBOT_KEY)), Delivered)
    for text in await outside.texts():
        assert text.endswith(f"编号：{long.number}")
        assert 2040 < len(text.encode()) <= 2048


async def test_a_robot_speaks_to_its_group(outside, robot, new_message: NewMessage) -> None:
    message = new_message(address=f"https://qyapi.example/cgi-bin/webhook/send?key={ROBOT_KEY}")
    assert await robot.send(message) == Delivered(None)
    assert await outside.texts() == [message.text]
    assert await robot.settle(message, outside.clock.now()) is None


async def test_a_robot_that_is_gone_is_refused_for_good(robot, new_message: NewMessage) -> None:
    outcome = await robot.send(new_message(address="no-such-key"))
    assert (outcome.code, outcome.permanent) == ("93000", True)


async def test_a_robot_says_twenty_things_a_minute(outside, robot, new_message: NewMessage) -> None:
    await outside.control.set_limits(robot_per_minute=20)
    outcomes = [await robot.send(new_message(address=ROBOT_KEY)) for _ in range(21)]
    assert [isinstance(outcome, Delivered) for outcome in outcomes] == [True] * 20 + [False]
    assert (outcomes[-1].code, outcomes[-1].permanent) == ("45009", False)
    outside.advance(timedelta(minutes=1))
    assert isinstance(await robot.send(new_message(address=ROBOT_KEY)), Delivered)


async def test_an_unanswered_robot_message_is_unknown(outside, new_message: NewMessage) -> None:
    await outside.control.order_fault(Channel.WECOM, Behaviour.TIMEOUT, count=1)
    hasty = WeComRobot(replace(outside.wecom, timeout_seconds=0.5))
    assert isinstance(await hasty.send(new_message(address=ROBOT_KEY)), Unknown)
    await hasty.close()


async def test_nobody_listening_is_a_temporary_refusal(outside, new_message: NewMessage) -> None:
    nowhere = replace(outside.wecom, endpoint=f"http://127.0.0.1:{free_port()}")
    app, robot = WeComApp(nowhere, outside.clock), WeComRobot(nowhere)
    for outcome in (await app.send(new_message(address="v1")), await robot.send(new_message(address=ROBOT_KEY))):
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.permanent) == ("unreachable", False)
    await app.close()
    await robot.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["reset", "gateway", "no-object", "no-errcode"],
)
async def test_a_call_that_ends_without_an_errcode_is_unknown(outside, new_message: NewMessage, answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    robot = WeComRobot(replace(outside.wecom, endpoint=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    outcome = await robot.send(new_message(address=ROBOT_KEY))
    await robot.close()
    server.close()
    assert isinstance(outcome, Unknown)


async def test_no_secret_reaches_a_log(outside, new_message: NewMessage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app, robot = WeComApp(outside.wecom, outside.clock), WeComRobot(outside.wecom)
    await app.send(new_message(address="v1"))
    await robot.send(new_message(address=ROBOT_KEY))
    await app.close()
    await robot.close()
    written = caplog.text + repr(outside.wecom)
    assert outside.wecom.secret not in written
    assert "access_token" not in written
    assert ROBOT_KEY not in written
