"""A county on a running reporting service: its units and one plan, told by events, and how to wait until all is taken in."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as local_time
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from aiokafka import AIOKafkaProducer

from benchmarks.http_client import HttpClient
from benchmarks.parts import PARTITIONS, BrokerKind, say, until, work_folder
from contracts import Envelope, Event, encode
from contracts.events.plans import Obligation, PlanIssued, Reporters
from contracts.events.units import Placement, UnitRegistered
from local_stack.stack import Stack
from servicekit.clock import ClockFile

OBLIGATION: Final = "village-daily"
_ZONE: Final = ZoneInfo("Asia/Shanghai")
_MORNING: Final = datetime(2026, 3, 2, 8, tzinfo=_ZONE)
CUTOFF: Final = datetime(2026, 3, 2, 14, tzinfo=_ZONE)
_LONG_AGO: Final = _MORNING - timedelta(days=30)
_PUBLISH_AT_ONCE: Final = 5_000
_TAKEN_IN_WITHIN_SECONDS: Final = 240


@dataclass(frozen=True, slots=True)
class County:
    """The running stack, its clock, and the codes of the villages, each of which owes one report at 14:00."""

    stack: Stack
    clock: ClockFile
    villages: tuple[str, ...]

    @asynccontextmanager
    async def operator(self) -> AsyncIterator[HttpClient]:
        """A connection to reporting with an operator's rights."""
        client = await HttpClient.connect(self.stack.urls["reporting"], self.stack.token("operator", None, ["admin"]))
        try:
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def running_county(kind: BrokerKind, villages: int, per_town: int) -> AsyncIterator[County]:
    """Start reporting with its parts and let it take in a county of so many villages. The clock stands at 08:00."""
    with work_folder() as folder:
        file = folder / "clock"
        clock = ClockFile.create(file, _MORNING)
        try:
            async with Stack(folder / "stack", kafka=kind, clock=file, services=("reporting",), partitions=PARTITIONS) as stack:
                places = {f"V{nr:06}": f"T{nr // per_town:05}" for nr in range(villages)}
                county = County(stack, clock, tuple(places))
                await _settle_in(county, places)
                yield county
        finally:
            clock.close()


async def _settle_in(county: County, places: Mapping[str, str]) -> None:
    """Tell reporting of the units, of villages with their towns, then of the plan."""
    towns = sorted(set(places.values()))
    units = [
        _registered("C", "county", None),
        *(_registered(town, "town", "C") for town in towns),
        *(_registered(village, "village", town) for village, town in places.items()),
    ]
    say(f"county: {len(places)} villages in {len(towns)} towns")
    started = time.perf_counter()
    await _publish(county.stack, units)
    await _taken_in(county, "plans.unit.v1", len(units))
    say(f"county: units taken in after {time.perf_counter() - started:.1f} s")
    await _publish(county.stack, [_plan()])
    await _taken_in(county, "plans.plan.v1", 1)
    await _owed(county)
    say(f"county: reports expected after {time.perf_counter() - started:.1f} s")


async def settled(county: County, now: datetime, within: float = _TAKEN_IN_WITHIN_SECONDS) -> None:
    """Wait until nothing is due any more and everything is published."""
    async with county.operator() as operator:

        async def done() -> bool:
            seen = await operator.get("/ops/progress")
            due = seen["next_due"]
            return not seen["outbox_pending"] and (due is None or datetime.fromisoformat(due) > now)

        await until(done, within, f"settling everything due until {now}", every=0.2)


def _registered(code: str, level: str, parent: str | None) -> UnitRegistered:
    return UnitRegistered(
        occurred_at=_LONG_AGO,
        recorded_at=_LONG_AGO,
        code=code,
        name=f"单位{code}",
        level=level,
        parent=parent,
        placements=(Placement(parent=parent, valid_from=_LONG_AGO),),
    )


def _plan() -> PlanIssued:
    daily = Obligation(
        id=OBLIGATION,
        type="zero_report",
        reporters=Reporters(level="village"),
        cutoff=local_time(14),
        escalate_after=(timedelta(0),),
    )
    return PlanIssued(
        occurred_at=_MORNING,
        recorded_at=_MORNING,
        plan_id="forest-fire-2026",
        title="森林防火",
        issuer="C",
        zone="Asia/Shanghai",
        revision=1,
        obligations=(daily,),
    )


async def _publish(stack: Stack, events: Sequence[Event]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka_servers, acks="all", compression_type="lz4", linger_ms=5)
    await producer.start()
    try:
        for chunk in _chunks(events):
            await asyncio.gather(*[await producer.send(event.topic, **_record(event)) for event in chunk])
    finally:
        await producer.stop()


def _chunks(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    for start in range(0, len(events), _PUBLISH_AT_ONCE):
        yield events[start : start + _PUBLISH_AT_ONCE]


def _record(event: Event) -> dict[str, Any]:
    key, value, headers = encode(
        Envelope(uuid4(), "/bihuan/services/plans", event.type(), event.occurred_at, event.key(), 1, event)
    )
    return {"key": key, "value": value, "headers": headers}


async def _taken_in(county: County, topic: str, records: int) -> None:
    async with county.operator() as operator:

        async def done() -> bool:
            seen = await operator.get("/ops/progress")
            assert not seen["dead_lettered"], f"reporting has dead letters: {seen}"
            return bool(sum(seen["positions"].get(topic, {}).values()) >= records)

        await until(done, _TAKEN_IN_WITHIN_SECONDS, f"taking in {records} records of {topic}", every=0.2)


async def _owed(county: County) -> None:
    """Wait until the reports of the day are expected of every village."""
    await settled(county, _MORNING)
    day = CUTOFF.date().isoformat()
    async with county.operator() as operator:
        totals = await operator.get(f"/totals?obligation={OBLIGATION}&from={day}&to={day}")
    expected = totals["items"][0]["expected"]
    assert expected == len(county.villages), f"{expected} of {len(county.villages)} reports are expected"
