"""A county that has rules of accountability."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hazards.consumers import apply
from hazards.duties import Lateness, MeasureDeadlines

VILLAGE, TOWN, COUNTY, PREFECTURE = "330802101202", "330802101", "330802", "3308"
DUE = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


class Accounts:
    """Decides rules and acts on measures over HTTP."""

    def __init__(self, running: Any) -> None:
        self.running = running

    async def decide(self, unit: str, *rules: dict[str, Any]) -> None:
        body = {"rules": [{"id": f"r{number}", **rule} for number, rule in enumerate(rules)]}
        answer = await self.running.call("PUT", f"/accountability/rules/{unit}", body, unit=unit)
        assert answer.status_code == 200, answer.text

    async def measures(self, unit: str, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.running.get("/measures", unit=unit, params=filters)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def attempt(self, measure: dict[str, Any], action: str, unit: str, **said: Any) -> Any:
        version = await self.running.kit.pool.fetchval("SELECT version FROM measure WHERE measure_id = $1", measure["measure_id"])
        who = {"unit": unit, "subject": f"somebody of {unit}", "roles": said.pop("roles", ("office",))}
        return await self.running.post(f"/measures/{measure['measure_id']}/{action}", {"version": version, **said}, **who)

    async def act(self, measure: dict[str, Any], action: str, unit: str, **said: Any) -> dict[str, Any]:
        answer = await self.attempt(measure, action, unit, **said)
        assert answer.status_code == 200, answer.text
        after: dict[str, Any] = answer.json()
        return after

    async def learn(self, *envelopes: Any) -> None:
        """Apply events of others as one batch."""
        async with self.running.kit.pool.acquire() as connection, connection.transaction():
            await apply(connection, envelopes, self.running.clock.now())

    async def pass_until(self, instant: datetime) -> None:
        """Let the loops of deadlines run at an instant until nothing is due."""
        self.running.clock.instant = instant
        for source in (*self.running.service.deadlines[:1], Lateness(), MeasureDeadlines()):
            while await source.fire(self.running.kit.pool, instant, 10):
                pass


@pytest.fixture
async def accounts(hazards) -> Accounts:
    """`.decide(unit, rule, …)`, `.measures(unit)`, `.act(measure, action, unit)`, `.learn(envelope)`, `.pass_until(instant)`."""
    return Accounts(hazards)
