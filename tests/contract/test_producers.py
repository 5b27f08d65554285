"""Producers × schemas: whatever the services really publish keeps the contract, record by record."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from jsonschema_rs import Draft202012Validator

from contracts import EVENTS, decode
from contracts.schemas import committed
from contracts.topics import TOPICS
from rehearsal.loading import load
from rehearsal.local import LocalSystem, local_system
from rehearsal.run import rehearse
from rehearsal.settings import RehearsalSettings

pytestmark = pytest.mark.io

Record = ConsumerRecord[bytes, bytes]
LOADED = load(Path(__file__).parent / "every_event.yaml")
AT_ONCE: dict[str, Any] = {
    "id": "fire",
    "type": "incident",
    "reporters": {"level": "town"},
    "schedule": {"every": "event", "trigger": "fire", "within": {"hours": 0}},
}
MOBILES = [contact.mobile for contact in LOADED.scenario.contacts if contact.mobile]


@pytest.fixture(scope="module")
async def records(
    tmp_path_factory: pytest.TempPathFactory, campaign: Callable[[LocalSystem], Awaitable[None]]
) -> AsyncIterator[list[Record]]:
    """Every record on every topic after an afternoon and a campaign that publish every event, in the order of its partition."""
    work_dir = tmp_path_factory.mktemp("stack")
    async with local_system(LOADED.scenario, "embedded", work_dir, keep=False) as system:
        await rehearse(LOADED.scenario, system, system.now, settings=RehearsalSettings())
        await follow_up_a_task(system)
        await campaign(system)
        yield await read_until_every_type(system.kafka_servers)


async def follow_up_a_task(system: LocalSystem) -> None:
    """No action of a scenario amends a plan: one that gives it a task, so that everything happens to this, and then closes it."""
    county, town = (unit.code for unit in LOADED.scenario.units[:2])
    issuer, lead = caller(system, "issuer", county), caller(system, "lead", town)
    async with issuer, lead:
        (plan,) = (await issuer.get("/plans")).raise_for_status().json()["items"]
        path = f"/plans/{plan['plan_id']}"
        whole = (await issuer.get(path)).raise_for_status().json()
        deadlines = [{"id": "d1", "date": "2026-03-02", "at": "16:00"}, {"id": "d2", "date": "2026-03-31"}]
        task = {"id": "t1", "text": "清理林缘", "leads": [{"name": "白石镇", "unit": town}], "deadlines": deadlines}
        obligations = [obligation | {"remind_before": ["PT45M"]} for obligation in whole["obligations"]] + [AT_ONCE]
        body = {"version": whole["version"], "obligations": obligations, "content": {"tasks": [task]}}
        version = (await issuer.post(f"{path}/amend", json=body)).raise_for_status().json()["version"]
        await declare_a_fire(system, town)
        (await lead.post(f"{path}/tasks/t1/progress", json={"percent": 30})).raise_for_status()
        (await issuer.post(f"{path}/tasks/t1/verify", json={"percent": 20})).raise_for_status()
        system.clock.set(LOADED.scenario.end + timedelta(hours=1))
        (await issuer.post(f"{path}/tasks/t1/list", json={"reason": "逾期"})).raise_for_status()
        for action in ("return", "confirm"):
            (await lead.post(f"{path}/tasks/t1/complete", json={"deadlines": ["d1"]})).raise_for_status()
            body = {"reason": "未整改"} if action == "return" else {}
            (await issuer.post(f"{path}/tasks/t1/{action}", json=body)).raise_for_status()
        (await issuer.post(f"{path}/tasks/t1/delist", json={"reason": "已整改"})).raise_for_status()
        (await issuer.post(f"{path}/close", json={"version": version, "reason": "演练结束"})).raise_for_status()


async def declare_a_fire(system: LocalSystem, town: str) -> None:
    """As soon as reporting has heard of the obligation that it starts."""
    said = {"obligation": AT_ONCE["id"], "occurred_at": system.now().isoformat(), "what": "林缘起火"}
    token = system.token("duty", town, ["office"])
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=system.urls["reporting"], headers=headers) as duty:
        for _ in range(100):
            answer = await duty.post("/occurrences", json=said)
            if answer.status_code != httpx.codes.NOT_FOUND:
                break
            await asyncio.sleep(0.1)
        answer.raise_for_status()


def caller(system: LocalSystem, subject: str, unit: str) -> httpx.AsyncClient:
    token = system.token(subject, unit, ["office"])
    return httpx.AsyncClient(base_url=system.urls["plans"], headers={"Authorization": f"Bearer {token}"})


async def read_until_every_type(servers: str) -> list[Record]:
    """What is on the topics once every event type is there; bounded, so that a missing one is told by its test."""
    consumer = AIOKafkaConsumer(*TOPICS, bootstrap_servers=servers, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    found: list[Record] = []
    try:
        for _ in range(100):
            batches: dict[TopicPartition, list[Record]] = await consumer.getmany(timeout_ms=200)
            found += [record for batch in batches.values() for record in batch]
            if not batches and types(found) >= {cls.type() for cls in EVENTS}:
                break
    finally:
        await consumer.stop()
    return found


def types(records: list[Record]) -> set[str]:
    return {dict(record.headers)["ce_type"].decode() for record in records}


def test_every_event_type_is_published(records: list[Record]) -> None:
    assert types(records) == {cls.type() for cls in EVENTS}


def test_every_record_satisfies_its_committed_schema_and_writes_every_declared_field(records: list[Record]) -> None:
    wrong: list[str] = []
    for record in records:
        type_ = dict(record.headers)["ce_type"].decode()
        schema, data = committed(type_), json.loads(record.value or b"")
        errors = Draft202012Validator(schema, validate_formats=True).iter_errors(data)
        wrong += [f"{type_}: /{'/'.join(map(str, error.instance_path))} {error.message}" for error in errors]
        wrong += [f"{type_}: {name} is declared or written, not both" for name in data.keys() ^ schema["properties"].keys()]
    assert wrong == []


def test_every_record_lies_on_the_topic_of_its_owner_under_the_key_of_its_data(records: list[Record]) -> None:
    for record in records:
        envelope = decode(record.value, record.headers)
        assert envelope.data is not None
        assert envelope.data.topic == record.topic
        assert envelope.source == f"/bihuan/services/{TOPICS[record.topic].owner}"
        assert envelope.time == envelope.data.occurred_at
        assert (record.key or b"").decode() == envelope.key == envelope.data.key()
        assert envelope.data.occurred_at <= envelope.data.recorded_at


def test_the_official_sdk_reads_every_record(records: list[Record]) -> None:
    for record in records:
        event = from_binary(KafkaMessage(dict(record.headers), record.key, record.value or b""), JSONFormat())
        assert event.get_dataschema() == f"urn:bihuan:schema:{event.get_type()}"
        assert event.get_subject() == event.get_extension("partitionkey") == (record.key or b"").decode()
        assert event.get_data() == json.loads(record.value or b"")


def test_sequences_count_every_aggregate_from_one_without_a_gap(records: list[Record]) -> None:
    seen: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    for record in records:
        seen[record.topic, record.key or b""].append(decode(record.value, record.headers).sequence)
    assert {place: numbers for place, numbers in seen.items() if numbers != list(range(1, len(numbers) + 1))} == {}


def test_ids_are_unique_and_nothing_names_a_person(records: list[Record]) -> None:
    ids = [decode(record.value, record.headers).id for record in records]
    assert len(set(ids)) == len(ids)
    secrets: list[Any] = [*MOBILES, *(contact.name for contact in LOADED.scenario.contacts)]
    text = b"\n".join(record.value or b"" for record in records).decode()
    assert [secret for secret in secrets if secret in text] == []
