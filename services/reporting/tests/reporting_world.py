"""A small county on a real database: facts come in as events and commands, time is an argument."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

from contracts import Envelope, Event, event_class
from contracts.events.hazards import HazardReported
from contracts.events.plans import Obligation, PlanAmended, PlanIssued, Reporters
from contracts.events.units import Placement, UnitMoved, UnitRegistered, UnitRetired
from reporting import consumers
from reporting.commands.exempt import exempt
from reporting.commands.submit import Content, Target, correct, submit
from reporting.commands.submit_rollup import submit_rollup
from reporting.deadlines import Escalation, Materialisation
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
    """Reporting's database, driven by hand."""

    pool: Pool
    placements: dict[str, list[Placement]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    async def publish(self, *events: Event, now: datetime) -> None:
        envelopes = []
        for event in events:
            sequence = self.sequences[event.key()] = self.sequences.get(event.key(), 0) + 1
            envelopes.append(Envelope(uuid4(), "/test", event.type(), event.occurred_at, event.key(), sequence, event))
        async with self.pool.acquire() as connection, connection.transaction():
            await consumers.apply(connection, envelopes, now)

    async def register(self, code: str, level: str, parent: str | None, when: datetime) -> None:
        self.levels[code] = level
        self.placements[code] = [Placement(parent=parent, valid_from=when)]
        await self.publish(self._unit(UnitRegistered, code, when), now=when)

    async def move(self, code: str, parent: str, when: datetime, now: datetime | None = None) -> None:
        last = self.placements[code][-1]
        self.placements[code][-1] = last.model_copy(update={"valid_until": when})
        self.placements[code].append(Placement(parent=parent, valid_from=when))
        await self.publish(self._unit(UnitMoved, code, when, previous_parent=last.parent), now=now or when)

    async def retire(self, code: str, when: datetime, now: datetime | None = None) -> None:
        self.placements[code][-1] = self.placements[code][-1].model_copy(update={"valid_until": when})
        await self.publish(self._unit(UnitRetired, code, when), now=now or when)

    def _unit(self, cls: type[Event], code: str, when: datetime, **more: object) -> Event:
        places = self.placements[code]
        return cls.model_validate(
            {"occurred_at": when, "recorded_at": when, "code": code, "name": f"单位{code}", "level": self.levels[code]}
            | {"parent": places[-1].parent, "placements": places}
            | more
        )

    async def issue(self, when: datetime, *obligations: Obligation, plan_id: str = "plan-1") -> None:
        facts = {"plan_id": plan_id, "title": "森林防火", "issuer": "C", "zone": "Asia/Shanghai", "obligations": obligations}
        await self.publish(PlanIssued(occurred_at=when, recorded_at=when, revision=1, **facts), now=when)
        await self.fire(when)

    async def amend(self, when: datetime, *obligations: Obligation, plan_id: str = "plan-1") -> None:
        facts = {"plan_id": plan_id, "title": "森林防火", "issuer": "C", "zone": "Asia/Shanghai", "obligations": obligations}
        event = PlanAmended(occurred_at=when, recorded_at=when, revision=2, changes=("改",), **facts)
        await self.publish(event, now=when)
        await self.fire(when)

    async def hazard(
        self, hazard_id: str, unit: str, occurred: datetime, recorded: datetime, now: datetime | None = None
    ) -> None:
        event = HazardReported(
            occurred_at=recorded,
            recorded_at=recorded,
            hazard_id=hazard_id,
            number=f"N-{hazard_id}",
            unit=unit,
            title="柴草",
            category="用火",
            hazard_occurred_at=occurred,
        )
        await self.publish(event, now=now or recorded)

    async def fire(self, now: datetime) -> None:
        """Act on everything due at or before `now`."""
        while sum([await source.fire(self.pool, now, 500) for source in (Materialisation(), Escalation())]):
            pass

    async def report(self, unit: str, when: datetime, *, by: str | None = None, zero: bool = False, **more: object) -> str:
        return await self._run(submit, unit, when, by, self._content(zero, more), more)

    async def correct(self, unit: str, when: datetime, *, zero: bool = False, **more: object) -> str:
        return await self._run(correct, unit, when, None, self._content(zero, more), more)

    def _content(self, zero: bool, more: dict[str, object]) -> Content:
        items = more.pop("items", {} if zero else {"fires": Decimal(0)})
        return Content(zero, items, {})  # type: ignore[arg-type]  # tests give numbers

    async def _run(
        self,
        command: Callable[..., Awaitable[tuple[object, str]]],
        unit: str,
        when: datetime,
        by: str | None,
        content: Content,
        more: dict[str, object],
    ) -> str:
        target = Target(str(more.pop("obligation", "village-daily")), unit, **more)  # type: ignore[arg-type]
        async with self.pool.acquire() as connection, connection.transaction():
            _, verdict = await command(connection, self.principal(by or unit), target, content, when)
        return verdict

    async def exempt(self, unit: str, by: str, when: datetime, period: date | None = None) -> str:
        async with self.pool.acquire() as connection, connection.transaction():
            target = Target("village-daily", unit, None, period)
            _, verdict = await exempt(connection, self.principal(by), target, "整村搬迁", when)
        return verdict

    async def roll_up(self, unit: str, when: datetime, period: date | None = None):  # type: ignore[no-untyped-def]
        async with self.pool.acquire() as connection, connection.transaction():
            return await submit_rollup(connection, self.principal(unit), Target("town-daily", unit, None, period), when)

    def principal(self, unit: str | None) -> Principal:
        return Principal("tester", unit, frozenset({"submitter", "office"} if unit else {"admin"}))

    async def verdicts(self, now: datetime, period: date = DAY, obligation: str = "village-daily") -> dict[str, str]:
        rows = await reads.reports(self.pool, None, now, {"period": period, "obligation": obligation}, 1000)
        return {row["unit"]: row["verdict"] for row in rows}

    async def rollup(self, unit: str, now: datetime) -> dict[str, object]:
        rows = await reads.rollups(self.pool, None, now, {"period": DAY}, 1000)
        return next(row for row in rows if row["unit"] == unit)

    async def events(self, name: str) -> list[Event]:
        """Events of a type in the outbox, in order."""
        rows = await self.pool.fetch("SELECT type, payload FROM outbox ORDER BY position")
        classes = [(event_class(row["type"]), row["payload"]) for row in rows]
        return [cls.model_validate_json(payload) for cls, payload in classes if cls is not None and cls.__name__ == name]

    async def missed(self) -> list[tuple[str, int, datetime]]:
        return [(event.unit, event.step, event.occurred_at) for event in await self.events("ReportMissed")]  # type: ignore[attr-defined]
