"""Receipts and reports of Aliyun, read without a network."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from notify.providers.aliyun_answers import (
    Answered,
    Detail,
    china_instant,
    days_of,
    fit_variable,
    judge_details,
    read_reports,
    send_outcome,
)
from notify.providers.base import ReceiptStatus, Unknown

SENT = datetime(2026, 3, 2, 6, 0, 0, 500_000, tzinfo=UTC)
OURS = "0b0e2b5e-8e0c-4a51-9e3c-6a5f0f6c9d11"


def detail(status: int, *, out_id: str = OURS, after: float = 0.0, code: str = "") -> Detail:
    at = SENT + timedelta(seconds=after)
    return Detail(out_id, status, code, at, at if status != 1 else None)


def test_other_notifications_to_the_number_are_not_ours() -> None:
    assert judge_details([detail(3, out_id="another")], OURS, SENT).status is ReceiptStatus.ABSENT


def test_a_delivery_of_an_earlier_attempt_counts() -> None:
    found = [detail(1), detail(3, after=-300, code="DELIVERED")]
    assert judge_details(found, OURS, SENT).status is ReceiptStatus.DELIVERED


def test_a_failure_of_an_earlier_attempt_says_nothing_about_this_one() -> None:
    assert judge_details([detail(2, after=-30)], OURS, SENT).status is ReceiptStatus.ABSENT


def test_the_latest_record_of_this_attempt_decides() -> None:
    found = [detail(1, after=0), detail(2, after=1, code="UNDELIV")]
    receipt = judge_details(found, OURS, SENT)
    assert (receipt.status, receipt.code) == (ReceiptStatus.FAILED, "UNDELIV")


def test_a_record_in_whole_seconds_is_not_taken_for_an_earlier_one() -> None:
    assert judge_details([detail(1, after=-0.5)], OURS, SENT).status is ReceiptStatus.PENDING


def test_an_ok_without_a_reference_is_unknown() -> None:
    assert isinstance(send_outcome(Answered("OK", "OK", None)), Unknown)


@pytest.mark.parametrize(
    ("at", "days"),
    [
        ("2026-03-02 12:00:00", [date(2026, 3, 2)]),
        ("2026-03-02 23:59:30", [date(2026, 3, 2), date(2026, 3, 3)]),
        ("2026-03-03 00:00:03", [date(2026, 3, 2), date(2026, 3, 3)]),
        ("2026-03-03 00:00:06", [date(2026, 3, 3)]),
    ],
)
def test_both_days_around_midnight_are_asked_about(at: str, days: list[date]) -> None:
    assert days_of(china_instant(at)) == days


@pytest.mark.parametrize(("value", "fitted"), [("短", "短"), ("长" * 35, "长" * 35), ("长" * 36, "长" * 34 + "…")])
def test_a_variable_fits_the_template(value: str, fitted: str) -> None:
    assert fit_variable(value) == fitted


def pushed(**changes: object) -> dict[str, object]:
    return {
        "phone_number": "13900000001",
        "send_time": "2026-03-02 14:00:00",
        "report_time": "2026-03-02 14:00:03",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": "123^0",
        "out_id": OURS,
    } | changes


def test_a_report_names_its_notification_and_when_it_arrived() -> None:
    [report], unreadable = read_reports(json.dumps([pushed()]).encode())
    assert unreadable == 0
    assert report.notification_id == UUID(OURS)
    assert report.receipt.status is ReceiptStatus.DELIVERED
    assert report.receipt.at == datetime(2026, 3, 2, 6, 0, 3, tzinfo=UTC)
    assert report.receipt.reference == "123^0"


def test_a_failed_report_carries_the_carriers_code() -> None:
    [report], _ = read_reports(json.dumps([pushed(success=False, err_code="UNDELIV")]).encode())
    assert (report.receipt.status, report.receipt.code) == (ReceiptStatus.FAILED, "UNDELIV")


def test_elements_that_are_not_ours_or_not_readable_are_counted() -> None:
    push = [pushed(), pushed(out_id="campaign-7"), pushed(report_time="soon"), "text", {}]
    reports, unreadable = read_reports(json.dumps(push).encode())
    assert (len(reports), unreadable) == (1, 4)


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'"x"', b"\xff", b"[" * 100_000])
def test_a_push_that_is_no_array_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="JSON array"):
        read_reports(body)
