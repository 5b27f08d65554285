"""Clients of the providers, and messages to send with them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from notify.providers.aliyun import AliyunSms
from notify.providers.base import Message
from notify.providers.wecom import WeComApp, WeComRobot

Outside = Any  # of the conftest above: the simulator
HASTY_SECONDS = 0.5
_serials = count(1)


@pytest.fixture
async def sms(outside: Outside) -> AsyncIterator[AliyunSms]:
    provider = AliyunSms(outside.sms)
    yield provider
    await provider.close()


@pytest.fixture
async def hasty_sms(outside: Outside) -> AsyncIterator[AliyunSms]:
    """A client that soon gives up, for calls that nobody will answer."""
    provider = AliyunSms(replace(outside.sms, timeout_seconds=HASTY_SECONDS))
    yield provider
    await provider.close()


@pytest.fixture
async def wecom(outside: Outside) -> AsyncIterator[WeComApp]:
    provider = WeComApp(outside.wecom, outside.clock)
    yield provider
    await provider.close()


@pytest.fixture
async def hasty_wecom(outside: Outside) -> AsyncIterator[WeComApp]:
    provider = WeComApp(replace(outside.wecom, timeout_seconds=HASTY_SECONDS), outside.clock)
    yield provider
    await provider.close()


@pytest.fixture
async def robot(outside: Outside) -> AsyncIterator[WeComRobot]:
    provider = WeComRobot(outside.wecom)
    yield provider
    await provider.close()


@pytest.fixture
def new_message() -> Callable[..., Message]:
    """Make a message of its own to a number of its own; keywords replace fields."""

    def make(**fields: object) -> Message:
        serial = next(_serials)
        usual = Message(
            notification_id=uuid4(),
            number=f"N{serial:06d}",
            address=f"139{serial:08d}",
            template_code="SMS_MISSED",
            params={"unit": "上溪村", "cutoff": "14:00", "number": f"N{serial:06d}"},
            text=f"上溪村未在14:00前报送，请立即处理。编号N{serial:06d}。",
        )
        return replace(usual, **fields)  # type: ignore[arg-type]  # the fields are the caller's own business

    return make
