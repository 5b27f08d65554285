"""What the parts of a stack are called."""

from typing import Final, Literal

SERVICES: Final = ("plans", "hazards", "reporting", "notify")

BrokerKind = Literal["embedded", "apache"]
"""`embedded`: librdkafka's cluster in memory; `apache`: Apache Kafka on Java."""
