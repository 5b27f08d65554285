"""Random scenarios that are valid files and mean one thing only: for comparing the system with the oracle.

A scenario is drawn from a `random.Random`, so a seed names it for ever and hypothesis can shrink it. Left out is only what
SCENARIO.md does not decide: changes of the tree while a process is down, and a run that ends while notifications settle.
"""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st
from oracle_sending import SETTLING

from rehearsal.loading import load
from rehearsal.scenario import Scenario

Row = dict[str, Any]
FIRST_DAY = date(2026, 3, 2)
TICKS = [timedelta(0), timedelta(microseconds=1), timedelta(milliseconds=1), timedelta(seconds=1), timedelta(minutes=7)]
ITEMS = ("fires", "hazards_found", "patrols", "rain")
SERVICES = ("plans", "hazards", "reporting", "notify")
RUN_STARTS = ("00:00", "08:00", "13:00", "13:30", "13:59:59.999")


class Maker:
    """Draws one scenario. `instants` collects the instants of rules, since that is where mistakes live."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.start = datetime.combine(FIRST_DAY, time.fromisoformat(random.choice(RUN_STARTS)))
        self.end = datetime.combine(
            FIRST_DAY + timedelta(days=random.choice([0, 0, 0, 1, 2])), time(random.choice([14, 15, 23]), random.randrange(60))
        )
        self.units: list[Row] = []
        self.parents: dict[str, str | None] = {}
        self.retired: set[str] = set()
        self.obligations: list[Row] = []
        self.instants: list[datetime] = []
        self.actions: list[Row] = []
        self.faults: list[Row] = []
        self.outages: list[tuple[datetime, datetime]] = []

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def make(self) -> Row:
        self.make_units()
        self.make_obligations()
        self.make_faults()
        self.make_actions()
        return {
            "name": "random",
            "zone": "Asia/Shanghai",
            "start": write(self.start),
            "end": write(self.end),
            "units": self.units,
            "contacts": self.make_contacts(),
            "obligations": self.obligations,
            "actions": self.actions,
            "faults": self.faults,
        }

    def make_units(self) -> None:
        roots = [self.unit("33", "county", None)]
        if self.chance(0.15):
            roots.append(self.unit("44", "county", None))
        for root in roots:
            for town in range(self.random.randint(1, 3)):
                code = self.unit(f"{root}{town + 1:02}", "town", root)
                for village in range(self.random.randint(0, 4)):
                    self.unit(f"{code}{village + 1:02}", "village", code)

    def unit(self, code: str, level: str, parent: str | None) -> str:
        row: Row = {"code": code, "name": f"{level}-{code}", "level": level}
        if parent is not None:
            row["parent"] = parent
        if self.chance(0.2):
            row["groups"] = ["forest"]
        self.units.append(row)
        self.parents[code] = parent
        return code

    def make_contacts(self) -> list[Row]:
        rows: list[Row] = []
        for code in self.parents:
            for role in ("submitter", "principal", "office", "leader"):
                for _ in range(self.random.choice([0, 1, 1, 1, 2])):
                    number = len(rows) + 1
                    row: Row = {"unit": code, "role": role, "name": f"联系人{number}"}
                    how = self.random.choice(["sms", "wecom", "both"])
                    if how != "wecom":
                        row["mobile"] = f"139{number:08}"
                    if how != "sms":
                        row["wecom"] = f"w{number}"
                    rows.append(row)
        return rows

    def make_obligations(self) -> None:
        base = self.random.choice([9 * 60 + 30, 14 * 60, 14 * 60, 22 * 60])
        self.obligation("village-daily", "zero_report", {"level": "village"}, base, into="town-daily")
        self.obligation("town-daily", "roll_up", {"level": "town"}, base + self.random.choice([0, 15, 60]), into="county-daily")
        self.obligation("county-daily", "roll_up", {"level": "county"}, base + 70)
        if self.chance(0.3):
            self.obligation("forest-daily", "zero_report", {"group": "forest"}, base + self.random.choice([-60, 0]))

    def obligation(self, key: str, kind: str, reporters: Row, minute: int, into: str | None = None) -> None:
        cutoff = time(minute // 60, minute % 60)
        reminders = self.random.sample([5, 10, 30, 60], self.random.randint(0, 2))
        steps = sorted(self.random.sample([0, 5, 10, 30, 60], self.random.randint(0, 4)))
        row: Row = {"id": key, "type": kind, "reporters": reporters, "recipients": "parent", "cutoff": cutoff.isoformat()}
        row["remind_before"] = [f"{minutes}m" for minutes in reminders]
        row["escalate_after"] = [f"{minutes}m" for minutes in steps]
        if into is not None:
            row["rolls_up_into"] = into
        self.obligations.append(row)
        for day in self.days():
            at = datetime.combine(day, cutoff)
            offsets = [0, *(-minutes for minutes in reminders), *steps]
            self.instants += [at + timedelta(minutes=minutes) for minutes in offsets]
            self.instants.append(datetime.combine(day, time()))

    def days(self) -> list[date]:
        return [FIRST_DAY + timedelta(days=number) for number in range((self.end.date() - FIRST_DAY).days + 1)]

    def instant(self) -> datetime:
        """Half of the time at, just before or just after the instant of a rule."""
        if self.chance(0.5):
            at = self.random.choice(self.instants) + self.random.choice([1, -1]) * self.random.choice(TICKS)
            if self.start <= at <= self.end:
                return at
        whole = self.random.randrange(int((self.end - self.start).total_seconds()) + 1)
        return self.start + timedelta(seconds=whole)

    def make_faults(self) -> None:
        for _ in range(self.random.choice([0, 0, 1, 2])):
            process = self.random.choice([*SERVICES, "kafka", "postgres"])
            at = self.instant()
            if self.chance(0.5):
                self.faults.append({"at": write(at), "do": "restart", "process": process})
                continue
            back = min(at + timedelta(minutes=self.random.choice([1, 10, 45])), self.end)
            if back > at and not any(first <= back and at <= last for first, last in self.outages):
                self.outages.append((at, back))
                self.faults.append({"at": write(at), "do": "kill", "process": process})
                self.faults.append({"at": write(back), "do": "start", "process": process})
        self.faults = [fault for fault in self.faults if fault["do"] != "restart" or not self.is_out(read(fault["at"]))]
        for channel in ("sms", "wecom"):
            if self.chance(0.25):
                self.make_provider_fault(channel)

    def make_provider_fault(self, channel: str) -> None:
        at = self.instant()
        until = at + timedelta(minutes=self.random.choice([1, 10, 30]))
        if until + SETTLING > self.end or self.chance(0.3):
            # Each retry of a silent provider costs real seconds, so a fault that outlasts the run begins shortly before its end.
            at = max(at, self.end - timedelta(hours=2), self.start)
            until = self.end + timedelta(days=1)
        behave = self.random.choice(["timeout", "lost", "reject", "throttle", "slow"])
        minutes = (until - at) // timedelta(minutes=1)
        self.faults.append({"at": write(at), "do": "provider", "channel": channel, "behave": behave, "for": f"{minutes}m"})

    def is_out(self, at: datetime) -> bool:
        return any(first <= at <= last for first, last in self.outages)

    def make_actions(self) -> None:
        """Drawn in time order, so that what an action names usually exists."""
        hazards: list[tuple[str, str]] = []
        for at in sorted(self.instant() for _ in range(self.random.randint(4, 22))):
            kind = self.random.choices(["report", "rollup", "exempt", "hazard", "order", "tree"], [10, 4, 2, 2, 2, 2])[0]
            row: Row
            if kind == "report":
                row = self.report()
            elif kind == "rollup":
                unit = self.pick("town")
                row = {"unit": unit, "do": "submit_rollup", "obligation": "town-daily"}
                if self.parents[unit] is None or self.chance(0.25):
                    row = {"unit": self.pick("county"), "do": "submit_rollup", "obligation": "county-daily"}
            elif kind == "exempt":
                child = self.pick("village")
                row = {"unit": self.above(child), "do": "exempt", "child": child, "obligation": "village-daily", "reason": "停电"}
            elif self.is_out(at):
                continue
            elif kind == "hazard":
                row = self.hazard(at, f"h{len(hazards) + 1}")
                hazards.append((row["ref"], row["unit"]))
            elif kind == "order" and (open_ := [pair for pair in hazards if pair[1] not in self.retired]):
                row = self.order(at, *self.random.choice(open_))
            else:
                row = self.change_tree()
            self.actions.append({"at": write(at), **row})

    def pick(self, level: str) -> str:
        length = {"county": 2, "town": 4, "village": 6}[level]
        alive = [code for code in self.parents if code not in self.retired]
        return self.random.choice([code for code in alive if len(code) == length] or alive)

    def above(self, code: str) -> str:
        """Usually the parent, sometimes some other unit, which may have no say."""
        parent = self.parents[code]
        if parent is None or self.chance(0.1):
            return self.random.choice([other for other in self.parents if other != code])
        return parent

    def report(self) -> Row:
        village = self.pick("village")
        key = "forest-daily" if self.chance(0.15) and len(self.obligations) > 3 else "village-daily"
        row: Row = {"unit": village, "do": "report", "obligation": key}
        if self.chance(0.2):
            row |= {"unit": self.above(village), "do": "report_for_child", "child": village}
        elif self.chance(0.3):
            row["do"] = "correct_report"
        if self.chance(0.5):
            row["zero"] = True
        else:
            numbers = {name: self.random.choice([0, 1, 2, 7, 2.5]) for name in self.random.sample(ITEMS, 2)}
            row["items"] = numbers | ({"note": "巡山"} if self.chance(0.2) else {})
        if self.chance(0.15):
            row["period"] = self.random.choice([*self.days(), FIRST_DAY - timedelta(days=1)]).isoformat()
        if self.chance(0.03):
            row["unit"] = "9999"
        return row

    def hazard(self, at: datetime, ref: str) -> Row:
        occurred = max(
            at - timedelta(hours=self.random.choice([0, 1, 30])), datetime.combine(FIRST_DAY, time()) - timedelta(days=2)
        )
        unit = self.pick(self.random.choice(["village", "village", "town"]))
        return {
            "unit": unit,
            "do": "report_hazard",
            "ref": ref,
            "category": "用火",
            "title": "柴草",
            "occurred_at": write(occurred),
        }

    def order(self, at: datetime, ref: str, unit: str) -> Row:
        due = at + timedelta(minutes=self.random.choice([1, 30, 90, 600]))
        row = {"unit": self.above(unit), "do": "order_rectification", "hazard": ref, "due": write(due), "measures": "清运"}
        return {**row, "responsible": unit, "funds": self.random.choice([0, 500]), "contingency": "专人看守"}

    def change_tree(self) -> Row:
        if self.chance(0.5):
            parent = self.pick("town")
            number = 10 + len(self.actions)
            code = f"{parent}{number}"
            self.parents[code] = parent
            return {
                "unit": self.above(code),
                "do": "register_unit",
                "code": code,
                "name": f"village-{code}",
                "level": "village",
                "parent": parent,
            }
        village = self.pick("village")
        root = next(code for code in self.parents if self.parents[code] is None and village.startswith(code))
        towns = [code for code in self.parents if self.parents[code] == root and code != self.parents[village]]
        if towns and len(village) == 6 and self.chance(0.6):
            self.parents[village] = self.random.choice(towns)
            return {"unit": root, "do": "move_unit", "code": village, "parent": self.parents[village]}
        if len(village) == 6 and len(self.parents) > 4:
            row = {"unit": root, "do": "retire_unit", "code": village}
            self.retired.add(village)
            return row
        return {"unit": root, "do": "register_unit", "code": root, "name": "重复", "level": "county", "parent": root}


def write(instant: datetime) -> str:
    return instant.isoformat(sep=" ")


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def scenario_text(random: Random) -> str:
    """A scenario file (JSON, which is YAML as well)."""
    return json.dumps(Maker(random).make(), ensure_ascii=False, indent=1)


def scenario_of_seed(seed: int, folder: Path) -> tuple[Path, Scenario]:
    """Write the scenario that a seed names into `folder` and load it."""
    path = folder / f"random-{seed}.yaml"
    path.write_text(scenario_text(Random(seed)), encoding="utf-8")  # noqa: S311 - reproducible on purpose
    return path, load(path).scenario


scenario_texts = st.randoms(use_true_random=False).map(scenario_text)
