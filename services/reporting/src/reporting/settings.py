"""Settings of reporting, read from the environment (prefix `BIHUAN_`)."""

from functools import cache
from typing import Final

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from reporting.domain.limits import Assumed
from servicekit.settings import Settings

_DEFAULT: Final = Assumed()


class Limits(BaseSettings):
    """Limits that plans leave open. What was written under a value keeps it, and says so."""

    model_config = SettingsConfigDict(env_prefix="BIHUAN_", extra="ignore")

    limit_at_once_hours: int = Field(default=_DEFAULT.at_once_hours, ge=1, le=8784, description="of 立即 and 随时")
    limit_promptly_hours: int = Field(default=_DEFAULT.promptly_hours, ge=1, le=8784, description="of 及时")


class ReportingSettings(Limits, Settings):
    """Everything that a reporting process reads; a wrong value keeps it from starting."""


@cache
def assumed_limits() -> Assumed:
    """The limits of this process."""
    limits = Limits()
    return Assumed(limits.limit_at_once_hours, limits.limit_promptly_hours)
