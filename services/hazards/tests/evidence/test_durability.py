"""A row never points to nothing, whatever dies when; what is left behind without a row is swept, and nothing else is."""

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import media
import pytest

from hazards.commands.evidence import Desk, add
from hazards.commands.evidence_objects import sweep, verify
from hazards.domain.evidence import Said
from hazards.objects.interface import StoreUnavailable
from hazards.store import evidence as store
from hazards.sweeping import sweep_all
from servicekit.auth import Principal
from servicekit.problems import Problem

pytestmark = pytest.mark.io
UPLOAD = Path(__file__).parent / "interrupted_upload.py"
ABANDONED = timedelta(hours=24)
PHOTO = media.picture()
PRINCIPAL = Principal("tester", "330802101202", frozenset({"submitter"}))
SAID = Said("before", "image/jpeg", None, None, None, None)


def environment(files) -> dict[str, str]:
    settings = files.kit.settings
    given = {
        "DATABASE_URL": settings.dsn,
        "KAFKA_SERVERS": "127.0.0.1:1",
        "JWKS_URL": str(settings.jwks_url),
        "TOKEN_ISSUER": settings.token_issuer,
        **{name.upper(): str(value) for name, value in files.kept.settings.items()},
    }
    return os.environ | {f"BIHUAN_{name}": value for name, value in given.items()}


async def run(files, *arguments: str) -> tuple[int | None, bytes]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment(files), stdout=pipe)
    async with asyncio.timeout(60):
        printed, _ = await process.communicate()
    return process.returncode, printed


async def interrupted(files, point: str, hazard_id: str, photo: Path) -> int | None:
    return (await run(files, str(UPLOAD), point, hazard_id, str(photo)))[0]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(PHOTO)
    return path


@pytest.mark.parametrize(("point", "written"), [("claimed", 0), ("first", 1), ("written", 2)])
async def test_an_upload_that_is_killed_leaves_no_row_and_is_swept(
    run_files, kept, firewood, photo: Path, point: str, written: int
) -> None:
    files = await run_files(kept)
    hazard_id = await files.report(firewood)

    assert await interrupted(files, point, hazard_id, photo) == -9
    assert (await files.rows("evidence"), kept.count(), await files.rows("evidence_object")) == (0, written, 2)
    assert await verify(files.kit.pool, kept.store) == []

    now = files.service.clock.instant
    assert await sweep(files.kit.pool, kept.store, now + ABANDONED - timedelta(seconds=1), 100) == 0
    assert await sweep(files.kit.pool, kept.store, now + ABANDONED, 100) == 2
    assert (kept.count(), await files.rows("evidence_object")) == (0, 0)


async def test_what_was_left_behind_does_not_stand_in_the_way(files, hazard_id, photo: Path) -> None:
    await interrupted(files, "written", hazard_id, photo)

    body = await files.sent(hazard_id, PHOTO)

    assert (await files.fetch(body)).status_code == 200
    files.service.clock.instant += 2 * ABANDONED
    assert await sweep_all(files.kit, 100) == 0
    assert await verify(files.kit.pool, files.kept.store) == []


async def test_the_sweep_is_a_command_of_its_own(files, hazard_id) -> None:
    """Its clock is the real one, for which everything here was abandoned long ago."""
    await files.sent(hazard_id, PHOTO)
    made = [hashlib.sha256(str(n).encode()).digest() for n in range(3)]
    await files.kit.pool.executemany(
        "INSERT INTO evidence_object (sha256, size, state, sweep_at) VALUES ($1, 1, 'claimed', '2026-03-01Z')",
        [(each,) for each in made],
    )

    code, printed = await run(files, "-m", "hazards.sweeping", "--limit", "2")

    assert (code, printed.decode().splitlines()[-1]) == (0, "swept 2 objects")
    assert await files.rows("evidence_object") == 3
    assert await verify(files.kit.pool, files.kept.store) == []


async def test_an_upload_in_a_process_of_its_own_succeeds_when_nobody_kills_it(files, hazard_id, photo: Path) -> None:
    assert await interrupted(files, "none", hazard_id, photo) == 0
    assert (await files.rows("evidence"), files.kept.count()) == (1, 2)


class Disturbed:
    """A real store; something happens once an object was put."""

    def __init__(self, files, happens) -> None:
        self._inner = files.kept.store
        self._happens = happens

    async def put(self, digest: bytes, source: Path) -> None:
        await self._inner.put(digest, source)
        await self._happens()

    def get(self, digest: bytes) -> AsyncIterator[bytes]:
        return self._inner.get(digest)

    async def delete(self, digest: bytes) -> None:
        await self._happens()
        await self._inner.delete(digest)


async def add_disturbed(files, hazard_id: str, happens) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield PHOTO

    desk = Desk(files.kit, files.kit.settings, Disturbed(files, happens), asyncio.Semaphore(1))
    await add(desk, PRINCIPAL, UUID(hazard_id), SAID, body(), files.service.clock.instant)


async def test_an_upload_so_slow_that_it_is_swept_adds_nothing(files, hazard_id) -> None:
    async def swept() -> None:
        await sweep(files.kit.pool, files.kept.store, files.service.clock.instant + ABANDONED, 100)

    with pytest.raises(Problem) as refused:
        await add_disturbed(files, hazard_id, swept)

    assert refused.value.status == 503
    assert await files.rows("evidence") == 0
    assert await verify(files.kit.pool, files.kept.store) == []


async def test_a_hazard_that_ends_during_an_upload_takes_no_more(files, hazard_id) -> None:
    async def ended() -> None:
        await files.kit.pool.execute("UPDATE hazard SET state = 'closed' WHERE hazard_id = $1", UUID(hazard_id))

    with pytest.raises(Problem) as refused:
        await add_disturbed(files, hazard_id, ended)

    assert (refused.value.status, await files.rows("evidence")) == (409, 0)


async def test_a_store_that_does_not_answer_adds_nothing(files, hazard_id) -> None:
    async def down() -> None:
        raise StoreUnavailable("down")

    with pytest.raises(Problem) as refused:
        await add_disturbed(files, hazard_id, down)

    assert (refused.value.status, await files.rows("evidence")) == (503, 0)


async def test_an_upload_of_what_is_being_swept_comes_again_later(files, hazard_id, photo: Path) -> None:
    """The object is doomed, its deletion on its way: were it written now, it would vanish from under its row."""
    await interrupted(files, "written", hazard_id, photo)
    answers = []

    async def meanwhile() -> None:
        answers.append(await files.send(hazard_id, PHOTO))

    swept = await sweep(files.kit.pool, Disturbed(files, meanwhile), files.service.clock.instant + ABANDONED, 100)
    after = await files.send(hazard_id, PHOTO)

    assert swept == 2
    assert [answer.status_code for answer in answers] == [503, 503]
    assert after.status_code == 201
    assert await verify(files.kit.pool, files.kept.store) == []


async def test_a_sweep_that_is_interrupted_is_finished_by_a_later_one(files, hazard_id, photo: Path) -> None:
    await interrupted(files, "written", hazard_id, photo)
    now = files.service.clock.instant + ABANDONED

    async def down() -> None:
        raise StoreUnavailable("down")

    pool, objects = files.kit.pool, files.kept.store
    assert await sweep(pool, Disturbed(files, down), now, 100) == 0
    assert await sweep(pool, objects, now + timedelta(minutes=9), 100) == 0
    assert await sweep(pool, objects, now + timedelta(minutes=11), 100) == 2
    assert files.kept.count() == 0


async def test_sweeps_at_once_share_the_work_and_spare_what_is_kept(files, hazard_id) -> None:
    await files.sent(hazard_id, media.picture())
    at = files.service.clock.instant
    made = [hashlib.sha256(str(n).encode()).digest() for n in range(30)]
    await files.kit.pool.executemany(
        "INSERT INTO evidence_object (sha256, size, state, sweep_at) VALUES ($1, 1, 'claimed', $2)", [(each, at) for each in made]
    )

    swept = await asyncio.gather(*(sweep(files.kit.pool, files.kept.store, at, 10) for _ in range(4)))

    assert sum(swept) == 30
    assert max(swept) == 10
    assert (await files.rows("evidence_object"), files.kept.count()) == (2, 2)
    assert await verify(files.kit.pool, files.kept.store) == []


async def test_the_sweep_reads_only_what_nobody_kept(files) -> None:
    async with files.kit.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "INSERT INTO evidence_object SELECT sha256(n::text::bytea), 1, CASE WHEN n % 1000 = 0 THEN 'claimed' ELSE 'kept' END,"
            " $1::timestamptz FROM generate_series(1, 20000) AS n",
            files.service.clock.instant,
        )
        await connection.execute("ANALYZE evidence_object")
        arguments = [files.service.clock.instant, files.service.clock.instant, 10]
        rows = await connection.fetch(f"EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) {store._DOOM}", *arguments)

    plan = "\n".join(row[0] for row in rows)
    assert "evidence_object_sweep" in plan, plan
    assert "Seq Scan on evidence_object" not in plan, plan
