"""Writing WeCom messages and reading what WeCom answers. Pure.

WeCom answers everything with HTTP 200; only `errcode` tells success from failure.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from notify.providers.base import Delivered, Message, Outcome, Refused, Unknown
from notify.providers.error_codes import Kind, wecom_error

MAX_TEXT_BYTES = 2048
DUPLICATE_CHECK_SECONDS = 4 * 3600
"""The longest that WeCom offers."""
STALE_TOKEN_CODES = frozenset({"40014", "42001"})

Json = Mapping[str, object]


def app_message(message: Message, agent_id: int) -> dict[str, object]:
    """Write a text message of an application to one member. WeCom drops repeats of it for four hours."""
    return {
        "touser": message.address,
        "msgtype": "text",
        "agentid": agent_id,
        "text": {"content": unique_text(message)},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": DUPLICATE_CHECK_SECONDS,
    }


def robot_message(message: Message) -> dict[str, object]:
    """Write a text message of a group robot."""
    return {"msgtype": "text", "text": {"content": unique_text(message)}}


def unique_text(message: Message) -> str:
    """Return the text with the notification's number in it, within WeCom's size.

    WeCom recognises repeats by their content. So the number has to be there, and has to survive a cut.
    """
    if message.number in message.text and len(message.text.encode()) <= MAX_TEXT_BYTES:
        return message.text
    ending = f"\n编号：{message.number}"
    room = MAX_TEXT_BYTES - len(ending.encode())
    return message.text.encode()[:room].decode(errors="ignore") + ending


def robot_key(address: str) -> str:
    """Take the key out of a robot's address, which people keep as the whole URL that WeCom shows them."""
    return next(iter(parse_qs(urlsplit(address).query).get("key", [])), "") if "://" in address else address


def error_code(answer: Json | None) -> str | None:
    """Return the errcode as text ("0" is success), or None when the answer has none."""
    code = None if answer is None else answer.get("errcode")
    return str(code) if isinstance(code, int) else None


def send_outcome(answer: Json | None, address: str) -> Outcome:
    """Judge the answer to a send."""
    code = error_code(answer)
    if answer is None or code is None:
        return Unknown("answer without errcode")
    if code != "0":
        return refusal(answer, code)
    # User ids come back in lower case.
    for field in ("invaliduser", "unlicenseduser"):
        if address.lower() in str(answer.get(field) or "").lower().split("|"):
            return Refused(field, "the member cannot be reached by this application", permanent=True)
    message_id = answer.get("msgid")
    return Delivered(str(message_id) if message_id else None)


def refusal(answer: Json, code: str) -> Refused:
    """Judge an errcode other than 0."""
    return Refused(code, str(answer.get("errmsg") or ""), wecom_error(code).kind is Kind.PERMANENT)
