"""Writes the scenarios that follow a pattern: the county, the month, and one for each kind of fault.

`python rehearsal/scenarios/make_scenarios.py` rewrites them beside this file; a test proves that they are what it writes.
No chance is involved: who is late or silent follows from the number of the unit and of the day. All names are made up.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

Row = dict[str, Any]
DAY = date(2026, 3, 2)
PROCESSES = ("plans", "hazards", "reporting", "notify", "kafka", "postgres")
BEHAVIOURS = ("timeout", "lost", "reject", "throttle", "slow")


def obligations(remind: list[str], steps: list[str]) -> list[Row]:
    """The chain of the forest-fire plan: villages before 14:00, towns before 15:00."""
    village: Row = {"id": "village-daily", "type": "zero_report", "reporters": {"level": "village"}, "recipients": "parent"}
    village |= {"every": "day", "cutoff": "14:00", "remind_before": remind, "escalate_after": steps}
    town: Row = {"id": "town-daily", "type": "roll_up", "reporters": {"level": "town"}, "recipients": "parent"}
    town |= {"every": "day", "cutoff": "15:00", "escalate_after": steps[:2]}
    return [village | {"rolls_up_into": "town-daily"}, town]


def scenario(name: str, start: datetime, end: datetime, **sections: list[Row]) -> Row:
    """A whole scenario."""
    return {"name": name, "zone": "Asia/Shanghai", "start": str(start), "end": str(end), **sections}


def unit(code: str, name: str, level: str, parent: str | None = None) -> Row:
    """One unit."""
    return {"code": code, "name": name, "level": level} | ({} if parent is None else {"parent": parent})


def contact(code: str, role: str, number: int) -> Row:
    """One contact; every third has only a WeCom address, every third only a number, the rest both."""
    row: Row = {"unit": code, "role": role, "name": f"联系人{number}"}
    if number % 3 != 1:
        row["mobile"] = f"1990000{number:04}"
    if number % 3 != 2:
        row["wecom"] = f"member-{number}"
    return row


def contacts(units: list[Row]) -> list[Row]:
    """A submitter everywhere, an office and a leader above the villages, a principal in every other village."""
    rows: list[Row] = []
    for number, row in enumerate(units):
        roles = ["submitter"] if row["level"] == "village" else ["submitter", "office", "leader"]
        roles += ["principal"] if number % 2 else []
        rows += [contact(row["code"], role, 10 * number + place) for place, role in enumerate(roles)]
    return rows


def at(day: date, moment: time) -> str:
    """An instant as scenarios write it."""
    return str(datetime.combine(day, moment))


def report(code: str, number: int, day: date, moment: time) -> Row:
    """A village's report: two in three are zero."""
    row: Row = {"at": at(day, moment), "unit": code, "do": "report", "obligation": "village-daily"}
    return row | (
        {"zero": True} if number % 3 else {"items": {"fires": 0, "hazards_found": number % 2, "patrols": 1 + number % 5}}
    )


def submit(code: str, day: date, moment: time) -> Row:
    """A town's roll-up."""
    return {"at": at(day, moment), "unit": code, "do": "submit_rollup", "obligation": "town-daily"}


def county() -> Row:
    """20 towns × 15 villages on one day. Most report in the morning, many shortly before 14:00, some late, some never."""
    units = [unit("3308", "百川县", "county")]
    actions: list[Row] = []
    for town in range(20):
        town_code = f"3308{town + 101}"
        units.append(unit(town_code, f"第{town + 1}镇", "town", "3308"))
        for village in range(15):
            number = town * 15 + village
            code = f"{town_code}{village + 201}"
            units.append(unit(code, f"第{town + 1}镇{village + 1}村", "village", town_code))
            seconds = county_seconds(number)
            if seconds is not None:
                moment = (datetime.combine(DAY, time(8, 30)) + timedelta(seconds=seconds)).time()
                actions.append(report(code, number, DAY, moment))
        if town != 13:
            actions.append(submit(town_code, DAY, time(14, 30 + town, 7 * town % 60) if town != 7 else time(15, 4)))
    units.sort(key=lambda row: len(row["code"]))
    actions.sort(key=lambda row: str(row["at"]))
    first, last = datetime.combine(DAY, time(8)), datetime.combine(DAY, time(16))
    chain = obligations(["30m"], ["0m", "10m", "30m"])
    return scenario("百川县的一天", first, last, units=units, contacts=contacts(units), obligations=chain, actions=actions)


def county_seconds(number: int) -> int | None:
    """When the village of that number reports, in seconds after 08:30; None when it never does."""
    if number % 37 == 5:
        return None
    if number % 29 == 3:
        return 19_800 + 60 * (1 + number % 50)  # late: after 14:00
    if number % 4 == 0:
        return 18_000 + 41 * number % 1_790  # in the half hour before 14:00
    return 97 * number % 17_900


def month() -> Row:
    """Four weeks with weekends, Mid-Autumn (25 September 2026) and the October holiday: the daily chain knows none of them."""
    units = [unit("3307", "长岭县", "county"), unit("3307101", "长岭镇", "town", "3307")]
    villages = [f"3307101{number + 201}" for number in range(5)]
    units += [unit(code, f"长岭{number + 1}村", "village", "3307101") for number, code in enumerate(villages)]
    first, last = date(2026, 9, 15), date(2026, 10, 12)
    actions: list[Row] = []
    for day_number in range((last - first).days + 1):
        day = first + timedelta(days=day_number)
        of_day = list(month_reports(villages, day, day_number))
        if day.weekday() == 6:
            of_day.append(submit("3307101", day, time(15, 20)))
        elif day_number % 9 != 4:
            of_day.append(submit("3307101", day, time(14, 45)))
        actions += sorted(of_day, key=lambda row: str(row["at"]))
    chain = obligations(["30m"], ["0m", "10m"])
    start, end = datetime.combine(first, time(0)), datetime.combine(last, time(23, 59, 59))
    return scenario("长岭镇的四周", start, end, units=units, contacts=contacts(units), obligations=chain, actions=actions)


def month_reports(villages: list[str], day: date, day_number: int) -> Iterator[Row]:
    """What the villages send on one day. At weekends more of them are silent or late."""
    for number, code in enumerate(villages):
        mark = 7 * day_number + 3 * number
        weekend = day.weekday() >= 5
        if mark % 11 == 0 or (weekend and mark % 5 == 0):
            continue
        moment = time(14, 5 + number) if mark % 13 == 0 else time(9 + number % 4, (11 * mark) % 60)
        yield report(code, day_number + number, day, moment)


VILLAGES = ("3306101201", "3306101202", "3306101203", "3306102201", "3306102202", "3306102203")


def fault_units() -> list[Row]:
    """Two towns of three villages."""
    units = [unit("3306", "试验县", "county"), unit("3306101", "甲镇", "town", "3306"), unit("3306102", "乙镇", "town", "3306")]
    return units + [unit(code, f"{code[-6:]}村", "village", code[:7]) for code in VILLAGES]


def fault_actions(day: date, ref: str) -> list[Row]:
    """A small afternoon in which alerts go out at 13:30, 14:00, 14:10, 14:30 and 15:00, on both channels."""
    hazard: Row = {"at": at(day, time(13, 20)), "unit": VILLAGES[0], "do": "report_hazard", "ref": ref, "category": "用火"}
    hazard |= {"title": "林边堆放柴草", "occurred_at": at(day, time(12, 50))}
    order: Row = {"at": at(day, time(13, 25)), "unit": "3306101", "do": "order_rectification", "hazard": ref}
    order |= {"due": at(day, time(14, 30)), "measures": "清运", "responsible": VILLAGES[0], "funds": 0, "contingency": "专人看守"}
    return [
        report(VILLAGES[0], 1, day, time(13, 5)),
        report(VILLAGES[3], 3, day, time(13, 15)),
        hazard,
        order,
        report(VILLAGES[1], 6, day, time(13, 45)),
        report(VILLAGES[4], 2, day, time(14, 20)),
        submit("3306101", day, time(14, 50)),
        report(VILLAGES[2], 9, day, time(15, 20)),
    ]


def fault_scenario(name: str, last: date, actions: list[Row], faults: list[Row]) -> Row:
    """The afternoons from `DAY` to `last`, with their faults."""
    units = fault_units()
    start, end = datetime.combine(DAY, time(13)), datetime.combine(last, time(17))
    sections = {"units": units, "contacts": contacts(units), "obligations": obligations(["30m"], ["0m", "10m", "30m"])}
    return scenario(name, start, end, **sections, actions=actions, faults=faults)


def faults_of(kind: str, day: date) -> list[Row]:
    """The faults of one kind on one day. No action falls into the outage; restarts come in the middle of what is due."""
    what, _, which = kind.partition("-")
    if what == "kill":
        kill: Row = {"at": at(day, time(13, 50)), "do": "kill", "process": which}
        return [kill, {"at": at(day, time(14, 15)), "do": "start", "process": which}]
    if what == "restart":
        return [{"at": at(day, moment), "do": "restart", "process": which} for moment in (time(13, 20), time(14), time(14, 30))]
    return [{"at": at(day, time(13, 55)), "do": "provider", "channel": what, "behave": which, "for": "12m"}]


FAULT_KINDS = {
    "kill-notify": "告警服务停机二十五分钟",
    **{f"restart-{process}": f"{process} 重启三次" for process in PROCESSES},
    **{f"{channel}-{behave}": f"{channel} 服务商 {behave}" for channel in ("sms", "wecom") for behave in BEHAVIOURS},
}


def fault_scenarios() -> Iterator[tuple[str, Row]]:
    """One file for each kind of fault, and one with all of them, a day each."""
    for kind, name in FAULT_KINDS.items():
        yield f"fault-{kind}", fault_scenario(name, DAY, fault_actions(DAY, "h1"), faults_of(kind, DAY))
    days = {kind: DAY + timedelta(days=number) for number, kind in enumerate(FAULT_KINDS)}
    actions = [action for number, day in enumerate(days.values(), start=1) for action in fault_actions(day, f"h{number}")]
    # One restart in a day is enough here, at the cut-off: the single files have more.
    faults = [
        fault
        for kind, day in days.items()
        for fault in faults_of(kind, day)
        if fault["do"] != "restart" or "14:00" in fault["at"]
    ]
    yield "faults", fault_scenario("各种故障，一天一种", max(days.values()), actions, faults)


def all_scenarios() -> Iterator[tuple[str, Row]]:
    """Every generated scenario with the stem of its file name."""
    yield "county", county()
    yield "month", month()
    yield from fault_scenarios()


def write(path: Path, content: Row) -> None:
    """Write a scenario with one item a line."""
    yaml = YAML()
    yaml.width = 10_000
    yaml.allow_unicode = True
    with path.open("w", encoding="utf-8") as stream:
        stream.write("# Written by make_scenarios.py; change it there.\n")
        yaml.dump(_outer(content), stream)


def _outer(content: Row) -> CommentedMap:
    return CommentedMap({key: _items(value) if isinstance(value, list) else _scalar(value) for key, value in content.items()})


def _items(rows: list[Row]) -> CommentedSeq:
    return CommentedSeq([_flow(row) for row in rows])


def _flow(value: Any) -> Any:
    if isinstance(value, dict):
        mapping = CommentedMap({key: _flow(item) for key, item in value.items()})
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq([_flow(item) for item in value])
        sequence.fa.set_flow_style()
        return sequence
    return _scalar(value)


def _scalar(value: Any) -> Any:
    """Quote what YAML could take for a number or an instant."""
    return Quoted(value) if isinstance(value, str) and value[:1].isdigit() and not value.endswith(("m", "h")) else value


if __name__ == "__main__":
    for stem, content in all_scenarios():
        write(Path(__file__).with_name(f"{stem}.yaml"), content)
