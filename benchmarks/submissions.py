"""Reports submitted through HTTP to a running reporting service, each by its own village with its own token."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence

from benchmarks.county import OBLIGATION, County
from benchmarks.http_client import HttpClient
from benchmarks.parts import percentile, say

_BODY = json.dumps({"obligation": OBLIGATION, "zero": True}).encode()


async def measure(county: County, villages: Sequence[str], clients: int) -> dict[str, object]:
    """Let every village report once, over a few connections that never rest.

    Raises:
        AssertionError: a report was not accepted, or not counted.
    """
    tokens = [county.stack.token(f"submitter-{code}", code, ["submitter"]) for code in villages]
    waiting = iter(tokens)
    seconds: list[float] = []
    cpu, started = time.process_time(), time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(clients):
            tasks.create_task(_report(county, waiting, seconds))
    elapsed, busy = time.perf_counter() - started, time.process_time() - cpu
    async with county.operator() as operator:
        total = (await operator.get(f"/totals?obligation={OBLIGATION}"))["items"][0]
    assert total["on_time"] == len(tokens), total
    say(f"submissions: {len(tokens) / elapsed:,.0f}/s, p99 {percentile(seconds, 0.99) * 1000:.0f} ms")
    return {
        "per_s": round(len(tokens) / elapsed),
        "p50_ms": round(percentile(seconds, 0.5) * 1000, 1),
        "p99_ms": round(percentile(seconds, 0.99) * 1000, 1),
        "concurrency": clients,
        "reports": len(tokens),
        "expected": len(county.villages),
        "client_share_of_a_core": round(busy / elapsed, 2),
    }


async def _report(county: County, tokens: Iterator[str], seconds: list[float]) -> None:
    client = await HttpClient.connect(county.stack.urls["reporting"], "")
    try:
        for token in tokens:
            began = time.perf_counter()
            status, answer = await client.request("POST", "/reports", _BODY, token)
            seconds.append(time.perf_counter() - began)
            assert status == 201, f"{status} {answer!r}"
    finally:
        await client.close()
