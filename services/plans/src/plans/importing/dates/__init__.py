"""Dates of plans: their grammar, the days that they mean, and what contradicts itself among them."""

from plans.importing.dates.context import Context
from plans.importing.dates.contradictions import warnings_in
from plans.importing.dates.mentions import DateMention, dates_in
from plans.importing.dates.surroundings import context_of

__all__ = ["Context", "DateMention", "context_of", "dates_in", "warnings_in"]
