"""What the reports of one text hand on to each other: recipients printed once, a subject that stays, a rhythm that is shared."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from plans.importing.draft import ObligationDraft

INHERITED: Final = 0.85
"""How much surer a printed recipient is than that of the sentence before."""
_ACTS: Final = ("检", "查", "巡", "调度")


def with_reporter(draft: ObligationDraft, subject: str) -> ObligationDraft:
    """Without a subject of its own a sentence goes on speaking of the subject of the one before."""
    return draft if draft.reporters or not subject else draft.model_copy(update={"reporters": subject})


def with_recipients_of(draft: ObligationDraft, earlier: Sequence[ObligationDraft]) -> ObligationDraft:
    """Whoever has just been said to report regularly to somebody reports there as well when no recipient is printed."""
    before = next((each for each in reversed(earlier) if each.recipients and each.schedule.every != "event"), None)
    if draft.recipients or draft.schedule.every == "event" or before is None:
        return draft
    if draft.reporters != before.reporters and not (draft.reporters and draft.reporters in before.reporters):
        return draft
    return draft.model_copy(update={"recipients": before.recipients, "confidence": round(draft.confidence * INHERITED, 2)})


def with_shared_recipients(drafts: Sequence[ObligationDraft]) -> list[ObligationDraft]:
    """每月报送信息,每季度报送进展,统一报县安委办: recipients printed once in a sentence are those of all its reports."""
    return _filled(_filled([*_summed_up(drafts)][::-1])[::-1])


def _summed_up(drafts: Sequence[ObligationDraft]) -> Iterator[ObligationDraft]:
    """各街道每周五报送进展,区专班汇总后报区政府: whoever sums the reports up gets them."""
    for at, draft in enumerate(drafts):
        following = drafts[at + 1].reporters if at + 1 < len(drafts) else ""
        sums_up = following not in {"", draft.reporters} and _sums_up(following, draft.text) and draft.schedule.every != "event"
        yield draft.model_copy(update={"recipients": (following,)}) if sums_up and not draft.recipients else draft


def _sums_up(who: str, text: str) -> bool:
    return re.search(re.escape(who) + "[^,。;\uff0c\uff1b]{0,12}汇总", text) is not None


def _filled(drafts: Sequence[ObligationDraft]) -> list[ObligationDraft]:
    """Reports without recipients get those of the report before them in the row, unless somebody else owes that one."""
    shared: tuple[str, ...] = ()
    owed_by = ""
    result = []
    for draft in drafts:
        shared, owed_by = (draft.recipients, draft.reporters) if draft.recipients else (shared, owed_by)
        same = not draft.reporters or not owed_by or draft.reporters == owed_by
        regular = draft.schedule.every != "event" and not (draft.content or "").startswith(_ACTS)
        result.append(draft if draft.recipients or not regular or not same else draft.model_copy(update={"recipients": shared}))
    return result


def with_zero(draft: ObligationDraft) -> ObligationDraft:
    """零报告 is about reports that are owed again and again, not about those on an event."""
    return draft.model_copy(update={"zero_report": draft.schedule.every not in {"event", "dates", "year"}})


def distinct(drafts: Sequence[ObligationDraft]) -> Iterator[ObligationDraft]:
    """A system without recipients (实行日报告制度) says nothing new beside a report of the same rhythm."""
    addressed = {draft.schedule.every for draft in drafts if draft.recipients} - {"dates", "event"}
    for draft in drafts:
        if draft.recipients or draft.schedule.every not in addressed or draft.confidence > 0.7:
            yield draft


def also_to(draft: ObligationDraft, recipients: tuple[str, ...]) -> ObligationDraft:
    """The same report sent to others as well (并抄送…)."""
    more = tuple(name for name in recipients if name not in draft.recipients)
    return draft.model_copy(update={"recipients": draft.recipients + more})


def passed_on(draft: ObligationDraft, reporters: str, recipients: tuple[str, ...]) -> ObligationDraft:
    """The report of somebody else, owed in the same rhythm to others (县直学校直接报…)."""
    confidence = round(draft.confidence * INHERITED, 2)
    return draft.model_copy(update={"reporters": reporters, "recipients": recipients, "confidence": confidence})
