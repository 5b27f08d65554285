"""What happened outside, for whoever judges a run: every call to a provider, and every message that arrived."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from local_stack.providers.faults import Channel

CALLS_FILE = "calls.jsonl"


class Outcome(StrEnum):
    """What became of a call. Only `accepted` can reach a person."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOST = "lost"
    DEDUPLICATED = "deduplicated"
    QUERY = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. Numbers appear as digests, so that calls can be matched but nobody can be read out of a log."""

    seq: int
    instant: str
    channel: Channel
    operation: str
    key: str
    """OutId of a short message (of a query: those it returned, comma separated); digest of addressee and content."""
    recipient: str
    """Digest of the number; the WeCom user ids; digest of the robot key."""
    outcome: Outcome
    code: str
    """The provider's code in the answer that it gave or would have given."""
    fault: str | None
    duplicate_check: bool
    """Whether the caller asked the provider to drop repeats of this content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message as its recipient got it."""

    seq: int
    instant: str
    channel: Channel
    operation: str
    key: str
    recipient: str
    text: str


def digest(*parts: str) -> str:
    """Shorten any text to 16 hexadecimal digits that say nothing about it."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def mask_number(number: str) -> str:
    """Hide the middle of a mobile number."""
    return f"{number[:3]}****{number[-4:]}"


class Records:
    """The call log, kept in memory and as JSON lines, and the deliveries."""

    def __init__(self, work_dir: Path) -> None:
        """Continue the call log in `work_dir` (its earlier lines are not read back, only counted)."""
        path = work_dir / CALLS_FILE
        self._first_seq = sum(1 for _ in path.open(encoding="utf-8")) + 1 if path.exists() else 1
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._calls: list[Call] = []
        self._deliveries: list[Delivery] = []

    def call(
        self,
        at: datetime,
        channel: Channel,
        operation: str,
        *,
        key: str,
        recipient: str,
        outcome: Outcome,
        code: str = "",
        fault: str | None = None,
        duplicate_check: bool = False,
    ) -> Call:
        """Append a call to the log."""
        entry = Call(
            seq=self._first_seq + len(self._calls),
            instant=at.isoformat(),
            channel=channel,
            operation=operation,
            key=key,
            recipient=recipient,
            outcome=outcome,
            code=code,
            fault=fault,
            duplicate_check=duplicate_check,
        )
        self._calls.append(entry)
        self._file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
        self._file.flush()
        return entry

    def deliver(self, call: Call, recipient: str, text: str) -> None:
        """Note that a message reached `recipient` (already masked where it is a number)."""
        self._deliveries.append(
            Delivery(
                seq=len(self._deliveries) + 1,
                instant=call.instant,
                channel=call.channel,
                operation=call.operation,
                key=call.key,
                recipient=recipient,
                text=text,
            )
        )

    def calls(self, after: int) -> list[Call]:
        """Return the calls of this process with a higher `seq`."""
        return self._calls[max(0, after + 1 - self._first_seq) :]

    def deliveries(self, after: int) -> list[Delivery]:
        """Return the deliveries with a higher `seq`."""
        return self._deliveries[after:]

    def close(self) -> None:
        """Close the file."""
        self._file.close()
