"""What rules of accountability make of what happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts import Envelope
from contracts.calendars import china
from contracts.events.reports import ReportMissed
from hazards.domain.accountability import matching, measures
from hazards.domain.accountability.matching import Match, Proposal, Tree
from hazards.domain.accountability.measures import MeasureStep, Terms
from hazards.domain.accountability.occurrences import Occurrence, of_report
from hazards.domain.accountability.rules import Rules, RuleSet
from hazards.domain.policy import days_after
from hazards.store import accountability as store
from hazards.store import changes, tasks
from hazards.store import measures as measure_store
from hazards.store.accountability import Counting
from hazards.store.changes import Changed
from servicekit import outbox, units
from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.outbox import Outgoing
from servicekit.problems import not_found


def of_plan(plan_id: str) -> str:
    """The owner of a plan's rules."""
    return f"plan:{plan_id}"


async def decide_for_unit(connection: Connection, principal: Principal, unit: str, rules: Rules, at: datetime) -> RuleSet:
    """Put a new version of a unit's rules in force, for itself and everything below it.

    Raises:
        Problem: 403 wrong role or foreign unit; 404 unknown unit.
    """
    principal.require("office", "admin")
    await units.in_scope(connection, principal, unit)
    return await store.add_rules(connection, unit, unit, rules, principal.subject, at)


async def decide_for_plan(connection: Connection, principal: Principal, plan_id: str, rules: Rules, at: datetime) -> RuleSet:
    """Put a new version of a plan's rules in force. They hold beside those of the units.

    Raises:
        Problem: 403 wrong role, or the issuer lies outside the caller's subtree; 404 unknown plan.
    """
    principal.require("office", "admin")
    issuer = await tasks.issuer(connection, plan_id)
    if issuer is None:
        raise not_found("plan_id", plan_id)
    await units.in_scope(connection, principal, issuer, "plan_id")
    return await store.add_rules(connection, of_plan(plan_id), issuer, rules, principal.subject, at)


async def follow_reports(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """Follow reports that did not come; other events are passed over."""
    occurrences = [of_report(each.data, each.id) for each in envelopes if isinstance(each.data, ReportMissed)]
    await evaluate(connection, occurrences, now)


async def evaluate(connection: Connection, occurrences: Sequence[Occurrence], now: datetime) -> None:
    """Write down what happened, and propose the measures that rules ask for. What was written down before changes nothing."""
    if not occurrences:
        return
    added = await store.add(connection, occurrences)
    new = [each for each in occurrences if each.key in added]
    if not new:
        return
    found = await _matches(connection, new)
    waiting = [(at, match) for match in found if (at := match.check_at()) is not None]
    if waiting:
        await store.wait(connection, waiting)
    await propose(connection, [match for match in found if match.check_at() is None], now)


async def fire_lateness(connection: Connection, now: datetime, limit: int) -> int:
    """Look again at what may be late enough now; return at how many."""
    due = await store.take_due(connection, now, limit)
    late = await _still_late(connection, due)
    await propose(connection, [match for place, (_, match) in enumerate(due) if place in late], now)
    return len(due)


async def propose(connection: Connection, found: Sequence[Match], now: datetime) -> None:
    """Make proposals of matches that happened often enough, and issue the light ones whose rules say so."""
    ready = await _often_enough(connection, found)
    if not ready:
        return
    tree = await _tree(connection, ready)
    asked = {each.measure_id: each for match in ready for each in matching.proposals(match, tree)}
    steps = [_steps(each, now) for each in asked.values()]
    if not steps:
        return
    added = await measure_store.insert(connection, [each[-1].after for each in steps])
    new = [step for each in steps for step in each if step.after.measure_id in added]
    if new:
        await tell(connection, new)


async def tell(connection: Connection, steps: Sequence[MeasureStep]) -> None:
    """Write the history and the events of changes of measures."""
    await changes.add(connection, "measure", [Changed(step.after.version, step.event) for step in steps])
    await outbox.append(connection, [Outgoing(step.event, step.after.version, step.event_id) for step in steps])


def terms_of(measure: measures.Measure, now: datetime) -> Terms:
    """The deadlines that the rule gives when it is issued now; each ends with a day in Shanghai."""
    acknowledge, reply = measure.acknowledge_within_days, measure.reply_within_days
    return Terms(
        acknowledge_by=None if acknowledge is None else days_after(now, acknowledge, working=False, calendar=china()).at,
        reply_by=None if reply is None else days_after(now, reply, working=False, calendar=china()).at,
    )


def _steps(proposal: Proposal, now: datetime) -> list[MeasureStep]:
    proposed = measures.propose(proposal, now)
    if not proposal.match.rule.automatic:
        return [proposed]
    return [proposed, measures.issue_by_rule(proposed.after, terms_of(proposed.after, now), now)]


async def _matches(connection: Connection, occurrences: Sequence[Occurrence]) -> list[Match]:
    lines = await store.lines(connection, {each.unit for each in occurrences})
    plans = {of_plan(each.plan_id) for each in occurrences if each.plan_id is not None}
    codes = {code for line in lines.values() for code, _ in line}
    sets = await store.newest_rules(connection, codes | plans)
    found: list[Match] = []
    for each in occurrences:
        owners = [code for code, _ in lines.get(each.unit, ())] + ([of_plan(each.plan_id)] if each.plan_id else [])
        found += matching.matches(each, [sets[owner] for owner in owners if owner in sets])
    return found


async def _often_enough(connection: Connection, found: Sequence[Match]) -> list[Match]:
    counted = [match for match in found if match.rule.when.repeated is not None]
    if not counted:
        return list(found)
    # Two that happen at once would not see each other, and neither would be the last one that counts.
    await store.lock(connection, (f"{each.occurrence.trigger}:{each.occurrence.responsible}" for each in counted))
    earlier = await store.earlier(connection, [_counting(match) for match in counted])
    enough = {match.key for match, before in zip(counted, earlier, strict=True) if matching.often_enough(match, before)}
    return [match for match in found if match.rule.when.repeated is None or match.key in enough]


def _counting(match: Match) -> Counting:
    repeated, occurrence = match.rule.when.repeated, match.occurrence
    assert repeated is not None  # noqa: S101 - only such matches are counted
    enterprise = occurrence.enterprise if repeated.of == "enterprise" else None
    since = occurrence.at - timedelta(days=repeated.within_days)
    return Counting(occurrence.trigger, occurrence.responsible, enterprise, since, occurrence.at)


async def _tree(connection: Connection, found: Sequence[Match]) -> Tree:
    occurrences = [match.occurrence for match in found]
    parents = await store.parents_then(connection, {(each.responsible, each.at) for each in occurrences})
    named = {code for each in occurrences for code in (each.unit, each.responsible, *each.acceptors)}
    return Tree(await store.lines(connection, named | set(parents.values())), parents)


async def _still_late(connection: Connection, due: Sequence[tuple[datetime, Match]]) -> set[int]:
    """The places of those that were still late at the instant, by what was recorded before it."""
    of_tasks = {place: (at, match.occurrence) for place, (at, match) in enumerate(due) if match.occurrence.about == "task"}
    places = [place for place in range(len(due)) if place not in of_tasks]
    asked = [(UUID(due[place][1].occurrence.subject), due[place][1].occurrence.at, due[place][0]) for place in places]
    late = {places[found] for found in await store.still_late(connection, asked)} if asked else set()
    known = await tasks.find(connection, {each.subject for _, each in of_tasks.values()}) if of_tasks else {}
    for place, (at, occurrence) in of_tasks.items():
        task = known.get(occurrence.subject)
        passed = task.passed.get(occurrence.deadline or "") if task is not None else None
        if passed is not None and passed.due_at == occurrence.due_at and (passed.met_at is None or passed.met_at >= at):
            late.add(place)
    return late
