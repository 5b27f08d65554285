"""librdkafka's in-memory cluster as a process: the real protocol without durability, for trying out and for quick tests.

`python -m local_stack.kafka_embedded --servers-file FILE topic:partitions ...` runs it until SIGTERM. SIGUSR1 takes the broker
down (connections break, new ones are refused), SIGUSR2 brings it up again with its log and committed offsets.
"""

import argparse
import ctypes
import importlib.util
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

PARTITION_BYTES: Final = 5 * 1024 * 1024
"""What the broker keeps of a partition; beyond it the oldest batches are dropped without a word. Compiled in."""

_BROKER_ID = 1
_PRODUCER = 0
_TEXT_BYTES = 512


class MockCluster:
    """One broker of librdkafka's mock cluster in this process, through ctypes."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        self._library = _load_librdkafka()
        text = ctypes.create_string_buffer(_TEXT_BYTES)
        # The cluster hangs on a client instance that is otherwise idle; librdkafka frees the configuration with it.
        self._client = self._library.rd_kafka_new(_PRODUCER, self._library.rd_kafka_conf_new(), text, _TEXT_BYTES)
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._client, 1) if self._client else None
        if not self._cluster:
            raise RuntimeError(f"librdkafka could not start its cluster: {text.value.decode()}")
        # The first member of a group would otherwise wait 3 s for others.
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        for topic, partitions in topics.items():
            error = self._library.rd_kafka_mock_topic_create(self._cluster, topic.encode(), partitions, 1)
            if error:
                raise RuntimeError(f"topic {topic} with {partitions} partitions: librdkafka error {error}")

    @property
    def servers(self) -> str:
        """Bootstrap servers, `127.0.0.1:port`."""
        servers: bytes = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster)
        return servers.decode()

    def take_down(self) -> None:
        """Breaks every connection and refuses new ones."""
        self._library.rd_kafka_mock_broker_set_down(self._cluster, _BROKER_ID)

    def bring_up(self) -> None:
        """Listens again on the same port."""
        self._library.rd_kafka_mock_broker_set_up(self._cluster, _BROKER_ID)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the cluster until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m local_stack.kafka_embedded")
    parser.add_argument("--servers-file", type=Path, required=True)
    parser.add_argument("topics", nargs="+", metavar="topic:partitions", type=_topic)
    options = parser.parse_args(arguments)
    handled = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2}
    # Before librdkafka starts its threads, so that every signal waits for this one.
    signal.pthread_sigmask(signal.SIG_BLOCK, handled)
    cluster = MockCluster(dict(options.topics))
    _write_whole(options.servers_file, cluster.servers)
    while (command := signal.sigwait(handled)) in {signal.SIGUSR1, signal.SIGUSR2}:
        if command == signal.SIGUSR1:
            cluster.take_down()
        else:
            cluster.bring_up()


def _topic(argument: str) -> tuple[str, int]:
    name, _, partitions = argument.rpartition(":")
    if not name or not partitions.isdecimal() or int(partitions) < 1:
        raise argparse.ArgumentTypeError(f"{argument!r} is not topic:partitions")
    return name, int(partitions)


def _write_whole(file: Path, text: str) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.replace(file)


def _load_librdkafka() -> ctypes.CDLL:
    # Found without importing confluent_kafka, which takes longer than all the rest of the start.
    spec = importlib.util.find_spec("confluent_kafka")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package confluent-kafka is not installed; run `make install`")
    folder = Path(spec.origin).parents[1] / "confluent_kafka.libs"
    found = sorted(folder.glob("librdkafka-*.so*"))
    if not found:
        raise RuntimeError(f"the wheel of confluent-kafka brings no librdkafka in {folder}; use KAFKA=apache")
    library = ctypes.CDLL(str(found[0]))
    library.rd_kafka_conf_new.restype = ctypes.c_void_p
    library.rd_kafka_new.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.rd_kafka_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_new.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.rd_kafka_mock_cluster_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.argtypes = [ctypes.c_void_p]
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    library.rd_kafka_mock_topic_create.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
    library.rd_kafka_mock_group_initial_rebalance_delay_ms.argtypes = [ctypes.c_void_p, ctypes.c_int32]
    library.rd_kafka_mock_broker_set_down.argtypes = [ctypes.c_void_p, ctypes.c_int32]
    library.rd_kafka_mock_broker_set_up.argtypes = [ctypes.c_void_p, ctypes.c_int32]
    return library


if __name__ == "__main__":
    main()
