"""What every action on a hazard has in common: who may, on which version, after what is due has passed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec
from uuid import UUID

from hazards.commands.keeping import Doing, keep, settled
from hazards.domain import access
from hazards.domain.access import Relation
from hazards.domain.numbers import against_occurrence
from hazards.domain.record import Hazard
from hazards.domain.refusals import RefusedError
from hazards.domain.states import Action
from hazards.domain.steps import Moment, Step, leads_to
from hazards.store import hazards as store
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.problems import Problem, conflict, forbidden, invalid, not_found

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Said:
    """What every action may carry: the version that the caller has seen, when it happened, and evidence of it."""

    version: int | None = None
    occurred_at: datetime | None = None
    evidence: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """An action on a hazard as it came in, in its transaction."""

    connection: Connection
    principal: Principal
    hazard_id: UUID
    said: Said
    at: datetime
    """When the request arrived."""


@dataclass(frozen=True, slots=True)
class Held:
    """A hazard that a caller may act upon, held until the end of the transaction."""

    connection: Connection
    hazard: Hazard
    moment: Moment
    doing: Doing

    async def apply(self, decide: Callable[Concatenate[Hazard, Moment, P], Step], *args: P.args, **kwargs: P.kwargs) -> Hazard:
        """Decide with a pure function and write what it says.

        Raises:
            Problem: 409 with the present version, or 422; nothing is changed then.
        """
        try:
            step = decide(self.hazard, self.moment, *args, **kwargs)
        except RefusedError as refused:
            raise self.problem(refused) from refused
        return (await keep(self.connection, [step], self.doing))[0]

    def problem(self, refused: RefusedError) -> Problem:
        """What a caller is told of a refusal."""
        if refused.kind == "invalid":
            return invalid(refused.field, refused.reason)
        return conflict(refused.reason, refused.field, version=self.hazard.version)


async def hold(call: Call, action: Action) -> Held:
    """Hold a hazard for an action.

    Raises:
        Problem: 403 wrong role, foreign unit, or a relation to the hazard that does not allow it; 404 unknown; 409 another
            version, or not possible in this state; 422 it happened in the future, or the evidence is not of this hazard.
    """
    connection, principal, hazard_id, said, at = call.connection, call.principal, call.hazard_id, call.said, call.at
    principal.require(*access.ROLES[action])
    caller = principal.acting_unit()
    await store.keep_lines(connection)
    hazard = await store.lock(connection, hazard_id)
    if hazard is None:
        raise not_found("hazard_id", hazard_id)
    related = await relations(connection, hazard, caller)
    # Whoever lost its part a moment ago is told what changed, not that it is a stranger.
    if not related and not await store.is_seen(connection, caller, hazard_id):
        raise forbidden(f"the hazard lies outside the subtree of {caller}")
    hazard = (await settled(connection, [hazard], at))[0]
    if said.version is not None and said.version != hazard.version:
        raise conflict(
            f"the hazard is at version {hazard.version}: read it again, then decide", "version", version=hazard.version
        )
    if not access.allowed(action, related, listed=hazard.listing is not None):
        raise forbidden(_why_not(action, related, hazard))
    if said.occurred_at is not None and (reason := against_occurrence(said.occurred_at, at, hazard.occurred_at)):
        raise invalid("occurred_at", reason)
    if said.evidence and (strange := set(said.evidence) - await store.evidence_of(connection, hazard_id, said.evidence)):
        raise invalid("evidence", f"{min(strange)} is no evidence of this hazard: upload it first")
    role = min(principal.roles.intersection(access.ROLES[action]))
    moment = Moment(at=at, actor=principal.actor(), unit=caller, occurred_at=said.occurred_at or at)
    held = Held(connection, hazard, moment, Doing(role, said.evidence))
    try:
        leads_to(hazard, action)  # before what is said with it is looked at
    except RefusedError as refused:
        raise held.problem(refused) from refused
    return held


async def relations(database: Connection | Pool, hazard: Hazard, caller: str) -> frozenset[Relation]:
    """How a unit is related to a hazard now."""
    reached = await units.reached(database, {hazard.unit, *hazard.parts()}, caller)
    below = hazard.rectifier not in reached and await units.within(database, caller, hazard.rectifier)
    return access.relations(hazard, caller, reached, below_rectifier=below)


async def require_readable(database: Connection | Pool, principal: Principal, hazard_id: UUID) -> Hazard:
    """Return a hazard that the caller may read.

    Raises:
        Problem: 403 foreign unit; 404 unknown.
    """
    hazard = await store.find(database, hazard_id)
    if hazard is None:
        raise not_found("hazard_id", hazard_id)
    unit = principal.subtree()
    if unit is not None and not await store.is_seen(database, unit, hazard_id):
        raise forbidden(f"the hazard lies outside the subtree of {unit}")
    return hazard


def _why_not(action: Action, related: frozenset[Relation], hazard: Hazard) -> str:
    if action in access.NOT_THE_RECTIFIER and not {"rectifier", "below_rectifier"}.isdisjoint(related):
        return f"{action} is for somebody else than the unit that has to rectify, or one below it"
    if action in access.NOT_THE_ORDERED and "ordered" in related:
        return f"{action} is not for the unit that was ordered to rectify"
    if hazard.listing is not None and action in access.ONLY_THE_LISTER_WHEN_LISTED and not access.MAY[action].isdisjoint(related):
        return f"the hazard is listed by {hazard.listing.unit}: {action} is for that body"
    caller = ", ".join(sorted(related)) or "none of them"
    return f"{action} is for {', '.join(sorted(access.MAY[action]))}; the caller is {caller}"
