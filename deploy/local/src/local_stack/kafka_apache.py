"""Apache Kafka in KRaft mode: one node that is broker and controller, on 127.0.0.1, its data below a work folder."""

import asyncio
import base64
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from aiokafka.errors import KafkaError

from local_stack.kafka_artifacts import cached_artifacts, fetch_artifacts
from local_stack.kafka_topics import TopicPlan, create_topics, led_partitions
from local_stack.ports import HOST, free_port
from local_stack.processes import Launch, SupervisedProcess, listens, run_to_end

_JAVA_VERSION = 17
_JAVA_VERSION_WITHIN_SECONDS = 10.0
_FORMAT_WITHIN_SECONDS = 60.0
_START_WITHIN_SECONDS = 60.0
_STOP_WITHIN_SECONDS = 15.0
_READY_WITHIN_SECONDS = 10.0
_MEMORY = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC")


def available() -> str | None:
    """None when the broker can run here, otherwise what is missing and what to install."""
    java = _java()
    if java is None:
        return "Java is missing: install a Java runtime, version 17 or newer (Debian: openjdk-17-jre-headless)"
    version = _version(java)
    if version < _JAVA_VERSION:
        return f"Java {version} is too old for Apache Kafka: install version 17 or newer (Debian: openjdk-17-jre-headless)"
    if shutil.which("mvn") is None and cached_artifacts() is None:
        return "Maven is missing, which fetches Apache Kafka: install it (Debian: maven)"
    return None


class ApacheKafka:
    """A broker that is empty at its first start and keeps its ports and data over `kill`, `stop` and later starts."""

    fetch_max_wait_ms = 500

    def __init__(self, work_dir: Path, topics: Mapping[str, TopicPlan]) -> None:
        self.work_dir = work_dir.resolve()
        self._topics = topics
        self._port, self._controller_port = free_port(), free_port()
        self._data = self.work_dir / "kafka-data"
        self._properties = self.work_dir / "kafka.properties"
        self._process: SupervisedProcess | None = None

    @property
    def servers(self) -> str:
        """Bootstrap servers, `127.0.0.1:port`."""
        return f"{HOST}:{self._port}"

    @property
    def pid(self) -> int | None:
        """The process id of the broker while it runs."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Starts the broker and waits until every partition has a leader.

        The first start fetches the broker when this checkout has not got it yet, formats empty storage and creates the topics.
        Raises RuntimeError with what is missing, ProcessFailed when Maven, the formatter or the broker fails.
        """
        if self._process is None:
            self._process = await self._create()
        await self._process.start()

    async def stop(self) -> None:
        """Ends the broker in order; its data stay."""
        if self._process is not None:
            await self._process.stop()

    async def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            await self._process.kill()

    async def _create(self) -> SupervisedProcess:
        if missing := await asyncio.to_thread(available):
            raise RuntimeError(missing)
        artifacts = await fetch_artifacts()
        await asyncio.to_thread(self._prepare_files)
        java = [str(_java()), *_MEMORY, "-Dlog4j2.level=WARN", "-cp", f"{artifacts}/*"]
        await run_to_end(
            "kafka storage",
            [*java, "kafka.tools.StorageTool", "format", "--cluster-id", _cluster_id(), "--config", str(self._properties)],
            log=self.work_dir / "kafka-format.log",
            within=_FORMAT_WITHIN_SECONDS,
        )
        return SupervisedProcess(
            Launch(
                name="kafka",
                argv=[*java, "kafka.Kafka", str(self._properties)],
                log=self.work_dir / "kafka.log",
                ready=self._serves,
                start_within=_START_WITHIN_SECONDS,
                stop_within=_STOP_WITHIN_SECONDS,
            )
        )

    async def _serves(self) -> bool:
        if not await listens(HOST, self._port):
            return False
        try:
            async with asyncio.timeout(_READY_WITHIN_SECONDS):
                led = await led_partitions(self.servers)
                missing = {name: plan for name, plan in self._topics.items() if name not in led}
                if missing:
                    await create_topics(self.servers, missing)
                    return False
        except (KafkaError, OSError, TimeoutError):
            return False
        return all(led[name] == plan.partitions for name, plan in self._topics.items())

    def _prepare_files(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(parents=True)
        lines = [f"{name}={value}" for name, value in self._settings().items()]
        self._properties.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _settings(self) -> dict[str, str]:
        controller = f"{HOST}:{self._controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.servers},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.servers}",
            "log.dirs": str(self._data),
            "auto.create.topics.enable": "false",
            "default.replication.factor": "1",
            "min.insync.replicas": "1",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "1",
            # A broker that was killed registers again only when its former self is given up (by default after 9 s).
            "broker.session.timeout.ms": "2000",
            "broker.heartbeat.interval.ms": "250",
            # One machine: nobody else will join, and a consumer that was killed should be missed soon.
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "log.cleaner.dedupe.buffer.size": "4194304",
        }


def _java() -> Path | None:
    home = os.environ.get("JAVA_HOME")
    if home and (found := Path(home) / "bin" / "java").exists():
        return found
    on_path = shutil.which("java")
    return Path(on_path) if on_path else None


def _version(java: Path) -> int:
    command = [str(java), "-version"]
    # Java prints its version to standard error, `"17.0.15"` or, before 9, `"1.8.0_392"`.
    text = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_JAVA_VERSION_WITHIN_SECONDS).stderr  # noqa: S603
    found = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(found[1]) if found else 0


def _cluster_id() -> str:
    # Like Kafka's own: an id that began with a dash would be taken for an option.
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text
