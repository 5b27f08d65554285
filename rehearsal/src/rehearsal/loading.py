"""Reads a scenario file and reports everything that is wrong with it at once, each problem with its line, column and key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rehearsal import scenario as parts
from rehearsal.document import Document, Path_, Problem, ScenarioError, read_document
from rehearsal.hazard_deeds import DEEDS, SetPolicy
from rehearsal.instants import WrittenWrongError
from rehearsal.outages import completed
from rehearsal.references import References
from rehearsal.scenario import Head, Scenario
from rehearsal.values import DEFAULT_ZONE, Frame

Model = TypeVar("Model", bound=BaseModel)

ACTIONS: Final[Mapping[str, type[BaseModel]]] = {
    "report": parts.Report,
    "correct_report": parts.CorrectReport,
    "report_for_child": parts.ReportForChild,
    "submit_rollup": parts.SubmitRollup,
    "exempt": parts.Exempt,
    "report_hazard": parts.ReportHazard,
    "order_rectification": parts.OrderRectification,
    **{get_args(deed.model_fields["do"].annotation)[0]: deed for deed in DEEDS},
    "set_policy": SetPolicy,
    "register_unit": parts.RegisterUnit,
    "move_unit": parts.MoveUnit,
    "retire_unit": parts.RetireUnit,
}
FAULTS: Final[Mapping[str, type[BaseModel]]] = {
    "kill": parts.ProcessFault,
    "start": parts.ProcessFault,
    "restart": parts.ProcessFault,
    "provider": parts.ProviderFault,
}
_SECTIONS: Final[Mapping[str, type[BaseModel] | Mapping[str, type[BaseModel]]]] = {
    "units": parts.Unit,
    "contacts": parts.Contact,
    "obligations": parts.Obligation,
    "actions": ACTIONS,
    "faults": FAULTS,
}
_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "extra_forbidden": ("未知的键", "unknown key"),
    "missing": ("缺少这个键", "the key is missing"),
    "string_type": ("必须是文本（数字代码请加引号）", "must be text (put quotes around codes)"),
    "bool_type": ("必须是 true 或 false", "must be true or false"),
    "list_type": ("必须是列表", "must be a list"),
    "dict_type": ("必须是键值对", "must be a mapping"),
    "model_type": ("必须是键值对", "must be a mapping"),
    "string_too_short": ("不能为空", "must not be empty"),
    "too_short": ("不能为空", "must not be empty"),
    "string_pattern_mismatch": (
        "只能由字母、数字和 _ . - 组成（编号还可含 :）",
        "may have letters, digits and _ . - only (ids also :), up to 32 (128) of them",
    ),
}


@dataclass(frozen=True)
class Loaded:
    """A scenario that can be run, and what may be a slip in it but is for the system to judge."""

    scenario: Scenario
    warnings: list[Problem]


def load(path: Path) -> Loaded:
    """Read and check a scenario file.

    Raises:
        ScenarioError: with every problem found.
    """
    document = read_document(path)
    root = document.root if isinstance(document.root, dict) else {}
    zone = _zone(document, root)
    head = _validated(document, Head, {key: root[key] for key in root if key not in _SECTIONS}, (), Frame(None, zone))
    # Without a start the times of day are still checked for their form, on any day.
    frame = Frame(date.min + timedelta(days=1) if head is None else head.start.astimezone(zone).date(), zone)
    items = {section: _items(document, root, section, frame) for section in _SECTIONS}
    references = References(document, head, items)
    references.check()
    if document.problems or head is None:
        raise ScenarioError(document.problems)
    scenario = Scenario(
        head=head,
        units=list(items["units"].values()),
        contacts=list(items["contacts"].values()),
        obligations=list(items["obligations"].values()),
        actions=sorted(items["actions"].values(), key=lambda action: action.at),
        faults=completed(sorted(items["faults"].values(), key=lambda fault: fault.at), head.end),
        document=None if head.plan is None else path.parent / head.plan.document,
    )
    return Loaded(scenario, references.warnings)


def _zone(document: Document, root: dict[str, Any]) -> ZoneInfo:
    written = root.get("zone", DEFAULT_ZONE.key)
    try:
        return ZoneInfo(written)
    except (ValueError, OSError, TypeError, KeyError, AttributeError):
        document.report(("zone",), f"未知的时区“{written}”", f"unknown time zone {written!r}")
        return DEFAULT_ZONE


def _items(document: Document, root: dict[str, Any], section: str, frame: Frame) -> dict[int, Any]:
    """Validate a section item by item, so that one bad item hides no problem of another. Keyed by place in the list."""
    raw = root.get(section)
    if raw is None:
        return {}
    if not isinstance(raw, list):
        document.report((section,), *_TEXTS["list_type"])
        return {}
    valid: dict[int, Any] = {}
    for index, item in enumerate(raw):
        model = _model(document, (section, index), item)
        if model is not None and (part := _validated(document, model, item, (section, index), frame)) is not None:
            valid[index] = part
    return valid


def _model(document: Document, path: Path_, item: Any) -> type[BaseModel] | None:
    choice = _SECTIONS[str(path[0])]
    if not isinstance(item, dict):
        document.report(path, *_TEXTS["dict_type"])
        return None
    if isinstance(choice, type):
        return choice
    do = item.get("do")
    if "do" not in item:
        document.report((*path, "do"), *_TEXTS["missing"])
    elif not isinstance(do, str) or do not in choice:
        known = ", ".join(choice)
        document.report((*path, "do"), f"未知的动作“{do}”，可用：{known}", f"unknown, must be one of {known}")
    return choice.get(do) if isinstance(do, str) else None


def _validated(document: Document, model: type[Model], raw: Any, path: Path_, frame: Frame) -> Model | None:
    try:
        return model.model_validate(raw, context=frame)
    except ValidationError as error:
        seen: set[Path_] = set()
        for detail in error.errors(include_url=False):
            here = _path(document, (*path, *detail["loc"]), missing=detail["type"] == "missing")
            if here not in seen:
                seen.add(here)
                document.report(here, *_texts(detail), at_key=detail["type"] == "extra_forbidden")
        return None


def _path(document: Document, location: Path_, *, missing: bool) -> Path_:
    """Drop the parts of a pydantic location that name a branch of a union and are no key of the file."""
    path: Path_ = ()
    for part in location[:-1] if missing else location:
        if (*path, part) in document.values or (*path, part) in document.keys:
            path = (*path, part)
    return (*path, location[-1]) if missing else path


def _texts(detail: ErrorDetails) -> tuple[str, str]:
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, WrittenWrongError):
        return cause.chinese, str(cause)
    if detail["type"] == "literal_error":
        expected = detail.get("ctx", {}).get("expected", "")
        return f"只能是 {expected}", f"must be {expected}"
    return _TEXTS.get(detail["type"], (f"值不正确（{detail['msg']}）", detail["msg"]))
