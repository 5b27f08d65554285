"""The provider simulator as a part of the stack."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from local_stack.ports import HOST, free_port
from local_stack.processes import SupervisedProcess, answers
from local_stack.providers.control_client import ProviderControl
from local_stack.providers.launch import simulator_launch, simulator_url


class Providers:
    """The simulator of SMS and WeCom providers, which also publishes the issuer's keys.

    `receipts_to` is the URL to which receipts are pushed, None for none.
    """

    def __init__(self, work_dir: Path, *, clock: str, credentials: Mapping[str, str], receipts_to: str | None) -> None:
        port = free_port()
        self.url = simulator_url(port)
        self._receipts_to = receipts_to

        async def ready() -> bool:
            return await answers(HOST, port, "/healthz")

        launch = simulator_launch(port=port, clock=clock, work_dir=work_dir, log=work_dir / "providers.log", env=credentials)
        self._process = SupervisedProcess(replace(launch, ready=ready))

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid

    async def start(self) -> None:
        """Starts it and tells it where receipts go."""
        await self._process.start()
        async with self.control() as control:
            await control.set_callback(self._receipts_to)

    async def kill(self) -> None:
        """SIGKILL. Faults in force and receipts not yet pushed are gone."""
        await self._process.kill()

    async def stop(self) -> None:
        """Ends it in order."""
        await self._process.stop()

    def control(self) -> ProviderControl:
        """A new connection to the simulator's control interface, to be closed by the caller."""
        return ProviderControl(self.url)
