"""Where the stepped clock goes next."""

from collections.abc import Iterable
from datetime import datetime


def next_instant(now: datetime, scripted: Iterable[datetime], due: datetime | None, end: datetime) -> datetime:
    """The first instant after `now` at which anything is scripted or due; `end` when nothing is before it."""
    later = [instant for instant in scripted if now < instant <= end]
    if due is not None and now < due <= end:
        later.append(due)
    return min(later, default=end)
