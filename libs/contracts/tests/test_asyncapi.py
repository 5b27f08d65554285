"""The AsyncAPI document names every topic, event and service, and its references lead somewhere."""

from collections.abc import Iterator

import yaml

from contracts import EVENTS
from contracts.asyncapi import document, render
from contracts.checks import ROOT
from contracts.topics import TOPICS

DOCUMENT = document("0.1.0")


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == "$ref")
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def test_every_topic_is_a_channel_with_its_kafka_settings() -> None:
    assert DOCUMENT["channels"].keys() == TOPICS.keys()
    units = DOCUMENT["channels"]["plans.unit.v1"]["bindings"]["kafka"]
    assert units["partitions"] == 12
    assert units["topicConfiguration"] == {"cleanup.policy": ["compact"], "retention.ms": -1}


def test_every_event_is_a_message_on_its_channel() -> None:
    assert DOCUMENT["components"]["messages"].keys() == {cls.type() for cls in EVENTS}
    for cls in EVENTS:
        assert cls.type() in DOCUMENT["channels"][cls.topic]["messages"]


def test_owners_send_and_consumers_receive() -> None:
    actions = {name: operation["action"] for name, operation in DOCUMENT["operations"].items()}
    assert actions["plans.publishes.plans.unit.v1"] == "send"
    assert actions["notify.consumes.plans.unit.v1"] == "receive"
    assert len(actions) == len(TOPICS) + sum(len(topic.consumers) for topic in TOPICS.values())


def test_every_reference_leads_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert found
    for reference in found:
        if reference.startswith("#/"):
            node = DOCUMENT
            for part in reference.removeprefix("#/").split("/"):
                node = node[part]
        else:
            assert (ROOT / reference).is_file(), reference


def test_the_text_is_plain_yaml_of_the_same() -> None:
    text = render(DOCUMENT)
    assert yaml.safe_load(text) == DOCUMENT
    assert "&id" not in text
