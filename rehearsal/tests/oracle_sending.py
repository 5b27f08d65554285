"""The oracle's part about processes that are down and providers that misbehave (points 10, 11 and 15 of SCENARIO.md)."""

from datetime import datetime, timedelta

from rehearsal.hazard_deeds import OnHazard, SetPolicy
from rehearsal.scenario import (
    Action,
    Contact,
    MoveUnit,
    OrderRectification,
    ProcessFault,
    ProviderFault,
    RegisterUnit,
    ReportHazard,
    RetireUnit,
    Scenario,
)

SETTLING = timedelta(hours=1)
"""How long after a provider is well again every notification has been settled. A fault must end that long before the run
does, or not before it at all; otherwise the specification leaves the final status open."""

STATUS_WHILE_IT_LASTS = {"timeout": "unknown", "lost": "unknown", "throttle": "pending"}


class Outages:
    """When which process is down: from the instant of the kill up to, and not including, the instant of the start."""

    def __init__(self, scenario: Scenario) -> None:
        self._down: dict[str, list[tuple[datetime, datetime]]] = {}
        killed: dict[str, datetime] = {}
        for fault in scenario.faults:
            if isinstance(fault, ProcessFault) and fault.do == "kill":
                killed[fault.process] = fault.at
            elif isinstance(fault, ProcessFault) and fault.do == "start":
                self._down.setdefault(fault.process, []).append((killed.pop(fault.process), fault.at))

    def up_from(self, processes: set[str], instant: datetime) -> datetime:
        """The first instant from `instant` on at which all the processes are up."""
        moved = True
        while moved:
            moved = False
            for process in processes:
                for killed, started in self._down.get(process, []):
                    if killed <= instant < started:
                        instant, moved = started, True
        return instant

    def performed_at(self, action: Action) -> datetime:
        """When an action gets through: at its instant, or when the process that it needs is back."""
        if isinstance(action, ReportHazard | OrderRectification | OnHazard | SetPolicy):
            owner = "hazards"
        elif isinstance(action, RegisterUnit | MoveUnit | RetireUnit):
            owner = "plans"
        else:
            owner = "reporting"
        return self.up_from({owner, "postgres"}, action.at)

    def reaches_notify(self, source: str, raised_at: datetime) -> datetime:
        """When notify can act on what a service noticed at `raised_at`."""
        published = self.up_from({source, "postgres", "kafka"}, self.up_from({source, "postgres"}, raised_at))
        return self.up_from({"notify", "postgres", "kafka"}, published)


def settle(scenario: Scenario, contact: Contact, sent_at: datetime) -> tuple[str, str]:
    """The channel of the last attempt and the final status of a notification to one contact."""
    channels = [name for name, address in (("wecom", contact.wecom), ("sms", contact.mobile)) if address]
    for channel in channels:
        fault = _fault_at(scenario, channel, sent_at)
        if fault is None or fault.behave == "slow" or (fault.behave == "timeout" and channel == "sms"):
            return channel, "delivered"
        if fault.behave == "reject":
            continue
        if fault.until > scenario.end:
            return channel, STATUS_WHILE_IT_LASTS[fault.behave]
        if fault.until + SETTLING > scenario.end:
            raise ValueError(f"the end comes too soon after {fault.behave} of {channel} to say how it ends")
        return channel, "delivered"
    return channels[-1], "failed"


def _fault_at(scenario: Scenario, channel: str, instant: datetime) -> ProviderFault | None:
    active = [
        fault
        for fault in scenario.faults
        if isinstance(fault, ProviderFault) and fault.channel == channel and fault.at <= instant < fault.until
    ]
    return active[-1] if active else None
