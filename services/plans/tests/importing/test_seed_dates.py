"""Phases, deadlines, reports and meetings measured on documents as they come, where they are at hand.

`seed_dates.json` was annotated by hand: line numbers, days and rhythms, no words. A milestone (2022年,…达标) counts as a
deadline, a report on an event (发现隐患及时上报) as an obligation.
"""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from plans.importing.dates import context_of
from plans.importing.deadlines import deadlines_in
from plans.importing.lines import Line
from plans.importing.meetings import meetings_in
from plans.importing.obligations import obligations_in
from plans.importing.phases import phases_in
from plans.importing.unfolding import unfolded

SEEDS = Path(os.environ.get("BIHUAN_SEEDS") or Path(__file__).parents[5] / "shared" / "seeds")
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="no source documents here (BIHUAN_SEEDS)")
EXPECTED = json.loads((Path(__file__).parent / "seed_dates.json").read_text("utf-8"))
LEAST_FOUND = {"phases": 1.0, "deadlines": 0.95, "obligations": 0.9, "meetings": 1.0}
MOST_INVENTED = 0.05

Facts = Counter[tuple[str | int | None, ...]]


def read(document: str) -> dict[str, Facts]:
    """What the rules find in one file, plan by plan, as line numbers with days or rhythms."""
    file = next(SEEDS.glob(f"{document}_*"))
    texts = file.read_text("utf-8").split("\n")
    found: dict[str, Facts] = {kind: Counter() for kind in LEAST_FOUND}
    for first, last in EXPECTED[document]["sections"]:
        lines = unfolded(Line(number, texts[number - 1]) for number in range(first, min(last, len(texts)) + 1))
        context = context_of(lines)
        found["phases"].update((p.span[0], *(d and d.isoformat() for d in (p.start, p.end))) for p in phases_in(lines, context))
        found["deadlines"].update((d.span[0], d.date and d.date.isoformat()) for d in deadlines_in(lines, context))
        found["obligations"].update((o.span[0], o.schedule.every) for o in obligations_in(lines, context))
        found["meetings"].update((m.span[0], m.schedule.every) for m in meetings_in(lines, context))
    return found


@pytest.mark.parametrize("kind", LEAST_FOUND)
def test_enough_is_found_and_little_invented(kind: str) -> None:
    expected: Facts = Counter()
    found: Facts = Counter()
    for document in EXPECTED:
        expected.update((document, *fact) for fact in EXPECTED[document][kind])
        found.update({(document, *fact): times for fact, times in read(document)[kind].items()})

    missed, invented = expected - found, found - expected

    print(f"{kind}: {expected.total()} annotated, {missed.total()} missed, {invented.total()} invented")
    print("missed", sorted(missed, key=str), "invented", sorted(invented, key=str))
    assert (expected.total() - missed.total()) / expected.total() >= LEAST_FOUND[kind]
    assert invented.total() / max(found.total(), 1) <= MOST_INVENTED
