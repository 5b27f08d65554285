"""What people read: one template for each reason, in `templates.json` beside the package's modules. Pure.

The same text is registered as a short message template with the provider and sent as it is by WeCom. It ends with the short
number of the notification: people can quote it, and no two notifications have the same content.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from string import Template
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from contracts.events.accountability import MeasureEvent, MeasureReplyOverdue, MeasureUnacknowledged
from contracts.events.hazards import (
    ExtensionRefused,
    ExtensionUndecided,
    HazardEvent,
    HazardListed,
    HazardTransferred,
    ListingProgressOverdue,
    ListingRaised,
    ListingUnpublished,
    MonitoringReviewOverdue,
    RectificationExtended,
    RectificationOverdue,
    RectificationRejected,
    TransferUnanswered,
    UseSuspended,
)
from contracts.events.notices import RectificationDigestDue
from contracts.events.reports import ContradictionSuspected, OccurrenceDeclared, ReportMissed, ReportReminderDue
from contracts.events.tasks import TaskEvent, TaskListed, TaskOverdue, TaskReturned
from notify.domain.routing import Alarm, MeasureAlarm, Party, Reason, ReportAlarm, parties_of

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""Every local time that people read (DOMAIN.md, 7)."""

_DAY: Final = timedelta(days=1)
_LONGEST: Final = 35
"""So many characters of a task or a reason are quoted; providers take no more in a variable."""
# Neither passes the provider's check of variables.
_FORBIDDEN: Final = re.compile(r"https?://|www\.|[\x00-\x1f\x7f]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """`code`: the template's number at the short message provider; `text` with `${variables}`."""

    code: str
    text: str


TEMPLATES: Final[Mapping[Reason, TextTemplate]] = MappingProxyType(
    {Reason(name): TextTemplate(**row) for name, row in json.loads((files("notify") / "templates.json").read_bytes()).items()}
)


def parameters(event: Alarm, names: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of an alert's text, all but `number`. A unit without a name in `names` goes by its code.

    Of several units that lead a task, the first one is named.
    """
    units = [names.get(unit, unit) for unit in _concerned(event)]
    above = [names.get(unit, unit) for unit in _above(event)]
    values = {"unit": f"{units[0]}等{len(units)}家单位" if len(units) > 1 else "".join(units)} | _facts(event)
    if isinstance(event, _SAYS_WHO):
        values["above"] = "".join(above)
    return {name: _plain(value) for name, value in values.items()}


_SAYS_WHO: Final = (HazardListed, ListingRaised, ListingProgressOverdue, HazardTransferred, TransferUnanswered, UseSuspended)
"""Events whose text also says who supervises, hands over or suspends."""


def named_units(event: Alarm) -> tuple[str, ...]:
    """Return the codes of the units that the text names."""
    return (*_concerned(event), *_above(event))


def _concerned(event: Alarm) -> tuple[str, ...]:
    match event:
        case HazardEvent() | TaskEvent() | MeasureEvent():
            return parties_of(event)[Party.CONCERNED]
        case _:
            return (event.unit,)


def _above(event: Alarm) -> tuple[str, ...]:
    return parties_of(event)[Party.ABOVE] if isinstance(event, _SAYS_WHO) else ()


def text_of(template: str, params: Mapping[str, str], number: str) -> str:
    """Fill in a template. Values are never read as templates themselves."""
    return Template(template).substitute(params, number=number)


def _facts(event: Alarm) -> dict[str, str]:
    match event:
        case RectificationDigestDue():
            return _digest(event)
        case HazardEvent():
            return _of_hazard(event)
        case MeasureEvent():
            return _of_measure(event)
        case TaskOverdue():
            return {"task": _short(event.text), "due": _last(event.due_at)}
        case TaskListed() | TaskReturned():
            return {"task": _short(event.text), "reason": _short(event.reason)}
        case _:
            return _of_report(event)


def _of_report(event: ReportAlarm) -> dict[str, str]:
    match event:
        case OccurrenceDeclared():
            return {"what": _short(event.what), "happened": _local(event.happened_at), "due": _last(event.cutoff_at)}
        case ContradictionSuspected():
            return {"period": event.period_label or _day(event.period)}
        case ReportReminderDue() | ReportMissed():
            return {
                "obligation": event.obligation,
                "period": event.period_label or _day(event.period),
                "due": _local(event.cutoff_at),
            }


MEASURES: Final[Mapping[str, str]] = {
    "supervision_order": "督办单",
    "reminder": "提醒",
    "warning": "警示",
    "interview": "约谈",
    "circular": "通报",
    "exposure": "曝光",
    "blacklist": "列入黑名单",
    "veto": "一票否决",
    "discipline": "问责",
    "transfer_to_justice": "移送司法",
}
"""How people call measures; one that is not known here yet goes by its key."""


def _of_measure(event: MeasureAlarm) -> dict[str, str]:
    facts = {"measure": MEASURES.get(event.measure, event.measure), "title": _short(event.title)}
    match event:
        case MeasureUnacknowledged():
            return facts | {"due": _last(event.acknowledge_by)}
        case MeasureReplyOverdue():
            return facts | {"due": _last(event.reply_by)}
        case _:
            return facts


_SAID: Final[Mapping[type[HazardEvent], tuple[str, ...]]] = {
    RectificationOverdue: ("due_at",),
    RectificationRejected: ("reason",),
    RectificationExtended: ("due_at",),
    ExtensionRefused: ("reason", "due_at"),
    ExtensionUndecided: ("decide_by",),
    MonitoringReviewOverdue: ("review_on",),
    HazardTransferred: ("reason", "acknowledge_by"),
    TransferUnanswered: ("acknowledge_by",),
    HazardListed: ("reason",),
    ListingRaised: ("reason",),
    ListingProgressOverdue: ("due_at",),
    ListingUnpublished: ("publish_by",),
    UseSuspended: ("reason", "what"),
}
"""What a text says beside the hazard: fields of the event. An instant or a day is what something is due by."""


def _of_hazard(event: HazardEvent) -> dict[str, str]:
    facts = {"hazard": event.number, "title": _short(event.title)}
    for name in _SAID[type(event)]:
        match getattr(event, name):
            case datetime() as instant:
                facts["due"] = _last(instant)
            case date() as day:
                facts["due"] = f"{_day(day)}24:00"
            case text:
                facts[name] = _short(text)
    return facts


def _digest(event: RectificationDigestDue) -> dict[str, str]:
    """How many, and the most urgent one."""
    first = event.items[0]
    return {"count": str(event.total), "hazard": first.number, "title": _short(first.title), "due": _last(first.due_at)}


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _local(instant: datetime) -> str:
    local = instant.astimezone(ZONE)
    return f"{_day(local.date())}{local:%H:%M}"


def _last(instant: datetime) -> str:
    """The first instant that is too late, as the end of the day before if it is a midnight."""
    local = instant.astimezone(ZONE)
    return f"{_day(local.date() - _DAY)}24:00" if local.time() == time(0) else _local(instant)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _plain(value: str) -> str:
    # An empty variable is refused by the provider.
    return _FORBIDDEN.sub(" ", value).strip() or "—"
