"""What an import read for a drafted plan, item by item, with the place in the source that it was read from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.events.plans import Obligation
from plans.domain.proposed_obligations import LEFT_OUT
from plans.domain.readiness import Note
from plans.importing.draft import Extract, ObligationDraft, PlanDraft, Span
from plans.importing.role_rhythms import is_inspection

_LEFT_OUT: Final = frozenset({"reporter_blank", "rhythm_unresolved", LEFT_OUT})
_MOST_PRINTED: Final = 4000


@dataclass(frozen=True, slots=True)
class Extracted:
    """One item. `item` is its path in the plan: `tasks/task-1-2/deadlines/deadline-1`, `obligations/town-daily`."""

    item: str
    span: Span
    printed: str
    confidence: float


def extracts(draft: PlanDraft, obligations: Sequence[Obligation], notes: Sequence[Note]) -> list[Extracted]:
    """Every item that the draft proposed, in the order of the source. `notes` are those of the proposed obligations."""
    found = [*_content(draft), *_obligations(draft.obligations, obligations, notes)]
    return sorted(found, key=lambda each: (each.span, each.item))


def _content(draft: PlanDraft) -> Iterator[Extracted]:
    flat: Mapping[str, Sequence[Extract]] = {
        "phases/phase": draft.phases,
        "indicators/indicator": draft.indicators,
        "lists/list": draft.lists,
        "meetings/meeting": draft.meetings,
        "inspections/inspection": [each for each in draft.obligations if is_inspection(each)],
    }
    for stem, items in flat.items():
        yield from (_extracted(f"{stem}-{number}", each) for number, each in enumerate(items, 1))
    for number, topic in enumerate(draft.topics, 1):
        yield Extracted(f"topics/topic-{number}", topic.span, topic.title[:_MOST_PRINTED], topic.confidence)
        for place, task in enumerate(topic.tasks, 1):
            path = f"tasks/task-{number}-{place}"
            yield _extracted(path, task)
            for order, deadline in enumerate(task.deadlines, 1):
                yield _extracted(f"{path}/deadlines/deadline-{order}", deadline)


def _obligations(
    drafts: Sequence[ObligationDraft], obligations: Sequence[Obligation], notes: Sequence[Note]
) -> Iterator[Extracted]:  # fmt: skip
    """Drafts that could not become obligations are told by notes; the others became one each, in order."""
    left_out = {note.field.split(".")[1] for note in notes if note.code in _LEFT_OUT}
    kept = [each for index, each in enumerate(drafts) if str(index) not in left_out and not is_inspection(each)]
    for draft, obligation in zip(kept, obligations, strict=False):
        yield _extracted(f"obligations/{obligation.id}", draft)


def _extracted(item: str, extract: Extract) -> Extracted:
    return Extracted(item, extract.span, extract.text[:_MOST_PRINTED], extract.confidence)
