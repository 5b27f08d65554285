"""From an event to a delivered message, through the real clients and the simulator's faults."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.events.notifications import (
    AlertRaised,
    NotificationDelivered,
    NotificationEvent,
    NotificationFailed,
    NotificationSubmitted,
)
from local_stack.providers.faults import Behaviour, Channel
from local_stack.providers.sms import Carrier

pytestmark = pytest.mark.io
SENDS = ("SendSms", "message/send", "webhook/send")
SMS_CONTACT = {"unit": "V", "role": "submitter", "mobile": "13900000001"}
WECOM_CONTACT = {"unit": "V", "role": "submitter", "wecom": "v1"}


async def happened(notify: Any) -> list[type]:
    events = await notify.running.outbox()
    assert [sequence for sequence, _ in events] == list(range(1, len(events) + 1))
    return [type(event) for _, event in events]


async def test_a_short_message_is_submitted_and_then_delivered(notify) -> None:
    await notify.add_contacts(SMS_CONTACT)
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    assert await notify.told() == [("sms", "pending", 1)]
    await notify.step()
    assert await notify.told() == [("sms", "delivered", 1)]
    assert await happened(notify) == [AlertRaised, NotificationSubmitted, NotificationDelivered]
    assert await notify.quiet() is None
    [text] = await notify.outside.texts()
    assert "单位V未按时报送“village-daily”（3月2日" in text


async def test_wecom_is_delivered_when_it_is_taken(notify) -> None:
    await notify.add_contacts(WECOM_CONTACT | {"mobile": "13900000001"})
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    assert await notify.told() == [("wecom", "delivered", 1)]
    assert await happened(notify) == [AlertRaised, NotificationDelivered]


async def test_a_timeout_is_unknown_until_the_query_finds_the_message(notify) -> None:
    await notify.add_contacts(SMS_CONTACT)
    notify.hurry()
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.TIMEOUT)
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    assert await notify.told() == [("sms", "delivered", 1)]
    assert await notify.outside.outcomes("SendSms", "QuerySendDetails") == ["accepted", "query"]
    assert await happened(notify) == [AlertRaised, NotificationSubmitted, NotificationDelivered]


async def test_a_lost_message_is_sent_again_once_it_is_certainly_absent(notify) -> None:
    await notify.add_contacts(SMS_CONTACT)
    began = notify.kit.clock.now()
    notify.hurry()
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.LOST, until=began + timedelta(minutes=1))
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    assert await notify.told() == [("sms", "unknown", 1)]
    assert await notify.step() == began + timedelta(seconds=30)
    assert await notify.told() == [("sms", "unknown", 2)]
    assert await notify.step() == began + timedelta(seconds=90)
    await notify.step()
    assert await notify.told() == [("sms", "delivered", 3)]
    outcomes = await notify.outside.outcomes("SendSms", "QuerySendDetails")
    assert outcomes == ["lost", "query", "query", "lost", "query", "query", "accepted", "query"]
    assert len(await notify.outside.texts()) == 1


async def test_a_rejected_wecom_message_goes_to_the_mobile(notify) -> None:
    await notify.add_contacts(WECOM_CONTACT | {"mobile": "13900000001"})
    await notify.outside.control.order_fault(Channel.WECOM, Behaviour.REJECT)
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    await notify.step()
    assert await notify.told() == [("sms", "delivered", 2)]
    assert await happened(notify) == [AlertRaised, NotificationSubmitted, NotificationDelivered]


async def test_without_another_address_a_rejection_is_the_end(notify) -> None:
    await notify.add_contacts(SMS_CONTACT)
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.REJECT)
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    assert await notify.told() == [("sms", "failed", 1)]
    [(_, failed)] = await notify.running.outbox(NotificationFailed)
    assert (failed.code, failed.attempt) == ("isv.OUT_OF_SERVICE", 1)


async def test_a_throttled_message_is_tried_again_with_growing_pauses(notify) -> None:
    await notify.add_contacts(SMS_CONTACT)
    began = notify.kit.clock.now()
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.THROTTLE, until=began + timedelta(seconds=40))
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    assert await notify.told() == [("sms", "pending", 1)]
    assert [await notify.step() - began for _ in range(2)] == [timedelta(seconds=15), timedelta(seconds=45)]
    await notify.step()
    assert await notify.told() == [("sms", "delivered", 3)]


async def test_an_unknown_wecom_message_is_settled_by_a_repeat_that_the_provider_drops(notify) -> None:
    await notify.add_contacts(WECOM_CONTACT)
    began = notify.kit.clock.now()
    notify.hurry()
    await notify.outside.control.order_fault(Channel.WECOM, Behaviour.TIMEOUT, until=began + timedelta(seconds=10))
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    assert await notify.told() == [("wecom", "unknown", 1)]
    await notify.step()
    assert await notify.told() == [("wecom", "delivered", 2)]
    assert await notify.outside.outcomes("message/send") == ["accepted", "deduplicated"]
    assert len(await notify.outside.texts()) == 1


async def test_an_unknown_robot_message_stays_unknown(notify, robot_key: str) -> None:
    await notify.add_contacts({"unit": "V", "role": "submitter", "robot": robot_key})
    notify.hurry()
    await notify.outside.control.order_fault(Channel.WECOM, Behaviour.TIMEOUT, count=1)
    await notify.start_sender()
    await notify.tell(notify.missed())
    assert await notify.quiet() is None
    assert await notify.told() == [("robot", "unknown", 1)]
    assert await notify.outside.outcomes("webhook/send") == ["accepted"]


async def test_a_message_that_the_carrier_gives_up_failed(notify) -> None:
    await notify.add_contacts(SMS_CONTACT | {"mobile": "13900000009"})
    await notify.outside.control.set_mobile("13900000009", Carrier.FAILED, "MOBILE_IN_BLACK")
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    await notify.step()
    assert await notify.told() == [("sms", "failed", 1)]
    assert await happened(notify) == [AlertRaised, NotificationSubmitted, NotificationFailed]


async def test_an_alert_that_is_too_old_is_raised_and_not_sent(notify) -> None:
    await notify.add_contacts(SMS_CONTACT)
    old = notify.kit.clock.now() - timedelta(hours=72, microseconds=1)
    await notify.start_sender()
    await notify.tell(notify.missed(occurred_at=old))
    await notify.quiet()
    assert await notify.told() == [("sms", "failed", 0)]
    [(_, failed)] = await notify.running.outbox(NotificationFailed)
    assert (failed.code, failed.attempt, failed.raised_at) == ("expired", 0, old)
    assert await notify.outside.outcomes(*SENDS) == []


async def test_a_channel_without_an_account_is_passed_over(notify) -> None:
    await notify.add_contacts(WECOM_CONTACT | {"mobile": "13900000001"})
    notify.settings.wecom_corp_id = None
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    await notify.step()
    assert await notify.told() == [("sms", "delivered", 2)]
    assert await notify.outside.outcomes("message/send") == []


async def test_events_tell_units_and_roles_and_never_a_person(notify) -> None:
    await notify.add_contacts(SMS_CONTACT | {"name": "张三"})
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.quiet()
    await notify.step()
    for _, event in await notify.running.outbox():
        written = event.to_json().decode()
        assert "13900000001" not in written
        assert "张三" not in written
        if isinstance(event, NotificationEvent):
            assert (event.unit, event.role, event.about) == ("V", "submitter", "V")
