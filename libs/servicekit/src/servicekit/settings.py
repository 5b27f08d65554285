"""Settings that every service process reads from the environment (prefix `BIHUAN_`). Every bound has its place here."""

from typing import Literal

from pydantic import Field, HttpUrl, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Times are real seconds unless a name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="BIHUAN_", extra="ignore")

    mode: Literal["local", "production"] = "production"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    clock: str = "system"

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8000, ge=0, le=65535)
    body_limit_bytes: int = Field(default=1_000_000, ge=1)
    request_timeout_seconds: float = Field(default=30, gt=0)
    command_attempts: int = Field(default=3, ge=1, description="tries of a transaction that lost a deadlock")
    idempotency_days: int = Field(default=7, ge=1)
    inbox_days: int | None = Field(default=None, ge=7, description="None keeps inbox rows for ever; see the runbook first")
    hygiene_seconds: float = Field(default=30, gt=0)
    hygiene_batch_rows: int = Field(default=1000, ge=1, le=10_000)

    database_url: PostgresDsn
    pool_size: int = Field(default=10, ge=2)
    pool_timeout_seconds: float = Field(default=10, gt=0)
    statement_timeout_seconds: float = Field(default=30, gt=0)

    kafka_servers: str
    kafka_fetch_max_wait_ms: int = Field(default=500, ge=1)
    kafka_request_timeout_ms: int = Field(default=20_000, ge=1000)
    kafka_session_timeout_ms: int = Field(default=10_000, ge=1000)

    consumer_batch_records: int = Field(default=500, ge=1, le=5000)
    consumer_poll_ms: int = Field(default=20, ge=1)
    consumer_retry_seconds: float = Field(default=60, gt=0, description="tries in place before the batch is fetched again")
    consumer_backoff_seconds: float = Field(default=0.2, gt=0)
    consumer_backoff_max_seconds: float = Field(default=5, gt=0)
    revoke_wait_seconds: float = Field(default=10, gt=0)

    dead_letter_max_consecutive: int = Field(default=10, ge=1)
    dead_letter_max_ratio: float = Field(default=0.05, gt=0, le=1)
    dead_letter_window: int = Field(default=1000, ge=100)

    relay_batch_rows: int = Field(default=2000, ge=1, le=10_000)
    relay_batch_bytes: int = Field(default=900_000, ge=1000)
    relay_poll_seconds: float = Field(default=0.1, gt=0)
    relay_backoff_max_seconds: float = Field(default=2, gt=0)
    relay_absent_topic_seconds: float = Field(default=30, gt=0, description="how long events of a topic that is not there wait")
    relay_takeover_seconds: float = Field(default=1, gt=0, description="how often a relay that waits asks for the lead")

    deadline_batch_rows: int = Field(default=2000, ge=1, le=5000)
    deadline_parallel: int = Field(default=2, ge=1, le=8, description="transactions at once while a backlog is worked off")
    deadline_poll_seconds: float = Field(default=1, gt=0)

    stall_seconds: float = Field(default=60, gt=0, description="a loop without progress for so long is not alive")
    shutdown_seconds: float = Field(default=20, gt=0)

    jwks_url: HttpUrl
    jwks_cache_seconds: float = Field(default=300, gt=0)
    jwks_timeout_seconds: float = Field(default=5, gt=0)
    token_issuer: str
    token_audience: str = "bihuan"
    token_leeway_seconds: float = Field(default=5, ge=0)
    token_cache_seconds: float = Field(default=60, gt=0, description="how long a verified token is not verified again")

    otlp_endpoint: HttpUrl | None = None
    otlp_headers: SecretStr | None = None

    def body_limit(self, path: str) -> int:  # noqa: ARG002 - a service may allow more where it takes files
        """How many bytes the body of a request to `path` may have."""
        return self.body_limit_bytes

    @property
    def dsn(self) -> str:
        """The database address as asyncpg takes it."""
        return str(self.database_url)
