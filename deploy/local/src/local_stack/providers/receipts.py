"""Receipts of short messages: what the carrier said, and the reports that are owed to the customer's callback."""

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=10))
"""Pauses between the pushes of one report; after the last the provider gives up."""
MAX_REPORTS_PER_PUSH = 100
DELIVERED = "DELIVERED"


class SendStatus(IntEnum):
    """SendStatus of QuerySendDetails."""

    WAITING = 1
    FAILED = 2
    DELIVERED = 3


@dataclass(slots=True)
class Receipt:
    """The fate of one message to one number."""

    biz_id: str
    out_id: str
    number: str
    template_code: str
    content: str
    parts: int
    sent_at: datetime
    pushed: bool
    """Whether its report goes to the callback at all (not when the provider plays dead)."""
    status: SendStatus = SendStatus.WAITING
    err_code: str = ""
    received_at: datetime | None = None

    def settle(self, delivered: bool, err_code: str, at: datetime) -> None:
        """Record what the carrier said."""
        self.status = SendStatus.DELIVERED if delivered else SendStatus.FAILED
        self.err_code = err_code
        self.received_at = at

    def as_detail(self) -> dict[str, object]:
        """Shape it as an SmsSendDetailDTO of QuerySendDetails."""
        received = {} if self.received_at is None else {"ReceiveDate": china_time(self.received_at)}
        return {
            "PhoneNum": self.number,
            "SendStatus": int(self.status),
            "ErrCode": self.err_code,
            "TemplateCode": self.template_code,
            "Content": self.content,
            "SendDate": china_time(self.sent_at),
            "OutId": self.out_id,
        } | received

    def as_report(self) -> dict[str, object]:
        """Shape it as an element of the SmsReport push."""
        delivered = self.status is SendStatus.DELIVERED
        return {
            "phone_number": self.number,
            "send_time": china_time(self.sent_at),
            "report_time": china_time(self.received_at or self.sent_at),
            "success": delivered,
            "err_code": self.err_code,
            "err_msg": "用户接收成功" if delivered else "接收失败",
            "sms_size": str(self.parts),
            "biz_id": self.biz_id,
            "out_id": self.out_id,
        }


@dataclass(order=True, slots=True)
class Report:
    """A receipt on its way to the callback."""

    due_at: datetime
    order: int
    receipt: Receipt = field(compare=False)
    failures: int = field(default=0, compare=False)


def china_time(instant: datetime) -> str:
    """Write an instant as the provider does: whole seconds, Asia/Shanghai, no offset."""
    return instant.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


class ReceiptBook:
    """All receipts, findable by number and day, and the queue of reports still to push."""

    def __init__(self) -> None:
        self._by_day: defaultdict[tuple[str, date], list[Receipt]] = defaultdict(list)
        self._waiting: defaultdict[str, list[Receipt]] = defaultdict(list)
        self._queue: list[Report] = []
        self._taken = 0
        self._order = 0

    def add(self, receipt: Receipt, now: datetime, report: bool) -> None:
        """Keep a receipt; with `report` its push is due at once (a waiting one is pushed when it settles)."""
        receipt.pushed = receipt.pushed and report
        self._by_day[receipt.number, receipt.sent_at.astimezone(CHINA).date()].append(receipt)
        if receipt.status is SendStatus.WAITING:
            self._waiting[receipt.number].append(receipt)
        else:
            self._enqueue(receipt, now)

    def settle_waiting(self, number: str, delivered: bool, err_code: str, now: datetime) -> int:
        """Let the carrier answer for what the number is still waiting for; return how many receipts that settled."""
        receipts = self._waiting.pop(number, [])
        for receipt in receipts:
            receipt.settle(delivered, err_code, now)
            self._enqueue(receipt, now)
        return len(receipts)

    def find(self, number: str, day: date, biz_id: str | None) -> list[Receipt]:
        """Return the receipts of a number and a day of China, newest first."""
        found = self._by_day.get((number, day), [])
        return [receipt for receipt in reversed(found) if biz_id is None or receipt.biz_id == biz_id]

    def take_due(self, now: datetime) -> list[Report]:
        """Take what is due, at most one push full; each report must come back through `pushed`."""
        batch: list[Report] = []
        while self._queue and self._queue[0].due_at <= now and len(batch) < MAX_REPORTS_PER_PUSH:
            batch.append(heapq.heappop(self._queue))
        self._taken += len(batch)
        return batch

    def pushed(self, batch: list[Report], answered: bool, now: datetime) -> None:
        """Close a push: what the customer did not acknowledge is due again later, until the retries are used up."""
        self._taken -= len(batch)
        if answered:
            return
        for report in batch:
            if report.failures < len(RETRY_AFTER):
                report.due_at = now + RETRY_AFTER[report.failures]
                report.failures += 1
                heapq.heappush(self._queue, report)

    def due(self, now: datetime) -> int:
        """Count the reports that are due or being pushed."""
        return self._taken + sum(report.due_at <= now for report in self._queue)

    def next_due(self) -> datetime | None:
        """Return when the next report is due, if one is."""
        return self._queue[0].due_at if self._queue else None

    def _enqueue(self, receipt: Receipt, now: datetime) -> None:
        if receipt.pushed:
            self._order += 1
            heapq.heappush(self._queue, Report(now, self._order, receipt))
