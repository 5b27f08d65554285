"""Receipts and the pushes that they cause."""

from datetime import UTC, date, datetime, timedelta

import pytest

from local_stack.providers.receipts import MAX_REPORTS_PER_PUSH, RETRY_AFTER, Receipt, ReceiptBook, SendStatus

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def receipt(*, number: str = "13900000001", biz_id: str = "1^0", sent_at: datetime = NOW, pushed: bool = True) -> Receipt:
    made = Receipt(
        biz_id=biz_id,
        out_id="n-1",
        number=number,
        template_code="SMS_1",
        content="【闭环平台】上溪村未报送",
        parts=1,
        sent_at=sent_at,
        pushed=pushed,
    )
    made.settle(True, "DELIVERED", sent_at)
    return made


def waiting() -> Receipt:
    made = receipt()
    made.status, made.err_code, made.received_at = SendStatus.WAITING, "", None
    return made


def test_a_receipt_reads_as_the_provider_writes_it() -> None:
    assert receipt().as_detail() == {
        "PhoneNum": "13900000001",
        "SendStatus": 3,
        "ErrCode": "DELIVERED",
        "TemplateCode": "SMS_1",
        "Content": "【闭环平台】上溪村未报送",
        "SendDate": "2026-03-02 14:00:00",
        "ReceiveDate": "2026-03-02 14:00:00",
        "OutId": "n-1",
    }
    assert "ReceiveDate" not in waiting().as_detail()


def test_a_report_reads_as_the_provider_writes_it() -> None:
    report = receipt().as_report()
    assert (report["success"], report["err_code"], report["sms_size"]) == (True, "DELIVERED", "1")
    assert (report["biz_id"], report["out_id"], report["phone_number"]) == ("1^0", "n-1", "13900000001")
    assert (report["send_time"], report["report_time"]) == ("2026-03-02 14:00:00", "2026-03-02 14:00:00")


def test_receipts_are_found_by_number_and_day_of_china_newest_first() -> None:
    book = ReceiptBook()
    late = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    first, second = receipt(biz_id="1^0"), receipt(biz_id="2^0", sent_at=late)
    third = receipt(biz_id="3^0", sent_at=late + timedelta(seconds=1))
    for made in (first, second, third, receipt(number="13900000002")):
        book.add(made, made.sent_at, report=False)
    assert book.find("13900000001", date(2026, 3, 2), None) == [second, first]
    assert book.find("13900000001", date(2026, 3, 3), None) == [third]
    assert book.find("13900000001", date(2026, 3, 2), "1^0") == [first]
    assert book.find("13900000009", date(2026, 3, 2), None) == []


def test_a_report_is_due_at_once_and_done_when_acknowledged() -> None:
    book = ReceiptBook()
    book.add(receipt(), NOW, report=True)
    batch = book.take_due(NOW)
    assert (len(batch), book.due(NOW)) == (1, 1)
    book.pushed(batch, True, NOW)
    assert (book.due(NOW), book.next_due()) == (0, None)


def test_an_unacknowledged_report_comes_back_three_times() -> None:
    book, now = ReceiptBook(), NOW
    book.add(receipt(), now, report=True)
    for pause in RETRY_AFTER:
        book.pushed(book.take_due(now), False, now)
        assert book.take_due(now + pause - timedelta(microseconds=1)) == []
        now += pause
        assert book.next_due() == now
    book.pushed(book.take_due(now), False, now)
    assert (book.due(now + timedelta(days=1)), book.next_due()) == (0, None)


@pytest.mark.parametrize(("pushed", "report"), [(False, True), (True, False)])
def test_silenced_receipts_and_customers_without_a_callback_get_no_push(pushed: bool, report: bool) -> None:
    book = ReceiptBook()
    book.add(receipt(pushed=pushed), NOW, report=report)
    assert book.take_due(NOW) == []


def test_a_waiting_receipt_is_pushed_when_it_settles() -> None:
    book, made = ReceiptBook(), waiting()
    book.add(made, NOW, report=True)
    assert book.take_due(NOW) == []
    later = NOW + timedelta(minutes=2)
    assert book.settle_waiting("13900000001", False, "UNDELIV", later) == 1
    assert (made.status, made.err_code, made.received_at) == (SendStatus.FAILED, "UNDELIV", later)
    assert [report.receipt for report in book.take_due(later)] == [made]
    assert book.settle_waiting("13900000001", True, "DELIVERED", later) == 0


def test_a_push_has_a_largest_size() -> None:
    book = ReceiptBook()
    for _ in range(MAX_REPORTS_PER_PUSH + 1):
        book.add(receipt(), NOW, report=True)
    assert [len(book.take_due(NOW)), len(book.take_due(NOW))] == [MAX_REPORTS_PER_PUSH, 1]
