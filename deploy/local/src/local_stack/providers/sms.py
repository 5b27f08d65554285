"""The short message product: SendSms and QuerySendDetails behind the signature check."""

import secrets
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from local_stack.providers.answers import Answer, Refusal
from local_stack.providers.faults import Behaviour, Channel, Fault, Faults
from local_stack.providers.receipts import DELIVERED, Receipt, ReceiptBook
from local_stack.providers.records import Call, Outcome, Records, digest, mask_number
from local_stack.providers.sms_rules import Account, Submission, read_query, read_submission

_REJECTION = Refusal("isv.OUT_OF_SERVICE", "业务停机")
_THROTTLING = Refusal("Throttling.User", "Request was denied due to user flow control.", 400)
_DAY = timedelta(hours=24)


class Carrier(StrEnum):
    """What the carrier says about messages to a number."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """How a number behaves; numbers not told otherwise receive everything."""

    carrier: Carrier = Carrier.DELIVERED
    err_code: str = DELIVERED


class SmsSimulator:
    """Aliyun's short message service for one account."""

    def __init__(self, account: Account, faults: Faults, records: Records) -> None:
        self.templates = dict(account.templates)
        """Approved templates, code → text; more can be approved while it runs."""
        self.receipts = ReceiptBook()
        self.callback_url: str | None = None
        self.daily_limit: int | None = None
        """Messages per number, template and rolling day; None switches the limit off."""
        self._sign_name = account.sign_name
        self._faults = faults
        self._records = records
        self._subscribers: dict[str, Subscriber] = {}
        self._recent: dict[tuple[str, str], list[datetime]] = {}

    def set_subscriber(self, number: str, subscriber: Subscriber, now: datetime) -> int:
        """Change how a number behaves; return how many waiting receipts that settled."""
        self._subscribers[number] = subscriber
        if subscriber.carrier is Carrier.PENDING:
            return 0
        return self.receipts.settle_waiting(number, subscriber.carrier is Carrier.DELIVERED, subscriber.err_code, now)

    def send(self, parameters: Mapping[str, str], now: datetime) -> Answer:
        """Answer SendSms."""
        fault = self._faults.take(Channel.SMS, now)
        if fault is not None and fault.behave is Behaviour.LOST:
            self._log_send(parameters, now, Outcome.LOST, "", fault)
            return Answer(None)
        result = _ordered_refusal(fault) or self._judge(parameters, now)
        if isinstance(result, Refusal):
            self._log_send(parameters, now, Outcome.REFUSED, result.code, fault)
            answer = refused(result)
        else:
            answer = self._accept(result, parameters, fault, now)
        return answer if fault is None else fault.shape(answer)

    def query(self, parameters: Mapping[str, str], now: datetime) -> Answer:
        """Answer QuerySendDetails."""
        query = read_query(parameters)
        if isinstance(query, Refusal):
            self._log_query(parameters, now, Outcome.REFUSED, query.code, [])
            return refused(query)
        found = self.receipts.find(query.number, query.day, query.biz_id)
        first = (query.page - 1) * query.page_size
        page = found[first : first + query.page_size]
        self._log_query(parameters, now, Outcome.QUERY, "OK", page)
        return _ok({"TotalCount": str(len(found)), "SmsSendDetailDTOs": {"SmsSendDetailDTO": [r.as_detail() for r in page]}})

    def _judge(self, parameters: Mapping[str, str], now: datetime) -> Submission | Refusal:
        submission = read_submission(parameters, Account(self._sign_name, self.templates))
        if isinstance(submission, Refusal):
            return submission
        return self._over_limit(submission, now) or submission

    def _over_limit(self, submission: Submission, now: datetime) -> Refusal | None:
        if self.daily_limit is None:
            return None
        for number, wanted in Counter(submission.numbers).items():
            key = (number, submission.template_code)
            self._recent[key] = [at for at in self._recent.get(key, []) if at > now - _DAY]
            if len(self._recent[key]) + wanted > self.daily_limit:
                return Refusal("isv.BUSINESS_LIMIT_CONTROL", f"触发天级流控Permits:{self.daily_limit}")
        for number in submission.numbers:
            self._recent[number, submission.template_code].append(now)
        return None

    def _accept(self, submission: Submission, parameters: Mapping[str, str], fault: Fault | None, now: datetime) -> Answer:
        biz_id = f"{secrets.randbelow(10**18):018d}^0"
        heard = fault is None or fault.behave is not Behaviour.TIMEOUT
        call = self._log_send(parameters, now, Outcome.ACCEPTED, "OK", fault)
        for number in submission.numbers:
            subscriber = self._subscribers.get(number, Subscriber())
            receipt = Receipt(
                biz_id=biz_id,
                out_id=submission.out_id,
                number=number,
                template_code=submission.template_code,
                content=submission.content,
                parts=submission.parts,
                sent_at=now,
                pushed=heard,
            )
            if subscriber.carrier is not Carrier.PENDING:
                receipt.settle(subscriber.carrier is Carrier.DELIVERED, subscriber.err_code, now)
            self.receipts.add(receipt, now, report=self.callback_url is not None)
            if subscriber.carrier is Carrier.DELIVERED:
                self._records.deliver(call, mask_number(number), submission.content)
        return _ok({"BizId": biz_id})

    def _log_send(self, parameters: Mapping[str, str], now: datetime, outcome: Outcome, code: str, fault: Fault | None) -> Call:
        numbers = parameters.get("PhoneNumbers", "").split(",")
        return self._records.call(
            now,
            Channel.SMS,
            "SendSms",
            key=parameters.get("OutId", ""),
            recipient=",".join(_recipient(number) for number in numbers),
            outcome=outcome,
            code=code,
            fault=None if fault is None else fault.behave,
        )

    def _log_query(self, parameters: Mapping[str, str], now: datetime, outcome: Outcome, code: str, found: list[Receipt]) -> None:
        self._records.call(
            now,
            Channel.SMS,
            "QuerySendDetails",
            key=",".join(receipt.out_id for receipt in found),
            recipient=_recipient(parameters.get("PhoneNumber", "")),
            outcome=outcome,
            code=code,
        )


def refused(refusal: Refusal) -> Answer:
    """Shape a refusal as the API does, the gateway's as well as the product's."""
    body = {"RequestId": _request_id(), "Code": refusal.code, "Message": refusal.message}
    # Milliseconds, as the SDK reads it.
    headers = {"x-acs-retry-after": "1000"} if refusal.code.startswith("Throttling") else None
    return Answer(body, status=refusal.status, headers=headers)


def _ok(fields: Mapping[str, object]) -> Answer:
    return Answer({"RequestId": _request_id(), "Code": "OK", "Message": "OK", **fields})


def _request_id() -> str:
    return str(uuid.uuid4()).upper()


def _recipient(number: str) -> str:
    # The national part, so that a send to +86… and a query without it show the same recipient.
    return digest(number.strip()[-11:])


def _ordered_refusal(fault: Fault | None) -> Refusal | None:
    if fault is None or fault.behave not in (Behaviour.REJECT, Behaviour.THROTTLE):
        return None
    usual = _THROTTLING if fault.behave is Behaviour.THROTTLE else _REJECTION
    if fault.code is None:
        return usual
    # Codes of the product begin with isv. or isp. and travel in an HTTP 200; all others are the gateway's.
    return Refusal(fault.code, usual.message, 200 if fault.code.startswith(("isv.", "isp.")) else 400)
