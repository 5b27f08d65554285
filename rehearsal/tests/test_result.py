"""How a result is written: order, numbers, and never half of a file."""

import json
from pathlib import Path

from rehearsal.result import one_line, ordered, plain_numbers, write_result


def test_rows_are_sorted_by_their_values_and_absent_ones_come_first() -> None:
    rows = [{"unit": "b", "at": "1"}, {"unit": "a", "at": "2"}, {"unit": "a", "at": None}]
    assert ordered(rows) == [{"unit": "a", "at": None}, {"unit": "a", "at": "2"}, {"unit": "b", "at": "1"}]


def test_sums_are_numbers_with_sorted_keys() -> None:
    assert json.dumps(plain_numbers({"b": 2, "a": "0.5", "c": "3.00"})) == '{"a": 0.5, "b": 2, "c": 3}'


def test_the_file_replaces_the_old_one_whole(tmp_path: Path) -> None:
    write_result({"scenario": "旧"}, tmp_path / "out")
    path = write_result({"scenario": "新", "reports": [{"unit": "1"}]}, tmp_path / "out")
    assert json.loads(path.read_text(encoding="utf-8")) == {"scenario": "新", "reports": [{"unit": "1"}]}
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["result.json"]


def test_one_line_is_one_line() -> None:
    result = {"scenario": "a\nb", "lost": 0}
    assert "\n" not in one_line(result)
    assert json.loads(one_line(result)) == result
