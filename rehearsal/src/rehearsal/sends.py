"""Judges the providers' call log: was anybody sent the same notification twice without asking first?"""

from collections.abc import Iterable
from typing import Any, Final

_SENDS: Final = frozenset({"SendSms", "message/send", "webhook/send"})
_REFUSED: Final = "refused"
_QUERY: Final = "QuerySendDetails"


def duplicate_sends(calls: Iterable[dict[str, Any]]) -> int:
    """Count second and later send calls for one notification without a receipt query in between.

    A call that the provider refused with an error code was not accepted, so trying again is no second send. WeCom has no
    receipt query: a repeat under its duplicate check *is* the question, since the provider drops what it has already taken.
    """
    unsettled: dict[tuple[str, str], str] = {}
    duplicates = 0
    for call in sorted(calls, key=lambda call: call["seq"]):
        if call["operation"] == _QUERY:
            unsettled = {key: recipient for key, recipient in unsettled.items() if recipient != call["recipient"]}
        elif call["operation"] in _SENDS:
            key = (call["operation"], call["key"])
            if key in unsettled and not call["duplicate_check"]:
                duplicates += 1
            if call["outcome"] != _REFUSED:
                unsettled[key] = call["recipient"]
    return duplicates
