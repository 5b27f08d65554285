"""Errors that a caller can do something about, as RFC 9457 problem details (application/problem+json)."""

from dataclasses import dataclass
from typing import Final

TITLES: Final = {
    400: "请求无法读取 Bad request",
    401: "未认证 Not authenticated",
    403: "无权操作 Forbidden",
    404: "未找到 Not found",
    405: "不支持的方法 Method not allowed",
    408: "请求超时 Request timeout",
    409: "状态冲突 Conflict",
    413: "内容过大 Content too large",
    415: "内容类型不支持 Unsupported media type",
    422: "内容有误 Unprocessable content",
    500: "内部错误 Internal error",
    503: "服务暂不可用 Service unavailable",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field of the request and what is wrong with it."""

    field: str
    reason: str


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """Ends a request without any change. `detail` names the remedy; `errors` name the fields; `more` are further members."""

    def __init__(self, status: int, detail: str, *errors: FieldError, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.more = more

    def body(self) -> dict[str, object]:
        """The problem object."""
        return {
            "type": "about:blank",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.detail,
            "errors": [{"field": error.field, "reason": error.reason} for error in self.errors],
            **self.more,
        }


def forbidden(detail: str) -> Problem:
    """The caller's role or unit does not allow it."""
    return Problem(403, detail)


def not_found(field: str, value: object) -> Problem:
    """Nothing goes by that name."""
    return Problem(404, f"{field} {value} is not known here", FieldError(field, "not known"))


def conflict(detail: str, field: str | None = None, **more: object) -> Problem:
    """The state of things does not allow it now; `more` tells what it is, such as the present version."""
    return Problem(409, detail, *([FieldError(field, detail)] if field else []), **more)


def invalid(field: str, reason: str) -> Problem:
    """A field has a value that can never be right."""
    return Problem(422, f"{field}: {reason}", FieldError(field, reason))
