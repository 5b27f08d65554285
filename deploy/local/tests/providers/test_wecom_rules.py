"""What message/send and webhook/send accept."""

import pytest

from local_stack.providers.answers import Refusal
from local_stack.providers.wecom_rules import (
    AppMessage,
    duplicate_seconds,
    identity,
    read_app_message,
    read_json,
    read_robot_message,
)

AGENT = 1000002
TEXT: dict[str, object] = {"touser": "v1", "msgtype": "text", "agentid": AGENT, "text": {"content": "请立即报送"}}
CARD = {"title": "题" * 60, "description": "述" * 300, "url": "https://example.org"}


def text(content: object) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": content}}


def markdown(content: object) -> dict[str, object]:
    return {"msgtype": "markdown", "markdown": {"content": content}}


def test_a_text_for_several_members_is_read() -> None:
    assert read_app_message({**TEXT, "touser": "v1|v2"}, AGENT) == AppMessage(("v1", "v2"), "请立即报送", None)


def test_a_long_text_is_cut_at_a_whole_character() -> None:
    message = read_app_message({**TEXT, **text("长" * 700)}, AGENT)
    assert isinstance(message, AppMessage)
    assert message.text == "长" * 682


def test_a_card_is_cut_to_its_sizes() -> None:
    message = read_app_message({**TEXT, "msgtype": "textcard", "textcard": CARD}, AGENT)
    assert isinstance(message, AppMessage)
    assert message.text == "题" * 42 + "\n" + "述" * 170


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"agentid": 7}, "40056"),
        ({"touser": ""}, "82001"),
        ({"touser": "|".join(["v"] * 1001)}, "40032"),
        ({"msgtype": "video"}, "40008"),
        (text(""), "44004"),
        (text(None), "44004"),
        ({"text": "x"}, "44004"),
        (text("坏\x02字"), "40033"),
        (markdown("长" * 683), "40058"),
        ({"msgtype": "textcard", "textcard": {"title": "题"}}, "40058"),
    ],
)
def test_a_wrong_application_message_gets_the_platforms_code(change: dict[str, object], code: str) -> None:
    refusal = read_app_message({**TEXT, **change}, AGENT)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


def test_the_agent_must_be_named() -> None:
    body = {name: value for name, value in TEXT.items() if name != "agentid"}
    refusal = read_app_message(body, AGENT)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "41011"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (text("长" * 683), "40058"),
        (markdown("长" * 1366), "40058"),
        (text(""), "44004"),
        ({"msgtype": "image"}, "40008"),
        ({}, "40008"),
    ],
)
def test_a_wrong_robot_message_gets_the_platforms_code(body: dict[str, object], code: str) -> None:
    refusal = read_robot_message(body)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


@pytest.mark.parametrize("body", [text("长" * 682), markdown("长" * 1365)])
def test_a_robot_message_may_reach_its_size(body: dict[str, object]) -> None:
    assert isinstance(read_robot_message(body), str)


@pytest.mark.parametrize(
    ("switches", "seconds"),
    [
        ({}, None),
        ({"enable_duplicate_check": 0, "duplicate_check_interval": 60}, None),
        ({"enable_duplicate_check": 1}, 1800),
        ({"enable_duplicate_check": 1, "duplicate_check_interval": 60}, 60),
        ({"enable_duplicate_check": 1, "duplicate_check_interval": 999_999}, 14_400),
        ({"enable_duplicate_check": 1, "duplicate_check_interval": "soon"}, 1800),
    ],
)
def test_the_duplicate_check_reaches_as_far_as_asked(switches: dict[str, object], seconds: int | None) -> None:
    assert duplicate_seconds({**TEXT, **switches}) == seconds


def test_the_switches_of_the_check_are_no_part_of_the_content() -> None:
    assert identity({**TEXT, "enable_duplicate_check": 1}) == identity({**TEXT, "duplicate_check_interval": 60})
    assert identity({**TEXT, "touser": "v2"}) != identity(TEXT)
    assert identity({**TEXT, **text("别的")}) != identity(TEXT)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1"])
def test_a_body_that_is_no_object_counts_as_empty(body: bytes) -> None:
    assert read_json(body) == {}
