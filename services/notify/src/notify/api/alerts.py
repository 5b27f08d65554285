"""Alerts and what became of their notifications. A caller sees the contacts of its subtree as it was at the time of the alert."""

from collections import defaultdict
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query

from notify.api.views import AlertDetail, AlertItem, AlertPage, Attempt, NotificationDetail
from notify.domain.notification import STATUS, State
from notify.domain.texts import text_of
from notify.store import alerts as store
from servicekit.http import KitDep, PrincipalDep
from servicekit.problems import not_found

router = APIRouter(tags=["alerts"])
_LARGEST: Final = 2**63 - 1


@router.get("/alerts")
async def alerts(
    kit: KitDep,
    principal: PrincipalDep,
    after: Annotated[int, Query(ge=0, le=_LARGEST, description="`next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AlertPage:
    """One entry per alert and contact, in the order in which they were raised."""
    rows = await store.page(kit.pool, principal.subtree(), after, limit)
    following = str(rows[-1]["number"]) if len(rows) == limit else None
    return AlertPage(items=[AlertItem.model_validate(_item(row)) for row in rows], next=following)


@router.get("/alerts/{alert_id}")
async def alert(kit: KitDep, principal: PrincipalDep, alert_id: UUID) -> AlertDetail:
    """One alert with its notifications and every provider call."""
    scope = principal.subtree()
    found = await store.find(kit.pool, alert_id)
    rows = await store.notifications_of(kit.pool, alert_id, scope)
    if found is None or (scope is not None and not rows):
        raise not_found("alert_id", alert_id)
    history: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    for attempt in await store.attempts_of(kit.pool, [row["notification_id"] for row in rows]):
        history[attempt["notification_id"]].append(Attempt.model_validate(attempt))
    notifications = [_detail(found, row, history[row["notification_id"]]) for row in rows]
    return AlertDetail.model_validate({**found, "alert_id": found["id"], "notifications": notifications})


def _item(row: store.Row) -> store.Row:
    return {**row, "status": STATUS[State(row["state"])]}


def _detail(found: store.Row, row: store.Row, history: list[Attempt]) -> NotificationDetail:
    text = text_of(found["template"], found["params"], str(row["number"]))
    return NotificationDetail.model_validate({**_item(row), "text": text, "history": history})
