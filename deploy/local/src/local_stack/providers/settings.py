"""Credentials and registrations that the simulator checks calls against, from BIHUAN_ environment variables."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from local_stack.providers.sms_rules import Account
from local_stack.providers.wecom import Corporation


class ProviderSettings(BaseSettings):
    """The same variables that the notify service reads, seen from the other side."""

    model_config = SettingsConfigDict(env_prefix="BIHUAN_", extra="ignore")

    sms_access_key_id: str = Field(min_length=1)
    sms_access_key_secret: SecretStr = Field(min_length=1)
    sms_sign_name: str = Field(min_length=1)
    sms_templates: dict[str, str] = {}
    """Approved templates as a JSON object, code → text with ${name} variables."""
    wecom_corp_id: str = Field(min_length=1)
    wecom_secret: SecretStr = Field(min_length=1)
    wecom_agent_id: int
    wecom_robot_keys: Annotated[frozenset[SecretStr], NoDecode] = frozenset()
    """Robot keys, comma separated."""

    @field_validator("wecom_robot_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return frozenset(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    def account(self) -> Account:
        """Return the short message account."""
        return Account(self.sms_sign_name, dict(self.sms_templates))

    def access_keys(self) -> dict[str, str]:
        """Return access key id → secret."""
        return {self.sms_access_key_id: self.sms_access_key_secret.get_secret_value()}

    def corporation(self) -> Corporation:
        """Return the WeCom corporation."""
        return Corporation(
            corp_id=self.wecom_corp_id,
            secret=self.wecom_secret.get_secret_value(),
            agent_id=self.wecom_agent_id,
            robot_keys=frozenset(key.get_secret_value() for key in self.wecom_robot_keys),
        )
