"""Alerts as they are raised from events, and as callers see them."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts import Envelope
from contracts.events.notifications import AlertRaised
from contracts.events.reports import ReportReminderDue
from local_stack.providers.faults import Behaviour, Channel
from notify.consumers import apply

pytestmark = pytest.mark.io
ADMIN = {"roles": ("admin",)}


def person(unit: str, role: str, number: int) -> dict[str, str]:
    return {"unit": unit, "role": role, "mobile": f"139{number:08d}"}


def places(items: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(item["reason"], item["unit"], item["role"]) for item in items]


async def test_each_step_of_an_escalation_climbs_the_line(notify) -> None:
    await notify.add_contacts(
        person("V", "submitter", 1), person("V", "principal", 2), person("T", "office", 3), person("T", "leader", 4)
    )
    await notify.tell(*(notify.missed(step=step) for step in (1, 2, 3, 4)))
    assert places(await notify.alerts()) == [
        ("report_missed", "V", "submitter"),
        ("report_missed", "V", "principal"),
        ("report_missed", "T", "office"),
        ("report_missed", "T", "leader"),
        ("report_missed", "T", "leader"),
    ]


async def test_a_stand_in_is_listed_in_its_own_role(notify) -> None:
    await notify.add_contacts(person("V", "office", 1))
    await notify.tell(notify.missed(step=1))
    assert places(await notify.alerts()) == [("report_missed", "V", "office")]


async def test_an_alert_that_reaches_nobody_is_raised_all_the_same(notify) -> None:
    await notify.tell(notify.missed(step=1))
    [(sequence, event)] = await notify.running.outbox()
    assert (sequence, type(event), event.contacts) == (1, AlertRaised, 0)
    found = await notify.running.get(f"/alerts/{event.alert_id}", **ADMIN)
    assert (found.status_code, found.json()["notifications"]) == (200, [])
    assert (await notify.running.get(f"/alerts/{event.alert_id}", unit="C")).status_code == 404


async def test_the_instant_of_the_rule_is_kept_however_late_the_event_comes(notify) -> None:
    await notify.add_contacts(person("V", "submitter", 1))
    at = notify.kit.clock.now() - timedelta(hours=3)
    await notify.tell(notify.missed(occurred_at=at))
    [item] = await notify.alerts()
    assert item["raised_at"] == at.isoformat().replace("+00:00", "Z")
    [(_, event)] = await notify.running.outbox()
    assert (event.occurred_at, event.raised_at, event.recorded_at) == (at, at, notify.kit.clock.now())


async def test_an_event_that_is_applied_again_raises_nothing(notify) -> None:
    await notify.add_contacts(person("V", "submitter", 1))
    event = notify.missed()
    envelope = Envelope(uuid4(), "/test", event.type(), event.occurred_at, event.key(), 1, event)
    await notify.consume([envelope, envelope])
    before = await notify.running.content()
    await notify.consume([envelope])
    assert await notify.running.content() == before
    assert len(await notify.alerts()) == 1


async def test_a_text_names_the_unit_as_it_is_called_now_and_ends_with_the_number(notify) -> None:
    await notify.add_contacts(person("T", "office", 1))
    await notify.tell(notify.missed("unheard", step=2), notify.missed("V", step=2))
    texts = []
    for item in await notify.alerts():
        detail = (await notify.running.get(f"/alerts/{item['alert_id']}", **ADMIN)).json()
        texts += [each["text"] for each in detail["notifications"]]
    numbers = [row["number"] for row in await notify.kit.pool.fetch("SELECT number FROM notification ORDER BY number")]
    assert [text.partition("未")[0] for text in texts] == ["unheard", "单位V"]
    assert [text.rpartition("编号")[2] for text in texts] == [str(number) for number in numbers]


async def test_the_statements_of_a_batch_do_not_grow_with_it(notify) -> None:
    await notify.add_contacts(person("V", "submitter", 1))

    async def statements(events: int) -> int:
        counted: Counter[str] = Counter()
        async with notify.kit.pool.acquire() as connection, connection.transaction():
            with connection.query_logger(lambda record: counted.update([record.query])):
                await apply(connection, notify.envelopes([notify.missed() for _ in range(events)]), notify.kit.clock.now())
        return counted.total()

    await statements(1)  # the driver learns types on first use
    few = await statements(1)
    assert await statements(300) == few <= 6


async def test_the_history_tells_every_call_and_what_was_learnt_of_it(notify) -> None:
    began = notify.kit.clock.now()
    await notify.add_contacts(person("V", "submitter", 1))
    notify.hurry()
    await notify.outside.control.order_fault(Channel.SMS, Behaviour.LOST, until=began + timedelta(seconds=1))
    await notify.start_sender()
    await notify.tell(notify.missed())
    await notify.step()
    await notify.step()
    [item] = await notify.alerts()
    answer = await notify.running.get(f"/alerts/{item['alert_id']}", **ADMIN)
    [told] = answer.json()["notifications"]
    history = [(each["attempt"], each["outcome"], each["receipt"]) for each in told["history"]]
    assert history == [(1, "unknown", "absent"), (2, "accepted", "delivered")]
    assert "13900000001" not in answer.text


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ({"unit": None, "roles": ("admin",)}, ["V", "T", "W"]),
        ({"unit": "C", "roles": ("office",)}, ["V", "T", "W"]),
        ({"unit": "T", "roles": ("submitter",)}, ["V", "T"]),
        ({"unit": "V", "roles": ("supervisor",)}, ["V"]),
        ({"unit": "nowhere", "roles": ("office",)}, []),
    ],
)
async def test_a_caller_sees_the_contacts_of_its_subtree(notify, who: dict[str, Any], seen: list[str]) -> None:
    await notify.register({"U": "C", "W": "U"})
    await notify.add_contacts(person("V", "submitter", 1), person("T", "office", 2), person("W", "submitter", 3))
    await notify.tell(notify.missed("V", 1), notify.missed("V", 2), notify.missed("W", 1, recipients=["U"]))
    items = (await notify.running.get("/alerts", **who)).json()["items"]
    assert [item["unit"] for item in items] == seen
    for item in await notify.alerts():
        status = (await notify.running.get(f"/alerts/{item['alert_id']}", **who)).status_code
        assert status == (200 if item["unit"] in seen else 404)


async def test_a_unit_that_moves_leaves_its_alerts_where_it_stood(notify) -> None:
    await notify.add_contacts(person("V", "submitter", 1))
    await notify.tell(notify.missed())
    await notify.register({"U": "C"})
    await notify.kit.pool.execute("UPDATE unit SET parent = 'U' WHERE code = 'V'")
    assert len((await notify.running.get("/alerts", unit="T")).json()["items"]) == 1
    assert (await notify.running.get("/alerts", unit="U")).json()["items"] == []


async def test_somebody_without_unit_and_right_sees_nothing(notify) -> None:
    assert (await notify.running.get("/alerts", unit=None, roles=("office",))).status_code == 403
    assert (await notify.running.get(f"/alerts/{uuid4()}", unit=None, roles=("office",))).status_code == 403
    assert (await notify.running.client.get("/alerts")).status_code == 401


async def test_pages_follow_each_other_without_gap_or_repeat(notify) -> None:
    await notify.add_contacts(person("V", "submitter", 1))
    await notify.tell(*(notify.missed() for _ in range(7)))
    for who in (ADMIN, {"unit": "T"}):
        seen: list[str] = []
        after: str | None = "0"
        while after is not None:
            page = (await notify.running.get(f"/alerts?limit=3&after={after}", **who)).json()
            seen += [item["notification_id"] for item in page["items"]]
            after = page["next"]
        assert len(seen) == len(set(seen)) == 7
    assert (await notify.running.get("/alerts?after=x", **ADMIN)).status_code == 422


async def test_what_is_due_and_in_hand_shows_in_the_progress(notify) -> None:
    await notify.add_contacts(person("V", "submitter", 1))
    await notify.tell(notify.missed())
    queued = await notify.progress()
    assert (queued["in_flight"], queued["outbox_pending"]) == (0, 1)
    assert queued["next_due"] == notify.kit.clock.now().isoformat().replace("+00:00", "Z")


async def test_a_reminder_reaches_the_submitter_before_the_cut_off(notify) -> None:
    await notify.add_contacts(person("V", "submitter", 1), person("V", "principal", 2))
    facts = notify.missed().model_dump(exclude={"step", "recipients", "attribution"})
    await notify.tell(ReportReminderDue.model_validate(facts))
    assert places(await notify.alerts()) == [("report_reminder", "V", "submitter")]
