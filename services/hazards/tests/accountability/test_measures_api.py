"""A measure from its proposal to its end: who may, by when, and who sees it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.events.accountability import (
    MeasureAcknowledged,
    MeasureEvent,
    MeasureReplied,
    MeasureReplyOverdue,
    MeasureUnacknowledged,
)
from contracts.events.reports import ReportMissed

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY, OTHER = "330802101202", "330802101", "330802", "330803"
NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
async def proposed(accounts, envelope) -> dict:
    """A proposal of the county about a village."""
    rule = {"trigger": "report_missed", "measure": "discipline", "acknowledge_within_days": 1, "reply_within_days": 3}
    await accounts.decide(COUNTY, rule)
    missed = ReportMissed(
        occurred_at=NOW,
        recorded_at=NOW,
        report_id="r1",
        plan_id="p1",
        obligation="zero",
        obligation_type="zero_report",
        unit=VILLAGE,
        parent=TOWN,
        period=date(2026, 3, 2),
        cutoff_at=NOW,
        step=1,
        recipients=(TOWN,),
    )
    await accounts.learn(envelope(missed))
    [measure] = await accounts.measures(COUNTY)
    return measure


async def test_a_named_person_of_the_body_decides_and_the_addressee_answers(accounts, proposed) -> None:
    issued = await accounts.act(proposed, "issue", COUNTY, text="限期说明")
    await accounts.act(proposed, "acknowledge", VILLAGE, roles=("submitter",))
    await accounts.act(proposed, "reply", VILLAGE, text="已补报")
    closed = await accounts.act(proposed, "close", COUNTY, note="属实")

    assert (issued["issued_by"], issued["automatic"]) == (f"somebody of {COUNTY}", False)
    assert (issued["acknowledge_by"], issued["reply_by"]) == ("2026-03-03T16:00:00Z", "2026-03-05T16:00:00Z")
    assert (closed["state"], closed["version"]) == ("closed", 5)
    events = await accounts.running.outbox(MeasureEvent)
    assert [sequence for sequence, _ in events] == [1, 2, 3, 4, 5]
    assert [event.on_time for _, event in events if isinstance(event, MeasureAcknowledged | MeasureReplied)] == [True, True]
    history = (await accounts.running.get(f"/measures/{proposed['measure_id']}/history", unit=VILLAGE)).json()["items"]
    assert [each["actor_unit"] for each in history] == [None, COUNTY, VILLAGE, VILLAGE, COUNTY]


async def test_a_proposal_is_for_its_body_and_stays_unseen_by_the_addressee(accounts, proposed) -> None:
    path = f"/measures/{proposed['measure_id']}"
    read = accounts.running.get

    before = [(await read(path, unit=unit)).status_code for unit in (VILLAGE, TOWN, COUNTY, "3308", OTHER)]
    assert before == [403, 403, 200, 200, 403]
    assert await accounts.measures(VILLAGE) == await accounts.measures(OTHER) == []
    await accounts.act(proposed, "issue", COUNTY)

    after = [(await read(path, unit=unit)).status_code for unit in (VILLAGE, TOWN, COUNTY, "3308", OTHER)]
    assert after == [200, 200, 200, 200, 403]
    assert len(await accounts.measures(VILLAGE)) == 1


async def test_only_the_body_decides_and_only_the_addressee_answers(accounts, proposed) -> None:
    async def status(action: str, unit: str, **said) -> int:
        code: int = (await accounts.attempt(proposed, action, unit, **said)).status_code
        return code

    assert [await status("issue", unit) for unit in (VILLAGE, TOWN, "3308", OTHER)] == [403, 403, 403, 403]
    assert await status("issue", COUNTY, roles=("submitter",)) == 403
    assert await status("reply", VILLAGE, text="x") == 403
    await accounts.act(proposed, "issue", COUNTY)
    assert [await status("acknowledge", unit) for unit in (TOWN, COUNTY, OTHER)] == [403, 403, 403]
    assert await status("close", VILLAGE) == 403
    assert await status("close", COUNTY) == 409
    assert await status("issue", COUNTY) == 409


async def test_an_old_version_is_refused_with_the_present_one(accounts, proposed) -> None:
    await accounts.act(proposed, "issue", COUNTY)
    before = await accounts.running.content()

    answer = await accounts.running.post(
        f"/measures/{proposed['measure_id']}/withdraw", {"version": 1, "reason": "误"}, unit=COUNTY
    )  # fmt: skip

    assert (answer.status_code, answer.json()["version"]) == (409, 2)
    assert await accounts.running.content() == before


async def test_each_deadline_is_told_once_at_its_instant_whoever_was_down(accounts, proposed) -> None:
    await accounts.act(proposed, "issue", COUNTY)
    acknowledge_by, reply_by = datetime(2026, 3, 3, 16, tzinfo=UTC), datetime(2026, 3, 5, 16, tzinfo=UTC)

    await accounts.pass_until(acknowledge_by - MOMENT)
    assert await accounts.running.outbox(MeasureUnacknowledged) == []
    await accounts.pass_until(acknowledge_by)
    for days in (20, 21):
        await accounts.pass_until(reply_by + timedelta(days=days))

    [(first, unacknowledged)] = await accounts.running.outbox(MeasureUnacknowledged)
    [(second, overdue)] = await accounts.running.outbox(MeasureReplyOverdue)
    assert (first, unacknowledged.occurred_at) == (3, acknowledge_by)
    assert (second, overdue.occurred_at, overdue.recorded_at) == (4, reply_by, reply_by + timedelta(days=20))
    late = await accounts.act(proposed, "reply", VILLAGE, text="迟复")
    assert (late["state"], late["reply_overdue"]) == ("replied", True)


async def test_who_acts_late_lets_the_deadline_pass_first(accounts, proposed) -> None:
    issued = await accounts.act(proposed, "issue", COUNTY)
    accounts.running.clock.instant = datetime(2026, 3, 4, tzinfo=UTC)

    stale = await accounts.running.post(
        f"/measures/{proposed['measure_id']}/acknowledge", {"version": issued["version"]}, unit=VILLAGE
    )  # fmt: skip

    assert (stale.status_code, stale.json()["version"]) == (409, 3)
    assert await accounts.running.outbox(MeasureUnacknowledged) == []  # the refusal changed nothing


async def test_a_withdrawn_proposal_is_never_seen_by_whom_it_was_about(accounts, proposed) -> None:
    await accounts.act(proposed, "withdraw", COUNTY, reason="事实不清")

    assert await accounts.measures(VILLAGE) == []
    assert [each["ending"] for each in await accounts.measures(COUNTY, state="withdrawn")] == ["事实不清"]
