"""Declare that something happened which starts a limit: a fire, a major case, a result of rectification."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from contracts.events.reports import OccurrenceDeclared
from reporting.commands.locating import check_caller
from reporting.domain.expected import Expected
from reporting.domain.periods import NotKnownYet, PeriodInstants, instants_after, local_day
from reporting.escalation import common
from reporting.occurrences import owe
from reporting.store import expected, occurrences, scope
from reporting.store.occurrences import Occurrence
from reporting.store.plans import Duty
from servicekit import outbox
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import conflict, invalid, not_found


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a unit, and the obligation that calls for a report about it."""

    obligation: str
    unit: str
    plan_id: str | None
    occurred_at: datetime
    what: str


async def declare(
    connection: Connection, principal: Principal, happening: Happening, received_at: datetime
) -> tuple[Occurrence, Expected]:
    """Keep an occurrence and owe one report for it; one more of the same unit and local day joins that report.

    Raises:
        Problem: 403, 404, 409 (no such limit in force then, or the unit is not among the reporters), 422 (in the future).
    """
    principal.require("submitter", "office", "supervisor")
    await check_caller(connection, principal, happening.unit)
    if happening.occurred_at > received_at:
        raise invalid("occurred_at", "lies in the future")
    await scope.await_hold(connection)
    duty = await _duty(connection, happening)
    occurrence = Occurrence(
        uuid4(),
        duty.plan_id,
        duty.obligation,
        happening.unit,
        local_day(happening.occurred_at, duty.terms.zone),
        happening.occurred_at,
        received_at,
        happening.what,
    )
    await occurrences.insert(connection, occurrence, principal)
    await owe(connection, duty, occurrence.unit, await _instants(connection, duty, occurrence), received_at)
    report = await _owed(connection, occurrence)
    await _tell(connection, principal, occurrence, report)
    return occurrence, report


async def _tell(connection: Connection, principal: Principal, occurrence: Occurrence, report: Expected) -> None:
    """Whoever is to get the report hears at once that there is something to report."""
    sequence = report.sequence + 1
    event = OccurrenceDeclared.model_validate(
        common(report)
        | {
            "occurred_at": occurrence.declared_at,
            "recorded_at": occurrence.declared_at,
            "actor": principal.actor(occurrence.unit),
            "happened_at": occurrence.occurred_at,
            "what": occurrence.what,
            "recipients": report.recipients,
        }
    )
    await expected.write_sequences(connection, {report.report_id: sequence})
    await outbox.append(connection, [Outgoing(event, sequence)])


async def _duty(connection: Connection, happening: Happening) -> Duty:
    found, known = await occurrences.lock_duties(connection, happening.obligation, happening.plan_id)
    if not known:
        raise not_found("obligation", happening.obligation)
    if not found:
        raise conflict(f"nothing that happens starts {happening.obligation}, or it is no longer in force", "obligation")
    if len(found) > 1:
        raise conflict(f"several plans have an obligation {happening.obligation}; name one in plan_id", "plan_id")
    since = found[0].terms.in_force_from
    if happening.occurred_at < since:
        raise conflict(f"{happening.obligation} is in force since {since.isoformat()}", "occurred_at")
    return found[0]


async def _instants(connection: Connection, duty: Duty, occurrence: Occurrence) -> PeriodInstants:
    occurred = await occurrences.of_instance(connection, duty, occurrence.unit, occurrence.period)
    try:
        instants = instants_after(duty.terms, occurred, occurrence.declared_at)
    except NotKnownYet as error:
        raise conflict(f"when it is due cannot be known yet: {error}", "occurred_at") from None
    if instants is None:
        raise conflict(f"{occurrence.obligation} is not in effect for {occurrence.period}", "occurred_at")
    return instants


async def _owed(connection: Connection, occurrence: Occurrence) -> Expected:
    found = await expected.find(
        connection,
        unit=occurrence.unit,
        period=occurrence.period,
        obligation=occurrence.obligation,
        plan_id=occurrence.plan_id,
        locked=True,
    )
    if not found or found[0].withdrawn_at is not None:
        raise conflict(f"unit {occurrence.unit} is not among those who report {occurrence.obligation}", "unit")
    return found[0]
