"""The topics that a broker of the stack has, and their creation on a broker with an admin protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from contracts.topics import FOREVER, TOPICS
from servicekit.deadletters import dead_letter_topic

_REQUEST_TIMEOUT_MS = 5000


@dataclass(frozen=True)
class TopicPlan:
    """Partitions and the broker's configuration of one topic (Kafka's own names and texts)."""

    partitions: int = 1
    config: Mapping[str, str] = field(default_factory=dict)


def platform_topics(partitions: int | None = None) -> dict[str, TopicPlan]:
    """Every topic of the contracts, and the dead letters of each of its consumers.

    `partitions` replaces the count in the contracts, which is made for the nation, on one machine.
    """
    plans: dict[str, TopicPlan] = {}
    for name, topic in TOPICS.items():
        plans[name] = TopicPlan(partitions or topic.partitions, topic.config)
        for consumer in topic.consumers:
            plans[dead_letter_topic(name, consumer)] = TopicPlan(1, {"retention.ms": str(FOREVER)})
    return plans


async def create_topics(servers: str, topics: Mapping[str, TopicPlan]) -> None:
    """Creates the topics that do not exist yet. Raises KafkaError with the broker's reason."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=_REQUEST_TIMEOUT_MS)
    await admin.start()
    try:
        wanted = [NewTopic(name, plan.partitions, 1, topic_configs=dict(plan.config)) for name, plan in topics.items()]
        answer = await admin.create_topics(wanted)
    finally:
        await admin.close()
    for name, code, *_ in answer.topic_errors:
        if for_code(code) not in (NoError, TopicAlreadyExistsError):
            raise KafkaError(f"topic {name} was not created: {for_code(code).__name__}")


async def led_partitions(servers: str) -> dict[str, int]:
    """How many partitions of each topic have a leader. Raises KafkaError while the broker does not serve."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=_REQUEST_TIMEOUT_MS)
    await admin.start()
    try:
        described = await admin.describe_topics()
    finally:
        await admin.close()
    return {topic["topic"]: sum(partition["leader"] >= 0 for partition in topic["partitions"]) for topic in described}
