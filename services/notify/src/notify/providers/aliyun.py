"""Short messages by Aliyun Dysms through the official SDK.

The SDK's asynchronous calls open a connection and, over HTTPS, build a TLS context for every call: 38 ms of work on the
event loop each, about 40 sends a second (docs/adr/0006). So its synchronous calls run on a bounded pool of threads,
where they keep connections alive.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from notify.providers.aliyun_answers import (
    Answered,
    Detail,
    china_instant,
    days_of,
    judge_details,
    send_outcome,
    template_parameters,
)
from notify.providers.base import Channel, Message, Outcome, Receipt, ReceiptStatus
from notify.providers.calls import NotSent, Unanswered
from notify.providers.wire_logs import silence_wire_logs

T = TypeVar("T")

PAGE_SIZE = 50
MAX_PAGES = 20
"""Receipt queries look through at most 1 000 messages to one number and day."""
_MARGIN_SECONDS = 1.0
_NO_CODE = Unanswered("answer without a code")


@dataclass(frozen=True, slots=True, kw_only=True)
class AliyunSettings:
    """How to reach the service. `endpoint` is a host, or a URL where it is not HTTPS."""

    endpoint: str
    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str
    timeout_seconds: float = 10.0
    """Bound of connecting and, again, of waiting for an answer."""
    concurrency: int = 32


class AliyunSms:
    """SendSms and QuerySendDetails; OutId is the notification id."""

    channel = Channel.SMS
    repeat_is_safe = False

    def __init__(self, settings: AliyunSettings) -> None:
        silence_wire_logs()
        self.concurrency = settings.concurrency
        self._sign_name = settings.sign_name
        self._total_seconds = 2 * settings.timeout_seconds + _MARGIN_SECONDS
        self._client = Client(_config(settings))
        milliseconds = int(settings.timeout_seconds * 1000)
        # No retry options: the SDK then sends once. SendSms is not idempotent.
        self._runtime = RuntimeOptions(
            connect_timeout=milliseconds, read_timeout=milliseconds, max_idle_conns=settings.concurrency
        )
        self._threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="aliyun-sms")
        # The pool's own queue has no bound; this one lets a call wait where it can still be cancelled.
        self._free_threads = asyncio.Semaphore(settings.concurrency)

    async def send(self, message: Message) -> Outcome:
        """Send one message; see `Provider.send`."""
        return send_outcome(await self._run(lambda: self._send(message)))

    async def settle(self, message: Message, sent_at: datetime) -> Receipt:
        """Look the message up by its number, its day of sending and OutId; see `Provider.settle`."""
        details: list[Detail] = []
        for day in days_of(sent_at):
            found = await self._details_of(message, day)
            if isinstance(found, str):
                return Receipt(ReceiptStatus.UNANSWERED, found, None)
            details += found
        return judge_details(details, str(message.notification_id), sent_at)

    async def close(self) -> None:
        """Let the threads end; calls under way run out by their timeouts."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _details_of(self, message: Message, day: date) -> list[Detail] | str:
        """Return the records of a number and a day, or why they cannot be had in full."""
        details: list[Detail] = []
        for page in range(1, MAX_PAGES + 1):
            records = await self._run(partial(self._query, message, day, page))
            match records:
                case NotSent(reason) | Unanswered(reason):
                    return reason
                case Answered(code):
                    return code
            details += records
            if len(records) < PAGE_SIZE:
                return details
        return "too many records"

    def _send(self, message: Message) -> Answered | Unanswered:
        request = models.SendSmsRequest(
            phone_numbers=message.address,
            sign_name=self._sign_name,
            template_code=message.template_code,
            template_param=template_parameters(message.params),
            out_id=str(message.notification_id),
        )
        body = self._client.send_sms_with_options(request, self._runtime).body
        return Answered(body.code, body.message or "", body.biz_id) if body.code else _NO_CODE

    def _query(self, message: Message, day: date, page: int) -> list[Detail] | Answered | Unanswered:
        request = models.QuerySendDetailsRequest(
            phone_number=message.address,
            biz_id=message.reference,
            send_date=day.strftime("%Y%m%d"),
            page_size=PAGE_SIZE,
            current_page=page,
        )
        body = self._client.query_send_details_with_options(request, self._runtime).body
        if body.code == "OK":
            return _records(body)
        return Answered(body.code, body.message or "") if body.code else _NO_CODE

    async def _run(self, work: Callable[[], T]) -> T | Answered | NotSent | Unanswered:
        """Do the work on a thread; where it fails, return what is known about the call."""
        loop = asyncio.get_running_loop()
        async with self._free_threads:
            try:
                async with asyncio.timeout(self._total_seconds):
                    return await loop.run_in_executor(self._threads, _attempt, work)
            except TimeoutError:
                # The library's timeouts are per read: a server that drips bytes outlasts them.
                return Unanswered("no complete answer in time")


def _attempt(work: Callable[[], T]) -> T | Answered | NotSent | Unanswered:
    try:
        return work()
    except AlibabaCloudException as error:
        return _refusal(error)
    except Exception as error:  # noqa: BLE001 -- whatever else happened, all that can be known is how far the call got
        return _broken(error)


def _refusal(error: AlibabaCloudException) -> Answered | Unanswered:
    # A gateway between us and Aliyun answers without a code; the SDK then writes the word None.
    if not error.code or error.code == "None":
        return Unanswered(f"HTTP {error.status_code}")
    wait = None if error.retry_after is None else error.retry_after / 1000
    return Answered(error.code, (error.data or {}).get("Message") or "", retry_after_seconds=wait)


def _broken(error: BaseException) -> NotSent | Unanswered:
    """Tell whether any part of the request can have left. Texts of exceptions are not used: they hold the number."""
    chain = list(_chain(error))
    name = type(chain[-1]).__name__
    # A certificate is judged before the request is written.
    if any(isinstance(link, NewConnectionError | ConnectTimeoutError | ssl.SSLCertVerificationError) for link in chain):
        return NotSent(name)
    return Unanswered(name)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = getattr(error, "inner_exception", None) or error.__cause__ or error.__context__


def _records(body: models.QuerySendDetailsResponseBody) -> list[Detail]:
    container = body.sms_send_detail_dtos
    return [
        Detail(
            out_id=record.out_id or "",
            status=int(record.send_status),
            code=record.err_code or "",
            sent_at=china_instant(record.send_date),
            received_at=china_instant(record.receive_date) if record.receive_date else None,
        )
        for record in (container.sms_send_detail_dto if container else None) or []
    ]


def _config(settings: AliyunSettings) -> Config:
    parts = urlsplit(settings.endpoint if "://" in settings.endpoint else f"https://{settings.endpoint}")
    return Config(
        access_key_id=settings.access_key_id,
        access_key_secret=settings.access_key_secret,
        endpoint=parts.netloc,
        protocol=parts.scheme,
    )
