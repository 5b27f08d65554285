"""The life of a plan: drafted, issued, then amended any number of times. What is in force is never rewritten, only followed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from contracts.events.plans import Obligation
from plans.domain.findings import Finding

State = Literal["draft", "issued", "amended"]
Action = Literal["issue", "amend"]

TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = MappingProxyType(
    {
        ("draft", "issue"): "issued",
        ("issued", "amend"): "amended",
        ("amended", "amend"): "amended",
    }
)
_INSTEAD: Final[Mapping[Action, str]] = MappingProxyType(
    {"issue": "only a draft can be issued", "amend": "only an issued plan can be amended"}
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it stands. `version` counts its changes from the draft on; `changed_at` is when the last one took effect."""

    plan_id: UUID
    title: str
    document_number: str | None
    issuer: str
    zone: str
    state: State
    version: int
    obligations: tuple[Obligation, ...]
    drafted_at: datetime
    changed_at: datetime
    issued_at: datetime | None = None

    @property
    def revision(self) -> int:
        """Counts what was published, from 1 at issue: the draft is version 1 and no event."""
        return self.version - 1


def against(plan: Plan, action: Action, version: int) -> Finding | None:
    """Return what forbids `action` by a caller who read `version`, or None."""
    if (plan.state, action) not in TRANSITIONS:
        return Finding("conflict", "state", f"the plan is {plan.state}; {_INSTEAD[action]}")
    if plan.version != version:
        return Finding("conflict", "version", f"the plan is at version {plan.version} now; read it again")
    return None


def issued(plan: Plan, at: datetime) -> Plan:
    """The plan in force; cut-offs after its `changed_at` are owed."""
    at = max(at, plan.changed_at)
    return replace(plan, state=TRANSITIONS[plan.state, "issue"], version=plan.version + 1, changed_at=at, issued_at=at)


def amended(plan: Plan, obligations: tuple[Obligation, ...], at: datetime) -> Plan:
    """The plan with other obligations; cut-offs after its `changed_at` follow these."""
    return replace(
        plan,
        state=TRANSITIONS[plan.state, "amend"],
        version=plan.version + 1,
        obligations=obligations,
        changed_at=max(at, plan.changed_at),
    )
