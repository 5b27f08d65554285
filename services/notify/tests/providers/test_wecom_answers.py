"""Texts for WeCom and its answers, read without a network."""

from collections.abc import Callable

import pytest

from notify.providers.base import Delivered, Message, Refused, Unknown
from notify.providers.wecom_answers import MAX_TEXT_BYTES, robot_key, send_outcome, unique_text

NewMessage = Callable[..., Message]


def test_a_text_with_its_number_stays_as_it_is(new_message: NewMessage) -> None:
    message = new_message()
    assert unique_text(message) == message.text


def test_a_text_without_its_number_gets_it(new_message: NewMessage) -> None:
    message = new_message(text="请立即报送。")
    assert unique_text(message) == f"请立即报送。\n编号：{message.number}"


@pytest.mark.parametrize("length", [MAX_TEXT_BYTES // 3, MAX_TEXT_BYTES // 3 + 1, 5000])
def test_a_cut_keeps_whole_characters_and_the_number(new_message: NewMessage, length: int) -> None:
    message = new_message(text="编" * length)
    text = unique_text(message)
    assert len(text.encode()) <= MAX_TEXT_BYTES
    assert text.endswith(message.number)
    assert "�" not in text


def test_a_cut_cannot_remove_a_number_at_the_end(new_message: NewMessage) -> None:
    message = new_message(number="N000042", text="编" * 2000 + "N000042")
    assert unique_text(message).endswith("编号：N000042")


@pytest.mark.parametrize("field", ["invaliduser", "unlicenseduser"])
def test_a_success_that_names_the_member_as_unreachable_is_a_refusal(field: str) -> None:
    outcome = send_outcome({"errcode": 0, "errmsg": "ok", field: "v2|zhangsan"}, "ZhangSan")
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == (field, True)


def test_other_members_being_unreachable_is_no_concern() -> None:
    assert send_outcome({"errcode": 0, "invaliduser": "v2", "msgid": "m"}, "v1") == Delivered("m")


@pytest.mark.parametrize("answer", [None, {}, {"errcode": "0"}, {"errmsg": "ok"}])
def test_only_a_number_in_errcode_is_an_answer(answer: dict[str, object] | None) -> None:
    assert isinstance(send_outcome(answer, "v1"), Unknown)


@pytest.mark.parametrize(
    ("address", "key"),
    [("abc", "abc"), ("https://qyapi.example/cgi-bin/webhook/send?key=abc&x=1", "abc"), ("https://elsewhere/x", "")],
)
def test_a_robot_is_known_by_its_key(address: str, key: str) -> None:
    assert robot_key(address) == key
