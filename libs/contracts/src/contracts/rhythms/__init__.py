"""What schedules mean: which reports are owed, about which period, until which instant, and why. Pure functions.

`periods` lists what falls due between two days, `following` finds the next one, `due_at` gives its instant and explains it to
a person, `due_after` does so for a limit that starts with an event. `flaws` judges a schedule that somebody writes. `moved`
compares calendars.
"""

from contracts.rhythms.flaws import Flaw, UnknownRhythmError, flaws
from contracts.rhythms.instances import Instance, following, keyed_alike, known_periods, needs_calendar, periods
from contracts.rhythms.instants import Due, due_after, due_at
from contracts.rhythms.moves import Move, moved
from contracts.rhythms.words import in_words

__all__ = [
    "Due",
    "Flaw",
    "Instance",
    "Move",
    "UnknownRhythmError",
    "due_after",
    "due_at",
    "flaws",
    "following",
    "in_words",
    "keyed_alike",
    "known_periods",
    "moved",
    "needs_calendar",
    "periods",
]
