"""Making a plan's draft of a plan that an import found."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from plans.commands import plans
from plans.domain.content import EMPTY
from plans.domain.extracts import extracts
from plans.domain.plan import Plan, Text
from plans.domain.proposed_bounds import Bounds
from plans.domain.proposed_content import proposed_content
from plans.domain.proposed_obligations import Tree, proposed_obligations
from plans.domain.readiness import UNTITLED, Note
from plans.domain.reviewing import item_of
from plans.store import imports, reviews
from plans.store import units as unit_store
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.problems import forbidden, not_found

Part = Literal["obligations", "content"]
_UNTITLED_NOTE: Final = Note("warns", "title_missing", "title", f"原文没有标题,暂写作“{UNTITLED}”,请填写")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which plan of which import becomes a draft, and how much of it. `position` counts from 1."""

    import_id: UUID
    position: int
    parts: Collection[Part]
    zone: str


async def propose(connection: Connection, principal: Principal, wanted: Wanted, at: datetime) -> tuple[Plan, tuple[Note, ...]]:
    """Draft a plan from what was read, names resolved to the tree; return it with what the reading left open.

    Raises:
        Problem: 403 wrong role or another unit's import; 404 unknown import or position; as `plans.draft`.
    """
    principal.require("office")
    found = await imports.find(connection, wanted.import_id)
    if found is None:
        raise not_found("import_id", wanted.import_id)
    if found.unit != principal.acting_unit():
        raise forbidden(f"only {found.unit} can make plans of its import")
    if wanted.position > len(found.drafts):
        raise not_found("position", wanted.position)
    draft = found.drafts[wanted.position - 1]
    tree = Tree.of(await unit_store.near(connection, found.unit))
    obligations, notes = proposed_obligations(draft.obligations, tree) if "obligations" in wanted.parts else ((), ())
    content, content_notes = proposed_content(draft, tree.names) if "content" in wanted.parts else (EMPTY, ())
    bounds = Bounds()
    title = bounds.text(draft.title, "title") if draft.title else UNTITLED
    number = bounds.name(draft.document_number, "document_number")
    head_notes = bounds.notes if draft.title else [_UNTITLED_NOTE, *bounds.notes]
    text = Text(title, number, obligations, content)
    plan = await plans.draft(connection, principal, wanted.zone, text, at)
    read = extracts(draft, obligations, notes)
    present = [each for each in read if item_of(plan.text, each.item) is not None]
    await reviews.begin(connection, plan.plan_id, wanted.import_id, wanted.position, present)
    return plan, (*head_notes, *notes, *content_notes)
