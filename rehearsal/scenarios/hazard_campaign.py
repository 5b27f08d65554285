"""Writes campaigns of hazards: every path from report to end, with listings, extensions, hand-overs and refusals.

`python hazard_campaign.py` rewrites hazards.yaml (24 hazards in a month). `make campaign` runs 500 in three months. The same
arguments give the same file. All names and numbers are made up. 地名、人名、号码均为虚构。
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import yaml

PREFECTURE, COUNTY = "3399", "339902"
TOWNS: Final = [f"{COUNTY}10{number}" for number in range(1, 5)]
VILLAGES: Final = {town: [f"{town}20{number}" for number in range(1, 6)] for town in TOWNS}
START: Final = date(2026, 3, 2)
THREE_MONTHS: Final = 90
LONGEST: Final = 26
"""Days from a report to the end of what happens to the hazard."""
POLICY: Final = {
    "limits": [{"grade": "general", "days": 12}, {"grade": "major", "days": 30}],
    "extension": {"ask_before_days": 1, "decide_within_days": 3, "longest_days": 40, "most": 2},
    "listing": {"progress_every_days": 7},
    "notices": {"before_days": [3, 1], "on_the_day": True, "most_after": 3, "at": "09:00"},
    "acknowledge_within_days": 4,
}
CATEGORIES: Final = ("用火", "用电", "燃气", "消防通道", "危房")
Action = dict[str, Any]
Step = tuple[int, str, Action]
"""So many days after the report, by which unit, what."""


class Hazard:
    """One hazard of the campaign: where it is, who is above it, and what is done with it in turn."""

    def __init__(self, number: int, town: str, village: str, earlier: str) -> None:
        self.ref = f"h{number:03}"
        self.town, self.village, self.earlier = town, village, earlier
        self.other = TOWNS[(TOWNS.index(town) + 1) % len(TOWNS)]
        self.steps: list[Step] = []

    def do(self, day: int, unit: str, do: str, **fields: Any) -> "Hazard":
        self.steps.append((day, unit, {"do": do, "hazard": self.ref, **fields}))
        return self

    def order(self, day: int, limit: int, town: str | None = None, responsible: str | None = None) -> "Hazard":
        elements = {"measures": "清理并落实责任人", "funds": 500, "contingency": "专人看守"}
        return self.do(
            day, town or self.town, "order_rectification", due=limit, responsible=responsible or self.village, **elements
        )

    def end(self, day: int, judge: str | None = None, village: str | None = None, lister: str | None = None) -> "Hazard":
        """Submitted, accepted (jointly where a body is named that has listed it), signed and closed."""
        judge, village = judge or self.town, village or self.village
        self.do(day, village, "submit_rectification", text="已整改", funds=300)
        if lister is not None:
            self.do(day + 1, lister, "accept_rectification", note="联合验收")
        self.do(day + 1, judge, "accept_rectification")
        self.do(day + 1, village, "sign_rectification")
        return self.do(day + 2, lister or judge, "close_hazard")

    def grade(self, grade: str, day: int = 1) -> "Hazard":
        return self.do(day, self.town, "grade_hazard", grade=grade, reason="按行业标准")

    def plain(self) -> None:
        self.do(0, self.village, "register_hazard", category="用电", stage="open_inspection")
        self.grade("general").order(1, 9).end(6)

    def forgotten(self) -> None:
        self.order(0, 7)

    def late(self) -> None:
        self.grade("general").order(1, 5).end(8)

    def judged_late(self) -> None:
        self.order(1, 6).do(4, self.village, "submit_rectification", text="已整改")
        self.do(9, self.town, "accept_rectification").do(9, self.village, "sign_rectification").do(10, self.town, "close_hazard")

    def on_the_spot(self) -> None:
        self.do(0, self.village, "rectify_on_spot", text="当场清除").do(1, self.town, "accept_rectification")
        self.do(1, self.village, "sign_rectification").do(2, self.town, "close_hazard")

    def rejected(self) -> None:
        self.order(1, 8).do(3, self.village, "submit_rectification", text="已整改")
        self.do(4, self.town, "reject_rectification", reason="未清理到位").end(9)

    def deferred(self) -> None:
        elements = {"measures": "改造线路", "responsible": self.village, "funds": 20000, "contingency": "断电"}
        self.grade("major").do(2, self.town, "defer_rectification", plan="分三步改造", **elements).end(20)

    def extended(self) -> None:
        self.order(1, 8).do(4, self.village, "ask_extension", reason="连续降雨", due=16)
        self.do(5, self.town, "approve_extension", note="同意").end(13)

    def extended_too_short(self) -> None:
        self.order(1, 8).do(4, self.village, "ask_extension", reason="连续降雨", due=20)
        self.do(6, self.town, "approve_extension", due=14).end(17)

    def not_extended(self) -> None:
        self.order(1, 8).do(3, self.village, "ask_extension", reason="人手不足", due=20)
        self.do(4, self.town, "refuse_extension", reason="具备条件").end(11)

    def undecided(self) -> None:
        self.order(1, 12).do(3, self.village, "ask_extension", reason="材料未到", due=22)
        self.do(9, self.town, "approve_extension").end(18)

    def listed(self) -> None:
        self.order(1, 5).do(7, COUNTY, "list_hazard", trigger="overdue", reason="逾期未改")
        self.do(8, COUNTY, "publish_listing", where="县政府网站").do(12, self.village, "tell_progress", text="完成八成")
        self.end(16, lister=COUNTY).do(19, COUNTY, "delist_hazard", reason="已销号")

    def raised(self) -> None:
        self.grade("major").order(2, 25).do(3, COUNTY, "list_hazard", trigger="major", reason="重大隐患", progress_every_days=5)
        self.do(6, PREFECTURE, "raise_listing", reason="进展缓慢").end(21, lister=PREFECTURE)

    def watched(self) -> None:
        self.grade("major").do(2, self.town, "monitor_hazard", reason="暂不具备整治条件", measures="视频监控", review_on=20)

    def watched_and_rectified(self) -> None:
        self.grade("major").do(2, self.town, "monitor_hazard", reason="汛期不能施工", measures="专人值守", review_on=30)
        self.order(15, 24).end(20)

    def handed_over(self) -> None:
        taken = VILLAGES[self.other][0]
        self.do(1, self.town, "transfer_hazard", to_unit=self.other, reason="属林场管理")
        self.do(3, self.other, "acknowledge_transfer").order(4, 14, self.other, taken).end(10, self.other, taken)

    def handed_back(self) -> None:
        self.do(1, self.town, "transfer_hazard", to_unit=self.other, reason="责任不清")
        self.do(11, self.other, "return_transfer", reason="不属本镇").order(12, 20).end(16)

    def duplicate(self) -> None:
        self.do(1, COUNTY, "dismiss_hazard", outcome="duplicate", reason="重复上报", duplicate_of=self.earlier)

    def foreign(self) -> None:
        self.do(2, self.town, "dismiss_hazard", outcome="not_our_duty", reason="属铁路部门")

    def withdrawn(self) -> None:
        self.order(1, 9).do(3, self.town, "dismiss_hazard", outcome="withdrawn", reason="误报")

    def suspended(self) -> None:
        self.do(0, self.village, "suspend_use", what="校车", reason="制动失灵").order(1, 10).end(6)
        self.do(7, self.town, "resume_use", reason="已修复")

    def looked_at_again(self) -> None:
        self.order(1, 8).end(4).do(12, COUNTY, "recheck_hazard", finding="fake", text="现场仍有堆放")

    def refused(self) -> None:
        """What nobody may do, or not yet."""
        self.order(1, 9).do(2, self.village, "accept_rectification").do(2, self.other, "reject_rectification", reason="越权")
        self.do(2, self.town, "close_hazard").do(2, VILLAGES[self.other][1], "submit_rectification", text="不是我们")
        self.end(5).do(8, self.village, "submit_rectification", text="再报一次")
        self.do(8, self.town, "dismiss_hazard", outcome="withdrawn", reason="已销号")


PATHS: Final[tuple[Callable[[Hazard], None], ...]] = (
    Hazard.plain, Hazard.forgotten, Hazard.late, Hazard.judged_late, Hazard.on_the_spot, Hazard.rejected, Hazard.deferred,
    Hazard.extended, Hazard.extended_too_short, Hazard.not_extended, Hazard.undecided, Hazard.listed, Hazard.raised,
    Hazard.watched, Hazard.watched_and_rectified, Hazard.handed_over, Hazard.handed_back, Hazard.duplicate, Hazard.foreign,
    Hazard.withdrawn, Hazard.suspended, Hazard.looked_at_again, Hazard.refused,
)  # fmt: skip


def campaign(hazards: int, days: int = THREE_MONTHS, hours: tuple[int, ...] = (10, 15), seed: int = 1) -> dict[str, Any]:
    """A scenario of so many days with so many hazards, each on one of the paths in turn. People act at some hours of the day."""
    drawn = random.Random(seed)  # noqa: S311 - the same seed must give the same scenario
    actions: list[tuple[datetime, int, Action]] = []
    order = count()
    reported = sorted(drawn.randrange(days - LONGEST) for _ in range(hazards))
    for number, day in enumerate(reported):
        town = drawn.choice(TOWNS)
        village = drawn.choice(VILLAGES[town])
        hazard = Hazard(number, town, village, f"h{max(number - 1, 0):03}")
        path = PATHS[number % len(PATHS)]
        if number == 0 and path is Hazard.duplicate:
            path = Hazard.plain
        path(hazard)
        report = {"do": "report_hazard", "ref": hazard.ref, "category": drawn.choice(CATEGORIES), "title": f"隐患{number}",
                  "occurred_at": at(day, "08:00")}  # fmt: skip
        hour = drawn.choice(hours)
        for after, unit, action in [(0, village, report), *hazard.steps]:
            fields = {key: at(day + value, "00:00") if key == "due" else value for key, value in action.items()}
            if "review_on" in fields:
                fields["review_on"] = (START + timedelta(days=day + fields["review_on"])).isoformat()
            instant = datetime.combine(START + timedelta(days=day + after), datetime.min.time()).replace(hour=hour)
            actions.append((instant, next(order), {"at": f"{instant}", "unit": unit, **fields}))
    return {
        "name": f"hazards-{hazards}",
        "zone": "Asia/Shanghai",
        "start": f"{START} 08:30:00",
        "end": at(days, "18:00"),
        "units": list(units()),
        "contacts": list(contacts()),
        "actions": [{"at": f"{START} 08:30:00", "unit": COUNTY, "do": "set_policy", "policy": POLICY}]
        + [action for _, _, action in sorted(actions, key=lambda each: each[:2])],
    }


def at(day: int, clock: str) -> str:
    """An instant of the campaign; a limit at 00:00 means until the end of the day before."""
    return f"{START + timedelta(days=day)} {clock}:00"


def units() -> Iterator[dict[str, Any]]:
    yield {"code": PREFECTURE, "name": "清江市", "level": "prefecture"}
    yield {"code": COUNTY, "name": "青山县", "level": "county", "parent": PREFECTURE}
    for number, town in enumerate(TOWNS, start=1):
        yield {"code": town, "name": f"第{number}镇", "level": "town", "parent": COUNTY}
        for village in VILLAGES[town]:
            yield {"code": village, "name": f"第{village[-1]}村", "level": "village", "parent": town}


def contacts() -> Iterator[dict[str, Any]]:
    """Those who have to act. Only the first village of each town has a principal: what reaches nobody must not stop anything."""
    yield {"unit": COUNTY, "role": "office", "name": "县整治办", "wecom": "county-office"}
    for number, town in enumerate(TOWNS, start=1):
        yield {"unit": town, "role": "office", "name": f"第{number}镇整治办", "wecom": f"town-{number}"}
        for village in VILLAGES[town]:
            yield {"unit": village, "role": "submitter", "name": "信息员", "mobile": f"199{village[-8:]}"}
        yield {"unit": VILLAGES[town][0], "role": "principal", "name": "负责人", "wecom": f"village-{number}"}


def write(path: Path, scenario: dict[str, Any]) -> None:
    """Write a scenario, one line for each item of a list."""
    head = {key: value for key, value in scenario.items() if not isinstance(value, list)}
    lines = [
        "# Written by hazard_campaign.py. 地名、人名、号码均为虚构。",
        yaml.safe_dump(head, allow_unicode=True, sort_keys=False).rstrip(),
    ]
    for key, items in scenario.items():
        if isinstance(items, list):
            lines.append(f"{key}:")
            dumped = (
                yaml.safe_dump(item, allow_unicode=True, sort_keys=False, default_flow_style=True, width=10**6) for item in items
            )
            lines += [f"  - {line.rstrip()}" for line in dumped]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).with_name("hazards.yaml"), campaign(24, days=30, hours=(10,)))
