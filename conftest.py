"""Real parts for the tests of every package: PostgreSQL and brokers, started when the first test asks for them."""

import hashlib
import itertools
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

# The folder `rehearsal/` has the name of the package inside it. In importlib mode pytest would take the folder for the
# package; once the package itself has been imported, it does not.
import rehearsal  # noqa: F401
from local_stack.brokers import Broker, EmbeddedKafka
from local_stack.kafka_apache import ApacheKafka, available
from local_stack.kafka_topics import TopicPlan, create_topics, platform_topics
from local_stack.migrations import migrate
from local_stack.postgres import Postgres
from servicekit.migrations import KIT

ROOT = Path(__file__).parent

# A shared machine pauses processes: a slow example says nothing. `make test-fast` asks for fewer examples.
settings.register_profile("default", deadline=None)
settings.register_profile("fast", deadline=None, max_examples=20)
settings.load_profile("default")

# The oracle and the scenario generator are shared by rehearsal/tests and tests/e2e.
sys.path.insert(0, str(ROOT / "rehearsal" / "tests"))

DatabaseFactory = Callable[..., Awaitable[str]]
"""`await database("plans")`, `await database(Path("some/migrations"), ...)` or `await database()` (empty) -> its URL."""

TopicFactory = Callable[..., Awaitable[str]]
"""`await new_topic("orders", partitions=3)` -> the name of an empty topic on the Apache broker that no other test uses."""

PARTITIONS = 3


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """A command that a test runs in this process sets up logging to a stream that is gone after the test."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """A running cluster without crash safety, for the whole session."""
    cluster = Postgres(tmp_path_factory.mktemp("postgres"), durable=False)
    await cluster.create()
    await cluster.start()
    yield cluster
    await cluster.discard()


@pytest.fixture(scope="session")
def database_names() -> "itertools.count[int]":
    return itertools.count(1)


@pytest.fixture(scope="session")
def migrated_templates() -> dict[str, str]:
    return {}


@pytest.fixture
async def database(
    postgres: Postgres,
    database_names: "itertools.count[int]",
    migrated_templates: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[DatabaseFactory]:
    """Makes migrated databases, each for this test alone: a copy of a template that is migrated once per session."""
    made: list[str] = []

    async def make(*migrations: str | Path) -> str:
        template = await template_of(*itertools.chain.from_iterable(map(_folders, migrations))) if migrations else None
        name = f"test_{next(database_names)}"
        made.append(name)
        return await postgres.create_database(name, template=template)

    async def template_of(*folders: Path) -> str:
        digest = _digest(folders)
        if digest not in migrated_templates:
            name = f"template_{digest}"
            url = await postgres.create_database(name)
            try:
                await migrate(url, *folders, log=tmp_path_factory.mktemp("dbmate") / "dbmate.log")
            except BaseException:
                await postgres.drop_database(name)
                raise
            migrated_templates[digest] = name
        return migrated_templates[digest]

    yield make
    for name in made:
        await postgres.drop_database(name)


@pytest.fixture(scope="session")
async def embedded_kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    """The in-memory broker with the platform's topics, shared by the session; it makes any other topic when asked for it."""
    broker = EmbeddedKafka(tmp_path_factory.mktemp("kafka"), platform_topics(PARTITIONS))
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture
async def fresh_kafka(tmp_path: Path) -> AsyncIterator[Broker]:
    """An in-memory broker for this test alone: the platform's topics are empty and it may be taken down."""
    broker = EmbeddedKafka(tmp_path, platform_topics(PARTITIONS))
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture(scope="session")
def apache_possible() -> None:
    """Skips what needs Apache Kafka where it cannot run; with KAFKA_REQUIRED=1 that is a failure."""
    if reason := available():
        if os.environ.get("KAFKA_REQUIRED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
async def apache_kafka(
    tmp_path_factory: pytest.TempPathFactory,
    apache_possible: None,  # noqa: ARG001 -- skips before anything is started
) -> AsyncIterator[Broker]:
    """Apache Kafka with the platform's topics, shared by the session. Whoever kills it starts it again."""
    broker = ApacheKafka(tmp_path_factory.mktemp("kafka"), platform_topics(PARTITIONS))
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture(scope="session")
def topic_numbers() -> "itertools.count[int]":
    return itertools.count(1)


@pytest.fixture
def new_topic(apache_kafka: Broker, topic_numbers: "itertools.count[int]") -> TopicFactory:
    """Makes topics on the Apache broker, each for this test alone."""

    async def make(name: str, partitions: int = 1) -> str:
        topic = f"{name}.{next(topic_numbers)}"
        await create_topics(apache_kafka.servers, {topic: TopicPlan(partitions)})
        return topic

    return make


def _folders(migrations: str | Path) -> list[Path]:
    """A service by name means its migrations after the kit's; a path means itself."""
    folders = [KIT, ROOT / "services" / migrations / "migrations"] if isinstance(migrations, str) else [migrations]
    for folder in folders:
        if not folder.is_dir():
            raise ValueError(f"no folder of migrations: {folder}")
    return folders


def _digest(folders: tuple[Path, ...]) -> str:
    files = [file for folder in folders for file in sorted(folder.glob("*.sql"))]
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()[:16]
