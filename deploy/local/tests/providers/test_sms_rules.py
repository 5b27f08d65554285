"""What SendSms and QuerySendDetails accept."""

import json
from datetime import date

import pytest

from local_stack.providers.answers import Refusal
from local_stack.providers.sms_rules import Account, DetailsQuery, Submission, read_query, read_submission

ACCOUNT = Account("闭环平台", {"SMS_1": "${unit}未在${cutoff}前报送", "SMS_2": "系统维护通知"})
SEND = {
    "PhoneNumbers": "13900000001",
    "SignName": "闭环平台",
    "TemplateCode": "SMS_1",
    "TemplateParam": json.dumps({"unit": "上溪村", "cutoff": "14:00"}),
    "OutId": "n-1",
}
QUERY = {"PhoneNumber": "13900000001", "SendDate": "20260302", "PageSize": "50", "CurrentPage": "1"}


def variables(**values: object) -> dict[str, str]:
    return {"TemplateParam": json.dumps({"unit": "上溪村", "cutoff": "14:00"} | values)}


def test_a_submission_in_order_is_rendered_with_its_signature() -> None:
    assert read_submission(SEND, ACCOUNT) == Submission(("13900000001",), "SMS_1", "【闭环平台】上溪村未在14:00前报送", "n-1")


def test_a_template_without_variables_needs_none() -> None:
    submission = read_submission({**SEND, "TemplateCode": "SMS_2", "TemplateParam": ""}, ACCOUNT)
    assert isinstance(submission, Submission)


@pytest.mark.parametrize("written", ["13900000001", "+8613900000001", "8613900000001", "008613900000001"])
def test_a_mainland_number_may_carry_its_country_code(written: str) -> None:
    submission = read_submission({**SEND, "PhoneNumbers": written}, ACCOUNT)
    assert isinstance(submission, Submission)
    assert submission.numbers == ("13900000001",)


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"PhoneNumbers": ""}, "MissingPhoneNumbers", 400),
        ({"SignName": ""}, "MissingSignName", 400),
        ({"TemplateCode": ""}, "MissingTemplateCode", 400),
        ({"PhoneNumbers": "10086"}, "isv.MOBILE_NUMBER_ILLEGAL", 200),
        ({"PhoneNumbers": "13900000001,x"}, "isv.MOBILE_NUMBER_ILLEGAL", 200),
        ({"PhoneNumbers": ",".join(["13900000001"] * 1001)}, "isv.MOBILE_COUNT_OVER_LIMIT", 200),
        ({"SignName": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL", 200),
        ({"TemplateCode": "SMS_9"}, "isv.SMS_TEMPLATE_ILLEGAL", 200),
        ({"OutId": "x" * 256}, "isv.INVALID_PARAMETERS", 200),
        ({"TemplateParam": "{"}, "isv.INVALID_JSON_PARAM", 200),
        ({"TemplateParam": "[]"}, "isv.INVALID_JSON_PARAM", 200),
        (variables(unit=7), "isv.INVALID_JSON_PARAM", 200),
        ({"TemplateParam": ""}, "isv.TEMPLATE_MISSING_PARAMETERS", 200),
        (variables(unit=""), "isv.TEMPLATE_MISSING_PARAMETERS", 200),
        (variables(unit="长" * 36), "isv.PARAM_LENGTH_LIMIT", 200),
        (variables(unit="https://a.cn"), "isv.PARAM_NOT_SUPPORT_URL", 200),
    ],
)
def test_a_wrong_submission_gets_the_providers_code(change: dict[str, str], code: str, status: int) -> None:
    refusal = read_submission({**SEND, **change}, ACCOUNT)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.status) == (code, status)


@pytest.mark.parametrize(
    "change", [{"OutId": "x" * 255}, variables(unit="长" * 35), {"PhoneNumbers": "13900000001," * 999 + "13900000001"}]
)
def test_limits_may_be_reached(change: dict[str, str]) -> None:
    assert isinstance(read_submission({**SEND, **change}, ACCOUNT), Submission)


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_long_messages_are_billed_by_67(length: int, parts: int) -> None:
    assert Submission(("13900000001",), "SMS_1", "字" * length, "").parts == parts


def test_a_query_in_order_is_read() -> None:
    assert read_query(QUERY) == DetailsQuery("13900000001", date(2026, 3, 2), None, 50, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PhoneNumber": ""}, "MissingPhoneNumber"),
        ({"SendDate": ""}, "MissingSendDate"),
        ({"PageSize": ""}, "MissingPageSize"),
        ({"CurrentPage": ""}, "MissingCurrentPage"),
        ({"SendDate": "2026-03-02"}, "isv.INVALID_PARAMETERS"),
        ({"PageSize": "51"}, "isv.INVALID_PARAMETERS"),
        ({"PageSize": "all"}, "isv.INVALID_PARAMETERS"),
        ({"CurrentPage": "0"}, "isv.INVALID_PARAMETERS"),
        ({"PhoneNumber": "1"}, "isv.MOBILE_NUMBER_ILLEGAL"),
    ],
)
def test_a_wrong_query_gets_the_providers_code(change: dict[str, str], code: str) -> None:
    refusal = read_query({**QUERY, **change})
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
