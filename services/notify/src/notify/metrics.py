"""Notify's own metrics."""

from typing import Final

from prometheus_client import Counter, Histogram

from servicekit.telemetry import REGISTRY

ALERTS: Final = Counter("bihuan_alerts_raised", "Alerts raised, by reason", ["reason"], registry=REGISTRY)
CALLS: Final = Counter(
    "bihuan_notification_calls", "Provider calls, by channel and what came of them", ["channel", "outcome"], registry=REGISTRY
)
CALL_SECONDS: Final = Histogram("bihuan_notification_call_seconds", "Provider calls", ["channel"], registry=REGISTRY)
QUERIES: Final = Counter(
    "bihuan_receipt_queries", "Receipt queries, by channel and answer", ["channel", "answer"], registry=REGISTRY
)
RECEIPTS: Final = Counter("bihuan_receipts_pushed", "Receipts that a provider pushed, by status", ["status"], registry=REGISTRY)
TAKEN_OVER: Final = Counter(
    "bihuan_notifications_taken_over", "Notifications found in the hands of a dead sender", registry=REGISTRY
)
