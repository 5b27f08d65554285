"""Reading what Aliyun answers: send outcomes, receipt queries, pushed reports. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from notify.providers.base import Accepted, Outcome, Receipt, ReceiptStatus, Refused, Unknown
from notify.providers.calls import NotSent, Unanswered, refused_unsent
from notify.providers.error_codes import Kind, aliyun_error

CHINA = ZoneInfo("Asia/Shanghai")
MAX_VARIABLE_CHARACTERS = 35
"""Longest value that a template variable takes."""
CLOCK_TOLERANCE = timedelta(seconds=5)
"""How far the provider's clock may be off ours."""
RECORDED_WITHIN = timedelta(minutes=1)
"""How long after a call began the provider may have recorded it; longer than any timeout of ours."""
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_WAITING, _FAILED, _DELIVERED = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Answered:
    """The API answered with a code (OK or an error)."""

    code: str
    message: str
    reference: str | None = None
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """One record of QuerySendDetails."""

    out_id: str
    status: int
    code: str
    sent_at: datetime
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """One element of a SmsReport push. The same one may come several times."""

    notification_id: UUID
    receipt: Receipt


def template_parameters(params: Mapping[str, str]) -> str:
    """Write template variables as the API wants them, each cut to the length that it takes."""
    return json.dumps({name: fit_variable(value) for name, value in params.items()}, ensure_ascii=False)


def fit_variable(value: str) -> str:
    """Cut a variable to the provider's limit; a cut is visible."""
    return value if len(value) <= MAX_VARIABLE_CHARACTERS else value[: MAX_VARIABLE_CHARACTERS - 1] + "…"


def send_outcome(answer: Answered | NotSent | Unanswered) -> Outcome:
    """Judge the answer to SendSms."""
    match answer:
        case NotSent():
            return refused_unsent(answer)
        case Unanswered(reason):
            return Unknown(reason)
        case Answered("OK", _, str(reference)):
            return Accepted(reference)
        case Answered("OK"):
            return Unknown("accepted without a BizId")
    error = aliyun_error(answer.code)
    if error.kind is Kind.UNCLEAR:
        return Unknown(answer.code)
    return Refused(answer.code, answer.message, error.kind is Kind.PERMANENT, answer.retry_after_seconds)


def days_of(sent_at: datetime) -> list[date]:
    """Return the provider's calendar days on which a call that began at `sent_at` can have been recorded."""
    near = (sent_at - CLOCK_TOLERANCE, sent_at + RECORDED_WITHIN)
    return sorted({instant.astimezone(CHINA).date() for instant in near})


def judge_details(details: Iterable[Detail], out_id: str, sent_at: datetime) -> Receipt:
    """Find the fate of a notification among the records of a number.

    A delivery counts whichever attempt it belongs to; other states only when they are of the attempt at `sent_at`.
    """
    ours = [detail for detail in details if detail.out_id == out_id]
    delivered = next((detail for detail in ours if detail.status == _DELIVERED), None)
    if delivered is not None:
        return Receipt(ReceiptStatus.DELIVERED, delivered.code, delivered.received_at)
    # The provider records whole seconds.
    since = sent_at.replace(microsecond=0) - CLOCK_TOLERANCE
    latest = max((detail for detail in ours if detail.sent_at >= since), key=lambda found: found.sent_at, default=None)
    if latest is None:
        return Receipt(ReceiptStatus.ABSENT, "", None)
    if latest.status == _FAILED:
        return Receipt(ReceiptStatus.FAILED, latest.code, latest.received_at)
    return Receipt(ReceiptStatus.PENDING, latest.code, None)


def read_reports(body: bytes) -> tuple[list[Report], int]:
    """Read a SmsReport push: its reports, and how many elements were not ours or not readable.

    Raises:
        ValueError: the body is no JSON array.
    """
    try:
        elements = json.loads(body)
    except (ValueError, RecursionError):
        elements = None
    if not isinstance(elements, list):
        raise ValueError("a report push is a JSON array")  # noqa: TRY004 -- bad input from outside, not a bad call
    reports = [report for element in elements if (report := _read_report(element)) is not None]
    return reports, len(elements) - len(reports)


def china_instant(text: str) -> datetime:
    """Read a time as Aliyun writes it: no offset, Asia/Shanghai.

    Raises:
        ValueError: the text is no such time.
    """
    return datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=CHINA)


class _ReportFields(BaseModel):
    model_config = ConfigDict(extra="ignore")

    success: bool
    err_code: str = ""
    report_time: str
    biz_id: str
    out_id: UUID


def _read_report(element: object) -> Report | None:
    try:
        fields = _ReportFields.model_validate(element)
        at = china_instant(fields.report_time)
    except (ValidationError, ValueError):
        return None
    status = ReceiptStatus.DELIVERED if fields.success else ReceiptStatus.FAILED
    return Report(fields.out_id, Receipt(status, fields.err_code, at, fields.biz_id))
