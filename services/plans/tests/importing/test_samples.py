"""Every sample is drafted as a person read it. Expected drafts name what matters; fields that they leave out are not compared."""

import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import make
import pytest

from plans.importing.drafting import import_document
from plans.importing.lines import Line
from plans.importing.noise import cleaned
from plans.importing.reading import read_source
from plans.importing.splitting import sections_of
from plans.importing.unfolding import unfolded

SAMPLES = Path(make.__file__).parent
NAMES = sorted(file.name.removesuffix(".json") for file in (SAMPLES / "expected").glob("*.json"))
HEAD = ("title", "document_number", "issuer", "issued_on", "span")
ASPECTS = ("head", "phases", "topics", "obligations", "meetings", "lists", "warnings")
MISSED: dict[tuple[str, str], str] = {}
"""What is not read as a person reads it, and why. Strict: what is read after all has to leave this table."""


@cache
def drafted(name: str) -> list[dict[str, Any]]:
    plans: list[dict[str, Any]] = import_document((SAMPLES / name).read_bytes(), name).model_dump(mode="json")["plans"]
    return [{**plan, "warnings": sorted(warning["code"] for warning in plan["warnings"])} for plan in plans]


def expected(name: str) -> list[dict[str, Any]]:
    plans: list[dict[str, Any]] = json.loads((SAMPLES / "expected" / f"{name}.json").read_text(encoding="utf-8"))["plans"]
    return plans


def narrowed(found: Any, wanted: Any) -> Any:
    """`found` with only those fields that `wanted` names, so that a difference shows as one."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return {key: narrowed(found[key], inner) for key, inner in wanted.items()}
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        return [narrowed(each, inner) for each, inner in zip(found, wanted, strict=True)]
    return found


def cases() -> list[Any]:
    found = []
    for name in NAMES:
        for aspect in ASPECTS:
            reason = MISSED.get((name, aspect))
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            found.append(pytest.param(name, aspect, marks=marks, id=f"{name}-{aspect}"))
    return found


@pytest.mark.parametrize(("name", "aspect"), cases())
def test_a_sample_is_drafted_as_a_person_reads_it(name: str, aspect: str) -> None:
    keys = HEAD if aspect == "head" else (aspect,)
    wanted = [{key: plan[key] for key in keys if key in plan} for plan in expected(name)]

    assert narrowed(drafted(name), wanted) == wanted


@pytest.mark.parametrize("name", make.FILES)
def test_written_samples_are_what_their_maker_writes(name: str) -> None:
    kept, made = ((read_source(content, name).lines) for content in ((SAMPLES / name).read_bytes(), make.FILES[name]))

    assert kept == made


def test_two_samples_in_one_file_are_parted_where_they_meet() -> None:
    single = {name: [line.text for line in read_source((SAMPLES / name).read_bytes(), name).lines] for name in NAMES}
    del single["07-collection.txt"]
    for first, second in itertools.permutations(single, 2):
        text = [*single[first], *single[second]]
        plans = sections_of(unfolded(cleaned([Line(number, each) for number, each in enumerate(text, start=1)]).lines))
        assert len(plans) == 2, (first, second)
        assert plans[0][-1].number <= len(single[first]) < plans[1][0].number, (first, second)
