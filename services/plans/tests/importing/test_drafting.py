"""The whole way from bytes to drafts: bounded, repeatable, and every span points into the file."""

import contextlib
import time
from pathlib import Path
from typing import Any

import make
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.imports import long_text
from plans.importing.drafting import draft_plans, import_document
from plans.importing.reading import read_source
from plans.importing.refusal import Unreadable

SAMPLES = Path(make.__file__).parent
DOCUMENTS = sorted(file for file in SAMPLES.iterdir() if file.suffix in {".txt", ".docx", ".pdf"})


def spans(value: Any) -> list[tuple[int, int]]:
    if isinstance(value, dict):
        own = [tuple(value["span"])] if value.get("span") else []
        return own + [span for inner in value.values() for span in spans(inner)]
    return [span for inner in value for span in spans(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_every_span_lies_in_the_file_and_a_second_import_is_the_same(file: Path) -> None:
    source = read_source(file.read_bytes(), file.name)

    result = draft_plans(source)

    assert result == import_document(file.read_bytes(), file.name)
    found = spans(result.model_dump(mode="json"))
    assert found
    assert all(1 <= first <= last <= len(source.lines) for first, last in found)


def test_deadlines_of_goals_and_requirements_stand_beside_the_tasks() -> None:
    text = "某县燃气整治方案\n一、工作目标\n2026年底前,隐患全部清零。\n二、主要任务\n(一)换阀。2026年6月底前完成。(住建局牵头)\n"

    [plan] = import_document(text.encode(), "a.txt").plans

    assert [each.text for each in plan.deadlines] == ["2026年底前"]
    assert [each.text for topic in plan.topics for task in topic.tasks for each in task.deadlines] == ["2026年6月底前"]


def test_more_plans_than_anybody_reviews_are_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        import_document("某某专项整治方案\n一、任务\n".encode() * 1_001, "a.txt")

    assert refused.value.code == "too_much_text"


@pytest.mark.slow
def test_twice_the_text_takes_about_twice_the_time() -> None:
    def cost(kilobytes: int) -> float:
        content, _ = long_text(kilobytes * 1000)
        begin = time.process_time()
        import_document(content, "long.txt")
        return time.process_time() - begin

    cost(20)
    small, large = cost(60), cost(240)

    assert large < small * 4 * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["一、" * 20_000, "(一)" * 20_000, "，" * 60_000, "2026年" * 20_000, "〔" * 60_000, "《" * 60_000,
     "各村" * 30_000 + "：", "每" * 60_000,
     "牵头、" * 20_000, "为" * 60_000 + "制定方案", " " * 60_000 + "方案", "1." * 30_000, "月底前" * 15_000],
    ids=lambda text: text[:3],
)  # fmt: skip
def test_no_line_makes_a_rule_run_away(text: str) -> None:
    begin = time.process_time()
    import_document(f"某某整治方案\n一、任务\n{text}\n".encode(), "a.txt")

    assert time.process_time() - begin < 6


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.docx", "a.pdf"]))
def test_any_bytes_are_drafted_or_refused(content: bytes, name: str) -> None:
    with contextlib.suppress(Unreadable):
        assert import_document(content, name)


@given(st.text(alphabet="一二三、(（)）年月日前底每周向报送由牵头负责〔〕《》方案各村镇县123456789。，：\n 的", max_size=300))
def test_any_text_is_drafted(text: str) -> None:
    if text.strip(" \n"):
        assert import_document(text.encode(), "a.txt")
