"""Noticing contradictions, from either side: a zero report arrives, or hazards become known."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from contracts.events.hazards import HazardReported
from contracts.events.reports import ContradictionSuspected
from reporting.domain.contradictions import Contradiction, first_contradiction
from reporting.domain.expected import contradiction_event_id
from reporting.store import contradictions
from reporting.store.contradictions import DayReport, Window
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing

Suspicion = tuple[DayReport, Contradiction]

_DAY = timedelta(days=1)


async def after_zero_report(connection: Connection, report_id: UUID, unit: str, now: datetime) -> None:
    """Compare a report, to which a zero version was added before, with the hazards of its unit and day."""
    await contradictions.serialise(connection, [unit])
    await _look(connection, [await contradictions.report(connection, report_id)], now)


async def after_hazards(connection: Connection, reported: Sequence[HazardReported], now: datetime) -> None:
    """Compare hazards, which were written before, with the reports of their units and days."""
    if not reported:
        return
    await contradictions.serialise(connection, sorted({hazard.unit for hazard in reported}))
    instants = {(hazard.unit, hazard.hazard_occurred_at.astimezone(UTC)) for hazard in reported}
    near = await contradictions.reports_near(connection, [(unit, instant.date()) for unit, instant in instants])
    await _look(connection, [report for report in near if any(_window(report).holds(*each) for each in instants)], now)


async def _look(connection: Connection, reports: Sequence[DayReport], now: datetime) -> None:
    """Suspect at most once per unit and period, in a number of statements that is always the same."""
    hazards = await contradictions.hazards_in(connection, [_window(report) for report in reports]) if reports else {}
    if not hazards:
        return
    versions = await contradictions.versions_of(connection, list(hazards))
    found = [
        (report, contradiction)
        for report in reports
        if (contradiction := first_contradiction(versions[report.report_id], hazards.get(report.report_id, []))) is not None
    ]
    earliest = {place: _earliest(each) for place, each in groupby(sorted(found, key=_place), key=_place)}
    if not earliest:
        return
    new = await contradictions.keep(connection, [each[0] for each in earliest.values()])
    events = [_event(earliest[place], now) for place in sorted(new)]
    await outbox.append(connection, [Outgoing(each, 1, contradiction_event_id(each.unit, each.period)) for each in events])


def _place(suspicion: Suspicion) -> tuple[str, date]:
    report, _ = suspicion
    return report.unit, report.period


def _earliest(suspicions: Iterable[Suspicion]) -> list[Suspicion]:
    """Those of the first moment: one hazard can contradict reports of several obligations at once."""
    known = sorted(suspicions, key=lambda each: (each[1].suspected_at, each[0].report_id))
    return [each for each in known if each[1].suspected_at == known[0][1].suspected_at]


def _window(report: DayReport) -> Window:
    return Window(
        report.report_id,
        report.unit,
        datetime.combine(report.first_day, time(0), report.zone),
        datetime.combine(report.last_day + _DAY, time(0), report.zone),
    )


def _event(suspicions: Sequence[Suspicion], now: datetime) -> ContradictionSuspected:
    report, found = suspicions[0]
    return ContradictionSuspected(
        occurred_at=found.suspected_at,
        recorded_at=now,
        unit=report.unit,
        parent=report.parent,
        period=report.period,
        period_label=report.label,
        kind="zero_with_hazard",
        report_id=str(report.report_id),
        hazard_id=found.hazard_id,
        recipients=tuple(sorted({recipient for each, _ in suspicions for recipient in each.recipients})),
    )
