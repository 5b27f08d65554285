"""Every row of the error tables: the provider answers with the code, and the client draws the row's conclusion."""

from collections.abc import Callable

import pytest

from local_stack.providers.faults import Behaviour, Channel
from notify.providers.base import Message, Refused, Unknown
from notify.providers.error_codes import (
    ALIYUN,
    CARRIER,
    WECOM,
    ErrorCode,
    Kind,
    aliyun_error,
    carrier_error,
    wecom_error,
)

NewMessage = Callable[..., Message]
# A token that is turned down is replaced, not reported.
WECOM_REPORTED = [row for row in WECOM.values() if row.code not in ("40014", "42001")]


@pytest.mark.io
@pytest.mark.parametrize("row", ALIYUN.values(), ids=lambda row: row.code)
async def test_an_aliyun_code_is_judged_as_its_row_says(outside, sms, new_message: NewMessage, row: ErrorCode) -> None:
    await outside.control.order_fault(Channel.SMS, Behaviour.REJECT, count=1, code=row.code)
    outcome = await sms.send(new_message())
    if row.kind is Kind.UNCLEAR:
        assert outcome == Unknown(row.code)
    else:
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.permanent) == (row.code, row.kind is Kind.PERMANENT)


@pytest.mark.io
@pytest.mark.parametrize("row", WECOM_REPORTED, ids=lambda row: row.code)
async def test_a_wecom_code_is_judged_as_its_row_says(outside, wecom, new_message: NewMessage, row: ErrorCode) -> None:
    await outside.control.order_fault(Channel.WECOM, Behaviour.REJECT, count=1, code=row.code)
    outcome = await wecom.send(new_message(address="v1"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == (row.code, row.kind is Kind.PERMANENT)


@pytest.mark.io
@pytest.mark.parametrize("code", ["40014", "42001"])
async def test_a_token_turned_down_twice_is_a_temporary_refusal(outside, wecom, new_message: NewMessage, code) -> None:
    await outside.control.order_fault(Channel.WECOM, Behaviour.REJECT, count=2, code=code)
    outcome = await wecom.send(new_message(address="v1"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == (code, False)


@pytest.mark.parametrize("table", [ALIYUN, WECOM, CARRIER])
def test_every_row_has_its_code_and_a_meaning_in_both_languages(table: dict[str, ErrorCode]) -> None:
    for code, row in table.items():
        assert row.code == code
        assert row.zh
        assert row.en.isascii()


@pytest.mark.parametrize("row", CARRIER.values(), ids=lambda row: row.code)
def test_a_carrier_code_is_found(row: ErrorCode) -> None:
    assert carrier_error(row.code) is row


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("MissingSomethingNew", Kind.PERMANENT),
        ("Forbidden.NoPermission", Kind.PERMANENT),
        ("Throttling.Something", Kind.TEMPORARY),
        ("isp.SOMETHING", Kind.UNCLEAR),
        ("isv.SOMETHING", Kind.TEMPORARY),
    ],
)
def test_an_unlisted_aliyun_code_falls_to_its_prefix(code: str, kind: Kind) -> None:
    assert aliyun_error(code).kind is kind


def test_other_unlisted_codes_are_temporary() -> None:
    assert wecom_error("999999").kind is Kind.TEMPORARY
    assert carrier_error("XX:0001").kind is Kind.TEMPORARY
