"""Importing documents."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from plans.importing.draft import PlanDraft, WarningDraft
from plans.store import imports as store
from plans.store.imports import Import, NewImport
from servicekit.auth import Principal
from servicekit.database import Connection


def content_digest(drafts: Sequence[PlanDraft], lines: Sequence[str]) -> str:
    """SHA-256 over the plans of a document, so that it is the same one in another format or under another heading."""
    parts = [draft.content_digest for draft in drafts] or ["".join("".join(lines).split())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


async def add(connection: Connection, principal: Principal, new: NewImport, at: datetime) -> tuple[Import, bool]:
    """Store what was read, and say whether it is new. Nothing is issued, and no event tells of it.

    The same content imported again by the same unit gives the earlier import, with a warning. A single plan that the unit has
    imported before, in another document, is stored with a warning.
    """
    known = await store.earlier(connection, new.unit, [draft.content_digest for draft in new.drafts])
    drafts = [_warned(draft, known.get(draft.content_digest)) for draft in new.drafts]
    import_id = await store.add(connection, replace(new, drafts=drafts), principal.subject, at)
    if import_id is None:
        found = await store.find_same(connection, new.unit, new.content_digest)
        assert found is not None  # noqa: S101 - rows are only added
        return _again(found), False
    found = await store.find(connection, import_id)
    assert found is not None  # noqa: S101 - added in this transaction
    return found, True


def _warned(draft: PlanDraft, before: tuple[object, str] | None) -> PlanDraft:
    if before is None:
        return draft
    import_id, name = before
    message = f"同一方案已在“{name}”中导入过(导入编号 {import_id})"
    return draft.model_copy(update={"warnings": (*draft.warnings, WarningDraft(code="imported_before", message=message))})


def _again(found: Import) -> Import:
    message = f"内容与 {found.imported_at:%Y-%m-%d} 导入的“{found.name}”相同,返回那次导入的结果"
    return replace(found, warnings=(*found.warnings, WarningDraft(code="already_imported", message=message)))
