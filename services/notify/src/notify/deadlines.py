"""What falls due here: attempts and receipt queries. The sender acts on them."""

from datetime import datetime

from notify.store import notifications
from servicekit.database import Pool


class Sending:
    """The schedule of the sender."""

    async def next_due(self, pool: Pool) -> datetime | None:
        """Return the earliest instant, past or future, at which a call or a question is due and nobody is at it."""
        return min((await notifications.due(pool)).values(), default=None)
