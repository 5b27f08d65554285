"""`python -m local_stack.keeper`: holds a stack until SIGTERM or SIGINT. `local_stack up` starts it in the background."""

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from local_stack.background import STATE_FILE, TOKENS, State
from local_stack.names import SERVICES, BrokerKind
from local_stack.stack import Stack


async def keep(kafka: BrokerKind, services: Sequence[str], folder: Path) -> None:
    """Starts a stack, tells of it in the folder, and stops it when asked to, also while it still starts."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for request in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(request, ending.set)
    serving = asyncio.create_task(_serve(kafka, services, folder))
    asked = asyncio.create_task(ending.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    # Whatever it is doing, everything is stopped before the task is done.
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


async def _serve(kafka: BrokerKind, services: Sequence[str], folder: Path) -> None:
    async with Stack(folder, kafka=kafka, services=services) as stack:
        tokens = {role: stack.token(f"local-{role}", unit, [role]) for role, unit in TOKENS.items()}
        state = State(os.getpid(), kafka, stack.kafka_servers, stack.urls, stack.pids, tokens)
        await asyncio.to_thread(state.write, folder)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread((folder / STATE_FILE).unlink, missing_ok=True)


def main() -> None:
    """Reads the command line and keeps the stack."""
    parser = argparse.ArgumentParser(prog="python -m local_stack.keeper")
    parser.add_argument("--kafka", choices=("embedded", "apache"), default="embedded")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--service", action="append", choices=SERVICES, default=[])
    options = parser.parse_args()
    asyncio.run(keep(options.kafka, options.service, options.folder))


if __name__ == "__main__":
    main()
