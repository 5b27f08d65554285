"""When a daily report opens, is due and closes (DOMAIN 2 and 7: "每天14点前" means received strictly before the cut-off)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
AHEAD: Final = _DAY
"""Expected reports are written at least so long before their period opens."""


@dataclass(frozen=True, slots=True)
class PeriodInstants:
    """The instants of one period: open from `opens_at`, late from `cutoff_at`, closed for first reports from `closes_at`."""

    period: date
    opens_at: datetime
    cutoff_at: datetime
    closes_at: datetime
    reminders: tuple[datetime, ...]
    escalations: tuple[datetime, ...]

    @property
    def materialise_at(self) -> datetime:
        """When the expected reports are written: a day before the period opens, and not after its first reminder."""
        return min([self.opens_at - AHEAD, *self.reminders[:1]])


def _local(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def instants_of(
    period: date, cutoff: time, zone: ZoneInfo, remind_before: tuple[timedelta, ...], escalate_after: tuple[timedelta, ...]
) -> PeriodInstants:
    """Compute the instants of a day: it opens at 00:00 and takes late first reports until 24:00 of the next day."""
    cutoff_at = _local(period, cutoff, zone)
    return PeriodInstants(
        period=period,
        opens_at=_local(period, time(0), zone),
        cutoff_at=cutoff_at,
        closes_at=_local(period + 2 * _DAY, time(0), zone),
        reminders=tuple(sorted(cutoff_at - before for before in set(remind_before))),
        escalations=tuple(sorted(cutoff_at + after for after in set(escalate_after))),
    )


def first_period(in_force_from: datetime, cutoff: time, zone: ZoneInfo) -> date:
    """Return the first day whose cut-off lies after the instant from which the plan is in force."""
    day = in_force_from.astimezone(zone).date()
    return day if _local(day, cutoff, zone) > in_force_from else day + _DAY


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The local date of an instant."""
    return instant.astimezone(zone).date()
