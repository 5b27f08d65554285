"""The brokers a stack can run on, behind one interface."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from local_stack.kafka_apache import ApacheKafka
from local_stack.kafka_topics import TopicPlan
from local_stack.names import BrokerKind
from local_stack.processes import Launch, SupervisedProcess, listens, python

_CONTROL_WITHIN_SECONDS = 5.0


class Broker(Protocol):
    """A broker with the topics it was made for. What it holds survives `kill` and `start`."""

    fetch_max_wait_ms: int
    """What consumers should ask for when they wait for records."""

    @property
    def servers(self) -> str:
        """Bootstrap servers, known once it has started."""
        ...

    @property
    def pid(self) -> int | None:
        """The process id while the process runs."""
        ...

    async def start(self) -> None:
        """Starts and waits until every topic can be written and read."""
        ...

    async def kill(self) -> None:
        """Ends it for its clients without warning."""
        ...

    async def stop(self) -> None:
        """Ends it in order."""
        ...


class EmbeddedKafka:
    """The broker as a supervised process. `kill` and `start` keep what it holds; `stop` forgets it."""

    # It answers an empty fetch only when the wait is over, whatever has arrived meanwhile.
    fetch_max_wait_ms = 20

    def __init__(self, work_dir: Path, topics: Mapping[str, TopicPlan]) -> None:
        self._servers_file = work_dir / "kafka.servers"
        self._process = SupervisedProcess(
            Launch(
                name="kafka",
                argv=python(
                    "local_stack.kafka_embedded",
                    *("--servers-file", str(self._servers_file)),
                    *(f"{topic}:{plan.partitions}" for topic, plan in topics.items()),
                ),
                log=work_dir / "kafka.log",
                ready=self._listens,
            )
        )

    @property
    def servers(self) -> str:
        """Bootstrap servers, known once it has started."""
        return self._servers_file.read_text()

    @property
    def pid(self) -> int | None:
        """The process id while the process runs, whether or not the broker is up."""
        return self._process.pid

    async def start(self) -> None:
        """Starts the process, or brings the broker up again after `kill`."""
        if self.pid is None:
            self._servers_file.unlink(missing_ok=True)
            await self._process.start()
        else:
            await self._control(signal.SIGUSR2, listening=True)

    async def kill(self) -> None:
        """Takes the broker down for its clients. Killing the process would lose the log, which no durable broker does."""
        await self._control(signal.SIGUSR1, listening=False)

    async def stop(self) -> None:
        """Ends the process; its log is gone."""
        await self._process.stop()

    async def _control(self, command: signal.Signals, *, listening: bool) -> None:
        if self.pid is None:
            raise RuntimeError("the embedded Kafka is not running")
        os.kill(self.pid, command)
        async with asyncio.timeout(_CONTROL_WITHIN_SECONDS):
            # The broker confirms by what its clients see.
            while await self._listens() is not listening:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def _listens(self) -> bool:
        try:
            host, port = self.servers.split(":")
        except (FileNotFoundError, ValueError):
            return False
        return await listens(host, int(port))


def make_broker(kind: BrokerKind, work_dir: Path, topics: Mapping[str, TopicPlan]) -> Broker:
    """The broker of a kind, not started."""
    return EmbeddedKafka(work_dir, topics) if kind == "embedded" else ApacheKafka(work_dir, topics)
