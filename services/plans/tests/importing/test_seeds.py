"""Splitting measured on documents as they come, where they are at hand. Expected by hand: line numbers only."""

import os
from pathlib import Path

import pytest

from plans.importing.drafting import draft_plans
from plans.importing.reading import read_source

SEEDS = Path(os.environ.get("BIHUAN_SEEDS") or Path(__file__).parents[5] / "shared" / "seeds")
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="no source documents here (BIHUAN_SEEDS)")

EXPECTED = {
    "000": [
        (9, 31), (33, 59), (61, 115), (117, 207), (209, 295), (297, 335), (337, 345), (347, 449), (451, 507), (509, 529),
        (531, 581), (583, 661), (663, 757), (759, 853), (855, 931), (933, 957), (959, 965), (967, 995),
    ],
    "001": [(3, 93)],
    "002": [(23, 23)],
    "004": [(1, 15), (16, 44), (45, 79), (80, 96), (97, 127), (128, 161), (162, 172)],
}  # fmt: skip
REPEATS = {"000": {759: ("duplicate_plan", 663), 967: ("near_duplicate_plan", 209)}, "001": {}, "002": {}, "004": {}}


@pytest.mark.parametrize("document", sorted(EXPECTED))
def test_every_plan_is_found_where_it_stands_and_every_repeat_is_told(document: str) -> None:
    file = next(SEEDS.glob(f"{document}_*"))

    plans = draft_plans(read_source(file.read_bytes(), file.name)).plans

    assert [plan.span for plan in plans] == EXPECTED[document]
    repeats = {
        plan.span[0]: (warning.code, warning.span[0])
        for plan in plans
        for warning in plan.warnings
        if warning.span and "duplicate" in warning.code
    }
    assert repeats == REPEATS[document]
