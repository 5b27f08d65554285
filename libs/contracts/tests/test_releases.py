"""Releases are frozen, every one of them counts, and a refusal names the services."""

from pathlib import Path
from typing import Any

import pytest

from contracts.compatibility import First
from contracts.releases import ReleaseError, advice, advice_for_new, changed_since, gate, load_releases, write_release
from contracts.topics import TOPICS

MOVED = "bihuan.plans.UnitMoved.v1"
ISSUED = "bihuan.plans.PlanIssued.v1"


def schema(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": []}


A = {"type": "string", "default": "a"}
B = {"type": "integer", "default": 0}


def test_a_release_is_written_once_and_read_back_in_order(tmp_path: Path) -> None:
    write_release(tmp_path, "0.9.0", {MOVED: schema(a=A)})
    write_release(tmp_path, "0.10.0", {MOVED: schema(a=A, b=B)})

    assert load_releases(tmp_path) == {"0.9.0": {MOVED: schema(a=A)}, "0.10.0": {MOVED: schema(a=A, b=B)}}
    assert list(load_releases(tmp_path)) == ["0.9.0", "0.10.0"]


@pytest.mark.parametrize(
    ("version", "words"), [("0.2.0", "exists already"), ("0.1.9", "older than 0.2.0"), ("v1", "not a version")]
)
def test_a_release_is_never_overwritten_predated_or_misnamed(tmp_path: Path, version: str, words: str) -> None:
    write_release(tmp_path, "0.2.0", {MOVED: schema(a=A)})

    with pytest.raises(ReleaseError, match=words):
        write_release(tmp_path, version, {MOVED: schema()})

    assert load_releases(tmp_path) == {"0.2.0": {MOVED: schema(a=A)}}


def test_a_foreign_folder_among_the_releases_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(ReleaseError, match="latest"):
        load_releases(tmp_path)


def test_no_folder_means_no_release(tmp_path: Path) -> None:
    assert load_releases(tmp_path / "none") == {}
    assert gate({MOVED: schema()}, {}) == []
    assert changed_since({MOVED: schema()}, {}) == ([], [])


def test_every_release_counts_and_not_only_the_last() -> None:
    releases = {"0.1.0": {MOVED: schema(a=A)}, "0.2.0": {MOVED: schema(a=A)}, "0.3.0": {MOVED: schema(a=A, b=B)}}

    (refusal,) = gate({MOVED: schema(b=B)}, releases)

    assert (refusal.type, refusal.finding.path, refusal.finding.change) == (MOVED, "/a", "field removed")
    assert refusal.releases == ("0.1.0", "0.2.0", "0.3.0")


def test_what_one_release_had_cannot_come_back_otherwise() -> None:
    releases = {"0.1.0": {MOVED: schema(a=A)}, "0.2.0": {MOVED: schema()}}

    assert [refusal.releases for refusal in gate({MOVED: schema(a=B)}, releases)] == [("0.1.0",), ("0.1.0",)]


def test_an_event_that_vanished_is_refused() -> None:
    (refusal,) = gate({}, {"0.1.0": {MOVED: schema()}})
    assert (refusal.type, refusal.finding.change) == (MOVED, "the event is no longer registered")


def test_new_and_changed_events_are_told_apart() -> None:
    releases = {"0.1.0": {MOVED: schema(a=A)}}
    assert changed_since({MOVED: schema(a=A, b=B), ISSUED: schema()}, releases) == ([ISSUED], [MOVED])


def test_the_advice_names_the_services_of_the_topic() -> None:
    consumers = advice(ISSUED, First.CONSUMERS)
    assert consumers.startswith("would need the consumers (hazards, reporting) first, then the producer (plans)")
    producers = advice(MOVED, First.PRODUCERS)
    assert producers.startswith("would need the producer (plans) first, then the consumers (hazards, reporting, notify)")
    assert producers.endswith("which plans.unit.v1 keeps for ever")
    assert advice(MOVED, First.NEITHER) == "no order of plans and hazards, reporting, notify is safe"
    assert "keep it registered" in advice("bihuan.plans.Gone.v1", First.NEITHER)
    assert (
        advice_for_new(ISSUED)
        == "consumers that want it (hazards, reporting) first, for they skip unknown events; then the producer (plans)"
    )


def test_the_advice_says_how_long_records_are_kept() -> None:
    short = TOPICS["plans.plan.v1"].model_copy(update={"retention_ms": 1000, "consumers": {}})
    text = advice(ISSUED, First.PRODUCERS, {"plans.plan.v1": short})
    assert "the consumers (nobody)" in text
    assert text.endswith("keeps for 1000 ms")
