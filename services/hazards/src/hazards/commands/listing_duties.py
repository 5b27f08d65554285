"""What a supervision by name brings with it, by the policy of the body that makes it; the same for hazards and enterprises."""

from dataclasses import dataclass
from datetime import datetime

from contracts.calendars import BeyondHorizonError, china
from hazards.domain.policy import days_after
from hazards.domain.record import Grade
from hazards.store import policies
from servicekit import units
from servicekit.database import Connection
from servicekit.problems import forbidden, invalid


@dataclass(frozen=True, slots=True)
class Duties:
    """By when it is published, and how often progress is told; None: that is nobody's duty."""

    publish_by: datetime | None
    progress_every_days: int | None


async def of(connection: Connection, lister: str, grade: Grade | None, plan_id: str | None, at: datetime) -> Duties:
    """Return the duties that come with a listing by a unit.

    Raises:
        Problem: 403 the policy names another level for the grade or plan; 422 the day of publication lies past the calendar.
    """
    line = await units.lineage(connection, lister)
    terms = (await policies.in_force(connection, [each.code for each in line])).policy.listing
    levels = terms.levels(grade, plan_id)
    if levels and line[0].level not in levels:
        raise forbidden(f"by the policy in force, units of level {', '.join(sorted(levels))} list this")
    if terms.publish_within_working_days is None:
        return Duties(None, terms.progress_every_days)
    try:
        publish_by = days_after(at, terms.publish_within_working_days, working=True, calendar=china()).at
    except BeyondHorizonError as error:
        raise invalid("reason", f"the day of publication cannot be said: {error}") from error
    return Duties(publish_by, terms.progress_every_days)
