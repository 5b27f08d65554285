"""Who may read a plan and what hangs under it."""

from uuid import UUID

from plans.domain.plan import Plan
from plans.domain.tasks.access import relations
from plans.domain.tasks.record import TrackedTask
from plans.store import plans as store
from plans.store import tasks
from servicekit import units
from servicekit.auth import Principal
from servicekit.database import Pool
from servicekit.problems import forbidden, not_found


async def readable_plan(pool: Pool, principal: Principal, plan_id: UUID) -> Plan:
    """Return a plan that concerns the caller's unit.

    Raises:
        Problem: 404 unknown; 403 it concerns neither the caller's unit nor its subtree.
    """
    plan = await store.find(pool, plan_id)
    if plan is None:
        raise not_found("plan_id", plan_id)
    # A department beside the issuer can have a task of it, and then reads the plan that says so.
    if principal.unit is None or not await tasks.has_part(pool, plan_id, principal.unit):
        await require_line(pool, principal, plan.issuer)
    return plan


async def require_line(pool: Pool, principal: Principal, issuer: str) -> None:
    """A plan is read by those whom it can bind, below its issuer, and by those above."""
    if principal.unit is None and "admin" in principal.roles:
        return
    unit = principal.acting_unit()
    if not (await units.within(pool, issuer, unit) or await units.within(pool, unit, issuer)):
        raise forbidden(f"the plan of {issuer} concerns neither {unit} nor its subtree")


async def readable_task(pool: Pool, principal: Principal, plan_id: UUID, task: str) -> TrackedTask:
    """Return a task in force in which the caller's unit, or one below it, has a part, or that its issuer's plan binds.

    Raises:
        Problem: 404 unknown; 403 it concerns neither the caller's unit nor its subtree.
    """
    found = await tasks.find(pool, plan_id, task)
    if found is None or not found.in_force:
        raise not_found("task", task)
    if principal.unit is not None:
        reached = await units.reached(pool, {found.issuer, *found.leads, *found.supports}, principal.unit)
        if relations(principal.unit, found.issuer, found.leads, found.supports, reached):
            return found
    await require_line(pool, principal, found.issuer)
    return found
