"""Dates in running text: every mention with its printed words and the days that they mean."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from functools import lru_cache
from typing import Final, Literal

from plans.importing.dates.clock import cutoff_in
from plans.importing.dates.context import Context
from plans.importing.dates.grammar import (
    ATOM,
    BARE_DAY,
    CLOCK_BEHIND,
    ITEM_NUMBER,
    LIMIT,
    MAY_HOLD_DATES,
    SEPARATOR,
    SINCE,
    UNTIL_NOW,
    YEARLY,
)
from plans.importing.dates.numerals import number, own_words
from plans.importing.dates.points import Days, Part, Point, last_day_before
from plans.importing.dates.years import Years

Kind = Literal["day", "month", "quarter", "half", "year", "range", "start", "within", "named"]
Problem = Literal["yearless", "blank", "impossible", "unknown"]
"""No year is known; part of it is a blank; the calendar has no such day; its place in the calendar is not printed."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """One printed date. `start` and `end` are offsets into the text; `end` includes 前 and a time of day."""

    text: str
    start: int
    end: int
    kind: Kind
    first: date | None = None
    """First and last day that the words cover; None where they do not resolve (see `problem`) or the range is open."""
    last: date | None = None
    due: date | None = None
    """The last day that counts when it is a limit: of 6月30日前 the 30th, of 2022年前 the last day of 2021."""
    limit: bool = False
    """前 stands behind it."""
    since: bool = False
    """起, 以来 or 后 stands behind it."""
    yearly: bool = False
    year_printed: bool = False
    problem: Problem | None = None
    at: time | None = None
    points: tuple[Point, ...] = ()


_PARTS: Final[dict[str, Part]] = {
    "上旬": "first",
    "上中旬": "first_mid",
    "中旬": "mid",
    "中下旬": "mid_last",
    "下旬": "last",
    "底": "end",
    "末": "end",
    "初": "early",
    "年底": "end",
    "年末": "end",
    "年初": "early",
}
_NEAR_YEARS: Final = {"今": 0, "本": 0, "当": 0, "同": 0, "明": 1, "次": 1, "翌": 1, "去": -1}
_KINDS: Final[dict[str, Kind]] = {
    "dotted": "day",
    "years": "range",
    "months": "range",
    "days": "range",
    "blank_day": "day",
    "year_edge": "year",
    "month_edge": "month",
    "quarter_edge": "quarter",
    "now": "start",
    "issue": "start",
}


@dataclass(frozen=True, slots=True)
class _Atom:
    """One match of the grammar."""

    start: int
    end: int
    kind: Kind
    points: tuple[Point, ...]
    problem: Problem | None = None


Fields = Callable[[str], str | None]


def _point(field: Fields, base_year: int | None) -> Point:
    """A point from the fields of a form; 明年 counts from the year of the plan."""
    near = field("near")
    year = number(field("year") or "")
    if near and base_year is not None:
        year = base_year + _NEAR_YEARS[near]
    edge: Part | None = _PARTS.get(field("edge") or "")
    months, blank = (1, 12), bool(field("blank"))
    if quarter := field("quarter"):
        first = (number(quarter) or 1) * 3 - 2
        months = (first, first + 2)
    elif half := field("half"):
        months = (1, 6) if half == "上" else (7, 12)
    elif month := field("month"):
        value = number(month)
        blank, months = blank or value is None, (value or 1, value or 1)
    day = number(field("day") or "")
    return Point(year, blank or (bool(field("day")) and day is None), months, day, edge)


def _points(form: str, field: Fields, base_year: int | None) -> tuple[Point, ...]:
    point = _point(field, base_year)
    begin = number(field("from") or "")
    if form == "years":
        return (Point(year=begin), replace(point, months=(1, 12)))
    if form == "months":
        left = replace(point, months=(begin or 1, begin or 1), part=None, blank=point.blank or begin is None)
        crosses = left.months > point.months
        right_year = point.year + 1 if crosses and point.year is not None else point.year if crosses else None
        return (left, replace(point, year=right_year))
    if form == "days":
        return (replace(point, day=begin, blank=point.blank or begin is None), replace(point, year=None))
    return (point,)


def _atom(found: re.Match[str], base_year: int | None) -> _Atom:
    form = found.lastgroup or ""

    def field(name: str) -> str | None:
        return groups.get(f"{form}__{name}")

    groups = found.groupdict()
    end = found.start() + len(found.group().rstrip(" ,"))
    if form in {"now", "issue", "named", "within", "month_edge", "quarter_edge"}:
        return _Atom(found.start(), end, _KINDS.get(form, form), (), "unknown")  # type: ignore[arg-type]  # within and named are kinds
    kind: Kind = _KINDS.get(form, form)  # type: ignore[arg-type]  # the other forms are named as their kinds
    if form == "dotted" and field("day") is None:
        kind = "month"
    return _Atom(found.start(), end, kind, _points(form, field, base_year))


def _joined(text: str, atoms: list[_Atom]) -> Iterator[_Atom]:
    """Two points with a dash or 至 between them become one range; 6月5日至10日 and 2020年6月至今 as well."""
    index = 0
    while index < len(atoms):
        atom = atoms[index]
        index += 1
        separator = SEPARATOR.match(text, atom.end)
        follower = atoms[index] if index < len(atoms) else None
        if separator and len(atom.points) <= 1 and atom.kind not in {"within", "named"}:
            if follower and follower.start == separator.end() and len(follower.points) == 1:
                atom = _Atom(atom.start, follower.end, "range", (*atom.points, *follower.points), atom.problem)
                index += 1
            elif atom.points and (bare := BARE_DAY.match(text, separator.end())):
                day = number(bare["day"])
                right = replace(atom.points[0], year=None, day=day, part=None, blank=atom.points[0].blank or day is None)
                atom = _Atom(atom.start, bare.end(), "range", (*atom.points, right))
            elif atom.points and (now := UNTIL_NOW.match(text, separator.end())):
                atom = _Atom(atom.start, now.end(), "range", atom.points, "unknown")
        yield atom


def _resolved(atom: _Atom, years: Years, context: Context, *, yearly: bool) -> tuple[Days | None, date | None, Problem | None]:
    """First and last day, the due day of a limit, and what hinders."""
    if not atom.points:
        start = context.issued_on if atom.kind == "start" else None
        return ((start, start) if start else None), None, None if start else "unknown"
    if any(point.blank for point in atom.points):
        return None, None, "blank"
    found = years.days_of(atom.points, yearly=yearly)
    if found is None:
        return None, None, "yearless"
    if any(days is None for days in found):
        return None, None, "impossible"
    first, last = found[0], found[-1]
    assert first is not None and last is not None  # noqa: S101, PT018  for the type checker; excluded just above
    due = last_day_before(atom.points[-1], last)
    return (first[0], last[1]), due, atom.problem


def _start_day(atom: _Atom, days: Days | None, context: Context) -> Days | None:
    """即日起至7月底 begins on the day of issue, when that is known."""
    if days and atom.kind == "range" and atom.problem == "unknown" and len(atom.points) == 1 and context.issued_on:
        return (context.issued_on, days[1]) if context.issued_on <= days[1] else days
    return days


def _mention(text: str, printed: str, atom: _Atom, years: Years, context: Context) -> DateMention:
    yearly = YEARLY.search(text, max(0, atom.start - 8), atom.start) is not None
    days, due, problem = _resolved(atom, years, context, yearly=yearly)
    open_start = atom.kind == "range" and atom.problem == "unknown" and _is_start(text, atom)
    open_end = atom.kind == "range" and atom.problem == "unknown" and not open_start
    days = _start_day(atom, days, context) if open_start else days
    limit = LIMIT.match(text, atom.end)
    behind = CLOCK_BEHIND.match(text, atom.end)
    end = limit.end() if limit else behind.end() if behind else atom.end
    at, _ = cutoff_in(text[atom.end : end]) if end > atom.end else (None, 0)
    first = None if open_start and not context.issued_on else days[0] if days else None
    return DateMention(
        text=printed[atom.start : end].strip(),
        start=atom.start,
        end=end,
        kind=atom.kind,
        first=first,
        last=None if open_end or not days else days[1],
        due=None if open_end or not days else (due if limit else days[1]),
        limit=limit is not None,
        since=limit is None and SINCE.match(text, end) is not None,
        yearly=yearly,
        year_printed=any(point.year is not None for point in atom.points),
        problem=None if problem == "unknown" and days else problem,
        at=at,
        points=atom.points,
    )


def _is_start(text: str, atom: _Atom) -> bool:
    return (not text[atom.start].isdigit() and "之日" in text[atom.start : atom.end]) or text.startswith("即日", atom.start)


# Phases, deadlines and obligations all read the dates of the same lines, in different contexts.
@lru_cache(maxsize=4096)
def _scanned(text: str) -> tuple[str, tuple[re.Match[str], ...]]:
    words = ITEM_NUMBER.sub(lambda found: "□" * len(found.group()), own_words(text))
    return words, tuple(ATOM.finditer(words)) if MAY_HOLD_DATES.search(words) else ()


def dates_in(text: str, context: Context) -> tuple[DateMention, ...]:
    """Every date in a line, in printed order. Titles 《…》 and document numbers hold no dates of the plan."""
    words, found = _scanned(text)
    atoms = [_atom(each, context.year) for each in found]
    years = Years(context)
    mentions = []
    for atom in _joined(words, atoms):
        mention = _mention(words, text, atom, years, context)
        years.note(mention.first, mention.last, printed=mention.year_printed and not mention.yearly)
        mentions.append(mention)
    return tuple(mentions)
