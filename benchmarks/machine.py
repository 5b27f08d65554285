"""What the figures were measured on: without it they say nothing."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import asyncpg

from benchmarks.parts import BrokerKind
from local_stack.paths import ROOT

_POM = ROOT / "deploy" / "local" / "kafka" / "pom.xml"
_LIBRARIES = ("faststream", "aiokafka", "asyncpg", "pydantic", "fastapi", "uvicorn", "uvloop")


def machine() -> dict[str, object]:
    """The processor, memory and operating system."""
    memory = re.search(r"MemTotal:\s+(\d+) kB", _read(Path("/proc/meminfo")))
    model = re.search(r"model name\s*:\s*(.+)", _read(Path("/proc/cpuinfo")))
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(memory[1]) / 2**20, 1) if memory else None,
        "system": f"{platform.system()} {platform.release()}",
    }


def load() -> float:
    """The mean number of runnable processes during the last minute."""
    return round(os.getloadavg()[0], 2)


async def versions(database_url: str, broker: BrokerKind) -> dict[str, str]:
    """What ran."""
    connection = await asyncpg.connect(database_url)
    try:
        postgres = await connection.fetchval("SHOW server_version")
    finally:
        await connection.close()
    apache = re.search(r"kafka_2\.13</artifactId>\s*<version>([^<]+)", _POM.read_text(encoding="utf-8"))
    kafka = f"Apache Kafka {apache[1] if apache else ''}" if broker == "apache" else "embedded cluster of librdkafka"
    return {"python": platform.python_version(), "postgresql": postgres, "kafka": kafka} | {
        name: version(name) for name in _LIBRARIES
    }


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
