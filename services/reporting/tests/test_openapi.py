"""The OpenAPI document: current, and true under generated input."""

from pathlib import Path

import pytest

from reporting.service import SERVICE
from servicekit.service import openapi

COMMITTED = Path(__file__).parents[1] / "openapi.json"


def test_the_committed_document_is_current() -> None:
    written = COMMITTED.read_text(encoding="utf-8")
    assert written == openapi(SERVICE), "run: python -m reporting openapi > services/reporting/openapi.json"


@pytest.mark.io
async def test_generated_requests_meet_no_server_error(service, fuzz) -> None:
    seen = await fuzz(service, {"unit": "C", "roles": ("office", "submitter", "admin")}, examples=5)

    assert seen[200] > 0
    assert seen[404] > 0
    assert seen[422] > 0
