"""Work counted, loops woken and heart-beats."""

import asyncio

from servicekit.progress import Progress


def test_work_only_grows_and_boots_differ() -> None:
    progress = Progress()
    before = progress.work
    progress.worked()
    assert progress.work == before + 1
    assert progress.boot != Progress().boot


async def test_every_loop_is_woken_by_one_piece_of_work() -> None:
    progress = Progress()
    hints = [progress.woken(name) for name in ("relay", "deadlines")]
    progress.worked()
    async with asyncio.timeout(1):
        await asyncio.gather(*(hint.wait() for hint in hints))


def test_a_hint_given_while_a_loop_looks_is_not_lost() -> None:
    progress = Progress()
    hint = progress.woken("relay")  # taken before looking
    progress.worked()  # while it looks
    assert hint.is_set()


def test_a_hint_wakes_once() -> None:
    progress = Progress()
    progress.woken("relay")
    progress.worked()
    assert not progress.woken("relay").is_set()


async def test_no_hint_is_lost_between_many_workers_and_a_loop() -> None:
    """A consumer of a queue that trusts hints alone sees every item."""
    progress, queue, seen = Progress(), list[int](), list[int]()

    async def loop() -> None:
        while len(seen) < 1000:
            hint = progress.woken("loop")
            if queue:
                seen.append(queue.pop(0))
                await asyncio.sleep(0)
            else:
                await hint.wait()

    async def work() -> None:
        for number in range(250):
            queue.append(number)
            progress.worked()
            if number % 3:
                await asyncio.sleep(0)

    async with asyncio.timeout(10):
        await asyncio.gather(loop(), *(work() for _ in range(4)))
    assert len(seen) == 1000
    assert progress.work == 1000


def test_silence_is_measured_per_loop() -> None:
    progress = Progress()
    assert progress.silent_for() == {}
    progress.beat("relay")
    assert 0 <= progress.silent_for()["relay"] < 1
