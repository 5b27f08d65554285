"""Events per second into a read model: the house subscriber, a one-message handler, and the bare limit, in turns."""

from collections.abc import Awaitable, Callable
from statistics import median
from typing import Final

from benchmarks import read_model
from benchmarks.consumer_sides import Seconds, bare_limit, house, one_message
from benchmarks.parts import Parts, execute, say
from benchmarks.report_events import preload, submissions
from benchmarks.sizes import Sizes
from contracts.events.reports import ReportSubmitted
from local_stack.kafka_topics import TopicPlan
from servicekit.settings import Settings

MANY: Final = "bench.many.v1"
FEW: Final = "bench.few.v1"

Side = Callable[[Settings, str, str, int], Awaitable[Seconds]]


def topics(sizes: Sizes) -> dict[str, TopicPlan]:
    """The topics that this benchmark wants on its broker."""
    return {name: TopicPlan(sizes.consumer_partitions) for name in (MANY, FEW)}


async def measure(parts: Parts, sizes: Sizes) -> dict[str, object]:
    """Run every side so many times, in turns, so that a busy moment of the machine meets all of them alike.

    Raises:
        AssertionError: a side did not leave exactly what the events say.
    """
    many, few = sizes.consumer_events, sizes.one_message_events
    url = await parts.database("consumer")
    await execute(url, read_model.CREATE)
    settings = parts.settings(url)
    for topic, count in ((MANY, many), (FEW, few)):
        say(f"consumer: publishing {count} events to {topic}")
        await preload(parts.broker.servers, topic, sizes.consumer_partitions, count)
    expected = {MANY: _expected(many), FEW: _expected(few)}
    rates: dict[str, list[float]] = {"house": [], "bare_limit": [], "one_message": []}
    computing: dict[str, list[float]] = {name: [] for name in rates}
    sides: tuple[tuple[str, Side, str, int], ...] = (
        ("house", house, MANY, many),
        ("bare_limit", bare_limit, MANY, many),
        ("one_message", one_message, FEW, few),
    )
    for turn in range(sizes.rounds):
        for name, side, topic, count in sides:
            await execute(url, read_model.EMPTY, "CHECKPOINT")
            seconds = await side(settings, topic, f"{name}-{turn}", count)
            rates[name].append(count / seconds.elapsed)
            computing[name].append(seconds.computing / count * 1e6)
            left, applied = await read_model.contents(url)
            assert applied == count, f"{name}: {applied} of {count} events applied"
            assert left == expected[topic], f"{name}: the table is not what the events say"
            say(f"consumer: {name} {rates[name][-1]:,.0f} events/s, {computing[name][-1]:.0f} µs of this process each")
    middle = {name: median(values) for name, values in rates.items()}
    return {
        "house_events_per_s": round(middle["house"]),
        "one_message_events_per_s": round(middle["one_message"]),
        "bare_limit_events_per_s": round(middle["bare_limit"]),
        "ratio_house_to_one_message": round(middle["house"] / middle["one_message"], 1),
        "ratio_house_to_limit": round(middle["house"] / middle["bare_limit"], 2),
        "events": many,
        "one_message_events": few,
        "partitions": sizes.consumer_partitions,
        "batch_records": settings.consumer_batch_records,
        "process_us_per_event": {name: round(median(values), 1) for name, values in computing.items()},
        "rounds": {name: [round(value) for value in values] for name, values in rates.items()},
    }


def _expected(count: int) -> dict[read_model.Place, tuple[int, ...]]:
    events = (envelope.data for envelope in submissions(count))
    facts = ((e.parent, e.period, e.verdict, e.zero) for e in events if isinstance(e, ReportSubmitted))
    return {place: tuple(row) for place, row in read_model.fold(facts).items()}
