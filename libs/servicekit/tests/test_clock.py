"""The system clock, the clock that stands, and the clock that a rehearsal shares between processes."""

import asyncio
import struct
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.clock import ClockFile, FixedClock, RehearsalClock, SystemClock, clock_from_setting

CUT_OFF = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def test_the_system_clock_tells_the_time_in_utc() -> None:
    before, now, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert before - timedelta(milliseconds=1) <= now <= after
    assert now.tzinfo is UTC


def test_a_stepped_clock_stands_until_it_is_set(path: Path) -> None:
    file = ClockFile.create(path, CUT_OFF - MICROSECOND)
    clock = RehearsalClock(path)
    assert clock.now() == CUT_OFF - MICROSECOND
    time.sleep(0.002)
    assert clock.now() == datetime(2026, 3, 2, 5, 59, 59, 999999, tzinfo=UTC)
    file.set(CUT_OFF)
    assert clock.now() == CUT_OFF


def test_every_reader_sees_the_same_instant(path: Path) -> None:
    file = ClockFile.create(path, CUT_OFF)
    readers = [RehearsalClock(path) for _ in range(3)]
    file.set(CUT_OFF + MICROSECOND)
    assert {reader.now() for reader in readers} == {CUT_OFF + MICROSECOND}


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_no_microsecond_is_lost_in_the_file(tmp_path_factory: pytest.TempPathFactory, instant: datetime) -> None:
    path = tmp_path_factory.getbasetemp() / "exact"
    ClockFile.create(path, instant).close()
    assert RehearsalClock(path).now() == instant


def test_a_running_clock_goes_at_its_speed(path: Path) -> None:
    file = ClockFile.create(path, CUT_OFF)
    clock = RehearsalClock(path)
    file.run(CUT_OFF, 1000.0)
    started = time.monotonic()
    time.sleep(0.05)
    simulated = (clock.now() - CUT_OFF).total_seconds()
    real = time.monotonic() - started
    assert 50 <= simulated <= 1000 * real + 5


def test_a_clock_cannot_run_backwards(path: Path) -> None:
    with pytest.raises(ValueError, match="above 0"):
        ClockFile.create(path, CUT_OFF).run(CUT_OFF, 0)


def test_an_instant_that_is_half_written_is_never_read(path: Path) -> None:
    file = ClockFile.create(path, CUT_OFF)
    clock = RehearsalClock(path)
    instants = {CUT_OFF + timedelta(days=day) for day in range(2)}
    first, second = sorted(instants)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            file.set(first)
            file.set(second)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = {clock.now() for _ in range(20_000)}
    finally:
        stop.set()
        writer.join()
    assert seen <= instants


def test_a_reader_waits_for_a_writer_that_is_inside(path: Path) -> None:
    ClockFile.create(path, CUT_OFF).close()
    clock = RehearsalClock(path)
    with path.open("r+b") as raw:
        raw.write(struct.pack("<q", 1))  # odd: a writer is inside
        raw.flush()
        done = threading.Timer(0.05, lambda: (raw.seek(0), raw.write(struct.pack("<q", 2)), raw.flush()))
        done.start()
        started = time.monotonic()
        assert clock.now() == CUT_OFF
        assert time.monotonic() - started >= 0.04
        done.join()


async def test_waiting_ends_when_the_driver_reaches_the_instant(path: Path) -> None:
    file = ClockFile.create(path, CUT_OFF - MICROSECOND)
    clock = RehearsalClock(path)
    waiting = asyncio.create_task(clock.wait_until(CUT_OFF, at_most=10))
    await asyncio.sleep(0.02)
    assert not waiting.done(), "13:59:59.999999 is not 14:00:00"
    file.set(CUT_OFF)
    async with asyncio.timeout(1):
        await waiting


@pytest.mark.parametrize("instant", [None, CUT_OFF])
async def test_waiting_is_bounded_in_real_time(path: Path, instant: datetime | None) -> None:
    ClockFile.create(path, CUT_OFF - MICROSECOND).close()
    for clock in (RehearsalClock(path), FixedClock(CUT_OFF - MICROSECOND)):
        started = time.monotonic()
        await clock.wait_until(instant, at_most=0.03)
        assert 0.02 <= time.monotonic() - started < 1


async def test_nobody_waits_for_what_has_passed(path: Path) -> None:
    ClockFile.create(path, CUT_OFF).close()
    started = time.monotonic()
    for clock in (RehearsalClock(path), FixedClock(CUT_OFF), SystemClock()):
        await clock.wait_until(min(CUT_OFF, clock.now()), at_most=10)
    assert time.monotonic() - started < 1


async def test_the_system_clock_waits_for_a_near_instant() -> None:
    clock = SystemClock()
    instant = clock.now() + timedelta(milliseconds=30)
    await clock.wait_until(instant, at_most=10)
    assert clock.now() >= instant - timedelta(milliseconds=5)


def test_a_setting_names_a_clock(path: Path) -> None:
    ClockFile.create(path, CUT_OFF).close()
    assert isinstance(clock_from_setting("system"), SystemClock)
    assert clock_from_setting(f"rehearsal:{path}").now() == CUT_OFF


@pytest.mark.parametrize("setting", ["", "rehearsal", "rehearsal:", "sundial:/x"])
def test_a_setting_that_names_no_clock_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="is not known"):
        clock_from_setting(setting)
