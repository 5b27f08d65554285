"""The reader in the contracts' README, run as an agency would run it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

from contracts.examples import examples_on
from local_stack.brokers import Broker

pytestmark = pytest.mark.io

README = Path(__file__).parents[2] / "libs" / "contracts" / "README.md"
TOPIC = "hazards.hazard.v1"


@pytest.fixture
def published(fresh_kafka: Broker) -> str:
    """A broker with an unreadable record, an unknown type, and then every example of the topic, in one partition."""
    producer = Producer({"bootstrap.servers": fresh_kafka.servers})
    records = [one.record() for one in examples_on(TOPIC)]
    key, value, headers = records[0]
    unknown = [(name, b"bihuan.hazards.HazardForgotten.v1" if name == "ce_type" else text) for name, text in headers]
    for record_key, record_value, record_headers in [(key, b"{", headers), (key, value, unknown), *records]:
        producer.produce(TOPIC, key=record_key, value=record_value, headers=record_headers, partition=0)
    assert producer.flush(10) == 0
    return fresh_kafka.servers


@pytest.fixture
def reader(published: str) -> Iterator["subprocess.Popen[str]"]:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {"KAFKA_SERVERS": published}, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.wait(10)


def test_the_reader_of_the_readme_reads_everything_and_sets_aside_what_nobody_can_read(reader: "subprocess.Popen[str]") -> None:
    assert reader.stdout is not None
    expected = ["malformed: bad_json"]
    expected += [f"{one.event['id']} {int(one.event['sequence'])} {one.data['title']}" for one in examples_on(TOPIC)]

    assert [reader.stdout.readline().strip() for _ in expected] == expected
