"""Whoever goes past the service and changes the tables is found by `bihuan hazards verify`."""

import asyncio
import json
from importlib.metadata import entry_points
from typing import Any

import pytest
from typer.testing import CliRunner

from hazards.cli import app
from hazards.commands.verifying import verify

pytestmark = pytest.mark.io
TOWN, VILLAGE, COUNTY = "330802101", "330802101202", "330802"


@pytest.fixture
async def closed(loop) -> str:
    """A hazard that went through its loop, beside another one that waits."""
    hazard_id: str = await loop.report()
    for action, unit in [("order", TOWN), ("list", COUNTY), ("submit", VILLAGE), ("accept", TOWN), ("accept", COUNTY)]:
        await loop.act(hazard_id, action, unit)
    for action, unit in [("sign", VILLAGE), ("close", COUNTY)]:
        await loop.act(hazard_id, action, unit)
    await loop.act(await loop.report(), "order", TOWN)
    return hazard_id


async def attack(loop, *statements: str) -> None:
    """Change rows as somebody who owns the database: no trigger and no foreign key stands in the way."""
    async with loop.running.kit.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)


async def found(loop) -> list[tuple[str | None, str]]:
    verification = await verify(loop.running.kit.pool, 100)
    assert verification.complete
    return [(str(each.hazard_id) if each.hazard_id else each.number, each.finding) for each in verification.findings]


async def test_what_nobody_touched_is_found_whole(loop, closed) -> None:
    verification = await verify(loop.running.kit.pool, 100)
    assert (verification.hazards, verification.changes, verification.findings) == (2, 10, [])


async def test_without_an_attack_the_database_itself_refuses(loop, closed) -> None:
    for statement in ("UPDATE hazard_change SET role = 'x'", "DELETE FROM hazard_change", "TRUNCATE hazard_change"):
        with pytest.raises(Exception, match="never changed or deleted"):
            await loop.running.kit.pool.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "actor_subject = 'somebody else'",
        "actor_unit = '330802102'",
        "role = 'supervisor'",
        "on_behalf_of = '330802'",
        "occurred_at = occurred_at - interval '1 microsecond'",
        "recorded_at = recorded_at + interval '1 day'",
        "evidence = ARRAY['00000000-0000-0000-0000-000000000001'::uuid]",
        "event = 'HazardClosed'",
        "change = 'sign'",
        "state_before = 'ordered'",
        "state_after = 'closed'",
        'facts = facts || \'{"note": "x"}\'',
        "state_hash = sha256('x')",
        "hash = sha256('x')",
    ],
)
async def test_a_changed_row_is_found(loop, closed, change: str) -> None:
    await attack(loop, f"UPDATE hazard_change SET {change} WHERE hazard_id = '{closed}' AND version = 5")
    findings = await found(loop)
    assert (closed, "version 5 is not what was written, or was moved") in findings
    assert {hazard_id for hazard_id, _ in findings} == {closed}


async def test_a_missing_row_is_found_in_the_middle_at_the_beginning_and_at_the_end(loop, closed) -> None:
    for version, said in [
        (8, "the last change is version 7, the hazard's version 8"),
        (4, "version 4 is missing"),
        (1, "version 1 is"),
    ]:
        await attack(loop, f"DELETE FROM hazard_change WHERE hazard_id = '{closed}' AND version = {version}")
        assert any(hazard_id == closed and finding.startswith(said) for hazard_id, finding in await found(loop)), version


async def test_an_end_cut_off_together_with_the_version_of_the_hazard_is_found(loop, closed) -> None:
    await attack(
        loop,
        f"DELETE FROM hazard_change WHERE hazard_id = '{closed}' AND version = 8",
        f"UPDATE hazard SET version = 7, state = 'signed' WHERE hazard_id = '{closed}'",
    )
    findings = [finding for hazard_id, finding in await found(loop) if hazard_id == closed]
    assert "the newest change is not the one that the hazard was left with" in findings
    assert "the hazard is not as its newest change left it" in findings


async def test_rows_that_changed_places_are_found(loop, closed) -> None:
    move = f"UPDATE hazard_change SET version = {{}} WHERE hazard_id = '{closed}' AND version = {{}}"
    await attack(loop, move.format(99, 5), move.format(5, 6), move.format(6, 99))
    moved = [(closed, f"version {version} is not what was written, or was moved") for version in (5, 6, 7)]
    assert await found(loop) == moved


async def test_all_changes_gone_or_the_hazard_gone_or_both_are_found(loop, closed) -> None:
    number = (await loop.view(closed))["number"]
    await attack(loop, f"DELETE FROM hazard_change WHERE hazard_id = '{closed}'")
    assert (closed, "the last change is version 0, the hazard's version 8") in await found(loop)
    await attack(loop, f"DELETE FROM hazard WHERE hazard_id = '{closed}'")
    assert await found(loop) == [(number, "no hazard has this number any more")]


async def test_a_hazard_that_is_gone_while_its_changes_are_there_is_found(loop, closed) -> None:
    await attack(loop, f"DELETE FROM hazard WHERE hazard_id = '{closed}'")
    assert (closed, "the hazard is gone, its changes are there") in await found(loop)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("state = 'dismissed'", "the hazard is not as its newest change left it"),
        ("unit = '330803'", "the hazard is not as its newest change left it"),
        ("number = '330802-2026-000009'", "the hazard is not as its newest change left it"),
        ("file = file #- '{listing}'", "the hazard is not as its newest change left it"),
        (
            "file = jsonb_set(file, '{order,due_at}', '\"2030-01-01T00:00:00Z\"')",
            "the hazard is not as its newest change left it",
        ),
        ("file = file || '{\"missed\": 7}'", "the row of the hazard cannot be read"),
        ("head = sha256('x')", "the newest change is not the one that the hazard was left with"),
        ("fires_at = '2030-01-01Z'", "columns do not say what the file of the hazard says: fires_at"),
        ("due_at = NULL, responsible = 'x'", "columns do not say what the file of the hazard says: responsible, due_at"),
        ("closed_at = NULL", "columns do not say what the file of the hazard says: closed_at"),
    ],
)
async def test_a_changed_hazard_is_found(loop, closed, change: str, said: str) -> None:
    await attack(loop, f"UPDATE hazard SET {change} WHERE hazard_id = '{closed}'")
    assert (closed, said) in await found(loop)


async def test_a_hazard_that_is_hidden_from_somebody_is_found(loop, closed) -> None:
    await attack(
        loop,
        f"DELETE FROM hazard_scope WHERE ancestor = '{COUNTY}' AND hazard_id = '{closed}'",
        f"UPDATE hazard_scope SET state = 'reported' WHERE ancestor = '{TOWN}' AND hazard_id = '{closed}'",
    )
    assert await found(loop) == [(closed, f"it is not shown as it should be to: {COUNTY}, {TOWN}")]


def environment(running: Any) -> dict[str, str]:
    settings = running.kit.settings
    return {
        "BIHUAN_DATABASE_URL": str(settings.database_url),
        "BIHUAN_KAFKA_SERVERS": settings.kafka_servers,
        "BIHUAN_JWKS_URL": str(settings.jwks_url),
        "BIHUAN_TOKEN_ISSUER": settings.token_issuer,
        "BIHUAN_EVIDENCE_FOLDER": str(settings.evidence_folder),
    }


async def test_the_command_prints_findings_as_json_and_fails_when_there_are_any(loop, closed) -> None:
    async def command(*options: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, app, ["verify", *options], env=environment(loop.running))

    whole = await command()
    assert whole.exit_code == 0, whole.output
    assert json.loads(whole.stdout) == {"hazards": 2, "changes": 10, "findings": [], "complete": True, "files": []}
    await attack(loop, f"DELETE FROM hazard_change WHERE hazard_id = '{closed}' AND version = 8")

    broken = await command("--no-files", "--most", "1")
    assert broken.exit_code == 1
    [finding] = json.loads(broken.stdout)["findings"]
    assert finding["hazard_id"] == closed


def test_the_command_line_of_the_platform_has_it() -> None:
    [command] = entry_points(group="bihuan.commands", name="hazards")
    assert command.value == "hazards.cli:app"
