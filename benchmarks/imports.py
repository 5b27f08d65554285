"""Seconds to draft the plans of a long text, beside the seconds to read its lines alone."""

import time
from collections.abc import Callable
from statistics import median
from typing import Final

from benchmarks.parts import say
from benchmarks.sizes import Sizes
from local_stack.paths import ROOT
from plans.importing.drafting import draft_plans
from plans.importing.reading import read_source

_SAMPLES: Final = ROOT / "services" / "plans" / "samples"


async def measure(sizes: Sizes) -> dict[str, object]:
    """Import one long file of different plans, several times.

    Raises:
        AssertionError: fewer plans were found than the file holds samples.
    """
    content, plans = long_text(sizes.import_bytes)
    source = read_source(content, "long.txt")
    found = len(draft_plans(source).plans)
    assert found >= plans, f"{found} of {plans} plans found"
    reading = [_seconds(lambda: read_source(content, "long.txt")) for _ in range(sizes.rounds)]
    drafting = [_seconds(lambda: draft_plans(source)) for _ in range(sizes.rounds)]
    whole = [one + other for one, other in zip(reading, drafting, strict=True)]
    say(f"imports: {len(content):,} bytes with {found} plans in {median(whole):.2f} s")
    return {
        "seconds": round(median(whole), 3),
        "seconds_reading_only": round(median(reading), 4),
        "bytes": len(content),
        "plans": found,
        "rounds": [round(value, 3) for value in whole],
    }


def long_text(least_bytes: int) -> tuple[bytes, int]:
    """The text samples one after another, no two plans the same, and how many files went into it."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(_SAMPLES.glob("*.txt")) if "gb18030" not in path.name]
    made = b""
    turn = 0
    while len(made) < least_bytes:
        turn += 1
        made += b"".join(f"{text}第{turn}次汇总。\n".encode() for text in texts)
    return made, turn * len(texts)


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
