"""`python -m benchmarks`: run the benchmarks and print one JSON object; what happens meanwhile goes to standard error."""

import json
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

import structlog
import typer
import uvloop

from benchmarks import close, consumer, imports, ledgers, overdue, relay, submissions
from benchmarks.county import running_county
from benchmarks.machine import load, machine, versions
from benchmarks.parts import PARTITIONS, BrokerKind, running_parts, say
from benchmarks.sizes import FULL, QUICK, Sizes
from local_stack.kafka_apache import available
from local_stack.kafka_topics import platform_topics
from servicekit.service import spare_the_collector


class Benchmark(StrEnum):
    """What can be measured."""

    CONSUMER = "consumer"
    RELAY = "relay"
    SUBMISSIONS = "submissions"
    CLOSE = "close"
    IMPORTS = "imports"
    LEDGERS = "ledgers"
    OVERDUE = "overdue"


class Kafka(StrEnum):
    """The broker: Apache Kafka where it can run, otherwise the embedded one, or one of both for certain."""

    AUTO = "auto"
    APACHE = "apache"
    EMBEDDED = "embedded"


async def run(chosen: Sequence[Benchmark], kind: BrokerKind, sizes: Sizes) -> dict[str, Any]:
    """Run benchmarks one after the other; return the whole result."""
    result: dict[str, Any] = {"machine": machine(), "quick": sizes.rounds == QUICK.rounds, "kafka_is_apache": kind == "apache"}
    loads = result["machine"]["load_1_min"] = {}

    async def record(name: Benchmark, measuring: Callable[[], Awaitable[dict[str, object]]]) -> None:
        if name in chosen:
            loads[name.value] = load()
            result[name.value] = await measuring()

    async with running_parts(kind, platform_topics(PARTITIONS) | consumer.topics(sizes)) as parts:
        result["versions"] = await versions(parts.postgres.url(), kind)
        await record(Benchmark.CONSUMER, lambda: consumer.measure(parts, sizes))
        await record(Benchmark.RELAY, lambda: relay.measure(parts, sizes))
        await record(Benchmark.LEDGERS, lambda: ledgers.measure(parts, sizes))
        await record(Benchmark.OVERDUE, lambda: overdue.measure(parts, sizes))
    reporting = sizes.submissions if Benchmark.SUBMISSIONS in chosen else 0
    silent = sizes.expected_reports if Benchmark.CLOSE in chosen else 0
    if reporting + silent:
        async with running_county(kind, reporting + silent, sizes.villages_per_town) as county:
            villages = county.villages
            await record(
                Benchmark.SUBMISSIONS, lambda: submissions.measure(county, villages[:reporting], sizes.submission_clients)
            )
            await record(Benchmark.CLOSE, lambda: close.measure(county, villages[reporting:]))
    await record(Benchmark.IMPORTS, lambda: imports.measure(sizes))
    loads["end"] = load()
    return result


def main(
    quick: Annotated[bool, typer.Option(help="tiny sizes, to see that everything runs")] = False,
    open_hazards: Annotated[int | None, typer.Option(min=0, help="overdue: so many others are open (full: 1 000 000)")] = None,
    only: Annotated[list[Benchmark] | None, typer.Option(help="only this one (may be repeated)")] = None,
    kafka: Annotated[Kafka, typer.Option(help="the broker; auto: Apache Kafka where Java is installed")] = Kafka.AUTO,
) -> None:
    """Measure on real parts and print one JSON object."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it warns of every retry while new topics find their leaders
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    missing = available() if kafka is Kafka.AUTO else None
    if missing:
        say(f"the embedded broker stands in for Apache Kafka: {missing}")
    spare_the_collector()  # as a service does; every side gains by it
    kind: BrokerKind = "embedded" if missing or kafka is Kafka.EMBEDDED else "apache"
    sizes = QUICK if quick else FULL
    sizes = sizes if open_hazards is None else replace(sizes, open_hazards=open_hazards)
    result = uvloop.run(run(only or list(Benchmark), kind, sizes))
    print(json.dumps(result, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    typer.run(main)
