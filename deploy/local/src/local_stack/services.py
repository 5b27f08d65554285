"""How the services are started: one command line each, everything else through the environment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_stack.issuer import AUDIENCE, ISSUER
from local_stack.paths import ROOT
from local_stack.ports import HOST
from local_stack.processes import Launch, answers, python

# Aliyun's SDK asks these for a way to the loopback, too, and does not know NO_PROXY.
_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_TEMPLATES = ROOT / "services" / "notify" / "src" / "notify" / "templates.json"
_START_WITHIN_SECONDS = 60.0
_SHUTDOWN_SECONDS = 10
# On a broker without static members a group takes in a restarted service only when its former self has timed out.
_KAFKA_SESSION_TIMEOUT_MS = 2000


@dataclass(frozen=True)
class Surroundings:
    """What a service needs to know of the stack around it.

    `clock` is a BIHUAN_CLOCK setting. `credentials` are the provider accounts of notify. `overrides` have the last word.
    """

    kafka_servers: str
    kafka_fetch_max_wait_ms: int
    clock: str
    providers_url: str
    credentials: Mapping[str, str]
    receipt_token: str
    logs: Path
    overrides: Mapping[str, str]


def service_launch(name: str, port: int, database_url: str, surroundings: Surroundings) -> Launch:
    """The launch of one service in all its roles, ready when it says so itself."""

    async def ready() -> bool:
        return await answers(HOST, port, "/healthz/ready")

    environment: dict[str, str | None] = {
        **dict.fromkeys(_PROXY_VARIABLES),
        "BIHUAN_HTTP_PORT": str(port),
        "BIHUAN_DATABASE_URL": database_url,
        **_common(surroundings),
        **(_notify(surroundings) if name == "notify" else {}),
        **surroundings.overrides,
    }
    return Launch(
        name=name,
        argv=python(name, "all"),
        log=surroundings.logs / f"{name}.log",
        ready=ready,
        env=environment,
        cwd=surroundings.logs,
        start_within=_START_WITHIN_SECONDS,
        stop_within=_SHUTDOWN_SECONDS + 5.0,
    )


def approved_templates() -> dict[str, str]:
    """The short message templates that notify sends, code to text: in a local stack the provider has approved them all."""
    rows = json.loads(_TEMPLATES.read_text(encoding="utf-8"))
    return {row["code"]: row["text"] for row in rows.values()}


def _common(surroundings: Surroundings) -> dict[str, str]:
    return {
        "BIHUAN_MODE": "local",
        "BIHUAN_HTTP_HOST": HOST,
        "BIHUAN_CLOCK": surroundings.clock,
        "BIHUAN_KAFKA_SERVERS": surroundings.kafka_servers,
        "BIHUAN_KAFKA_FETCH_MAX_WAIT_MS": str(surroundings.kafka_fetch_max_wait_ms),
        "BIHUAN_KAFKA_SESSION_TIMEOUT_MS": str(_KAFKA_SESSION_TIMEOUT_MS),
        "BIHUAN_JWKS_URL": f"{surroundings.providers_url}/oidc/jwks.json",
        "BIHUAN_TOKEN_ISSUER": ISSUER,
        "BIHUAN_TOKEN_AUDIENCE": AUDIENCE,
        "BIHUAN_SHUTDOWN_SECONDS": str(_SHUTDOWN_SECONDS),
    }


def _notify(surroundings: Surroundings) -> dict[str, str]:
    return {
        **surroundings.credentials,
        "BIHUAN_SMS_ENDPOINT": surroundings.providers_url,
        "BIHUAN_WECOM_ENDPOINT": surroundings.providers_url,
        "BIHUAN_PROVIDER_TIMEOUT_SECONDS": "3",
        "BIHUAN_RECEIPT_TOKEN": surroundings.receipt_token,
    }
