"""The provider of each channel, as configured."""

from collections.abc import Mapping
from datetime import datetime

from notify.providers.aliyun import AliyunSms
from notify.providers.base import Channel, Message, Provider, Refused
from notify.providers.wecom import WeComApp, WeComRobot
from notify.settings import NotifySettings
from servicekit.clock import Clock


class Unconfigured:
    """Stands where a channel has no account: refuses everything, so that the contact's next address is used."""

    repeat_is_safe = False
    concurrency = 32

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    async def send(self, message: Message) -> Refused:  # noqa: ARG002 - the protocol's signature
        """Refuse for good."""
        return Refused("not_configured", "no account for this channel", permanent=True)

    async def settle(self, message: Message, sent_at: datetime) -> None:  # noqa: ARG002 - the protocol's signature
        """Return None: nobody can be asked."""
        return

    async def close(self) -> None:
        """Nothing to release."""


def open_providers(settings: NotifySettings, clock: Clock) -> Mapping[Channel, Provider]:
    """Make a client for each channel. They must be closed."""
    sms, wecom = settings.sms, settings.wecom
    return {
        Channel.SMS: AliyunSms(sms) if sms else Unconfigured(Channel.SMS),
        Channel.WECOM: WeComApp(wecom, clock) if wecom else Unconfigured(Channel.WECOM),
        Channel.ROBOT: WeComRobot(wecom) if wecom else Unconfigured(Channel.ROBOT),
    }
