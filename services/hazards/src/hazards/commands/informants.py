"""Informants of hazards: keeping who they are, telling it to the one role that may know, and the bookkeeping of their rewards.

No event tells of any of it, and no other answer of the service says who an informant is.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from hazards.domain import informants as domain
from hazards.domain.informants import Identity, Reward
from hazards.sealing import Keyring, UnopenableError
from hazards.store import hazards
from hazards.store import informants as store
from hazards.store.informants import Informant
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Connection, Pool
from servicekit.problems import conflict, forbidden, invalid, not_found


@dataclass(frozen=True, slots=True)
class Disclosed:
    """An informant, opened."""

    informant_id: UUID
    recorded_at: datetime
    identity: Identity


async def line_of(database: Connection | Pool, hazard_id: UUID) -> tuple[list[str], str]:
    """Return the line of a hazard, from its unit up to the root, and the unit that has to rectify.

    Raises:
        Problem: 404 unknown hazard.
    """
    hazard = await hazards.find(database, hazard_id)
    if hazard is None:
        raise not_found("hazard_id", hazard_id)
    return [each.code for each in await units.lineage(database, hazard.unit)], hazard.rectifier


async def require_line(database: Connection | Pool, principal: Principal, hazard_id: UUID, *roles: str) -> str:
    """Return the caller's unit, if it is the hazard's or stands above it.

    Raises:
        Problem: 403 wrong role, no unit or a foreign one; 404 unknown hazard.
    """
    principal.require(*roles)
    caller = principal.acting_unit()
    line, _ = await line_of(database, hazard_id)
    if caller not in line:
        raise forbidden(f"the hazard lies outside the subtree of {caller}")
    return caller


async def record(
    connection: Connection, principal: Principal, keyring: Keyring, hazard_id: UUID, identity: Identity, at: datetime
) -> UUID:
    """Keep who told of a hazard, sealed; return the informant's id. Nothing that was kept before is replaced.

    Raises:
        Problem: 403 wrong role or foreign hazard; 404 unknown hazard; 409 the hazard has `MOST_INFORMANTS`.
    """
    caller = await require_line(connection, principal, hazard_id, "submitter", "office", "supervisor")
    if await store.count(connection, hazard_id) >= domain.MOST_INFORMANTS:
        raise conflict(f"a hazard has at most {domain.MOST_INFORMANTS} informants", "hazard_id")
    informant_id = uuid4()
    text = identity.model_dump_json(exclude_none=True).encode()
    sealed = keyring.seal(text, _bound_to(hazard_id, informant_id))
    await store.add(connection, hazard_id, Informant(informant_id, sealed, at), principal.subject, caller)
    return informant_id


async def disclose(
    connection: Connection, principal: Principal, keyring: Keyring, hazard_id: UUID, reason: str, at: datetime
) -> list[Disclosed]:
    """Tell a supervisor who told of a hazard, and record who read it, when and why. Told only once that is committed.

    Raises:
        Problem: 403 not a supervisor above the hazard's unit, or of the unit that has to rectify; 404 unknown hazard, or nobody
            is known to have told of it; 409 it cannot be opened with the keys of the settings.
    """
    principal.require("supervisor")
    caller = principal.acting_unit()
    line, rectifier = await line_of(connection, hazard_id)
    if refused := domain.against_disclosure(caller, line, rectifier):
        raise forbidden(refused)
    found = await store.of_hazard(connection, hazard_id)
    if not found:
        raise not_found("informant of hazard_id", hazard_id)
    try:
        opened = [Disclosed(each.informant_id, each.recorded_at, _opened(keyring, hazard_id, each)) for each in found]
    except UnopenableError as error:
        raise conflict(f"the identity cannot be opened: {error}", "informant") from error
    by = (principal.subject, caller)
    await store.disclosed(connection, hazard_id, [each.informant_id for each in opened], by, reason, at)
    return opened


async def seal_again(connection: Connection, principal: Principal, keyring: Keyring, limit: int) -> tuple[int, int]:
    """Seal identities under the newest key, at most `limit`; return how many were, and how many are left.

    Nobody sees them. With none left the older keys can be taken out of the settings.

    Raises:
        Problem: 403 wrong role; 409 one cannot be opened.
    """
    principal.require("admin")
    found = await store.under_other_keys(connection, keyring.newest, limit)
    try:
        sealed = [
            (informant_id, keyring.seal(keyring.open(old, bound_to), bound_to).content)
            for informant_id, hazard_id, old in found
            for bound_to in (_bound_to(hazard_id, informant_id),)
        ]
    except UnopenableError as error:
        raise conflict(f"an identity cannot be opened: {error}", "informant") from error
    return len(sealed), await store.seal_again(connection, keyring.newest, sealed)


async def propose(
    connection: Connection,
    principal: Principal,
    hazard_id: UUID,
    informant_id: UUID,
    *,
    amount: Decimal,
    ground: str,
    at: datetime,
) -> Reward:
    """Propose a reward for an informant.

    Raises:
        Problem: 403 wrong role or foreign hazard; 404 unknown hazard or informant; 409 the informant has a reward already.
    """
    caller = await require_line(connection, principal, hazard_id, "office", "supervisor")
    if not await store.exists(connection, hazard_id, informant_id):
        raise not_found("informant_id", informant_id)
    reward = await store.propose(
        connection, hazard_id, informant_id, amount=amount, ground=ground, by=(principal.subject, caller), at=at
    )
    if reward is None:
        raise conflict("a reward for this informant is proposed, approved or paid already", "informant_id")
    return reward


async def decide(
    connection: Connection,
    principal: Principal,
    hazard_id: UUID,
    reward_id: UUID,
    *,
    approved: bool,
    note: str | None,
    at: datetime,
) -> Reward:
    """Decide on a proposed reward: another person, for the proposing unit or one above it.

    Raises:
        Problem: 403 wrong role, foreign hazard, the proposer, or a unit below the proposing one; 404 unknown; 409 decided
            already.
    """
    caller = await require_line(connection, principal, hazard_id, "office", "supervisor")
    reward = await _locked(connection, hazard_id, reward_id)
    if refused := domain.against_decision(reward, principal.subject):
        raise forbidden(refused)
    if not await units.within(connection, reward.proposed_unit, caller):
        raise forbidden(f"the reward was proposed by {reward.proposed_unit}; a unit below it cannot decide")
    if reward.state != "proposed":
        raise conflict(f"the reward is {reward.state}", "state")
    return await store.decide(connection, reward_id, approved=approved, note=note, by=(principal.subject, caller), at=at)


async def pay(
    connection: Connection,
    principal: Principal,
    hazard_id: UUID,
    reward_id: UUID,
    *,
    paid_at: datetime,
    receipt: str,
    at: datetime,
) -> Reward:
    """Note that an approved reward was paid, with the number of the receipt.

    Raises:
        Problem: 403 wrong role or foreign hazard; 404 unknown; 409 not approved; 422 it cannot have been paid at that instant.
    """
    await require_line(connection, principal, hazard_id, "office")
    reward = await _locked(connection, hazard_id, reward_id)
    if reward.state != "approved":
        raise conflict(f"the reward is {reward.state}; only an approved one is paid", "state")
    if refused := domain.against_payment(paid_at, reward, at):
        raise invalid("paid_at", refused)
    return await store.pay(connection, reward_id, paid_at, principal.subject, receipt)


async def _locked(connection: Connection, hazard_id: UUID, reward_id: UUID) -> Reward:
    reward = await store.lock_reward(connection, hazard_id, reward_id)
    if reward is None:
        raise not_found("reward_id", reward_id)
    return reward


def _opened(keyring: Keyring, hazard_id: UUID, informant: Informant) -> Identity:
    text = keyring.open(informant.sealed, _bound_to(hazard_id, informant.informant_id))
    return Identity.model_validate_json(text)


def _bound_to(hazard_id: UUID, informant_id: UUID) -> bytes:
    return b"hazards.informant\x00" + hazard_id.bytes + informant_id.bytes
