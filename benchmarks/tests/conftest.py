"""How many statements PostgreSQL was asked to execute, by its own log."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local_stack.postgres import Postgres

StatementLog = Callable[[str], Awaitable["Statements"]]

# What asyncpg asks once per connection to learn the types of arguments.
_LEARNING = ("SELECT current_setting('jit')", "WITH RECURSIVE typeinfo_tree")
_EXECUTED = re.compile(r" LOG:  (?:statement|execute [^:]+): (.*)")


class Statements:
    """What new sessions of one database execute, in order, from the moment on in which this was made.

    The server writes a statement down before it executes it, so everything that was answered stands there.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._start = log.stat().st_size

    def seen(self) -> list[str]:
        """Each statement since the last `forget`, transaction control included."""
        with self._log.open(encoding="utf-8", errors="replace") as stream:
            stream.seek(self._start)
            text = re.sub(r"\n\t", " ", stream.read())
        executed = [" ".join(found[1].split()).rstrip(";") for line in text.splitlines() if (found := _EXECUTED.search(line))]
        return [statement for statement in executed if not statement.startswith(_LEARNING)]

    def forget(self) -> None:
        """Start anew."""
        self._start = self._log.stat().st_size

    def transactions(self) -> list[tuple[str, ...]]:
        """The statements of each finished transaction, by their first words."""
        transactions: list[tuple[str, ...]] = []
        inside: list[str] | None = None
        for statement in self.seen():
            if statement.startswith("BEGIN"):
                inside = []
            elif statement.startswith("COMMIT"):
                transactions.append(tuple(inside or ()))
                inside = None
            elif inside is not None:
                inside.append(" ".join(statement.split()[:3]))
        return transactions


@pytest.fixture
def statement_log(postgres: Postgres) -> StatementLog:
    """Have the server log what new sessions of a database execute."""

    async def start(database_url: str) -> Statements:
        name = urlsplit(database_url).path.removeprefix("/")
        await postgres.execute(f"ALTER DATABASE {name} SET log_statement = 'all'")
        return Statements(postgres.work_dir / "postgres.log")

    return start
