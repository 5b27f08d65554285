"""The life of a plan: drafted and revised, issued, amended any number of times, closed.

What is in force is never rewritten, only followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from contracts.events.plans import Obligation
from plans.domain.content import EMPTY, Content
from plans.domain.findings import Finding

State = Literal["draft", "issued", "amended", "closed"]
Action = Literal["revise", "issue", "amend", "close"]

TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = MappingProxyType(
    {
        ("draft", "revise"): "draft",
        ("draft", "issue"): "issued",
        ("issued", "amend"): "amended",
        ("amended", "amend"): "amended",
        ("issued", "close"): "closed",
        ("amended", "close"): "closed",
    }
)
_INSTEAD: Final[Mapping[Action, str]] = MappingProxyType(
    {
        "revise": "only a draft can be revised; amend a plan in force",
        "issue": "only a draft can be issued",
        "amend": "only an issued plan can be amended",
        "close": "only a plan in force can be closed",
    }
)


@dataclass(frozen=True, slots=True)
class Text:
    """What a plan says: the part of it that a version can change."""

    title: str
    document_number: str | None
    obligations: tuple[Obligation, ...]
    content: Content = EMPTY


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it stands.

    `version` counts its changes from the draft on, `revision` those that were published (0: none). `changed_at` is when the
    last one took effect.
    """

    plan_id: UUID
    title: str
    document_number: str | None
    issuer: str
    zone: str
    state: State
    version: int
    revision: int
    obligations: tuple[Obligation, ...]
    drafted_at: datetime
    changed_at: datetime
    issued_at: datetime | None = None
    closed_at: datetime | None = None
    content: Content = EMPTY

    @property
    def text(self) -> Text:
        """What the plan says."""
        return Text(self.title, self.document_number, self.obligations, self.content)


def against(plan: Plan, action: Action, version: int) -> Finding | None:
    """Return what forbids `action` by a caller who read `version`, or None."""
    if (plan.state, action) not in TRANSITIONS:
        return Finding("conflict", "state", f"the plan is {plan.state}; {_INSTEAD[action]}")
    if plan.version != version:
        return Finding("conflict", "version", f"the plan is at version {plan.version} now; read it again")
    return None


def revised(plan: Plan, text: Text, at: datetime) -> Plan:
    """The draft with another text. Nobody is told."""
    return _with(_next(plan, "revise", at), text)


def issued(plan: Plan, at: datetime) -> Plan:
    """The plan in force; cut-offs after its `changed_at` are owed."""
    after = _next(plan, "issue", at)
    return replace(after, revision=plan.revision + 1, issued_at=after.changed_at)


def amended(plan: Plan, text: Text, at: datetime) -> Plan:
    """The plan with another text; cut-offs after its `changed_at` follow this one."""
    return _with(replace(_next(plan, "amend", at), revision=plan.revision + 1), text)


def closed(plan: Plan, at: datetime) -> Plan:
    """The plan at its end: cut-offs after its `changed_at` are owed no longer. Tasks and hazards outlive it (DOMAIN 3)."""
    after = _next(plan, "close", at)
    return replace(after, revision=plan.revision + 1, closed_at=after.changed_at)


def _next(plan: Plan, action: Action, at: datetime) -> Plan:
    return replace(
        plan, state=TRANSITIONS[plan.state, action], version=plan.version + 1, changed_at=max(at, plan.changed_at)
    )  # fmt: skip


def _with(plan: Plan, text: Text) -> Plan:
    return replace(
        plan,
        title=text.title,
        document_number=text.document_number,
        obligations=text.obligations,
        content=text.content,
    )
