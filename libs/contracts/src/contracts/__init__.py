"""Events, topics, examples and schemas: the only package that services share with other agencies."""

from contracts.base import Actor, Event
from contracts.envelope import Envelope, MalformedEvent, decode, encode, encode_headers
from contracts.registry import EVENTS, event_class

__all__ = [
    "EVENTS",
    "Actor",
    "Envelope",
    "Event",
    "MalformedEvent",
    "decode",
    "encode",
    "encode_headers",
    "event_class",
]
