"""The cluster really runs: also for root, below closed directories, and after a loss of power."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from local_stack.postgres import Postgres
from local_stack.postgres_binaries import unprivileged_account
from local_stack.processes import ProcessFailed

pytestmark = pytest.mark.io

DatabaseFactory = Callable[..., Awaitable[str]]

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


async def _fetchval(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_data_outlive_an_orderly_stop_and_end_when_discarded(open_directory: Path) -> None:
    cluster = Postgres(open_directory / "work", durable=False)
    await cluster.create()
    await cluster.start()
    try:
        await _fetchval(cluster.url(), "CREATE TABLE entry AS SELECT 7 AS value")
        await cluster.stop()
        assert cluster.pid is None
        await cluster.start()
        assert await _fetchval(cluster.url(), "SELECT value FROM entry") == 7
    finally:
        await cluster.discard()
    assert cluster.pid is None
    assert not cluster.home.exists()


@pytest.mark.parametrize("mode", [0o755, 0o700])
async def test_what_was_committed_survives_a_kill_of_the_server(open_directory: Path, mode: int) -> None:
    await asyncio.to_thread(open_directory.chmod, mode)
    cluster = Postgres(open_directory / "work")
    await cluster.create()
    await cluster.start()
    try:
        url = await cluster.create_database("ledger")
        await _fetchval(url, "CREATE TABLE entry AS SELECT 7 AS value")
        idle = await asyncpg.connect(url)
        await cluster.kill()
        assert cluster.pid is None
        await cluster.start()
        assert await _fetchval(url, "SELECT value FROM entry") == 7
        assert [await _fetchval(url, f"SHOW {name}") for name in DURABLE] == ["on"] * len(DURABLE)
        idle.terminate()
    finally:
        await cluster.discard()
    assert not cluster.home.exists()


async def test_a_stale_pid_file_of_another_process_does_not_hinder_the_start(open_directory: Path) -> None:
    cluster = Postgres(open_directory / "work", durable=False)
    await cluster.create()
    (cluster.home / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.home / 'data'}\n1\n{cluster.port}\n")
    await cluster.start()
    try:
        assert await _fetchval(cluster.url(), "SELECT 1") == 1
    finally:
        await cluster.discard()


async def test_two_servers_never_share_one_cluster(open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_stack.postgres._LINGER_SECONDS", 0.2)
    first = Postgres(open_directory / "work", durable=False)
    await first.create()
    await first.start()
    try:
        second = Postgres(open_directory / "work", durable=False)
        with pytest.raises(ProcessFailed, match="still use"):
            await second.start()
    finally:
        await first.discard()


async def test_only_the_generated_password_opens_the_cluster(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(host="127.0.0.1", port=postgres.port, user="postgres", password="postgres")


async def test_a_failing_start_says_why(open_directory: Path) -> None:
    with pytest.raises(ProcessFailed, match="data"):
        await Postgres(open_directory / "work").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_as_root_the_server_belongs_to_nobody(postgres: Postgres) -> None:
    account = unprivileged_account()
    assert account is not None
    assert account.uid != 0
    assert Path(f"/proc/{postgres.pid}").stat().st_uid == account.uid


async def test_every_test_gets_a_database_of_its_own_already_migrated(database: DatabaseFactory, tmp_path: Path) -> None:
    (tmp_path / "20260101000000_entry.sql").write_text(
        "-- migrate:up\nCREATE TABLE entry (value int);\n-- migrate:down\nDROP TABLE entry;\n"
    )
    first, second = await database(tmp_path), await database(tmp_path)
    await _fetchval(first, "INSERT INTO entry VALUES (1)")
    assert await _fetchval(first, "SELECT count(*) FROM entry") == 1
    assert await _fetchval(second, "SELECT count(*) FROM entry") == 0


async def test_a_broken_migration_is_reported_with_its_own_words(database: DatabaseFactory, tmp_path: Path) -> None:
    (tmp_path / "20260101000000_entry.sql").write_text("-- migrate:up\nCREATE TABEL entry (value int);\n-- migrate:down\n")
    with pytest.raises(ProcessFailed, match="TABEL"):
        await database(tmp_path)
