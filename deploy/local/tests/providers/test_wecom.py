"""WeCom's state: tokens, the duplicate check, the log, on instants that the tests choose."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_stack.providers.faults import Behaviour, Channel, Fault, Faults
from local_stack.providers.records import CALLS_FILE, Records
from local_stack.providers.wecom import Corporation, WeComSimulator

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CORPORATION = Corporation("ww1", "secret", 7, frozenset({"robot"}))
BODY: dict[str, object] = {
    "touser": "v1",
    "msgtype": "text",
    "agentid": 7,
    "text": {"content": "请立即报送"},
    "enable_duplicate_check": 1,
    "duplicate_check_interval": 600,
}


class Trial:
    """A simulator with its log."""

    def __init__(self, work: Path) -> None:
        self.faults = Faults()
        self.records = Records(work)
        self.wecom = WeComSimulator(CORPORATION, self.faults, self.records)

    def token(self, now: datetime = NOW) -> str:
        return str(self.answer(self.wecom.token("ww1", "secret", now))["access_token"])

    def send(self, token: str | None, now: datetime = NOW, **change: object) -> Any:
        return self.wecom.send(token, {**BODY, **change}, now)

    def answer(self, answer: Any) -> Any:
        assert answer.status == 200
        return answer.body

    def outcomes(self) -> list[str]:
        return [call.outcome for call in self.records.calls(0) if call.operation == "message/send"]


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(tmp_path)


@pytest.mark.parametrize(
    ("corp_id", "secret", "code"),
    [(None, "secret", 41002), ("ww1", "", 41004), ("ww2", "secret", 40013), ("ww1", "wrong", 40001)],
)
def test_a_wrong_credential_gets_no_token(trial: Trial, corp_id: str | None, secret: str, code: int) -> None:
    answer = trial.answer(trial.wecom.token(corp_id, secret, NOW))
    assert answer["errcode"] == code
    assert "access_token" not in answer


def test_the_same_token_is_given_out_while_it_is_valid(trial: Trial) -> None:
    first = trial.token()
    assert trial.token(NOW + timedelta(seconds=7199)) == first
    assert trial.token(NOW + timedelta(seconds=7200)) != first


def test_a_call_without_a_working_token_is_refused(trial: Trial) -> None:
    token = trial.token()
    assert trial.send(None).body["errcode"] == 41001
    assert trial.send("guessed").body["errcode"] == 40014
    assert trial.send(token, NOW + timedelta(seconds=7200)).body["errcode"] == 42001
    assert trial.send(token, NOW + timedelta(seconds=7199)).body["errcode"] == 0


def test_a_fault_does_not_hide_that_the_token_is_bad(trial: Trial) -> None:
    trial.faults.put(Channel.WECOM, Fault(Behaviour.TIMEOUT, count=1))
    assert trial.send("guessed").body["errcode"] == 40014
    assert trial.send(trial.token()).body is None
    assert trial.outcomes() == ["refused", "accepted"]


def test_a_repeat_within_the_interval_is_delivered_once(trial: Trial) -> None:
    token = trial.token()
    first = trial.send(token).body
    repeat = trial.send(token, NOW + timedelta(seconds=600, microseconds=-1)).body
    assert (repeat["errcode"], repeat["msgid"]) == (0, first["msgid"])
    assert trial.outcomes() == ["accepted", "deduplicated"]
    assert len(trial.records.deliveries(0)) == 1


def test_after_the_interval_the_same_message_is_delivered_again(trial: Trial) -> None:
    token = trial.token()
    trial.send(token)
    trial.send(token, NOW + timedelta(seconds=600))
    assert trial.outcomes() == ["accepted", "accepted"]


@pytest.mark.parametrize("change", [{"touser": "v2"}, {"text": {"content": "别的"}}, {"enable_duplicate_check": 0}])
def test_what_is_not_the_same_or_not_checked_is_delivered(trial: Trial, change: dict[str, object]) -> None:
    token = trial.token()
    trial.send(token)
    trial.send(token, **change)
    assert trial.outcomes() == ["accepted", "accepted"]


@pytest.mark.parametrize("behave", [Behaviour.LOST, Behaviour.REJECT, Behaviour.THROTTLE])
def test_a_call_that_was_not_accepted_is_no_duplicate(trial: Trial, behave: Behaviour) -> None:
    token = trial.token()
    trial.faults.put(Channel.WECOM, Fault(behave, count=1))
    trial.send(token)
    trial.send(token)
    first, second = [call for call in trial.records.calls(0) if call.operation == "message/send"]
    assert first.key == second.key
    assert second.outcome == "accepted"


def test_members_out_of_sight_are_named_or_refused(trial: Trial) -> None:
    token = trial.token()
    trial.wecom.unknown_users.add("gone")
    assert trial.send(token, touser="gone").body["errcode"] == 81013
    partly = trial.send(token, touser="gone|v1").body
    assert (partly["errcode"], partly["invaliduser"]) == (0, "gone")


def test_a_robot_takes_twenty_messages_in_any_minute(trial: Trial) -> None:
    answers = [trial.wecom.robot("robot", BODY, NOW + timedelta(seconds=second)) for second in range(21)]
    assert [answer.body and answer.body["errcode"] for answer in answers] == [0] * 20 + [45009]
    after = trial.wecom.robot("robot", BODY, NOW + timedelta(seconds=60))
    assert after.body is not None
    assert after.body["errcode"] == 0
    unknown = trial.wecom.robot("another", BODY, NOW)
    assert unknown.body is not None
    assert unknown.body["errcode"] == 93000


def test_the_log_is_kept_as_json_lines_and_continued_by_the_next_process(trial: Trial, tmp_path: Path) -> None:
    trial.send(trial.token())
    lines = [json.loads(line) for line in (tmp_path / CALLS_FILE).read_text(encoding="utf-8").splitlines()]
    assert [(line["seq"], line["operation"], line["outcome"]) for line in lines] == [
        (1, "gettoken", "accepted"),
        (2, "message/send", "accepted"),
    ]
    assert lines[1]["instant"] == "2026-03-02T06:00:00+00:00"
    assert lines[1]["duplicate_check"] is True
    successor = Trial(tmp_path)
    successor.token()
    assert [call.seq for call in successor.records.calls(0)] == [3]
    assert [call.seq for call in successor.records.calls(2)] == [3]
    assert successor.records.calls(3) == []
