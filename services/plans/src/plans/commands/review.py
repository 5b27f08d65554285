"""Going through a draft that was read from a document: accept, correct or reject each item, and say whom printed names mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from plans.commands import plans
from plans.commands.plans import Revision
from plans.commands.refusals import refuse
from plans.domain import reviewing
from plans.domain.content import Party
from plans.domain.findings import Finding
from plans.domain.plan import Plan, Text
from plans.domain.reviewing import Item
from plans.store import reviews as store
from plans.store.reviews import Decision
from servicekit.auth import Principal
from servicekit.database import Connection

_DECIDED: dict[str, Decision] = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided about one item; a correction brings the value."""

    item: str
    decision: Literal["accept", "correct", "reject"]
    value: Item | None = None


async def judge(
    connection: Connection, principal: Principal, plan_id: UUID, version: int, judgements: Sequence[Judgement], at: datetime
) -> tuple[Plan, tuple[str, ...]]:
    """Decide on items of a draft. Corrections and rejections make its next version; accepting alone changes no version.

    Raises:
        Problem: as `plans.revise`; 404 no such item was read; 422 a correction that gives the item another id.
    """
    plan = await plans.held(connection, principal, plan_id, "revise", version)
    known = await store.items(connection, plan_id)
    refuse([finding for index, each in enumerate(judgements) for finding in _against(index, each, known)])
    text = plan.text
    for each in judgements:
        text = _applied(text, each)
    changes: tuple[str, ...] = ()
    if text != plan.text:
        plan, changes = await _revised(connection, principal, plan, text, at)
    decided = {each.item: _DECIDED[each.decision] for each in judgements}
    await store.decide(connection, plan_id, decided, principal.subject, at)
    return plan, changes


async def resolve(
    connection: Connection, principal: Principal, plan_id: UUID, version: int, meant: Mapping[str, Party], at: datetime
) -> tuple[Plan, tuple[str, ...]]:
    """Say whom printed names mean, wherever a draft names them.

    Raises:
        Problem: as `plans.revise`; 409 the draft names none of them, or all are resolved already.
    """
    plan = await plans.held(connection, principal, plan_id, "revise", version)
    return await _revised(connection, principal, plan, reviewing.resolved(plan.text, meant), at)


async def _revised(
    connection: Connection, principal: Principal, plan: Plan, text: Text, at: datetime
) -> tuple[Plan, tuple[str, ...]]:  # fmt: skip
    wanted = Revision(obligations=text.obligations, content=text.content)
    return await plans.revise(connection, principal, plan.plan_id, plan.version, wanted, at)


def _applied(text: Text, each: Judgement) -> Text:
    if each.decision == "reject":
        return reviewing.taken_out(text, each.item)
    if each.decision == "correct" and each.value is not None:
        return reviewing.corrected(text, each.item, each.value)
    return text


def _against(index: int, each: Judgement, known: set[str]) -> list[Finding]:
    path = f"decisions.{index}"
    if each.item not in known:
        return [Finding("unknown", f"{path}.item", "nothing was read under this path")]
    if each.value is not None and getattr(each.value, "id", None) != reviewing.id_of(each.item):
        return [Finding("invalid", f"{path}.value.id", "a correction keeps the item's id")]
    return []
