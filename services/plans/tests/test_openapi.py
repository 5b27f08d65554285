"""The OpenAPI document: current, and true under generated input."""

from pathlib import Path

import pytest

from plans.service import SERVICE
from servicekit.service import openapi

COMMITTED = Path(__file__).parents[1] / "openapi.json"


def test_the_committed_document_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi(SERVICE), "run: python -m plans openapi"


@pytest.mark.io
async def test_generated_requests_meet_no_server_error(run_service, fuzz) -> None:
    plans = await run_service(SERVICE)
    county = {"code": "330802", "name": "青山县", "level": "county"}
    assert (await plans.post("/units", county, roles=("admin",))).status_code == 201

    seen = await fuzz(plans, {"unit": None, "roles": ("admin", "office")}, examples=5)

    assert seen[201] > 0
    assert seen[422] > 0
