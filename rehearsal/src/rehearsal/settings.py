"""Every bound of a rehearsal, in real seconds. Read from the environment with the prefix `BIHUAN_REHEARSAL_`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RehearsalSettings(BaseSettings):
    """The defaults suit a laptop; nothing here changes a result."""

    model_config = SettingsConfigDict(env_prefix="BIHUAN_REHEARSAL_", extra="ignore")

    request_seconds: float = Field(default=30, gt=0, description="one HTTP call")
    retry_seconds: float = Field(default=60, gt=0, description="an action whose process answers 503 or breaks the connection")
    quiet_seconds: float = Field(default=120, gt=0, description="until the system is quiet after one instant")
    quiet_backoff_first_seconds: float = Field(default=0.002, gt=0)
    quiet_backoff_max_seconds: float = Field(default=0.02, gt=0)
    read_parallel: int = Field(default=16, ge=1, description="reads of the result at once")
    page_rows: int = Field(default=500, ge=1, le=1000)
    unprocessed_ids: int = Field(default=10_000, ge=1, le=10_000, description="event ids asked about in one call")
    max_instants: int = Field(default=100_000, ge=1, description="steps after which a run is taken for endless")
    show_seconds: float = Field(default=35, ge=0, description="how long `run` spreads a scenario on the live board")
    realtime_speed: float = Field(default=60, gt=0, description="of `mode: realtime` without `speed`")
