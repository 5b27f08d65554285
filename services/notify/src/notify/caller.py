"""One conversation with a provider about one notification: bounded in time, traced, and never raising."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Final, TypeVar

import structlog
from opentelemetry import trace
from opentelemetry.propagate import extract

from notify.domain.routing import Reason
from notify.domain.texts import TEMPLATES, text_of
from notify.domain.transition import Answered, Asked
from notify.metrics import CALL_SECONDS, CALLS, QUERIES
from notify.providers.base import Channel, Message, Outcome, Provider, Receipt, ReceiptStatus, Refused, Unknown
from notify.settings import NotifySettings
from notify.store.notifications import Filed

log = structlog.get_logger(__name__)
tracer = trace.get_tracer(__name__)
T = TypeVar("T")

_UNREADABLE: Final = Refused("unrenderable", "the text's variables do not fit its template", permanent=True)


class Caller:
    """Speaks with the provider of each channel."""

    def __init__(self, providers: Mapping[Channel, Provider], settings: NotifySettings) -> None:
        self._providers = providers
        self._settings = settings

    def slots(self, channel: Channel) -> int:
        """How many calls a channel's provider takes at once."""
        return self._providers[channel].concurrency

    async def send(self, filed: Filed) -> Answered:
        """Send a notification once, on its present channel."""
        known = filed.known
        try:
            message = self._message(filed)
        except (KeyError, ValueError):
            return Answered(known.attempts, known.channel, _UNREADABLE)
        provider = self._providers[known.channel]
        with CALL_SECONDS.labels(known.channel).time():
            answer = await self._bounded(f"send {known.channel}", filed, provider.send(message))
        outcome: Outcome = Unknown(answer) if isinstance(answer, str) else answer
        CALLS.labels(known.channel, type(outcome).__name__.lower()).inc()
        return Answered(known.attempts, known.channel, outcome)

    async def ask(self, filed: Filed) -> Asked:
        """Ask what became of the last call."""
        known = filed.known
        provider = self._providers[known.channel]
        sent_at = known.sent_at or known.raised_at
        answer = await self._bounded(f"query {known.channel}", filed, provider.settle(self._message(filed), sent_at))
        receipt = Receipt(ReceiptStatus.UNANSWERED, answer, None) if isinstance(answer, str) else answer
        QUERIES.labels(known.channel, receipt.status if receipt else "none").inc()
        return Asked(known.attempts, known.channel, receipt, provider.repeat_is_safe)

    async def close(self) -> None:
        """Release the providers."""
        for provider in self._providers.values():
            await provider.close()

    async def _bounded(self, name: str, filed: Filed, call: Awaitable[T]) -> T | str:
        """Return the provider's answer, or in a word why there is none."""
        parent = extract({"traceparent": filed.traceparent or ""})
        with tracer.start_as_current_span(name, context=parent, kind=trace.SpanKind.CLIENT):
            try:
                async with asyncio.timeout(self._settings.call_seconds):
                    return await call
            except TimeoutError:
                return "no answer in time"
            except Exception as error:  # noqa: BLE001 - the call may have got through, whatever went wrong here
                # Without a traceback: it could hold the address.
                log.error("provider_client_failed", error=type(error).__name__, notification=str(filed.id))  # noqa: TRY400
                return type(error).__name__

    def _message(self, filed: Filed) -> Message:
        number = str(filed.number)
        template = TEMPLATES[Reason(filed.reason)]
        return Message(
            notification_id=filed.id,
            number=number,
            address=filed.addresses[filed.known.channel],
            template_code=self._settings.sms_template_codes.get(filed.reason, template.code),
            params={**filed.params, "number": number},
            text=text_of(filed.template, filed.params, number),
            reference=filed.known.reference,
        )
