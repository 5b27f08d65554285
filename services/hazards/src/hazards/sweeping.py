"""`python -m hazards.sweeping`: takes away objects that an upload wrote and never recorded. Bounded; run it daily, or never.

They are harmless and found by an index over themselves alone, so the work depends on what was abandoned and not on what is kept.
"""

import asyncio
from typing import Annotated, Final

import typer

from hazards.commands.evidence_objects import sweep
from hazards.objects.settings import EvidenceSettings, open_store
from hazards.service import SERVICE
from servicekit import telemetry
from servicekit.kit import Kit
from servicekit.service import open_kit

_AT_ONCE: Final = 100


async def sweep_all(kit: Kit, most: int) -> int:
    """Sweep until nothing is left, the store does not answer, or `most` objects are gone. Returns how many were."""
    assert isinstance(kit.settings, EvidenceSettings)  # noqa: S101 - the service runs with its own settings
    objects = open_store(kit.settings)
    gone = 0
    while gone < most:
        asked = min(_AT_ONCE, most - gone)
        swept = await sweep(kit.pool, objects, kit.clock.now(), asked)
        gone += swept
        if swept < asked:
            break
    return gone


async def _run(most: int) -> int:
    settings = SERVICE.settings()
    telemetry.set_up(SERVICE.name, settings)
    try:
        async with open_kit(SERVICE, settings) as kit:
            return await sweep_all(kit, most)
    finally:
        telemetry.shut_down()


def run(limit: Annotated[int, typer.Option(help="at most so many objects", min=1)] = 10_000) -> None:
    """Take away objects without evidence."""
    typer.echo(f"swept {asyncio.run(_run(limit))} objects")


if __name__ == "__main__":
    # A traceback with local variables would show secrets.
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(run)
    app()
