"""The command line takes a document to a plan in force, on the real application."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from plans.cli import app

pytestmark = pytest.mark.io
LINES = [
    "青山县渡口安全专项整治方案",
    "青安办〔2026〕4号",
    "为防范渡口渡船安全事故,结合我县实际,制定本方案。",
    "一、主要任务",
    "(一)排查渡口设施。2026年5月底前完成全县渡口登记造册。(县交通局牵头,白石镇配合)",
]


class Bridge(httpx.BaseTransport):
    """Brings the calls of a command in another thread to the application in this loop."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        answer = asyncio.run_coroutine_threadsafe(self._client.send(sent), self._loop).result(30)
        return httpx.Response(answer.status_code, headers={"content-type": "application/json"}, content=answer.content)


@pytest.fixture
def bihuan(plans):
    """`await bihuan("check", …)` runs a command of `bihuan plans` as the county's office."""
    environment = {"BIHUAN_PLANS_URL": "http://service", "BIHUAN_TOKEN": plans.issuer.token("330802", "office")}

    async def run(*words: str, stdin: str | None = None) -> Result:
        bridge = Bridge(plans.client)
        return await asyncio.to_thread(
            CliRunner().invoke, app, ["plans", *words], input=stdin, obj=bridge, env=environment
        )  # fmt: skip

    return run


@pytest.fixture
async def drafted(bihuan, tmp_path: Path) -> str:
    file = tmp_path / "方案.txt"
    file.write_text("\n".join(LINES), encoding="utf-8")
    answer = await bihuan("draft", str(file))
    assert answer.exit_code == 0, answer.output
    found = re.match(r"(\S{36}) 版本 1", answer.stdout)
    assert found is not None
    return found[1]


async def test_a_document_is_drafted_checked_completed_and_issued(bihuan, drafted: str) -> None:
    refused = await bihuan("check", drafted)
    assert refused.exit_code == 1
    assert "“县交通局”没有对应到单位树中的单位" in refused.stdout
    blocked = await bihuan("issue", drafted, "--version", "1")
    assert (blocked.exit_code, "content.tasks.0.leads.0" in blocked.stderr) == (1, True)

    resolved = await bihuan("resolve", drafted, "县交通局=330802102", "--version", "1")
    assert resolved.exit_code == 0, resolved.output
    shown = await bihuan("review", drafted, "--pending")
    assert f"原文 {LINES[4]}" in shown.stdout
    value = json.dumps({"id": "deadline-1", "date": "2026-06-15"})
    await bihuan("correct", drafted, "tasks/task-1-1/deadlines/deadline-1", "-", "--version", "2", stdin=value)
    accepted = await bihuan("decide", drafted, "accept", "tasks/task-1-1", "--version", "3")
    assert accepted.stdout.startswith(f"{drafted} 版本 3 draft")
    assert "由“2026年5月31日”改为“2026年6月15日”" in (await bihuan("diff", drafted)).stdout
    assert (await bihuan("check", drafted)).exit_code == 0

    assert (await bihuan("issue", drafted, "--version", "3")).stdout == f"{drafted} 版本 4 issued\n"
    assert (await bihuan("close", drafted, "--version", "4", "--reason", "完成")).stdout == f"{drafted} 版本 5 closed\n"


async def test_what_cannot_be_is_said_and_changes_nothing(bihuan, drafted: str, plans) -> None:
    before = await plans.content()

    late = await bihuan("decide", drafted, "reject", "tasks/task-1-1", "--version", "9")
    unknown = await bihuan("decide", drafted, "accept", "tasks/none", "--version", "1")
    garbled = await bihuan("correct", drafted, "tasks/task-1-1", "-", "--version", "1", stdin="{")
    unnamed = await bihuan("resolve", drafted, "县交通局", "--version", "1")

    assert [each.exit_code for each in (late, unknown, garbled, unnamed)] == [1, 1, 2, 2]
    assert "version" in late.stderr
    assert await plans.content() == before
