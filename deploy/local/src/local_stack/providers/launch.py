"""How to start the simulator as a process of the stack."""

import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from local_stack.ports import HOST
from local_stack.processes import Launch, python
from local_stack.providers.control_client import ProviderControl


def simulator_url(port: int) -> str:
    """Return the base URL of a simulator: endpoint of both providers, of the control interface and of the keys."""
    return f"http://{HOST}:{port}"


def simulator_launch(*, port: int, clock: str, work_dir: Path, log: Path, env: Mapping[str, str]) -> Launch:
    """Describe the process. `clock` is `system` or the path of a clock file; `env` holds settings.ProviderSettings."""

    async def ready() -> bool:
        async with ProviderControl(simulator_url(port)) as control:
            return await control.healthy()

    arguments = ("--port", str(port), "--clock", clock, "--work", str(work_dir))
    return Launch(name="providers", argv=python("local_stack.providers", *arguments), log=log, ready=ready, env=env)


def development_credentials(templates: Mapping[str, str], robot_keys: Iterable[str] = ()) -> dict[str, str]:
    """Make up an account: variables for the simulator and, all but the last two, for notify.

    `templates` are the short message templates to be approved, code → text with ${name} variables.
    """
    return {
        "BIHUAN_SMS_ACCESS_KEY_ID": f"LTAI{secrets.token_hex(10)}",
        "BIHUAN_SMS_ACCESS_KEY_SECRET": secrets.token_hex(15),
        "BIHUAN_SMS_SIGN_NAME": "闭环平台",
        "BIHUAN_WECOM_CORP_ID": f"ww{secrets.token_hex(8)}",
        "BIHUAN_WECOM_SECRET": secrets.token_urlsafe(32),
        "BIHUAN_WECOM_AGENT_ID": "1000002",
        "BIHUAN_WECOM_ROBOT_KEYS": ",".join(robot_keys),
        "BIHUAN_SMS_TEMPLATES": json.dumps(templates, ensure_ascii=False),
    }
