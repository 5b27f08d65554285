"""`python -m local_stack.providers --port P --clock PATH|system --work DIR`: serve until SIGTERM."""

import argparse
from pathlib import Path

import uvicorn

from local_stack.providers.app import create_app
from local_stack.providers.settings import ProviderSettings
from servicekit.clock import clock_from_setting

HOST = "127.0.0.1"
"""Never another one: the control interface has no password."""
SHUTDOWN_SECONDS = 1
"""How long SIGTERM waits for calls that a fault keeps open."""
KEEP_ALIVE_SECONDS = 75


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="local_stack.providers", description="Simulator of Aliyun Dysms and WeCom")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clock", required=True, help="'system' or the path of a rehearsal clock file")
    parser.add_argument("--work", type=Path, required=True, help="folder of the call log and of jwks.json")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    clock = clock_from_setting("system" if arguments.clock == "system" else f"rehearsal:{arguments.clock}")
    uvicorn.run(
        create_app(ProviderSettings(), clock, arguments.work),
        host=HOST,
        port=arguments.port,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


if __name__ == "__main__":
    main()
