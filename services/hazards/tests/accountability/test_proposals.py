"""What happens makes the measures that rules ask for: once, by the right body, towards the right addressee."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.events.accountability import MeasureIssued, MeasureProposed
from contracts.events.plans import PlanIssued
from contracts.events.reports import ReportMissed
from contracts.events.tasks import TaskCompleted, TaskOverdue

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY, PREFECTURE = "330802101202", "330802101", "330802", "3308"
NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
DUE = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
OVERDUE = {"trigger": "rectification_overdue", "measure": "interview"}


def missed(unit: str = VILLAGE, step: int = 1) -> ReportMissed:
    return ReportMissed(
        occurred_at=NOW,
        recorded_at=NOW,
        report_id=f"p1:zero:{unit}",
        plan_id="p1",
        obligation="zero",
        obligation_type="zero_report",
        unit=unit,
        parent=TOWN,
        period=date(2026, 3, 2),
        cutoff_at=NOW,
        step=step,
        recipients=(TOWN,),
    )


def overdue_task(**changed) -> TaskOverdue:
    named = {"task_id": "p1:t1", "plan_id": "p1", "task": "t1", "text": "排查", "issuer": COUNTY, "leads": (TOWN, VILLAGE)}
    return TaskOverdue(**{"occurred_at": NOW, "recorded_at": NOW, "deadline": "d1", "due_at": NOW, **named, **changed})


def plan(plan_id: str = "p1") -> PlanIssued:
    return PlanIssued(
        occurred_at=NOW,
        recorded_at=NOW,
        plan_id=plan_id,
        title="整治",
        issuer=COUNTY,
        zone="Asia/Shanghai",
        revision=1,
        obligations=(),
    )


async def test_an_overdue_rectification_is_proposed_once_to_the_body_of_the_rule(accounts, ordered) -> None:
    await accounts.decide(COUNTY, {**OVERDUE, "body": {"kind": "ordering_unit"}, "addressee": "principal"})

    await accounts.pass_until(DUE + timedelta(hours=3))
    await accounts.pass_until(DUE + timedelta(hours=4))

    [measure] = await accounts.measures(TOWN)
    named = {
        key: measure[key] for key in ("state", "body_unit", "unit", "post", "subject", "rule_owner", "rule_version", "trigger")
    }
    assert named == {
        "state": "proposed",
        "body_unit": TOWN,
        "unit": VILLAGE,
        "post": "principal",
        "subject": ordered,
        "rule_owner": COUNTY,
        "rule_version": 1,
        "trigger": "rectification_overdue",
    }
    [(sequence, event)] = await accounts.running.outbox(MeasureProposed)
    assert (sequence, event.occurred_at, event.recorded_at) == (1, DUE, DUE + timedelta(hours=3))


async def test_by_default_nothing_is_proposed(accounts, ordered) -> None:
    await accounts.pass_until(DUE + timedelta(days=400))

    assert await accounts.measures(COUNTY) == []


async def test_rules_of_the_whole_line_and_of_the_plan_hold_beside_each_other(accounts, envelope) -> None:
    for unit in (TOWN, COUNTY):
        await accounts.decide(unit, {"trigger": "report_missed", "measure": "warning"})
    await accounts.learn(envelope(plan()))
    body = {"rules": [{"id": "p", "trigger": "report_missed", "measure": "interview", "body": {"kind": "recipient"}}]}
    answer = await accounts.running.call("PUT", "/accountability/plans/p1/rules", body, unit=COUNTY)
    assert answer.json()["owner"] == "plan:p1"

    await accounts.learn(envelope(missed()))

    found = {(each["rule_owner"], each["body_unit"]) for each in await accounts.measures(COUNTY)}
    assert found == {(TOWN, TOWN), (COUNTY, COUNTY), ("plan:p1", TOWN)}


async def test_a_plan_s_rules_are_for_its_issuer_and_the_bodies_above(accounts, envelope) -> None:
    await accounts.learn(envelope(plan()))
    body = {"rules": []}

    answers = [
        (await accounts.running.call("PUT", f"/accountability/plans/{of}/rules", body, unit=unit)).status_code
        for of, unit in (("p1", TOWN), ("p1", PREFECTURE), ("p2", COUNTY))
    ]

    assert answers == [403, 200, 404]


async def test_an_event_met_again_proposes_nothing_more(accounts, envelope) -> None:
    await accounts.decide(
        COUNTY, {"trigger": "task_overdue", "measure": "supervision_order", "automatic": True, "reply_within_days": 5}
    )
    told = envelope(overdue_task())
    await accounts.learn(told)
    before = await accounts.running.content()

    await accounts.learn(told)
    await accounts.learn(told, told)

    assert await accounts.running.content() == before
    assert [sequence for sequence, _ in await accounts.running.outbox(MeasureIssued)] == [2, 2]
    assert {each["unit"] for each in await accounts.measures(COUNTY)} == {TOWN, VILLAGE}


async def test_a_light_one_is_issued_by_its_rule_with_its_deadlines(accounts, envelope) -> None:
    rule = {
        "trigger": "report_missed",
        "measure": "reminder",
        "automatic": True,
        "acknowledge_within_days": 1,
        "reply_within_days": 3,
    }
    await accounts.decide(COUNTY, rule)

    await accounts.learn(envelope(missed()))

    [measure] = await accounts.measures(VILLAGE)
    assert (measure["state"], measure["automatic"], measure["issued_by"]) == ("issued", True, None)
    assert (measure["acknowledge_by"], measure["reply_by"]) == ("2026-03-03T16:00:00Z", "2026-03-05T16:00:00Z")


@pytest.mark.parametrize("measure", ["interview", "exposure", "blacklist", "veto", "discipline", "transfer_to_justice"])
async def test_whatever_weighs_on_somebody_cannot_be_automatic(accounts, measure: str) -> None:
    body = {"rules": [{"id": "r", "trigger": "task_overdue", "measure": measure, "automatic": True}]}

    answer = await accounts.running.call("PUT", f"/accountability/rules/{COUNTY}", body, unit=COUNTY)

    assert answer.status_code == 422


async def test_repetition_counts_inclusively_within_its_window(accounts, envelope) -> None:
    repeated = {"at_least": 3, "within_days": 7}
    await accounts.decide(COUNTY, {"trigger": "report_missed", "measure": "interview", "when": {"repeated": repeated}})
    await accounts.learn(envelope(missed().model_copy(update={"occurred_at": NOW - timedelta(days=7)})))

    await accounts.learn(*(envelope(missed()) for _ in range(2)))
    assert await accounts.measures(COUNTY) == []
    await accounts.learn(envelope(missed()))

    assert len(await accounts.measures(COUNTY)) == 1


async def test_two_that_happen_at_once_are_both_counted(accounts, envelope) -> None:
    repeated = {"at_least": 8, "within_days": 7}
    await accounts.decide(COUNTY, {"trigger": "report_missed", "measure": "interview", "when": {"repeated": repeated}})

    await asyncio.gather(*(accounts.learn(envelope(missed())) for _ in range(8)))

    assert len(await accounts.measures(COUNTY)) == 1


@pytest.mark.parametrize(("inclusive", "at"), [(True, DUE + timedelta(days=10)), (False, DUE + timedelta(days=10) + MOMENT)])
async def test_late_enough_is_judged_at_its_instant(accounts, ordered, inclusive: bool, at: datetime) -> None:
    await accounts.decide(COUNTY, {**OVERDUE, "when": {"late": {"days": 10, "inclusive": inclusive}}})

    await accounts.pass_until(at - MOMENT)
    assert await accounts.measures(COUNTY) == []
    await accounts.pass_until(at)

    assert len(await accounts.measures(COUNTY)) == 1


@pytest.mark.parametrize(("early", "count"), [(MOMENT, 0), (timedelta(), 1)])
async def test_who_looks_late_sees_what_was_submitted_before_the_instant(accounts, loop, ordered, early, count: int) -> None:
    await accounts.decide(COUNTY, {**OVERDUE, "when": {"late": {"days": 10, "inclusive": True}}})
    await accounts.pass_until(DUE)
    accounts.running.clock.instant = DUE + timedelta(days=10) - early
    await loop.act(ordered, "submit", VILLAGE)

    await accounts.pass_until(DUE + timedelta(days=30))

    assert len(await accounts.measures(COUNTY)) == count


async def test_a_task_done_in_time_for_the_rule_is_not_late_enough(accounts, envelope) -> None:
    await accounts.decide(
        COUNTY, {"trigger": "task_overdue", "measure": "interview", "when": {"late": {"days": 3, "inclusive": True}}}
    )  # fmt: skip
    named = overdue_task().model_dump(include={"plan_id", "task", "text", "issuer", "leads"})
    at = NOW + timedelta(days=1)
    done = TaskCompleted(occurred_at=at, recorded_at=at, task_id="p1:t1", unit=TOWN, **named)
    other = overdue_task(task_id="p1:t2", task="t2", leads=(TOWN,))

    await accounts.learn(envelope(overdue_task(), 1), envelope(done, 2), envelope(other, 1))
    await accounts.pass_until(NOW + timedelta(days=4))

    assert [each["subject"] for each in await accounts.measures(COUNTY)] == ["p1:t2"]


async def test_a_judge_who_waits_is_not_taken_for_a_rectifier_who_is_late(accounts, loop, ordered) -> None:
    await accounts.decide(COUNTY, OVERDUE, {"trigger": "judgement_overdue", "measure": "reminder"})
    await loop.act(ordered, "submit", VILLAGE)

    await accounts.pass_until(DUE)

    assert [(each["trigger"], each["unit"]) for each in await accounts.measures(COUNTY)] == [("judgement_overdue", TOWN)]


async def test_a_major_one_found_at_inspection_is_told_once(accounts, loop) -> None:
    await accounts.decide(COUNTY, {"trigger": "major_at_inspection", "measure": "exposure", "addressee": "area"})
    hazard = await loop.report(stage="covert_inspection")
    await loop.act(hazard, "grade", TOWN)
    await loop.act(hazard, "register", TOWN, stage="open_inspection")

    [measure] = await accounts.measures(COUNTY)
    assert (measure["unit"], measure["body_unit"], measure["measure"]) == (TOWN, COUNTY, "exposure")


async def test_nobody_is_competent_for_itself(accounts, envelope) -> None:
    await accounts.decide(COUNTY, {"trigger": "report_missed", "measure": "warning"})

    await accounts.learn(envelope(missed(COUNTY)))

    [measure] = await accounts.measures(PREFECTURE)
    assert (measure["unit"], measure["body_unit"]) == (COUNTY, PREFECTURE)


@pytest.mark.parametrize(("step", "proposed_at"), [(None, 1), (2, 2)])
async def test_a_report_is_proposed_once_at_the_step_of_the_rule(accounts, envelope, step, proposed_at: int) -> None:
    await accounts.decide(COUNTY, {"trigger": "report_missed", "measure": "warning", "when": {"step": step}})
    counts = []

    for number in (1, 2, 3):
        await accounts.learn(envelope(missed(step=number), number))
        counts.append(len(await accounts.measures(COUNTY)))

    assert counts == [int(number >= proposed_at) for number in (1, 2, 3)]


async def test_the_rules_that_a_measure_followed_stay_readable(accounts, envelope) -> None:
    await accounts.decide(COUNTY, {"trigger": "report_missed", "measure": "warning"})
    await accounts.learn(envelope(missed()))
    await accounts.decide(COUNTY)
    [measure] = await accounts.measures(COUNTY)

    async def rules(**version: int) -> list[str]:
        answer = await accounts.running.get(f"/accountability/rules/{COUNTY}", unit=COUNTY, params=version)
        return [each["id"] for each in answer.json()["rules"]]

    assert (await rules(), await rules(version=measure["rule_version"])) == ([], [measure["rule"]])


async def test_a_hand_over_that_nobody_answers_is_proposed_at_its_first_reminder(accounts, loop) -> None:
    await accounts.decide(COUNTY, {"trigger": "transfer_unanswered", "measure": "reminder"})
    hazard = await loop.report()
    await loop.act(hazard, "transfer", TOWN, to_unit="330802102")

    await accounts.pass_until(NOW + timedelta(days=30))

    assert [(each["unit"], each["body_unit"]) for each in await accounts.measures(COUNTY)] == [("330802102", COUNTY)]


async def test_every_trigger_of_a_hazard_is_read_from_what_happens_to_it(accounts, loop) -> None:
    triggers = ("listing_progress_overdue", "listing_unpublished", "monitoring_unreviewed", "hazard_recurred")
    await accounts.decide(COUNTY, *({"trigger": each, "measure": "warning"} for each in triggers))
    terms = {"listing": {"publish_within_working_days": 1, "progress_every_days": 20}}
    assert (await accounts.running.call("PUT", f"/policies/{PREFECTURE}", terms, unit=PREFECTURE)).status_code == 200
    owner = {"code": "91330802MA2ABCDE0X", "name": "木器厂"}
    for _ in range(2):
        hazard = await loop.report(owner=owner)
    await loop.act(hazard, "list", TOWN)
    watched = await loop.report()
    await loop.act(watched, "grade", TOWN)
    await loop.act(watched, "monitor", TOWN)

    await accounts.pass_until(NOW + timedelta(days=35))

    found = {(each["trigger"], each["unit"]) for each in await accounts.measures(COUNTY)}
    assert found == {
        ("listing_progress_overdue", VILLAGE),
        ("listing_unpublished", TOWN),
        ("monitoring_unreviewed", VILLAGE),
        ("hazard_recurred", VILLAGE),
    }
