"""The OpenAPI document: current, and true under generated input."""

from pathlib import Path

import pytest

from hazards.service import SERVICE
from servicekit.service import openapi

COMMITTED = Path(__file__).parents[1] / "openapi.json"


def test_the_committed_document_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi(SERVICE), "run: python -m hazards openapi"


@pytest.mark.io
async def test_generated_requests_meet_no_server_error(hazards, fuzz) -> None:
    seen = await fuzz(hazards, {"unit": "330802", "roles": ("office", "submitter", "admin")}, examples=4)

    assert seen[200] > 0
    assert seen[422] > 0
