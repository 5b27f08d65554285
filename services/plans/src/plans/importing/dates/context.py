"""What is known about the years of a plan while its dates are read."""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Context:
    """All of it may be unknown; then a date without a year stays unresolved."""

    year: int | None = None
    """The year in which the plan was issued or of which it speaks."""
    plan_start: date | None = None
    """First and last day of the plan, or inside a phase of that phase."""
    plan_end: date | None = None
    whole: tuple[date, date] | None = None
    """Inside a phase the first and last day of the whole plan, for what comes every year."""
    inferred: bool = False
    """The year is only the one that the text speaks of most: nothing prints it as the year of the plan."""
    issued_on: date | None = None
    """即日起 and 印发之日起 begin on this day."""

    def within(self, start: date | None, end: date | None) -> "Context":
        """The same, seen from inside a phase. A phase without dates changes nothing."""
        if start is None or end is None:
            return self
        whole = self.whole or ((self.plan_start, self.plan_end) if self.plan_start and self.plan_end else None)
        return replace(self, plan_start=start, plan_end=end, year=start.year, whole=whole)
