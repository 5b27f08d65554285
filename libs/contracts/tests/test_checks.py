"""What makes the check fail."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from contracts import EVENTS
from contracts.checks import ROOT, example_problems, stale
from contracts.events.plans import PlanIssued
from contracts.examples import Example, examples_of
from contracts.schemas import json_schema

SCHEMA = json_schema(PlanIssued)
TYPE = PlanIssued.type()


def changed(name: str, **attributes: Any) -> list[str]:
    """The problems when attributes of one example differ; `data` is merged, and None there removes a field."""
    examples = {one.name: Example(one.name, copy.deepcopy(one.event)) for one in examples_of(TYPE)}
    event = examples[name].event
    data = {key: value for key, value in (event["data"] | attributes.pop("data", {})).items() if value != "(gone)"}
    examples[name] = Example(name, event | attributes | {"data": data})
    return example_problems(PlanIssued, examples.values(), SCHEMA)


def test_the_committed_examples_are_complete() -> None:
    assert changed("full") == []


@pytest.mark.parametrize(
    ("name", "attributes", "problem"),
    [
        ("minimal", {"data": {"issuer": "(gone)"}}, '/ "issuer" is a required property'),
        ("minimal", {"data": {"issuer": "县/办"}}, "/issuer"),
        ("minimal", {"data": {"occurred_at": "yesterday"}}, '/occurred_at "yesterday" is not a "date-time"'),
        ("minimal", {"data": {"document_number": "青森防〔2026〕7号"}}, "document_number is not a required field"),
        ("minimal", {"data": {"novelty": 1}}, "novelty is not a required field"),
        ("minimal", {"data": {"title": " 方案 "}}, "it is not written back as it was read"),
        ("full", {"data": {"document_number": None}}, "/document_number is not set"),
        ("full", {"data": {"actor": {"subject": "gw-1", "unit": "330899"}}}, "/actor/on_behalf_of is not set"),
        ("full", {"type": "bihuan.plans.Other.v1"}, "its type is bihuan.plans.Other.v1"),
        ("full", {"subject": "another"}, "partitionkey, subject and the key of the data differ"),
        ("full", {"partitionkey": "another"}, "partitionkey, subject and the key of the data differ"),
        ("full", {"dataschema": "urn:other"}, "dataschema is not"),
        ("full", {"sequence": "first"}, "ce_sequence is not a whole number"),
        ("oldest", {"data": {"novelty": 1}}, "novelty"),
    ],
)
def test_a_wrong_example_is_named(name: str, attributes: dict[str, Any], problem: str) -> None:
    found = changed(name, **attributes)
    assert [text for text in found if text.startswith(f"{TYPE}/{name}.json: ") and problem in text], found


@pytest.mark.parametrize("name", ["minimal", "full", "oldest"])
def test_a_missing_example_is_named(name: str) -> None:
    rest = [one for one in examples_of(TYPE) if one.name != name]
    assert example_problems(PlanIssued, rest, SCHEMA) == [f"{TYPE}: the example {name}.json is missing"]


def test_the_oldest_example_knows_only_what_the_first_release_knew() -> None:
    younger = copy.deepcopy(SCHEMA)
    del younger["properties"]["document_number"]
    found = example_problems(PlanIssued, examples_of(TYPE), younger)
    assert len(found) == 1
    assert "oldest.json" in found[0]
    assert "document_number" in found[0]


def test_stale_missing_and_orphaned_files_are_named(tmp_path: Path) -> None:
    current, old, orphan = tmp_path / "current.json", tmp_path / "old.json", tmp_path / "orphan.json"
    current.write_text("1")
    old.write_text("0")
    files = {current: "1", old: "1", tmp_path / "missing.json": "1"}

    assert stale(files, [current, old, orphan]) == [
        "old.json is not current: run `python -m contracts generate`",
        "missing.json is not current: run `python -m contracts generate`",
        "orphan.json belongs to no registered event",
    ]


def test_no_example_carries_a_mobile_number() -> None:
    mobile = re.compile(r"(?<![0-9A-Za-z-])1[3-9]\d{9}(?![0-9A-Za-z-])")
    assert mobile.search('"13900000001"')
    files = list((ROOT / "src" / "contracts" / "examples").rglob("*.json"))
    assert len(files) >= 3 * len(EVENTS)
    assert [path.name for path in files if mobile.search(path.read_text(encoding="utf-8"))] == []
