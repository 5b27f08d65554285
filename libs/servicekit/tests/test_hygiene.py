"""What the kit's tables keep, and for how long."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from counting.events import NOW

from servicekit.clock import FixedClock
from servicekit.database import Pool
from servicekit.hygiene import Janitor
from servicekit.progress import Progress
from servicekit.settings import Settings

pytestmark = pytest.mark.io


@pytest.fixture
def janitor_of(pool: Pool, settings_of: Callable[..., Settings]) -> Callable[..., Janitor]:
    return lambda **given: Janitor(pool, FixedClock(NOW), Progress(), settings_of(**given))


async def remember_answers(pool: Pool, count: int, age: timedelta) -> None:
    await pool.executemany(
        "INSERT INTO idempotency VALUES ('s', $1, 'f', 201, 'b', $2)", [(str(uuid4()), NOW - age) for _ in range(count)]
    )


async def test_answers_are_kept_for_the_days_of_the_setting(pool: Pool, janitor_of: Callable[..., Janitor]) -> None:
    await remember_answers(pool, 3, timedelta(days=7, microseconds=1))
    await remember_answers(pool, 2, timedelta(days=7))
    assert await janitor_of(idempotency_days=7).clean() == 3
    assert await pool.fetchval("SELECT count(*) FROM idempotency") == 2
    assert await janitor_of(idempotency_days=7).clean() == 0


async def test_a_backlog_is_deleted_in_batches(pool: Pool, janitor_of: Callable[..., Janitor]) -> None:
    await remember_answers(pool, 25, timedelta(days=8))
    await pool.execute("""
        CREATE TABLE seen (rows bigint);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO seen SELECT count(*) FROM gone; RETURN NULL;
        END $$;
        CREATE TRIGGER note AFTER DELETE ON idempotency REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note();
    """)
    assert await janitor_of(hygiene_batch_rows=10).clean() == 25
    assert [row["rows"] for row in await pool.fetch("SELECT rows FROM seen")] == [10, 10, 5]


async def test_the_inbox_is_kept_unless_asked_otherwise(pool: Pool, janitor_of: Callable[..., Janitor]) -> None:
    for age in (400, 31, 29):
        await pool.execute("INSERT INTO inbox VALUES ($1, 'c', $2)", uuid4(), NOW - timedelta(days=age))
    assert await janitor_of().clean() == 0
    assert await janitor_of(inbox_days=30).clean() == 2


async def test_the_outbox_is_vacuumed_by_count(pool: Pool) -> None:
    given = await pool.fetchval("SELECT reloptions FROM pg_class WHERE relname = 'outbox'")
    options = dict(option.split("=") for option in given)
    assert options["autovacuum_vacuum_scale_factor"] == "0"
    assert 0 < int(options["autovacuum_vacuum_threshold"]) <= 10_000
