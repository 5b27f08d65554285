"""A small county on a real database: facts come in as events and commands, time is an argument."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from contracts import Envelope, Event, event_class
from contracts.events.hazards import HazardReported
from contracts.events.plans import Obligation, PlanAmended, PlanClosed, PlanIssued, Reporters
from contracts.events.units import Placement, UnitMoved, UnitRegistered, UnitRetired
from reporting import consumers
from reporting.commands.declare import Happening, declare
from reporting.commands.exempt import exempt
from reporting.commands.submit import Content, Target, correct, submit
from reporting.commands.submit_rollup import Rollup, submit_rollup
from reporting.deadlines import Escalation, Materialisation
from reporting.domain.expected import Expected
from reporting.store import reads
from servicekit.auth import Principal
from servicekit.database import Pool

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 2)


def at(clock: str, day: date = DAY) -> datetime:
    """An instant by the clock of the county, for example `at("13:59:59.999")`."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def village_daily(**changes: object) -> Obligation:
    values = {
        "id": "village-daily",
        "type": "zero_report",
        "reporters": Reporters(level="village"),
        "cutoff": time(14),
        "remind_before": (timedelta(minutes=30),),
        "escalate_after": (timedelta(0), timedelta(minutes=10)),
        "rolls_up_into": "town-daily",
    }
    return Obligation.model_validate(values | changes)


TOWN_DAILY = Obligation(
    id="town-daily", type="roll_up", reporters=Reporters(level="town"), cutoff=time(15), escalate_after=(timedelta(0),)
)


@dataclass
class World:
    """Reporting's database, driven by hand. Facts of other services are made as envelopes and delivered when a test wants."""

    pool: Pool
    placements: dict[str, list[Placement]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    async def deliver(self, envelopes: Sequence[Envelope], now: datetime) -> None:
        """Apply a batch of events, as the consumer does."""
        async with self.pool.acquire() as connection, connection.transaction():
            await consumers.apply(connection, envelopes, now)

    def envelope(self, event: Event) -> Envelope:
        sequence = self.sequences[event.key()] = self.sequences.get(event.key(), 0) + 1
        return Envelope(uuid4(), "/test", event.type(), event.occurred_at, event.key(), sequence, event)

    def registered(self, code: str, level: str, parent: str | None, when: datetime) -> Envelope:
        self.levels[code] = level
        self.placements[code] = [Placement(parent=parent, valid_from=when)]
        return self._unit(UnitRegistered, code, when)

    def moved(self, code: str, parent: str, when: datetime) -> Envelope:
        last = self.placements[code][-1]
        self.placements[code] = [*self.placements[code][:-1], last.model_copy(update={"valid_until": when})]
        self.placements[code].append(Placement(parent=parent, valid_from=when))
        return self._unit(UnitMoved, code, when, previous_parent=last.parent)

    def retired(self, code: str, when: datetime) -> Envelope:
        last = self.placements[code][-1]
        self.placements[code] = [*self.placements[code][:-1], last.model_copy(update={"valid_until": when})]
        return self._unit(UnitRetired, code, when)

    def _unit(self, cls: type[Event], code: str, when: datetime, **more: object) -> Envelope:
        places = self.placements[code]
        return self.envelope(
            cls.model_validate(
                {"occurred_at": when, "recorded_at": when, "code": code, "name": f"单位{code}", "level": self.levels[code]}
                | {"parent": places[-1].parent, "placements": places}
                | more
            )
        )

    def issued(self, when: datetime, obligations: Sequence[Obligation], plan_id: str = "plan-1", issuer: str = "C") -> Envelope:
        return self._plan(PlanIssued, when, obligations, plan_id, issuer)

    def amended(self, when: datetime, obligations: Sequence[Obligation], plan_id: str = "plan-1", issuer: str = "C") -> Envelope:
        return self._plan(PlanAmended, when, obligations, plan_id, issuer, changes=("改",))

    def closed(self, when: datetime, plan_id: str = "plan-1", issuer: str = "C") -> Envelope:
        return self._plan(PlanClosed, when, (), plan_id, issuer)

    def _plan(
        self, cls: type[Event], when: datetime, obligations: Sequence[Obligation], plan_id: str, issuer: str, **more: object
    ) -> Envelope:
        facts = {"plan_id": plan_id, "title": "森林防火", "issuer": issuer, "zone": "Asia/Shanghai", "obligations": obligations}
        revision = self.sequences.get(plan_id, 0) + 1
        return self.envelope(cls.model_validate({"occurred_at": when, "recorded_at": when, "revision": revision} | facts | more))

    def told(self, hazard_id: str, unit: str, occurred: datetime, recorded: datetime) -> Envelope:
        return self.envelope(
            HazardReported(
                occurred_at=recorded,
                recorded_at=recorded,
                hazard_id=hazard_id,
                number=f"N-{hazard_id}",
                unit=unit,
                title="柴草",
                category="用火",
                hazard_occurred_at=occurred,
            )
        )

    async def register(self, code: str, level: str, parent: str | None, when: datetime) -> None:
        await self.deliver([self.registered(code, level, parent, when)], when)

    async def move(self, code: str, parent: str, when: datetime, now: datetime | None = None) -> None:
        await self.deliver([self.moved(code, parent, when)], now or when)

    async def retire(self, code: str, when: datetime, now: datetime | None = None) -> None:
        await self.deliver([self.retired(code, when)], now or when)

    async def issue(self, when: datetime, *obligations: Obligation, plan_id: str = "plan-1") -> None:
        await self.deliver([self.issued(when, obligations, plan_id)], when)
        await self.fire(when)

    async def amend(self, when: datetime, *obligations: Obligation, plan_id: str = "plan-1") -> None:
        await self.deliver([self.amended(when, obligations, plan_id)], when)
        await self.fire(when)

    async def close(self, when: datetime, now: datetime | None = None, plan_id: str = "plan-1") -> None:
        await self.deliver([self._plan(PlanClosed, when, (), plan_id, "C")], now or when)

    async def hazard(
        self, hazard_id: str, unit: str, occurred: datetime, recorded: datetime, now: datetime | None = None
    ) -> None:
        await self.deliver([self.told(hazard_id, unit, occurred, recorded)], now or recorded)

    async def fire(self, now: datetime) -> None:
        """Act on everything due at or before `now`."""
        while sum([await source.fire(self.pool, now, 500) for source in (Materialisation(), Escalation())]):
            pass

    async def report(self, unit: str, when: datetime, *, by: str | None = None, zero: bool = False, **more: object) -> str:
        return await self._run(submit, unit, when, by, self._content(zero, more), more)

    async def correct(self, unit: str, when: datetime, *, zero: bool = False, **more: object) -> str:
        return await self._run(correct, unit, when, None, self._content(zero, more), more)

    def _content(self, zero: bool, more: dict[str, Any]) -> Content:
        return Content(zero, more.pop("items", {} if zero else {"fires": Decimal(0)}), {})

    async def _run(
        self,
        command: Callable[..., Awaitable[tuple[object, str]]],
        unit: str,
        when: datetime,
        by: str | None,
        content: Content,
        more: dict[str, Any],
    ) -> str:
        target = Target(str(more.pop("obligation", "village-daily")), unit, **more)
        async with self.pool.acquire() as connection, connection.transaction():
            _, verdict = await command(connection, self.principal(by or unit), target, content, when)
        return verdict

    async def exempt(
        self, unit: str, by: str, when: datetime, period: date | None = None, obligation: str = "village-daily"
    ) -> str:
        async with self.pool.acquire() as connection, connection.transaction():
            target = Target(obligation, unit, None, period)
            _, verdict = await exempt(connection, self.principal(by), target, "整村搬迁", when)
        return verdict

    async def occur(
        self, unit: str, occurred: datetime, now: datetime | None = None, *, obligation: str = "fire", by: str | None = None
    ) -> Expected:
        """Declare what happened to a unit, at once unless `now` is given; return the report that is owed for it."""
        happening = Happening(obligation, unit, None, occurred, "山火")
        async with self.pool.acquire() as connection, connection.transaction():
            _, report = await declare(connection, self.principal(by or unit), happening, now or occurred)
        return report

    async def roll_up(self, unit: str, when: datetime, period: date | None = None, obligation: str = "town-daily") -> Rollup:
        async with self.pool.acquire() as connection, connection.transaction():
            return await submit_rollup(connection, self.principal(unit), Target(obligation, unit, None, period), when)

    def principal(self, unit: str | None) -> Principal:
        return Principal("tester", unit, frozenset({"submitter", "office"} if unit else {"admin"}))

    async def verdicts(self, now: datetime, period: date = DAY, obligation: str = "village-daily") -> dict[str, str]:
        rows, _ = await reads.reports(self.pool, None, now, {"period": period, "obligation": obligation}, None, 1000)
        return {row["unit"]: row["verdict"] for row in rows}

    async def rollup(self, unit: str, now: datetime) -> dict[str, Any]:
        rows, _ = await reads.rollups(self.pool, None, now, {"period": DAY}, None, 1000)
        return next(row for row in rows if row["unit"] == unit)

    async def events(self, name: str) -> list[Any]:
        """Events of a type in the outbox, in order."""
        rows = await self.pool.fetch("SELECT type, payload FROM outbox ORDER BY position")
        classes = [(event_class(row["type"]), row["payload"]) for row in rows]
        return [cls.model_validate_json(payload) for cls, payload in classes if cls is not None and cls.__name__ == name]

    async def missed(self) -> list[tuple[str, int, datetime]]:
        return [(event.unit, event.step, event.occurred_at) for event in await self.events("ReportMissed")]

    async def reminded(self) -> list[tuple[str, datetime]]:
        return [(event.unit, event.occurred_at) for event in await self.events("ReportReminderDue")]
