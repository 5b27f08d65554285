"""Checks what the parts of a scenario say about each other.

References among units, contacts, obligations and faults must hold: the run could not be set up otherwise. What an *action*
names may be unknown, since the system's refusal of it (404) is a result; such a reference is a warning.
"""

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from rehearsal.document import Document, Path_, Problem
from rehearsal.outages import INFRASTRUCTURE
from rehearsal.scenario import Contact, Head, Obligation, ProcessFault, RegisterUnit, ReportHazard

LONGEST_RUN: Final = timedelta(days=400)
LONGEST_OFFSET: Final = timedelta(days=7)
"""Of reminders and escalation steps from the cut-off: as much as a plan may say."""
Items = Mapping[int, Any]


class References:
    """The checks of one file. `items` are the valid parts of each section by their place in its list."""

    def __init__(self, document: Document, head: Head | None, items: Mapping[str, Items]) -> None:
        self._document = document
        self._head = head
        self._items = items
        self._raw: dict[str, Any] = document.root if isinstance(document.root, dict) else {}
        self._units = set(self._written("units", "code"))
        registered = (item for item in items["actions"].values() if isinstance(item, RegisterUnit))
        self._registered = {item.code: item.name for item in registered}
        self._names = set(self._written("units", "name")) | set(self._registered.values())
        self.warnings: list[Problem] = []

    def check(self) -> None:
        """Note every problem in the document and every warning in `warnings`."""
        self._check_head()
        self._check_units()
        self._check_contacts()
        self._check_obligations()
        self._check_times("actions")
        self._check_times("faults")
        self._check_actions()
        self._check_processes()

    def _written(self, section: str, key: str) -> list[str]:
        """The values of a key as written, so that an item with another mistake is not called unknown as well."""
        raw = self._raw.get(section)
        items = raw if isinstance(raw, list) else []
        return [item[key] for item in items if isinstance(item, dict) and isinstance(item.get(key), str)]

    def _error(self, path: Path_, chinese: str, english: str) -> None:
        self._document.report(path, chinese, english)

    def _warn(self, path: Path_, chinese: str, english: str) -> None:
        scratch = Document(self._document.file, None, self._document.values, self._document.keys)
        scratch.report(path, chinese, english)
        self.warnings += scratch.problems

    def _check_head(self) -> None:
        head = self._head
        if head is None:
            return
        if head.end < head.start:
            self._error(("end",), "end 早于 start", "end is before start")
        elif head.end - head.start > LONGEST_RUN:
            self._error(("end",), f"超过 {LONGEST_RUN.days} 天", f"the run is longer than {LONGEST_RUN.days} days")
        if head.plan is not None:
            self._check_document(head.plan.document)
        if head.mode == "stepped" and head.speed is not None:
            self._warn(("speed",), "speed 只用于 mode: realtime", "speed is used with mode: realtime only")

    def _check_document(self, written: str) -> None:
        path: Path_ = ("plan", "document")
        if not (Path(self._document.file).parent / written).is_file():
            self._error(
                path, f"没有文件 {written}（相对于场景文件）", f"no file {written} (the path starts at the scenario file)"
            )
        if self._raw.get("obligations"):
            self._error(("obligations",), "plan 与 obligations 只能给一个", "give plan or obligations, not both")

    def _check_units(self) -> None:
        if not self._raw.get("units"):
            self._error(("units",), "至少要有一个单位", "at least one unit is needed")
        earlier: set[str] = set()
        for index, unit in self._items["units"].items():
            path: Path_ = ("units", index)
            if unit.code in earlier:
                self._error((*path, "code"), f"单位代码 {unit.code} 重复", f"unit {unit.code} is given twice")
            if unit.parent is not None and unit.parent not in earlier:
                if unit.parent in self._units:
                    english = f"parent {unit.parent} must be listed before its children"
                    self._error((*path, "parent"), f"上级 {unit.parent} 必须列在下级之前", english)
                else:
                    self._error((*path, "parent"), f"没有单位 {unit.parent}", f"unknown unit {unit.parent}")
            earlier.add(unit.code)

    def _check_contacts(self) -> None:
        seen: set[Contact] = set()
        for index, contact in self._items["contacts"].items():
            self._known_unit(("contacts", index, "unit"), contact.unit)
            if contact in seen:
                english = f"{contact.role} {contact.name} of {contact.unit} is given twice"
                self._error(("contacts", index), f"联系人 {contact.name} 重复", english)
            seen.add(contact)

    def _known_unit(self, path: Path_, code: str) -> None:
        if code not in self._units and code not in self._registered:
            self._error(path, f"没有单位 {code}", f"unknown unit {code}")

    def _check_obligations(self) -> None:
        ids = set(self._written("obligations", "id"))
        types = {item.id: item.type for item in self._items["obligations"].values()}
        seen: set[str] = set()
        for index, obligation in self._items["obligations"].items():
            path: Path_ = ("obligations", index)
            if obligation.id in seen:
                self._error((*path, "id"), f"报送制度 {obligation.id} 重复", f"{obligation.id} is given twice")
            seen.add(obligation.id)
            self._check_scope(path, obligation)
            self._check_offsets(path, obligation)
            into = obligation.rolls_up_into
            if into is not None and into not in ids:
                self._error((*path, "rolls_up_into"), f"没有报送制度 {into}", f"unknown obligation {into}")
            elif into is not None and types.get(into, "roll_up") != "roll_up":
                self._error((*path, "rolls_up_into"), f"{into} 不是汇总（roll_up）", f"{into} is not of type roll_up")
        self._check_circles()

    def _check_scope(self, path: Path_, obligation: Obligation) -> None:
        for place, code in enumerate(obligation.recipients if isinstance(obligation.recipients, list) else []):
            self._known_unit((*path, "recipients", place), code)
        reporters = obligation.reporters
        if isinstance(obligation.recipients, list) and len(set(obligation.recipients)) != len(obligation.recipients):
            self._error((*path, "recipients"), "接收单位重复", "a unit is named twice")
        key = "units" if reporters.units is not None else "names"
        for place, named in enumerate(reporters.named or []):
            if named not in self._units and named not in self._registered and named not in self._names:
                self._error((*path, "reporters", key, place), f"没有单位 {named}", f"unknown unit {named}")

    def _check_offsets(self, path: Path_, obligation: Obligation) -> None:
        steps, reminders = obligation.escalate_after, obligation.remind_before
        if any(later <= earlier for earlier, later in pairwise(steps)):
            self._error((*path, "escalate_after"), "升级时刻必须依次变晚", "each step must be later than the one before")
        if any(not timedelta(0) < before <= LONGEST_OFFSET for before in reminders):
            english = f"a reminder comes before the cut-off, by at most {LONGEST_OFFSET.days} days"
            self._error((*path, "remind_before"), f"提醒必须早于截止时刻，且不超过 {LONGEST_OFFSET.days} 天", english)
        if any(after > LONGEST_OFFSET for after in steps):
            english = f"a step comes at most {LONGEST_OFFSET.days} days after the cut-off"
            self._error((*path, "escalate_after"), f"升级不得晚于截止时刻 {LONGEST_OFFSET.days} 天", english)
        if len(set(reminders)) != len(reminders):
            self._error((*path, "remind_before"), "提醒时刻重复", "the same reminder is given twice")

    def _check_circles(self) -> None:
        into = {item.id: item.rolls_up_into for item in self._items["obligations"].values()}
        for index, obligation in self._items["obligations"].items():
            reached, target = {obligation.id}, obligation.rolls_up_into
            while target is not None and target not in reached:
                reached.add(target)
                target = into.get(target)
            if target == obligation.id:
                path: Path_ = ("obligations", index, "rolls_up_into")
                self._error(path, "汇总关系成环", f"{obligation.id} rolls up into itself")

    def _check_times(self, section: str) -> None:
        head = self._head
        for index, item in self._items[section].items():
            if head is not None and not head.start <= item.at <= head.end:
                self._error((section, index, "at"), "不在 start 与 end 之间", "outside of start and end")

    def _check_actions(self) -> None:
        actions = sorted(self._items["actions"].items(), key=lambda entry: entry[1].at)
        obligations = set(self._written("obligations", "id"))
        documented = "plan" in self._raw  # its obligations are known once it is imported
        units = self._units | set(self._registered)
        refs: set[str] = set()
        for index, action in actions:
            for key in ("unit", "child", "code", "parent", "responsible", "to_unit"):
                code = getattr(action, key, None)
                if code is not None and code not in units:
                    self._warn(("actions", index, key), f"没有单位 {code}，预计 404", f"unknown unit {code}: expect 404")
            obligation = getattr(action, "obligation", None)
            if obligation is not None and obligation not in obligations and not documented:
                english = f"unknown obligation {obligation}: expect 404"
                self._warn(("actions", index, "obligation"), f"没有报送制度 {obligation}，预计 404", english)
            if isinstance(action, ReportHazard):
                if action.ref in refs:
                    self._error(("actions", index, "ref"), f"隐患 {action.ref} 重复", f"{action.ref} is given twice")
                refs.add(action.ref)
            self._check_refs(index, action, refs)

    def _check_refs(self, index: int, action: Any, refs: set[str]) -> None:
        """Warn of refs to hazards that nobody has reported by then. The system does not know a `hazard`, nor accepts others."""
        for key, status in (("hazard", 404), ("duplicate_of", 422), ("recurs", 422)):
            ref = getattr(action, key, None)
            if ref is not None and ref not in refs - {getattr(action, "ref", None)}:
                english = f"hazard {ref} is not reported by then: expect {status}"
                self._warn(("actions", index, key), f"隐患 {ref} 此时尚未报告，预计 {status}", english)

    def _check_processes(self) -> None:
        down: dict[str, int] = {}
        for index, fault in sorted(self._items["faults"].items(), key=lambda entry: entry[1].at):
            if not isinstance(fault, ProcessFault):
                continue
            path: Path_ = ("faults", index)
            is_down = fault.process in down
            if fault.do == "start" and not is_down:
                self._error((*path, "process"), f"{fault.process} 正在运行", f"{fault.process} is running")
            if fault.do == "kill" and is_down:
                self._error((*path, "process"), f"{fault.process} 已经停止", f"{fault.process} is already down")
            if fault.do == "kill":
                down[fault.process] = index
                continue
            down.pop(fault.process, None)
            missing = INFRASTRUCTURE & set(down)
            if missing and fault.process not in INFRASTRUCTURE:
                names = ", ".join(sorted(missing))
                self._warn(path, f"{names} 恢复后才能就绪", f"becomes ready only when {names} is back")
        for process, index in down.items():
            english = f"{process} is never started again; it is started at `end`, so that the result can be read"
            self._warn(("faults", index), f"{process} 没有再启动，将在 end 启动以便读取结果", english)
