"""Cursors of lists: what `next` gives out and `after` takes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi import Query

from reporting.store.walking import Place
from servicekit.problems import invalid

Limit = Annotated[int, Query(ge=1, le=1000)]
After = Annotated[str | None, Query(max_length=300)]
_NO_CURSOR: Final = "is not a cursor that this list gave out"
T = TypeVar("T")


def parts_of(after: str | None, count: int) -> list[str] | None:
    """Take a cursor apart; None at the start of a list."""
    if after is None:
        return None
    parts = after.split("~")
    if len(parts) != count or "\x00" in after:
        raise invalid("after", _NO_CURSOR)
    return parts


def parsed(parse: Callable[[str], T], text: str) -> T:
    """A part of a cursor as its list needs it."""
    try:
        return parse(text)
    except (ValueError, OverflowError):
        raise invalid("after", _NO_CURSOR) from None


def place_of(after: str | None, keys: tuple[Callable[[str], Any], ...]) -> Place | None:
    """Where a walk by period goes on: `2026-03-02~…` in the middle of a period, `2026-03-02~` (without keys) before it."""
    parts = None if after is None else parts_of(after, 2 if after.endswith("~") else 1 + len(keys))
    if parts is None:
        return None
    period, *rest = parts
    key = None if rest == [""] else tuple(parsed(parse, text) for parse, text in zip(keys, rest, strict=True))
    return Place(parsed(date.fromisoformat, period), key)


def cursor_of(place: Place | None) -> str | None:
    """Where a walk by period stands, as a cursor."""
    if place is None:
        return None
    return "~".join([place.period.isoformat(), *("" if key is None else str(key) for key in place.key or (None,))])


def instant_of(text: str) -> datetime:
    """An instant in a cursor."""
    instant = datetime.fromisoformat(text)
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def written(instant: datetime) -> str:
    """An instant for a cursor, without a plus sign: it would be a blank for callers who forget to escape it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
