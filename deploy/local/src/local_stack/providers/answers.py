"""What a provider answers, before it becomes HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a provider. Without a body the connection stays open and silent until the client goes."""

    body: Mapping[str, object] | None
    status: int = 200
    delay_seconds: float = 0.0
    headers: Mapping[str, str] | None = None

    def silenced(self) -> "Answer":
        """The same processing, but the client never hears of it."""
        return replace(self, body=None)

    def delayed(self, seconds: float) -> "Answer":
        """The same answer, `seconds` of real time later."""
        return replace(self, delay_seconds=seconds)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a provider refuses a call: its own error code and text, and the HTTP status it uses for that code."""

    code: str
    message: str
    status: int = 200
