"""Every benchmark runs, checks its own effect, and prints one JSON object that says what was measured."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.io

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def result() -> Any:
    """The quick run on the embedded broker; it fails by itself when a side leaves another effect than the events call for."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--kafka", "embedded"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def test_standard_output_is_one_json_object_that_names_machine_and_versions(result: Any) -> None:
    assert result["quick"] is True
    assert result["kafka_is_apache"] is False
    assert result["machine"]["cores"] >= 1
    assert result["versions"]["postgresql"].startswith("18")
    assert "embedded" in result["versions"]["kafka"]


def test_the_consumer_is_told_beside_what_it_is_compared_with(result: Any) -> None:
    consumer = result["consumer"]
    assert consumer["house_events_per_s"] > consumer["one_message_events_per_s"] > 0
    house, one, limit = (
        consumer["house_events_per_s"],
        consumer["one_message_events_per_s"],
        consumer["bare_limit_events_per_s"],
    )
    assert consumer["ratio_house_to_one_message"] == pytest.approx(house / one, rel=0.05)
    assert consumer["ratio_house_to_limit"] == pytest.approx(house / limit, rel=0.05)


def test_every_other_benchmark_has_its_figures(result: Any) -> None:
    assert result["relay"]["events_per_s"] > 0
    assert 0 < result["relay"]["age_p50_ms"] <= result["relay"]["age_p99_ms"]
    assert result["submissions"]["per_s"] > 0
    assert 0 < result["submissions"]["p50_ms"] <= result["submissions"]["p99_ms"]
    assert result["close"]["seconds_to_last_fired"] > 0
    assert result["close"]["seconds_to_last_published"] > 0
    assert result["close"]["expected"] == 600
    assert 0 < result["imports"]["seconds_reading_only"] < result["imports"]["seconds"]
    assert result["imports"]["plans"] > 0
    assert 0 < result["ledgers"]["seconds_reading_only"] < result["ledgers"]["seconds"]
    assert 0 < result["overdue"]["seconds_to_last_fired"] <= result["overdue"]["seconds_to_last_published"]
    assert (result["overdue"]["due"], result["overdue"]["open"]) == (300, 2_301)
    assert result["ledgers"]["events"] == 3 * (result["ledgers"]["rows"] - 1)
