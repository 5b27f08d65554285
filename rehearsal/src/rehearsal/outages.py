"""Completes the process faults of a scenario, so that every process comes up when it can and is up when the result is read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from rehearsal.scenario import Fault, Process, ProcessFault

INFRASTRUCTURE: Final[frozenset[Process]] = frozenset({"kafka", "postgres"})


def completed(faults: Iterable[Fault], end: datetime) -> list[Fault]:
    """Return the faults, given in time order, with these changes, again in time order.

    A service that is started while Kafka or PostgreSQL is down cannot become ready: it comes up when they do. A process
    that nobody starts again comes up at `end`.
    """
    result: list[Fault] = []
    down: list[Process] = []
    held: list[Process] = []
    for fault in faults:
        if not isinstance(fault, ProcessFault):
            result.append(fault)
            continue
        process = fault.process
        if fault.do in {"kill", "restart"} and process not in down:
            result.append(_fault(fault.at, "kill", process))
            down.append(process)
        if process in held:
            held.remove(process)
        if fault.do == "kill":
            continue
        if process not in INFRASTRUCTURE and INFRASTRUCTURE & set(down):
            held.append(process)
            continue
        up = [process]
        if not INFRASTRUCTURE & (set(down) - {process}):
            up += held
            held = []
        for each in up:
            result.append(_fault(fault.at, "start", each))
            down.remove(each)
    return result + [_fault(end, "start", process) for process in down]


def _fault(at: datetime, do: str, process: Process) -> Fault:
    return ProcessFault.model_validate({"at": at, "do": do, "process": process})
