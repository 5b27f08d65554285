"""`python -m benchmarks`: run the benchmarks and print one JSON object; what happens meanwhile goes to standard error."""

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import structlog
import typer
import uvloop

from benchmarks import close, consumer, relay, submissions
from benchmarks.machine import load, machine, versions
from benchmarks.parts import PARTITIONS, BrokerKind, running_parts, say
from benchmarks.sizes import FULL, QUICK, Sizes
from local_stack.kafka_apache import available
from local_stack.kafka_topics import platform_topics


class Benchmark(StrEnum):
    """What can be measured."""

    CONSUMER = "consumer"
    RELAY = "relay"
    SUBMISSIONS = "submissions"
    CLOSE = "close"


class Kafka(StrEnum):
    """The broker: Apache Kafka where it can run, otherwise the embedded one, or one of both for certain."""

    AUTO = "auto"
    APACHE = "apache"
    EMBEDDED = "embedded"


async def run(chosen: Sequence[Benchmark], kind: BrokerKind, sizes: Sizes) -> dict[str, Any]:
    """Run benchmarks one after the other; return the whole result."""
    result: dict[str, Any] = {"machine": machine(), "quick": sizes is QUICK, "kafka_is_apache": kind == "apache"}
    async with running_parts(kind, platform_topics(PARTITIONS) | consumer.topics(sizes)) as parts:
        result["versions"] = await versions(parts.postgres.url(), kind)
        if Benchmark.CONSUMER in chosen:
            result["consumer"] = await consumer.measure(parts, sizes)
        if Benchmark.RELAY in chosen:
            result["relay"] = await relay.measure(parts, sizes)
    if Benchmark.SUBMISSIONS in chosen:
        result["submissions"] = await submissions.measure(kind, sizes)
    if Benchmark.CLOSE in chosen:
        result["close"] = await close.measure(kind, sizes)
    result["machine"]["load_1_min_after"] = load()
    return result


def main(
    quick: Annotated[bool, typer.Option(help="tiny sizes, to see that everything runs")] = False,
    only: Annotated[list[Benchmark] | None, typer.Option(help="only this one (may be repeated)")] = None,
    kafka: Annotated[Kafka, typer.Option(help="the broker; auto: Apache Kafka where Java is installed")] = Kafka.AUTO,
) -> None:
    """Measure on real parts and print one JSON object."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    missing = available() if kafka is Kafka.AUTO else None
    if missing:
        say(f"the embedded broker stands in for Apache Kafka: {missing}")
    kind: BrokerKind = "embedded" if missing or kafka is Kafka.EMBEDDED else "apache"
    result = uvloop.run(run(only or list(Benchmark), kind, QUICK if quick else FULL))
    print(json.dumps(result, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    typer.run(main)
