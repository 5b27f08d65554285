"""What WeCom accepts: bodies of application and robot messages, sizes, error codes.

Codes as in the platform's table of global return codes; limits as in "send application message" and "group robot".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_stack.providers.answers import Refusal

MAX_USERS = 1000
APP_TEXT_BYTES = 2048
APP_MARKDOWN_BYTES = 2048
CARD_TITLE_BYTES = 128
CARD_DESCRIPTION_BYTES = 512
ROBOT_TEXT_BYTES = 2048
ROBOT_MARKDOWN_BYTES = 4096
DEFAULT_DUPLICATE_SECONDS = 1800
MAX_DUPLICATE_SECONDS = 4 * 3600
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Switches that are not part of what the recipient gets.
_NOT_CONTENT = frozenset({"enable_duplicate_check", "duplicate_check_interval"})


@dataclass(frozen=True, slots=True)
class AppMessage:
    """An application message that is in order; `text` is what the recipients read."""

    users: tuple[str, ...]
    text: str
    duplicate_seconds: int | None
    """How far back repeats are dropped; None when the caller did not ask for it."""


def read_json(body: bytes) -> Mapping[str, object]:
    """Parse a body; WeCom treats one that is no JSON object as an empty one."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def identity(body: Mapping[str, object]) -> str:
    """Return what makes two messages the same to the duplicate check: the request without the check's switches."""
    content = {name: value for name, value in body.items() if name not in _NOT_CONTENT}
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def read_app_message(body: Mapping[str, object], agent_id: int) -> AppMessage | Refusal:
    """Check the body of message/send."""
    if "agentid" not in body:
        return Refusal("41011", "missing agentid")
    if str(body["agentid"]) != str(agent_id):
        return Refusal("40056", "invalid agentid")
    users = tuple(user for user in str(body.get("touser") or "").split("|") if user)
    if not users:
        return Refusal("82001", "touser/toparty/totag all empty")
    if len(users) > MAX_USERS:
        return Refusal("40032", "invalid userid list size")
    text = _app_text(body)
    if isinstance(text, Refusal):
        return text
    return AppMessage(users, text, duplicate_seconds(body))


def read_robot_message(body: Mapping[str, object]) -> str | Refusal:
    """Check the body of webhook/send and return what the group reads."""
    match body.get("msgtype"):
        case "text":
            return _content(body, "text", ROBOT_TEXT_BYTES)
        case "markdown":
            return _content(body, "markdown", ROBOT_MARKDOWN_BYTES)
        case _:
            return Refusal("40008", "invalid message type")


def _app_text(body: Mapping[str, object]) -> str | Refusal:
    match body.get("msgtype"):
        case "text":
            # Too long a text is cut, silently.
            text = _content(body, "text", None)
            return text if isinstance(text, Refusal) else _cut(text, APP_TEXT_BYTES)
        case "markdown":
            return _content(body, "markdown", APP_MARKDOWN_BYTES)
        case "textcard":
            return _card(_part(body, "textcard"))
        case _:
            return Refusal("40008", "invalid message type")


def _content(body: Mapping[str, object], kind: str, max_bytes: int | None) -> str | Refusal:
    content = _part(body, kind).get("content")
    if not isinstance(content, str) or not content:
        return Refusal("44004", "empty content")
    if _CONTROL.search(content):
        return Refusal("40033", "invalid charset. please check your request, if include \\uxxxx will create fail!")
    if max_bytes is not None and len(content.encode()) > max_bytes:
        return Refusal("40058", f"{kind}.content exceed max length {max_bytes}. invalid Request Parameter")
    return content


def _card(card: Mapping[str, object]) -> str | Refusal:
    for name in ("title", "description", "url"):
        if not isinstance(card.get(name), str) or not card[name]:
            return Refusal("40058", f"textcard.{name} missing. invalid Request Parameter")
    return f"{_cut(str(card['title']), CARD_TITLE_BYTES)}\n{_cut(str(card['description']), CARD_DESCRIPTION_BYTES)}"


def _part(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _cut(text: str, max_bytes: int) -> str:
    return text.encode()[:max_bytes].decode(errors="ignore")


def duplicate_seconds(body: Mapping[str, object]) -> int | None:
    """Return how far back the caller wants repeats dropped, or None when it did not ask."""
    if str(body.get("enable_duplicate_check", 0)) != "1":
        return None
    asked = body.get("duplicate_check_interval", DEFAULT_DUPLICATE_SECONDS)
    seconds = asked if isinstance(asked, int) and asked > 0 else DEFAULT_DUPLICATE_SECONDS
    return min(seconds, MAX_DUPLICATE_SECONDS)
