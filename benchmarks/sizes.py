"""How much each benchmark does."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sizes:
    """`rounds` repeats what is cheap; figures are medians of them. Rates are per second, times in seconds."""

    rounds: int = 3
    consumer_events: int = 100_000
    one_message_events: int = 3_000
    consumer_partitions: int = 6
    relay_rows: int = 50_000
    relay_steady_rate: int = 2_000
    relay_steady_seconds: float = 8
    submissions: int = 4_000
    submission_clients: int = 16
    expected_reports: int = 100_000
    villages_per_town: int = 50
    import_bytes: int = 300_000
    ledger_rows: int = 50_000
    open_hazards: int = 1_000_000
    due_hazards: int = 10_000


FULL: Final = Sizes()

QUICK: Final = Sizes(
    rounds=1,
    consumer_events=1_500,
    one_message_events=50,
    consumer_partitions=3,
    relay_rows=1_000,
    relay_steady_rate=200,
    relay_steady_seconds=1,
    submissions=60,
    submission_clients=4,
    expected_reports=600,
    villages_per_town=20,
    import_bytes=20_000,
    ledger_rows=300,
    open_hazards=2_000,
    due_hazards=300,
)
"""Only shows that everything runs; the figures mean nothing."""
