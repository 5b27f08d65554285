"""What the rows of duties of an imported draft propose as inspection regimes: 负责人每日、科室每周、分管领导每月检查."""

from collections.abc import Sequence
from typing import Final

from contracts.rhythms import flaws
from plans.domain.content import Inspection
from plans.domain.proposed_bounds import BLANK, Bounds
from plans.importing.draft import ObligationDraft
from plans.importing.role_rhythms import is_inspection

_MOST: Final = 50
_WHOLE: Final = {"检": "检查", "查": "检查"}


def proposed_inspections(drafts: Sequence[ObligationDraft], bounds: Bounds) -> tuple[Inspection, ...]:
    """The inspections among printed duties, numbered as they stand; what is reported stays with the obligations."""
    inspecting = [(index, each) for index, each in enumerate(drafts) if is_inspection(each)]
    kept = bounds.items([each for _, each in inspecting], _MOST, "obligations", "检查制度")
    return tuple(
        Inspection(
            id=f"inspection-{number}",
            role=bounds.name(each.reporters, f"obligations.{index}.reporters") or BLANK,
            what=_WHOLE.get(each.content or "", each.content) or BLANK,
            schedule=None if flaws(each.schedule) else each.schedule,
            text=bounds.text(each.text, f"obligations.{index}.text"),
        )
        for number, ((index, _), each) in enumerate(zip(inspecting, kept, strict=False), start=1)
    )
