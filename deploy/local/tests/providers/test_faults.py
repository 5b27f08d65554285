"""Which fault a call meets."""

from datetime import UTC, datetime, timedelta

import pytest

from local_stack.providers.answers import Answer
from local_stack.providers.faults import SLOW_SECONDS, Behaviour, Channel, Fault, Faults

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
ANSWER = Answer({"Code": "OK"})


def test_a_fault_ends_before_its_end_instant() -> None:
    faults = Faults()
    faults.put(Channel.SMS, Fault(Behaviour.LOST, until=NOW))
    assert faults.take(Channel.SMS, NOW - timedelta(microseconds=1)) is not None
    assert faults.take(Channel.SMS, NOW) is None


def test_a_counted_fault_is_used_up() -> None:
    faults = Faults()
    faults.put(Channel.SMS, Fault(Behaviour.REJECT, count=2))
    assert [faults.take(Channel.SMS, NOW) is not None for _ in range(3)] == [True, True, False]


def test_channels_have_faults_of_their_own_and_a_new_one_replaces_the_old() -> None:
    faults = Faults()
    faults.put(Channel.SMS, Fault(Behaviour.LOST))
    faults.put(Channel.WECOM, Fault(Behaviour.SLOW))
    faults.put(Channel.SMS, Fault(Behaviour.TIMEOUT))
    taken = [faults.take(channel, NOW) for channel in Channel]
    assert [fault and fault.behave for fault in taken] == [Behaviour.TIMEOUT, Behaviour.SLOW]
    faults.put(Channel.SMS, None)
    assert faults.take(Channel.SMS, NOW) is None


@pytest.mark.parametrize(
    ("behave", "shaped"),
    [
        (Behaviour.TIMEOUT, Answer(None)),
        (Behaviour.SLOW, Answer({"Code": "OK"}, delay_seconds=SLOW_SECONDS)),
        (Behaviour.REJECT, ANSWER),
        (Behaviour.THROTTLE, ANSWER),
    ],
)
def test_a_fault_shapes_what_the_client_gets(behave: Behaviour, shaped: Answer) -> None:
    assert Fault(behave).shape(ANSWER) == shaped
