"""What the faults of one instant amount to, and which processes an action needs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from rehearsal.hazard_deeds import OnHazard, SetPolicy
from rehearsal.scenario import (
    Action,
    Fault,
    MoveUnit,
    OrderRectification,
    Process,
    ProcessFault,
    ProviderFault,
    RegisterUnit,
    ReportHazard,
    RetireUnit,
)

SERVICES: Final[tuple[Process, ...]] = ("plans", "hazards", "reporting", "notify")
# Infrastructure comes up first: a service becomes ready only when its database and the broker answer.
START_ORDER: Final[tuple[Process, ...]] = ("postgres", "kafka", *SERVICES)


@dataclass
class Upheaval:
    """Faults of one instant, summed up: what goes down before the clock reaches it and what comes up once it has."""

    kill: list[Process] = field(default_factory=list)
    start: list[Process] = field(default_factory=list)
    providers: list[ProviderFault] = field(default_factory=list)


def upheaval(faults: Iterable[Fault], down: frozenset[Process]) -> Upheaval:
    """Sum up the faults of one instant, given which processes are down before it.

    What counts is how each process stands at the end: `kill` and `start` of the same instant are a restart.
    """
    result = Upheaval()
    last: dict[Process, bool] = {}
    for fault in faults:
        if isinstance(fault, ProcessFault):
            last[fault.process] = fault.do == "kill"
        else:
            result.providers.append(fault)
    for process in START_ORDER:
        if process not in last:
            continue
        if process not in down:
            result.kill.append(process)
        if not last[process]:
            result.start.append(process)
    return result


def owner_of(action: Action) -> Process:
    """The service whose API takes an action."""
    if isinstance(action, ReportHazard | OrderRectification | SetPolicy | OnHazard):
        return "hazards"
    if isinstance(action, RegisterUnit | MoveUnit | RetireUnit):
        return "plans"
    return "reporting"


def needs(action: Action) -> frozenset[Process]:
    """The processes without which an action cannot be taken. Kafka is none of them: a command only writes to its database."""
    return frozenset({owner_of(action), "postgres"})


def running_services(down: frozenset[Process]) -> tuple[Process, ...]:
    """The services that can answer. Without the database no service can."""
    return () if "postgres" in down else tuple(service for service in SERVICES if service not in down)


def crosses_services(action: Action, following: Action | None = None) -> bool:
    """Whether another service must have heard of an action before the following one can count on it.

    Hazards follow one another inside their own service.
    """
    owner = owner_of(action)
    return owner != "reporting" and not (owner == "hazards" and following is not None and owner_of(following) == owner)
