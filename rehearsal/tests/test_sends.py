"""When a second provider call for one notification counts as a duplicate."""

from typing import Any

import pytest

from rehearsal.sends import duplicate_sends


def call(text: str) -> dict[str, Any]:
    """`operation key outcome`; a `+` after the operation asks the provider to drop repeats."""
    operation, key, outcome = text.split()
    return {
        "operation": operation.rstrip("+"),
        "key": key,
        "recipient": key[0],
        "outcome": outcome,
        "duplicate_check": operation.endswith("+"),
    }


@pytest.mark.parametrize(
    ("calls", "duplicates"),
    [
        (["SendSms a1 accepted", "SendSms a2 accepted", "SendSms b1 accepted"], 0),
        (["SendSms a1 accepted", "SendSms a1 accepted"], 1),
        (["SendSms a1 lost", "SendSms a1 accepted", "SendSms a1 accepted"], 2),
        (["SendSms a1 lost", "QuerySendDetails a query", "SendSms a1 accepted"], 0),
        (["SendSms a1 lost", "QuerySendDetails b query", "SendSms a1 accepted"], 1),
        (["SendSms a1 refused", "SendSms a1 refused", "SendSms a1 accepted"], 0),
        (["SendSms a1 lost", "SendSms a1 refused"], 1),
        (["message/send+ w1 lost", "message/send+ w1 accepted", "message/send+ w1 deduplicated"], 0),
        (["message/send w1 lost", "message/send w1 accepted"], 1),
        (["webhook/send r1 accepted", "webhook/send r1 accepted"], 1),
        (["gettoken c accepted", "gettoken c accepted"], 0),
    ],
)
def test_duplicate_sends(calls: list[str], duplicates: int) -> None:
    log = [call(text) | {"seq": seq} for seq, text in enumerate(calls, start=1)]
    assert duplicate_sends(reversed(log)) == duplicates
