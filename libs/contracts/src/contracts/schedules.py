"""Rhythms of reporting: when something is owed, about which period, until when.

One type carries every rhythm that plans print. A schedule says on which days of a period something is due; `about` says whether a
due day reports on the period that it lies in or on the one before. An instance is keyed by the first day of the period it
reports about, never by its due date.

What is on the wire is read by everybody for ever, so nothing here refuses a word or a combination that is not understood: a
consumer of today must survive what a producer of tomorrow means. `contracts.rhythms.flaws` says what is wrong with a schedule
that somebody writes.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from contracts.base import Part
from contracts.values import Key, LocalTime, Text


class DueDay(Part):
    """A day inside a period. Week: `weekday`. Month: `day` or `working_day`. Longer periods: `month` with one of these."""

    month: Annotated[int, Field(ge=1, le=12)] | None = None
    """Position inside the period: 1 is the first month of the quarter, half-year or year."""
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    """Of the month; in a shorter month its last day, so 31 is 月底."""
    weekday: Annotated[int, Field(ge=1, le=7)] | None = None
    """ISO: 1 is Monday."""
    working_day: Annotated[int, Field(ge=1, le=23)] | None = None
    """The so-manieth working day of the month."""


class Within(Part):
    """A time limit that starts with an event. Exactly one of the lengths is set; all zero means at once (立即)."""

    hours: Annotated[int, Field(ge=0, le=8784)] | None = None
    days: Annotated[int, Field(ge=0, le=366)] | None = None
    """Calendar days; the day of the event is not counted, the last one counts until `at` or 24:00."""
    working_days: Annotated[int, Field(ge=0, le=250)] | None = None
    """Counted as `days`, working days only."""


class Schedule(Part):
    """When something is owed."""

    every: Key
    """So far day, working_day, week, month, quarter, half_year, year, dates, event."""
    on: tuple[DueDay, ...] = ()
    """Due days in a week or longer period, ascending; several make several instances in one period."""
    about: Key = "current"
    """So far current, or previous: due in one period, about the period before it."""
    dates: tuple[date, ...] = ()
    """With `dates`: every due day, ascending. One date is a one-off."""
    trigger: Key | None = None
    """With `event`: what starts the limit, such as plan_issued, publication, major_case, fire."""
    within: Within | None = None
    """With `event`: the limit; None: promptly (及时), no limit is printed."""
    at: LocalTime | None = None
    """Strictly before this time of the due day, in the plan's zone; None: until 24:00 of it."""
    on_holiday: Key = "keep"
    """When the due day is not a working day. So far keep, next_working_day, previous_working_day."""
    effective_from: date | None = None
    """The first due day that counts; None: as soon as the plan is in force."""
    effective_until: date | None = None
    """The last due day that counts; it may lie after the end of the plan."""
    text: Text | None = None
    """The printed words."""
