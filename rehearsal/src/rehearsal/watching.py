"""Who looks on while a scenario runs: nobody, or the live board."""

from datetime import datetime
from typing import Protocol

from rehearsal.scenario import Action, Fault


class Watcher(Protocol):
    """Is told what the driver does. None of it may change what happens."""

    async def stepping(self, now: datetime, to: datetime) -> None:
        """The clock is about to go from `now` to `to`; may take its time."""
        ...

    def fault(self, fault: Fault) -> None:
        """A fault was applied."""
        ...

    def acted(self, action: Action, status: int) -> None:
        """An action was answered with an HTTP status."""
        ...


class Nobody:
    """Looks at nothing."""

    async def stepping(self, now: datetime, to: datetime) -> None:
        """Lets the clock go at once."""

    def fault(self, fault: Fault) -> None:
        """Ignores it."""

    def acted(self, action: Action, status: int) -> None:
        """Ignores it."""
