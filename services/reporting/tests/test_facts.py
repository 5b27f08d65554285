"""Random days on the real database against conclusions drawn from the facts alone (reporting_facts)."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from reporting_facts import Facts, Hazard, Place, Slot, Version, cutoff, midnight
from reporting_world import DAY, TOWN_DAILY, World, at, village_daily

from contracts import Envelope
from contracts.events.plans import Obligation, Reporters
from reporting.deadlines import Materialisation
from reporting.store import reads
from reporting.store.quantities import from_json
from servicekit.problems import Problem

pytestmark = pytest.mark.io
FIRST, EXAMPLES = (int(os.environ.get(f"REPORTING_{name}", given)) for name, given in (("FIRST", "0"), ("EXAMPLES", "40")))
END = at("23:00", DAY + timedelta(days=1))
COUNTY_DAILY = Obligation(
    id="county-daily", type="roll_up", reporters=Reporters(level="county"), cutoff=time(16), escalate_after=(timedelta(0),)
)
TABLES = """TRUNCATE plan, plan_list, obligation, obligation_period, expected_report, submission, rollup, contradiction, hazard,
    hazard_event, hazard_scope, alert, unit, unit_placement, outbox"""


class Day:
    """Does random things to the service, one after the other, and keeps the facts."""

    def __init__(self, world: World, random: Random) -> None:
        self.world = world
        self.random = random
        self.facts = Facts()
        self.number = 0
        self.now = at("12:00")
        self.waiting: list[tuple[datetime, Envelope]] = []
        self.frozen: dict[Slot, dict[str, Any]] = {}
        self.log: list[str] = []

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    async def live(self) -> None:
        await self.set_up()
        instants = [self.instant() for _ in range(self.random.randint(4, 24))]
        for instant in sorted(instant for instant in instants if instant >= self.now):
            await self.pass_to(instant)
            kinds = [self.report, self.roll_up, self.exempt, self.hazard, self.tree, self.amend]
            await self.random.choices(kinds, [14, 5, 1, 3, 4, 1])[0]()
        await self.pass_to(END)
        await self.deliver()
        await self.world.fire(END)

    def instant(self) -> datetime:
        """Half of the time at, just before or just after the instant of a rule."""
        day = DAY + timedelta(days=int(self.chance(0.15)))
        if self.chance(0.5):
            rule = at(self.random.choice(["13:30", "14:00", "14:10", "15:00", "16:00"]), day)
            return rule + self.random.choice([-1, 0, 0, 1]) * timedelta(microseconds=1)
        return at("12:00", day) + timedelta(minutes=self.random.randrange(300))

    async def pass_to(self, instant: datetime) -> None:
        """Let time go by. A sweep may come round, or not; events on their way are delivered before anybody looks."""
        if self.chance(0.3):
            await self.deliver()
            if self.chance(0.7):
                await self.world.fire(self.now)
        self.now = instant

    async def deliver(self) -> None:
        """As one batch or several, whatever fell due in between; of several, out of order only if nothing did."""
        steps = [
            at(clock, DAY + timedelta(days=n)) for n in (0, 1) for clock in ("13:20", "13:30", "13:40", "14:00", "14:10", "15:00")
        ]
        first = min((when for when, _ in self.waiting), default=self.now)
        batch = [envelope for _, envelope in self.waiting]
        quiet = not any(first <= step <= self.now for step in steps)
        if quiet:
            batch = shuffled(batch, self.random)
        while batch:
            size = self.random.randint(1, len(batch)) if quiet or self.chance(0.3) else len(batch)
            self.log.append(
                f"{self.now:%d %H:%M:%S.%f} deliver {[type(each.data).__name__ + ' ' + each.key for each in batch[:size]]}"
            )
            await self.world.deliver(batch[:size], self.now)
            batch = batch[size:]
        self.waiting = []
        while await Materialisation().fire(self.world.pool, self.now, 500):
            pass

    def send(self, *envelopes: Envelope) -> None:
        self.waiting += [(self.now, envelope) for envelope in envelopes]

    async def set_up(self) -> None:
        self.register("C", "county", None)
        for town in ("T1", "T2"):
            self.register(town, "town", "C")
        for village in ("V11", "V12", "V21"):
            self.register(village, "village", f"T{village[1]}")
        self.now += timedelta(minutes=self.random.choice([1, 60, 100]))
        obligations = [village_daily(), TOWN_DAILY.model_copy(update={"rolls_up_into": "county-daily"}), COUNTY_DAILY]
        self.facts.revisions.append((self.now, {each.id: each for each in obligations}))
        self.send(self.world.issued(self.now, obligations))

    def register(self, code: str, level: str, parent: str | None) -> None:
        self.facts.levels[code] = level
        self.facts.places.append(Place(code, parent, self.now))
        self.send(self.world.registered(code, level, parent, self.now))

    async def tree(self) -> None:
        current = {place.unit: place for place in self.facts.places if place.until is None}
        towns = [code for code in current if self.facts.levels[code] == "town"]
        code = self.random.choice([code for code in current if code != "C"])
        if self.chance(0.4):
            new = f"N{len(self.facts.levels)}"
            if self.chance(0.3):
                self.register(f"T{new}", "town", "C")
                towns.append(f"T{new}")
            self.register(new, "village", self.random.choice(towns))
        elif current[code].since == self.now:
            return
        elif self.facts.levels[code] == "village":
            self.facts.places.remove(current[code])
            self.facts.places.append(Place(code, current[code].parent, current[code].since, self.now))
            if self.chance(0.6):
                parent = self.random.choice(towns)
                self.facts.places.append(Place(code, parent, self.now))
                self.send(self.world.moved(code, parent, self.now))
            else:
                self.send(self.world.retired(code, self.now))

    async def amend(self) -> None:
        if self.facts.revisions[-1][0] >= self.now:
            return
        obligations = dict(self.facts.revisions[-1][1])
        if self.chance(0.3) and "village-daily" in obligations:
            del obligations["village-daily"]
        else:
            changes = {
                "cutoff": self.random.choice([time(13, 20), time(13, 40), time(14), time(15)]),
                "remind_before": self.random.choice([(), (timedelta(minutes=10),), (timedelta(minutes=30),)]),
                "escalate_after": self.random.choice([(timedelta(0),), (timedelta(0), timedelta(minutes=10))]),
            }
            obligations["village-daily"] = village_daily(**changes)
        self.log.append(f"{self.now:%d %H:%M:%S.%f} amend {[f'{key} {duty.cutoff}' for key, duty in obligations.items()]}")
        self.facts.revisions.append((self.now, obligations))
        self.send(self.world.amended(self.now, list(obligations.values())))

    async def hazard(self) -> None:
        self.number += 1
        unit = self.random.choice([code for code, level in self.facts.levels.items() if level == "village"])
        day = DAY + timedelta(days=self.random.choice([0, 0, 0, -1, 1]))
        occurred = at(self.random.choice(["00:00", "12:50", "23:59:59.999999"]), day)
        self.facts.hazards.append(Hazard(self.number, unit, day, self.now))
        self.send(self.world.told(f"h{self.number}", unit, occurred, self.now))

    def slot(self, level: str, key: str) -> Slot:
        unit = self.random.choice([code for code, found in self.facts.levels.items() if found == level])
        return key, unit, self.now.date() - timedelta(days=int(self.chance(0.1)))

    async def command(self, what: str, slot: Slot, allowed: bool, run: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Do it, and compare whether it was taken; what has happened is known before a command comes."""
        await self.deliver()
        self.log.append(f"{self.now:%d %H:%M:%S.%f} {what} {slot} {'' if allowed else 'refused'}")
        if not allowed:
            with pytest.raises(Problem) as refusal:
                await run()
            assert refusal.value.status == 409
            return None
        self.number += 1
        return await run()

    def owed(self, slot: Slot) -> Obligation | None:
        return next((duty for found, duty, _ in self.facts.slots() if found == slot), None)

    def is_open(self, slot: Slot) -> bool:
        return midnight(slot[2]) <= self.now < midnight(slot[2] + timedelta(days=2))

    async def report(self) -> None:
        slot = self.slot("village", "village-daily")
        zero = self.chance(0.4)
        names = [] if zero else self.random.sample(["fires", "patrols", "rain"], 2)
        items = {name: Decimal(self.random.choice(["0", "1", "7", "2.5", "0.000001"])) for name in names}
        reported, owed = bool(self.facts.of(slot)), self.owed(slot) is not None
        more: dict[str, Any] = {"zero": zero, "items": items, "period": slot[2]}
        if self.chance(0.3):
            taken = await self.command("correct", slot, owed and reported, lambda: self.world.correct(slot[1], self.now, **more))
        else:
            allowed = owed and not reported and self.is_open(slot)
            taken = await self.command("report", slot, allowed, lambda: self.world.report(slot[1], self.now, **more))
        if taken is not None:
            self.facts.versions.append(Version(self.number, slot, self.now, zero, items))

    async def roll_up(self) -> None:
        key, level = self.random.choice([("town-daily", "town"), ("town-daily", "town"), ("county-daily", "county")])
        slot = self.slot(level, key)
        allowed = self.owed(slot) is not None and not self.facts.of(slot) and self.is_open(slot)
        rolled = await self.command("roll_up", slot, allowed, lambda: self.world.roll_up(slot[1], self.now, slot[2], key))
        if rolled is not None:
            self.frozen[slot] = {"sums": self.facts.sums(slot), "missing": self.facts.missing(slot)}
            self.facts.rolled_up[slot] = self.number
            self.facts.versions.append(Version(self.number, slot, self.now, False, self.frozen[slot]["sums"]))

    async def exempt(self) -> None:
        key, level = self.random.choice([("village-daily", "village"), ("village-daily", "village"), ("town-daily", "town")])
        slot = self.slot(level, key)
        duty = self.owed(slot)
        allowed = duty is not None and self.now < cutoff(duty, slot[2])
        if await self.command("exempt", slot, allowed, lambda: self.world.exempt(slot[1], "C", self.now, slot[2], key)):
            self.facts.exempt.setdefault(slot, self.now)


def shuffled(batch: list[Envelope], random: Random) -> list[Envelope]:
    """Out of order between aggregates, in order within each."""
    of_key: dict[str, list[Envelope]] = defaultdict(list)
    for envelope in batch:
        of_key[envelope.key].append(envelope)
    keys = [envelope.key for envelope in batch]
    return [of_key[keys.pop(random.randrange(len(keys)))].pop(0) for _ in batch]


def sums(stored: dict[str, str] | None) -> dict[str, Decimal] | None:
    return None if stored is None else from_json(stored)


async def concluded(world: World) -> dict[str, Any]:
    """What the service concluded up to END."""
    reports, _ = await reads.reports(world.pool, None, END, {}, None, 1000)
    rollups, _ = await reads.rollups(world.pool, None, END, {}, None, 1000)
    totals, _ = await reads.totals(world.pool, None, END, {}, None, 1000)
    suspected = await reads.contradictions(world.pool, None, None, 1000)
    return {
        "reports": {
            (row["obligation"], row["unit"], row["period"]): (row["verdict"], row["parent"], row["versions"], row["zero"])
            for row in reports
            if row["cutoff_at"] <= END
        },
        "totals": {
            (row["obligation"], row["period"], verdict): row[verdict]
            for row in totals
            for verdict in ("on_time", "late", "missed", "exempt")
            if row[verdict]
        },
        "rollups": {
            (row["obligation"], row["unit"], row["period"]): (
                sums(row["sums"]),
                row["missing_children"],
                sums(row["restated_sums"]),
            )
            for row in rollups
            if row["cutoff_at"] <= END
        },
        "contradictions": {(row["unit"], row["period"]): row["suspected_at"] for row in suspected},
        "due": Counter(
            [("missed", (e.obligation, e.unit, e.period), e.step, e.occurred_at) for e in await world.events("ReportMissed")]
            + [("reminder", (e.obligation, e.unit, e.period), 0, e.occurred_at) for e in await world.events("ReportReminderDue")]
        ),
        "submitted": Counter((e.obligation, e.unit, e.period) for e in await world.events("ReportSubmitted")),
        "frozen": {
            ((e.obligation, e.unit, e.period), e.basis): list(e.missing_children) for e in await world.events("RollupFrozen")
        },
    }


def to_conclude(day: Day) -> dict[str, Any]:
    """What follows from the facts."""
    facts = day.facts
    slots = [(slot, duty, parent) for slot, duty, parent in facts.slots() if cutoff(duty, slot[2]) <= END]
    of_rollups = [(slot, duty) for slot, duty, _ in slots if duty.type == "roll_up"]
    silent = {slot: facts.before(cutoff(duty, slot[2])).missing(slot) for slot, duty in of_rollups}
    frozen = {slot: (content["sums"], content["missing"]) for slot, content in day.frozen.items()}
    newest = {version.slot: version for version in facts.versions}
    return {
        "reports": {
            slot: (
                facts.verdict(slot, duty),
                parent,
                len(facts.of(slot)),
                newest[slot].zero if slot in newest else None,
            )
            for slot, duty, parent in slots
        },
        "totals": dict(Counter((slot[0], slot[2], facts.verdict(slot, duty)) for slot, duty, _ in slots)),
        "rollups": {
            slot: (*frozen.get(slot, ({}, silent[slot])), facts.sums(slot) if facts.restated(slot) else None)
            for slot, _ in of_rollups
        },
        "contradictions": facts.suspected(),
        "due": Counter(facts.all_due(END)),
        "submitted": Counter(version.slot for version in facts.versions),
        "frozen": {(slot, "submission"): content["missing"] for slot, content in day.frozen.items()}
        | {
            (slot, "cutoff"): missing
            for slot, missing in silent.items()
            if not facts.before(cutoff(dict(of_rollups)[slot], slot[2])).of(slot)
        },
    }


async def check_sequences(world: World) -> None:
    rows = await world.pool.fetch("SELECT aggregateid, sequence FROM outbox ORDER BY aggregateid, position")
    of_aggregate: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        of_aggregate[row["aggregateid"]].append(row["sequence"])
    assert all(found == list(range(1, len(found) + 1)) for found in of_aggregate.values())


async def test_conclusions_follow_from_the_facts_alone(empty_world: World) -> None:
    for seed in range(FIRST, FIRST + EXAMPLES):
        await empty_world.pool.execute(TABLES)
        empty_world.placements.clear()
        empty_world.sequences.clear()
        day = Day(empty_world, Random(seed))  # noqa: S311 - a seed names a day for ever
        try:
            await day.live()
            found, wanted = await concluded(empty_world), to_conclude(day)
            for name in wanted:
                assert found[name] == wanted[name], name
            await check_sequences(empty_world)
        except BaseException as error:
            error.add_note("\n".join([f"REPORTING_FIRST={seed}", *day.log]))
            raise
