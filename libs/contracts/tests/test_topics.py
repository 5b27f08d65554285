"""The topic files and the registry say the same."""

import pytest
from pydantic import ValidationError

from contracts.registry import EVENTS
from contracts.topics import TOPICS, consumed_by, load_topic, owned_by

SERVICES = {"plans", "hazards", "notify", "reporting"}


def test_events_of_each_topic_are_those_of_the_registry_in_its_order() -> None:
    registered: dict[str, tuple[str, ...]] = {}
    for cls in EVENTS:
        registered[cls.topic] = (*registered.get(cls.topic, ()), cls.type())

    assert {name: topic.types for name, topic in TOPICS.items()} == registered


def test_owners_and_consumers_are_services_and_nobody_consumes_itself() -> None:
    for topic in TOPICS.values():
        assert {topic.owner, *topic.consumers} <= SERVICES
        assert topic.owner not in topic.consumers
        assert topic.topic.split(".", 1)[0] == topic.owner


def test_consumers_and_owners_are_found_by_service() -> None:
    assert consumed_by("plans") == ()
    assert consumed_by("hazards") == ("plans.plan.v1", "plans.task.v1", "plans.unit.v1", "reporting.report.v1")
    assert consumed_by("notify") == (
        "hazards.accountability.v1",
        "hazards.hazard.v1",
        "hazards.notice.v1",
        "plans.task.v1",
        "plans.unit.v1",
        "reporting.report.v1",
    )
    assert consumed_by("reporting") == (
        "hazards.hazard.v1",
        "notify.notification.v1",
        "plans.plan.v1",
        "plans.task.v1",
        "plans.unit.v1",
    )
    assert owned_by("plans") == ("plans.plan.v1", "plans.task.v1", "plans.unit.v1")


def test_only_the_tree_is_compacted_and_nothing_expires() -> None:
    assert [name for name, topic in TOPICS.items() if topic.cleanup_policy == "compact"] == ["plans.unit.v1"]
    assert {topic.config["retention.ms"] for topic in TOPICS.values()} == {"-1"}
    assert {topic.partitions for topic in TOPICS.values()} == {12}


TOPIC = """
topic: plans.unit.v1
description: d
owner: plans
key: unit code
partitions: 12
cleanup_policy: compact
retention_ms: -1
consumers: {}
events: [{name: UnitMoved, version: 1, examples: examples/bihuan.plans.UnitMoved.v1}]
"""


def test_a_topic_file_is_read() -> None:
    assert load_topic(TOPIC).types == ("bihuan.plans.UnitMoved.v1",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("examples/bihuan.plans.UnitMoved.v1", "examples/UnitMoved"),
        ("owner: plans", "owner: plans\nowners: x"),
        ("cleanup_policy: compact", "cleanup_policy: forget"),
        ("partitions: 12", "partitions: 0"),
        ("topic: plans.unit.v1", "topic: units"),
    ],
)
def test_a_wrong_topic_file_is_refused(old: str, new: str) -> None:
    with pytest.raises(ValidationError):
        load_topic(TOPIC.replace(old, new))
