"""WeCom: access tokens, application messages with the duplicate check, group robots."""

import secrets
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from local_stack.providers.answers import Answer, Refusal
from local_stack.providers.faults import Behaviour, Channel, Fault, Faults
from local_stack.providers.records import Outcome, Records, digest
from local_stack.providers.wecom_rules import (
    AppMessage,
    duplicate_seconds,
    identity,
    read_app_message,
    read_robot_message,
)

TOKEN_LIFETIME = timedelta(seconds=7200)
ROBOT_WINDOW = timedelta(minutes=1)
ROBOT_PER_MINUTE = 20
_REJECTION = Refusal("60011", "no privilege to access/modify contact/party/agent")
_THROTTLING = Refusal("45009", "api freq out of limit")


@dataclass(frozen=True, slots=True)
class Corporation:
    """What is registered with WeCom: one application and the robots of some groups."""

    corp_id: str
    secret: str
    agent_id: int
    robot_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the duplicate check remembers."""

    at: datetime
    msg_id: str


class WeComSimulator:
    """WeCom's server API for one corporation."""

    def __init__(self, corporation: Corporation, faults: Faults, records: Records) -> None:
        self.robot_per_minute: int | None = ROBOT_PER_MINUTE
        self.unknown_users: set[str] = set()
        """User ids that the application cannot see."""
        self._corporation = corporation
        self._faults = faults
        self._records = records
        self._tokens: dict[str, datetime] = {}
        self._sent: dict[str, Sent] = {}
        self._robot_calls: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def token(self, corp_id: str | None, secret: str | None, now: datetime) -> Answer:
        """Answer gettoken: the valid token again as long as there is one."""
        refusal = self._credential_refusal(corp_id, secret)
        outcome, code = (Outcome.REFUSED, refusal.code) if refusal else (Outcome.ACCEPTED, "0")
        self._records.call(now, Channel.WECOM, "gettoken", key=digest(corp_id or ""), recipient="", outcome=outcome, code=code)
        if refusal is not None:
            return refused(refusal)
        valid = next((token for token, expiry in self._tokens.items() if expiry > now), None)
        if valid is None:
            valid = secrets.token_urlsafe(48)
            self._tokens[valid] = now + TOKEN_LIFETIME
        seconds = int((self._tokens[valid] - now).total_seconds())
        return _ok({"access_token": valid, "expires_in": seconds})

    def expire_tokens(self, now: datetime) -> None:
        """Let every token be past its time, as a clock that runs ahead would."""
        self._tokens = dict.fromkeys(self._tokens, now)

    def revoke_tokens(self) -> None:
        """Forget every token, as WeCom may at any time."""
        self._tokens.clear()

    def send(self, access_token: str | None, body: Mapping[str, object], now: datetime) -> Answer:
        """Answer message/send. Faults meet only calls with a valid token: others are always told so."""
        bad_token = self._token_refusal(access_token, now)
        fault = None if bad_token else self._faults.take(Channel.WECOM, now)
        users, checked = str(body.get("touser") or ""), duplicate_seconds(body) is not None
        log = Log(self._records, now, "message/send", digest(users, identity(body)), users, fault, checked)
        if fault is not None and fault.behave is Behaviour.LOST:
            log.write(Outcome.LOST, "")
            return Answer(None)
        message = bad_token or _ordered_refusal(fault) or self._judge(body)
        if isinstance(message, Refusal):
            log.write(Outcome.REFUSED, message.code)
            answer = refused(message)
        else:
            answer = self._accept(message, log, now)
        return answer if fault is None else fault.shape(answer)

    def robot(self, key: str | None, body: Mapping[str, object], now: datetime) -> Answer:
        """Answer webhook/send."""
        fault = self._faults.take(Channel.WECOM, now)
        robot = digest(key or "")
        log = Log(self._records, now, "webhook/send", digest(robot, identity(body)), robot, fault, False)
        if fault is not None and fault.behave is Behaviour.LOST:
            log.write(Outcome.LOST, "")
            return Answer(None)
        text = _ordered_refusal(fault) or self._judge_robot(key, body, now)
        if isinstance(text, Refusal):
            log.write(Outcome.REFUSED, text.code)
            answer = refused(text)
        else:
            log.write(Outcome.ACCEPTED, "0", delivered=text)
            answer = _ok({})
        return answer if fault is None else fault.shape(answer)

    def _credential_refusal(self, corp_id: str | None, secret: str | None) -> Refusal | None:
        if not corp_id:
            return Refusal("41002", "corpid missing")
        if not secret:
            return Refusal("41004", "corpsecret missing")
        if corp_id != self._corporation.corp_id:
            return Refusal("40013", "invalid corpid")
        if secret != self._corporation.secret:
            return Refusal("40001", "invalid credential")
        return None

    def _token_refusal(self, access_token: str | None, now: datetime) -> Refusal | None:
        if not access_token:
            return Refusal("41001", "access_token missing")
        expiry = self._tokens.get(access_token)
        if expiry is None:
            return Refusal("40014", "invalid access_token")
        return Refusal("42001", "access_token expired") if expiry <= now else None

    def _judge(self, body: Mapping[str, object]) -> AppMessage | Refusal:
        message = read_app_message(body, self._corporation.agent_id)
        if isinstance(message, AppMessage) and self.unknown_users.issuperset(message.users):
            return Refusal("81013", "user & party & tag all invalid")
        return message

    def _accept(self, message: AppMessage, log: "Log", now: datetime) -> Answer:
        unknown = "|".join(user for user in message.users if user in self.unknown_users)
        before = self._sent.get(log.key)
        if before is not None and _is_repeat(before, message, now):
            log.write(Outcome.DEDUPLICATED, "0")
            return _ok({"invaliduser": unknown, "msgid": before.msg_id})
        sent = self._sent[log.key] = Sent(now, secrets.token_urlsafe(24))
        log.write(Outcome.ACCEPTED, "0", delivered=message.text)
        return _ok({"invaliduser": unknown, "msgid": sent.msg_id})

    def _judge_robot(self, key: str | None, body: Mapping[str, object], now: datetime) -> str | Refusal:
        if not key or key not in self._corporation.robot_keys:
            return Refusal("93000", "invalid webhook url")
        calls = self._robot_calls[key]
        while calls and calls[0] <= now - ROBOT_WINDOW:
            calls.popleft()
        if self.robot_per_minute is not None and len(calls) >= self.robot_per_minute:
            return _THROTTLING
        calls.append(now)
        return read_robot_message(body)


@dataclass(frozen=True, slots=True)
class Log:
    """The call under judgement, ready to be written down with its outcome."""

    records: Records
    at: datetime
    operation: str
    key: str
    recipient: str
    fault: Fault | None
    duplicate_check: bool

    def write(self, outcome: Outcome, code: str, delivered: str | None = None) -> None:
        """Append the call to the log, and the text that arrived through it, if any."""
        call = self.records.call(
            self.at,
            Channel.WECOM,
            self.operation,
            key=self.key,
            recipient=self.recipient,
            outcome=outcome,
            code=code,
            fault=None if self.fault is None else self.fault.behave,
            duplicate_check=self.duplicate_check,
        )
        if delivered is not None:
            self.records.deliver(call, self.recipient, delivered)


def refused(refusal: Refusal) -> Answer:
    """Shape a refusal as WeCom does: HTTP 200, the code in the body."""
    hint = secrets.token_hex(8)
    return Answer({"errcode": int(refusal.code), "errmsg": f"{refusal.message}, hint: [{hint}]"})


def _ok(fields: Mapping[str, object]) -> Answer:
    return Answer({"errcode": 0, "errmsg": "ok", **fields})


def _is_repeat(before: Sent, message: AppMessage, now: datetime) -> bool:
    seconds = message.duplicate_seconds
    return seconds is not None and now < before.at + timedelta(seconds=seconds)


def _ordered_refusal(fault: Fault | None) -> Refusal | None:
    if fault is None or fault.behave not in (Behaviour.REJECT, Behaviour.THROTTLE):
        return None
    usual = _THROTTLING if fault.behave is Behaviour.THROTTLE else _REJECTION
    return usual if fault.code is None else Refusal(fault.code, usual.message)
