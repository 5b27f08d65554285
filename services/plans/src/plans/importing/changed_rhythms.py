"""自2026年起改为每季度: a new rhythm ends the one before it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from plans.importing.chained_rhythms import moved
from plans.importing.draft import ObligationDraft
from plans.importing.due_dates import since, with_text
from plans.importing.rhythms import Rhythm, rhythms_in

_CHANGES: Final = re.compile(r"(?:改|调整|变更|转)(?:为|成|按)|改按")
_REPLACED: Final = re.compile(r"由(?P<words>每[^,。;]{1,12})$")
"""由每周报送调整为每月报送 names what is replaced."""
_NEAR: Final = 20
_REACH: Final = 40


def with_changes(
    drafts: Iterable[ObligationDraft], text: str, words: str, starts: Sequence[tuple[int, date]]
) -> list[ObligationDraft]:
    """The drafts of a line; what a changed rhythm replaces ends the day before, and a change without a verb is drafted."""
    found = list(drafts)
    for change in _CHANGES.finditer(words):
        new = next(iter(rhythms_in(words[change.end() : change.end() + _REACH])), None)
        if new is None or new.start > 2 or not found:
            continue
        rhythm = with_text(since(moved(new, change.end()), starts), text)
        begins = rhythm.schedule.effective_from or next((day for end, day in starts if 0 <= change.start() - end <= _NEAR), None)
        if replaced := _REPLACED.search(words[: change.start()]):
            found = [_ended(each, replaced["words"], begins) for each in found]
        at = _place_of(rhythm, found, named=replaced is not None)
        if at is None:
            earlier = found[-1]
            found.append(
                earlier.model_copy(update={"schedule": rhythm.schedule, "confidence": round(earlier.confidence * 0.9, 2)})
            )
            at = len(found) - 1
        elif at == 0:
            continue
        if begins is not None and not replaced:
            found[at - 1] = _until(found[at - 1], begins - timedelta(days=1))
        if not found[at].recipients:
            found[at] = found[at].model_copy(update={"recipients": found[at - 1].recipients})
        if not found[at].reporters:
            found[at] = found[at].model_copy(update={"reporters": found[at - 1].reporters})
    return found


def _place_of(rhythm: Rhythm, drafts: Sequence[ObligationDraft], *, named: bool) -> int | None:
    """The draft that is the new rhythm already; where the old one is named as well, any draft of the same length of period."""
    new = rhythm.schedule
    return next(
        (at for at, each in enumerate(drafts) if each.schedule.text == new.text or (named and each.schedule.every == new.every)),
        None,
    )


def _ended(draft: ObligationDraft, replaced: str, begins: date | None) -> ObligationDraft:
    if begins is None or not draft.schedule.text or not replaced.startswith(draft.schedule.text):
        return draft
    changed = draft.schedule.model_copy(update={"effective_from": None, "effective_until": begins - timedelta(days=1)})
    return draft.model_copy(update={"schedule": changed})


def _until(draft: ObligationDraft, last: date) -> ObligationDraft:
    if draft.schedule.effective_until is not None:
        return draft
    return draft.model_copy(update={"schedule": draft.schedule.model_copy(update={"effective_until": last})})
