"""What Aliyun's short message API accepts: parameters of SendSms and QuerySendDetails, templates, sizes.

Codes and limits as in Aliyun's pages "SendSms", "QuerySendDetails", "API error codes" and the rules for template
variables. Refusals by the gateway (a parameter missing) come with HTTP 400, refusals by the product with HTTP 200.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from local_stack.providers.answers import Refusal

MAX_NUMBERS = 1000
MAX_OUT_ID_CHARACTERS = 255
MAX_VARIABLE_CHARACTERS = 35
MAX_PAGE_SIZE = 50
_SINGLE_SMS_CHARACTERS = 70
_LONG_SMS_PART_CHARACTERS = 67
_MAINLAND_NUMBER = re.compile(r"^(?:\+?86|0086)?(1[3-9]\d{9})$")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_URL = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Account:
    """What is registered with the provider: the approved signature and the approved templates (code → text)."""

    sign_name: str
    templates: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Submission:
    """A SendSms call that is in order; `content` is what the recipients read."""

    numbers: tuple[str, ...]
    template_code: str
    content: str
    out_id: str

    @property
    def parts(self) -> int:
        """Billed messages: up to 70 characters are one, longer texts count per 67."""
        length = len(self.content)
        return 1 if length <= _SINGLE_SMS_CHARACTERS else math.ceil(length / _LONG_SMS_PART_CHARACTERS)


@dataclass(frozen=True, slots=True)
class DetailsQuery:
    """A QuerySendDetails call that is in order."""

    number: str
    day: date
    biz_id: str | None
    page_size: int
    page: int


def read_submission(parameters: Mapping[str, str], account: Account) -> Submission | Refusal:
    """Check a SendSms call in the order in which the provider does."""
    for name in ("PhoneNumbers", "SignName", "TemplateCode"):
        if not parameters.get(name):
            return _missing(name)
    numbers = tuple(_MAINLAND_NUMBER.sub(r"\1", number.strip()) for number in parameters["PhoneNumbers"].split(","))
    template = account.templates.get(parameters["TemplateCode"])
    out_id = parameters.get("OutId", "")
    refusal = _number_refusal(numbers)
    if refusal is None and parameters["SignName"] != account.sign_name:
        refusal = Refusal("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
    if refusal is None and len(out_id) > MAX_OUT_ID_CHARACTERS:
        refusal = Refusal("isv.INVALID_PARAMETERS", "OutId长度不合法")
    if refusal is not None:
        return refusal
    if template is None:
        return Refusal("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
    text = _render(template, parameters.get("TemplateParam"))
    if isinstance(text, Refusal):
        return text
    return Submission(numbers, parameters["TemplateCode"], f"【{account.sign_name}】{text}", out_id)


def _number_refusal(numbers: tuple[str, ...]) -> Refusal | None:
    if len(numbers) > MAX_NUMBERS:
        return Refusal("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
    if not all(_MAINLAND_NUMBER.match(number) for number in numbers):
        return Refusal("isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
    return None


def _render(template: str, raw: str | None) -> str | Refusal:
    try:
        values = json.loads(raw) if raw else {}
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        return Refusal("isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值")
    missing = [name for name in _VARIABLE.findall(template) if not values.get(name)]
    if missing:
        return Refusal("isv.TEMPLATE_MISSING_PARAMETERS", f"模板变量缺少对应参数值: {missing[0]}")
    if any(len(value) > MAX_VARIABLE_CHARACTERS for value in values.values()):
        return Refusal("isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")
    if any(_URL.search(value) for value in values.values()):
        return Refusal("isv.PARAM_NOT_SUPPORT_URL", "变量不支持传入URL")
    return _VARIABLE.sub(lambda variable: values[variable[1]], template)


def read_query(parameters: Mapping[str, str]) -> DetailsQuery | Refusal:
    """Check a QuerySendDetails call."""
    for name in ("PhoneNumber", "SendDate", "PageSize", "CurrentPage"):
        if not parameters.get(name):
            return _missing(name)
    try:
        # A calendar date of China; the zone is added where instants are compared.
        day = datetime.strptime(parameters["SendDate"], "%Y%m%d").date()  # noqa: DTZ007
        page_size, page = int(parameters["PageSize"]), int(parameters["CurrentPage"])
    except ValueError:
        return Refusal("isv.INVALID_PARAMETERS", "参数格式不正确")
    number = _MAINLAND_NUMBER.match(parameters["PhoneNumber"])
    if number is None:
        return Refusal("isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
    if not 1 <= page_size <= MAX_PAGE_SIZE or page < 1:
        return Refusal("isv.INVALID_PARAMETERS", "分页参数不合法")
    return DetailsQuery(number[1], day, parameters.get("BizId") or None, page_size, page)


def _missing(name: str) -> Refusal:
    return Refusal(f"Missing{name}", f"{name} is mandatory for this action.", 400)
