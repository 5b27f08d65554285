"""What the providers' error codes mean for us, as data.

`permanent`: repeating the call cannot help, use the other address. `temporary`: not accepted, try again later.
`unclear`: the provider failed somewhere inside and does not say whether it had accepted the message.
Sources: Aliyun's pages "API error codes", "receipt error codes" and common OpenAPI errors; WeCom's table of global
return codes. Codes that are not listed fall to a rule for their prefix, or else count as temporary: attempts are bounded,
whereas a wrong "permanent" would silence an alert.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an error code says about a repeat."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One row: the provider's code, what it means for a repeat, and in words."""

    code: str
    kind: Kind
    zh: str
    en: str


def _table(kind: Kind, rows: Mapping[str, tuple[str, str]]) -> dict[str, ErrorCode]:
    return {code: ErrorCode(code, kind, zh, en) for code, (zh, en) in rows.items()}


ALIYUN: Mapping[str, ErrorCode] = {
    **_table(
        Kind.PERMANENT,
        {
            "MissingPhoneNumbers": ("缺少接收号码", "No number was given"),
            "MissingSignName": ("缺少短信签名", "No signature was given"),
            "MissingTemplateCode": ("缺少模板编号", "No template was given"),
            "MissingAccessKeyId": ("请求未签名", "The request carries no credential"),
            "InvalidAccessKeyId.NotFound": ("访问密钥不存在", "The access key does not exist"),
            "InvalidAccessKeyId.Inactive": ("访问密钥已停用", "The access key is disabled"),
            "SignatureDoesNotMatch": ("请求签名不匹配", "The request signature is wrong"),
            "IncompleteSignature": ("请求签名不完整", "The request signature is malformed"),
            "InvalidVersion": ("接口版本错误", "The API version is not known"),
            "InvalidAction.NotFound": ("接口不存在", "The operation does not exist"),
            "Forbidden.RAM": ("账号无权调用", "The account may not call this"),
            "isp.RAM_PERMISSION_DENY": ("账号无权调用短信接口", "The account may not send short messages"),
            "isv.MOBILE_NUMBER_ILLEGAL": ("手机号码格式错误", "The number is malformed"),
            "isv.MOBILE_COUNT_OVER_LIMIT": ("号码数量超限", "Too many numbers in one call"),
            "isv.SMS_SIGNATURE_ILLEGAL": ("签名不存在或未通过审核", "The signature is not registered"),
            "isv.SMS_SIGN_ILLEGAL": ("签名被禁用", "The signature is forbidden"),
            "isv.SIGN_STATE_ILLEGAL": ("签名状态不可用", "The signature is not in a usable state"),
            "isv.SMS_SIGNATURE_SCENE_ILLEGAL": ("签名与模板类型不符", "Signature and template do not fit"),
            "isv.SMS_TEMPLATE_ILLEGAL": ("模板不存在或未通过审核", "The template is not registered"),
            "isv.TEMPLATE_MISSING_PARAMETERS": ("模板变量缺失", "A template variable is missing"),
            "isv.INVALID_JSON_PARAM": ("模板变量格式错误", "The template variables are malformed"),
            "isv.INVALID_PARAMETERS": ("参数错误", "A parameter is wrong"),
            "isv.PARAM_LENGTH_LIMIT": ("模板变量过长", "A template variable is too long"),
            "isv.PARAM_NOT_SUPPORT_URL": ("模板变量含网址", "A template variable holds a link"),
            "isv.SMS_CONTENT_ILLEGAL": ("内容含禁止发送的文字", "The content is forbidden"),
            "isv.BLACK_KEY_CONTROL_LIMIT": ("变量含管控关键字", "A variable holds a controlled word"),
            "isv.DENY_IP_RANGE": ("来源地址所在地区被禁用", "The caller's region is not allowed"),
            "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": ("模板不支持境内号码", "The template is not for mainland numbers"),
            "isv.OUT_OF_SERVICE": ("业务停机（欠费）", "The account is suspended"),
            "isv.AMOUNT_NOT_ENOUGH": ("余额不足", "The balance is too low"),
            "isv.ACCOUNT_NOT_EXISTS": ("账户不存在", "The account does not exist"),
            "isv.ACCOUNT_ABNORMAL": ("账户异常", "The account is in an abnormal state"),
            "isv.PRODUCT_UN_SUBSCRIPT": ("未开通短信服务", "The service has not been activated"),
            "isv.DAY_LIMIT_CONTROL": ("账户当日发送量已满", "The account's daily volume is used up"),
            "isv.MONTH_LIMIT_CONTROL": ("账户当月发送量已满", "The account's monthly volume is used up"),
        },
    ),
    **_table(
        Kind.TEMPORARY,
        {
            "isv.BUSINESS_LIMIT_CONTROL": ("触发号码频率限制", "Too many messages to this number"),
            "Throttling": ("请求被限流", "The request was throttled"),
            "Throttling.User": ("账号请求被限流", "The account's requests were throttled"),
            "Throttling.Api": ("接口请求被限流", "The operation's requests were throttled"),
            "SignatureNonceUsed": ("签名随机数重复", "The nonce was used before"),
            "InvalidTimeStamp.Expired": ("请求时间超出允许范围", "The request's time is outside the window"),
        },
    ),
    **_table(
        Kind.UNCLEAR,
        {
            "ServiceUnavailable": ("服务暂不可用", "The gateway did not get through"),
            "isp.SYSTEM_ERROR": ("短信系统错误", "The product failed inside"),
            "InternalError": ("平台内部错误", "The gateway failed inside"),
        },
    ),
}

ALIYUN_PREFIXES: Mapping[str, Kind] = {
    "Missing": Kind.PERMANENT,
    "InvalidParameter": Kind.PERMANENT,
    "InvalidAccessKeyId": Kind.PERMANENT,
    "Forbidden": Kind.PERMANENT,
    "Throttling": Kind.TEMPORARY,
    "isp.": Kind.UNCLEAR,
}

WECOM: Mapping[str, ErrorCode] = {
    **_table(
        Kind.PERMANENT,
        {
            "40001": ("应用密钥错误", "The application secret is wrong"),
            "40003": ("成员账号不合法", "The user id is invalid"),
            "40008": ("消息类型不合法", "The message type is invalid"),
            "40013": ("企业编号不合法", "The corporation id is invalid"),
            "40032": ("成员列表过长", "Too many users in one call"),
            "40033": ("内容含非法字符", "The content holds illegal characters"),
            "40035": ("参数不合法", "A parameter is invalid"),
            "40056": ("应用编号不合法", "The agent id is invalid"),
            "40058": ("参数格式或长度不合法", "A parameter is malformed or too long"),
            "40063": ("参数为空", "A parameter is empty"),
            "41001": ("缺少访问令牌", "The access token is missing"),
            "41002": ("缺少企业编号", "The corporation id is missing"),
            "41004": ("缺少应用密钥", "The application secret is missing"),
            "41011": ("缺少应用编号", "The agent id is missing"),
            "44004": ("消息内容为空", "The content is empty"),
            "45002": ("消息内容过长", "The content is too long"),
            "48002": ("接口无权限", "The interface may not be used"),
            "50002": ("成员不在可见范围", "The user is outside the application's scope"),
            "50003": ("应用已停用", "The application is disabled"),
            "60011": ("无权限操作成员或部门", "No privilege for this user or party"),
            "60020": ("来源地址不在白名单", "The caller's address is not trusted"),
            "60111": ("成员账号不存在", "The user does not exist"),
            "81013": ("接收人全部无效", "No recipient is valid"),
            "82001": ("未指定接收人", "No recipient was given"),
            "93000": ("机器人地址无效或已移出群", "The robot is unknown or was removed"),
            "93004": ("机器人已停用", "The robot is disabled"),
            "93008": ("机器人不在群里", "The robot is not in the group"),
            "301002": ("无权限操作该应用", "No privilege for this application"),
        },
    ),
    **_table(
        Kind.TEMPORARY,
        {
            "-1": ("系统繁忙", "The platform is busy"),
            "40014": ("访问令牌无效", "The access token is invalid"),
            "42001": ("访问令牌过期", "The access token has expired"),
            "45009": ("调用频率超限", "Too many calls"),
            "45033": ("并发调用超限", "Too many calls at once"),
            "91039": ("获取令牌过于频繁", "Tokens are fetched too often"),
        },
    ),
}

CARRIER: Mapping[str, ErrorCode] = _table(
    Kind.PERMANENT,
    {
        "MOBILE_NOT_ON_SERVICE": ("停机、空号或暂停服务", "The number is out of service"),
        "MOBILE_IN_BLACK": ("号码在黑名单", "The number is blacklisted"),
        "INVALID_NUMBER": ("号码状态异常", "The number is invalid"),
        "USER_REJECT": ("用户已退订", "The user has unsubscribed"),
        "CONTENT_KEYWORD": ("内容被关键字拦截", "The content was blocked"),
    },
) | _table(
    Kind.TEMPORARY,
    {
        "UNDELIV": ("未送达", "Not delivered"),
        "EXPIRED": ("超过有效期未送达", "Not delivered in time"),
        "MOBILE_TERMINAL_ERROR": ("手机终端问题", "The handset failed"),
        "MOBILE_SEND_LIMIT": ("号码接收超过频率限制", "The number received too many messages"),
        "NO_ROUTE": ("未找到通道", "No route to the carrier"),
    },
)
"""Codes in failed receipts; by then the message was accepted and paid for."""


def aliyun_error(code: str) -> ErrorCode:
    """Look up a code of Aliyun."""
    return ALIYUN.get(code) or ErrorCode(code, _by_prefix(code), "未列出的错误", "Not a listed code")


def wecom_error(code: str) -> ErrorCode:
    """Look up an errcode of WeCom."""
    return WECOM.get(code) or ErrorCode(code, Kind.TEMPORARY, "未列出的错误", "Not a listed code")


def carrier_error(code: str) -> ErrorCode:
    """Look up the code of a failed receipt."""
    return CARRIER.get(code) or ErrorCode(code, Kind.TEMPORARY, "未列出的状态", "Not a listed code")


def _by_prefix(code: str) -> Kind:
    return next((kind for prefix, kind in ALIYUN_PREFIXES.items() if code.startswith(prefix)), Kind.TEMPORARY)
