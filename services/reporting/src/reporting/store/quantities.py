"""Numbers in JSON columns are decimal strings: no value passes a binary float."""

from collections.abc import Mapping
from decimal import Decimal


def to_json(items: Mapping[str, Decimal]) -> dict[str, str]:
    """For a jsonb column."""
    return {name: format(value.normalize(), "f") for name, value in items.items()}


def from_json(stored: Mapping[str, str]) -> dict[str, Decimal]:
    """From a jsonb column."""
    return {name: Decimal(value) for name, value in stored.items()}
