"""Which units a caller sees, as a condition that stays cheap for a village and for a nation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from servicekit.database import Pool
from servicekit.units import MAX_DEPTH

MAX_CODES: Final = 5000
"""Up to so many units are named one by one, and an index finds their rows. Of more, every row that is met asks upwards."""


def _below(unit: str) -> str:
    return f"""
        WITH RECURSIVE down (code, depth) AS (
            SELECT {unit}::text, 1
            UNION ALL
            SELECT unit.code, down.depth + 1 FROM down JOIN unit ON unit.parent = down.code WHERE down.depth < {MAX_DEPTH}
        )
        SELECT code FROM down"""


def _above(unit: str) -> str:
    return f"""
        WITH RECURSIVE up (code, parent, depth) AS (
            SELECT code, parent, 1 FROM unit WHERE code = {unit}
            UNION ALL
            SELECT unit.code, unit.parent, up.depth + 1
            FROM up JOIN unit ON unit.code = up.parent WHERE up.depth < {MAX_DEPTH}
        )
        SELECT code FROM up"""


@dataclass(slots=True)
class Conditions:
    """Conditions of a WHERE clause and their values. Only those that are asked for take part, so that an index fits them."""

    texts: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def bind(self, value: object) -> str:
        """Take a value and return what stands for it in the text."""
        self.values.append(value)
        return f"${len(self.values)}"

    def add(self, text: str) -> None:
        """Add a condition."""
        self.texts.append(text)

    def equal(self, column: str, value: object) -> None:
        """Add `column = value`, unless the value is None."""
        if value is not None:
            self.add(f"{column} = {self.bind(value)}")

    def __str__(self) -> str:
        return " AND ".join(self.texts) or "true"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a caller sees: the subtree of `unit`, or everything if that is None. `codes` names the subtree while it is small."""

    unit: str | None
    codes: Sequence[str] | None = None

    def among(self, conditions: Conditions, column: str) -> None:
        """Restrict a list that is read in the order of an index and ends after a page: each row asks upwards."""
        if self.codes is not None:
            conditions.add(f"{column} = ANY({conditions.bind(self.codes)}::text[])")
        elif self.unit is not None:
            conditions.add(f"{conditions.bind(self.unit)} IN ({_above(column)})")

    def over(self, conditions: Conditions, column: str) -> None:
        """Restrict a count, which reads all of its rows: the subtree is found once."""
        if self.codes is not None:
            conditions.add(f"{column} = ANY({conditions.bind(self.codes)}::text[])")
        elif self.unit is not None:
            conditions.add(f"{column} IN ({_below(conditions.bind(self.unit))})")

    def any_of(self, conditions: Conditions, column: str) -> None:
        """Restrict a list of rows that name several units: the caller sees those with at least one of its own."""
        if self.codes is not None:
            conditions.add(f"{column} && {conditions.bind(self.codes)}::text[]")
        elif self.unit is not None:
            unit = conditions.bind(self.unit)
            conditions.add(f"EXISTS (SELECT FROM unnest({column}) AS party (code) WHERE {unit} IN ({_above('party.code')}))")

    def days(self, of_many: int) -> int:
        """How many days to read at once: fewer for more units, `of_many` for those too many to name."""
        return of_many if self.codes is None else max(1, 4 * MAX_CODES // max(1, len(self.codes)))


async def scope_of(pool: Pool, unit: str | None) -> Scope:
    """What a caller who acts for a unit sees; None sees everything."""
    if unit is None:
        return Scope(None)
    codes = [row["code"] for row in await pool.fetch(f"{_below('$1')} LIMIT $2", unit, MAX_CODES + 1)]
    return Scope(unit, codes if len(codes) <= MAX_CODES else None)
