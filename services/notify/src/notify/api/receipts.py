"""Receipts that the short message provider pushes (SmsReport). The secret in the address is all the proof that it gives."""

import hmac
from typing import Any, Final

import structlog
from fastapi import APIRouter
from fastapi.requests import Request

from notify.commands import sending
from notify.commands.sending import Learnt
from notify.domain.transition import Reported
from notify.metrics import RECEIPTS
from notify.providers.aliyun_answers import Report, read_reports
from notify.settings import settings_of
from servicekit.database import Connection
from servicekit.http import KitDep
from servicekit.problems import Problem

log = structlog.get_logger(__name__)
router = APIRouter(tags=["receipts"])

_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}},
}


@router.post("/receipts/aliyun/{token}", openapi_extra={"security": [], "requestBody": _BODY})
async def receive(kit: KitDep, token: str, http: Request) -> dict[str, int | str]:
    """Take reports. Unknown, repeated and late ones are answered like all others, or the provider would send them again."""
    settings = settings_of(kit)
    if not hmac.compare_digest(token.encode(), settings.receipt_token.get_secret_value().encode()):
        raise Problem(401, "this is not the address for receipts")
    try:
        reports, unreadable = read_reports(await http.body())
    except (ValueError, RecursionError) as error:
        raise Problem(400, "a push is a JSON array of reports") from error
    if unreadable:
        log.warning("receipts_unreadable", count=unreadable)
    for report in reports:
        RECEIPTS.labels(report.receipt.status).inc()
    learnt = [_learnt(report) for report in reports]
    now = kit.clock.now()

    async def run(connection: Connection) -> None:
        await sending.settle(connection, learnt, now, settings.policy)

    if learnt:
        await kit.command(run)
    return {"code": 0, "msg": "ok"}


def _learnt(report: Report) -> Learnt:
    return Learnt(report.notification_id, Reported(report.receipt))
