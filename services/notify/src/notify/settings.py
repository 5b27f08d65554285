"""Settings of notify, read from the environment (prefix `BIHUAN_`)."""

from datetime import timedelta
from typing import Final, Self

from pydantic import Field, SecretStr, model_validator

from notify.domain.notification import Policy
from notify.providers.aliyun import AliyunSettings
from notify.providers.wecom import WeComSettings
from servicekit.kit import Kit
from servicekit.settings import Settings

_ALIYUN: Final = "https://dysmsapi.aliyuncs.com"
_WECOM: Final = "https://qyapi.weixin.qq.com"


def settings_of(kit: Kit) -> "NotifySettings":
    """The settings of a running notify.

    Raises:
        TypeError: the kit belongs to another service.
    """
    if not isinstance(kit.settings, NotifySettings):
        raise TypeError("notify runs on NotifySettings")
    return kit.settings


class NotifySettings(Settings):
    """Times are real seconds where a provider or a process is waited for, and seconds on the service's clock elsewhere.

    A provider is used when its account is given; at least one is needed. Addresses of a channel without a provider count as
    unreachable, so that the next address of the contact is used.
    """

    sms_endpoint: str = _ALIYUN
    sms_access_key_id: str | None = None
    sms_access_key_secret: SecretStr | None = None
    sms_sign_name: str | None = None
    sms_template_codes: dict[str, str] = Field(default={}, description="reason to template code, where it differs from ours")

    wecom_endpoint: str = _WECOM
    wecom_corp_id: str | None = None
    wecom_secret: SecretStr | None = None
    wecom_agent_id: int | None = None

    receipt_token: SecretStr = Field(min_length=16, description="the secret part of the address for SmsReport")

    provider_timeout_seconds: float = Field(default=10, gt=0, description="to connect and, again, to answer; real time")
    provider_concurrency: int = Field(default=32, ge=1, le=500, description="calls at once, per channel")
    lease_poll_seconds: float = Field(default=0.5, gt=0, description="how often to look for dead senders; real time")

    retry_first_seconds: float = Field(default=15, gt=0)
    retry_cap_seconds: float = Field(default=900, gt=0)
    retry_max_attempts: int = Field(default=300, ge=1)
    absent_after_seconds: float = Field(default=30, gt=0, description="until no record means not accepted")
    alert_max_age_hours: float = Field(default=72, gt=0)

    @model_validator(mode="after")
    def _accounts_are_whole(self) -> Self:
        sms = (self.sms_access_key_id, self.sms_access_key_secret, self.sms_sign_name)
        wecom = (self.wecom_corp_id, self.wecom_secret, self.wecom_agent_id)
        for name, account in (("sms", sms), ("wecom", wecom)):
            if None in account and any(part is not None for part in account):
                raise ValueError(f"the {name} account is given in part; give all of it or nothing")
        if None in sms and None in wecom:
            raise ValueError("no provider is configured; give an sms or a wecom account")
        return self

    @model_validator(mode="after")
    def _calls_end_before_absence_counts(self) -> Self:
        if self.call_seconds >= self.absent_after_seconds:
            raise ValueError("a call could outlast absent_after_seconds: shorten provider_timeout_seconds")
        return self

    @property
    def call_seconds(self) -> float:
        """The longest that a provider call can take, in real time: connecting, answering and some room."""
        return 2 * self.provider_timeout_seconds + 3

    @property
    def policy(self) -> Policy:
        """The bounds of sending."""
        return Policy(
            backoff_first=timedelta(seconds=self.retry_first_seconds),
            backoff_cap=timedelta(seconds=self.retry_cap_seconds),
            max_attempts=self.retry_max_attempts,
            max_age=timedelta(hours=self.alert_max_age_hours),
            absent_after=timedelta(seconds=self.absent_after_seconds),
        )

    @property
    def sms(self) -> AliyunSettings | None:
        """The short message account, if there is one."""
        if self.sms_access_key_id is None or self.sms_access_key_secret is None or self.sms_sign_name is None:
            return None
        return AliyunSettings(
            endpoint=self.sms_endpoint,
            access_key_id=self.sms_access_key_id,
            access_key_secret=self.sms_access_key_secret.get_secret_value(),
            sign_name=self.sms_sign_name,
            timeout_seconds=self.provider_timeout_seconds,
            concurrency=self.provider_concurrency,
        )

    @property
    def wecom(self) -> WeComSettings | None:
        """The WeCom application, if there is one."""
        if self.wecom_corp_id is None or self.wecom_secret is None or self.wecom_agent_id is None:
            return None
        return WeComSettings(
            endpoint=self.wecom_endpoint,
            corp_id=self.wecom_corp_id,
            secret=self.wecom_secret.get_secret_value(),
            agent_id=self.wecom_agent_id,
            timeout_seconds=self.provider_timeout_seconds,
            concurrency=self.provider_concurrency,
        )
