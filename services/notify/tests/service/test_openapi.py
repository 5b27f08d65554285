"""The OpenAPI document: current, and true under generated input."""

from pathlib import Path

import pytest

from notify.service import SERVICE
from servicekit.service import openapi

COMMITTED = Path(__file__).parents[2] / "openapi.json"


def test_the_committed_document_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi(SERVICE), (
        "run: python -m notify openapi > services/notify/openapi.json"
    )


@pytest.mark.io
async def test_generated_requests_meet_no_server_error(notify, fuzz) -> None:
    await notify.add_contacts({"unit": "V", "role": "office", "mobile": "13900000001"})
    await notify.tell(notify.missed(step=1))

    seen = await fuzz(notify.running, {"unit": None, "roles": ("admin", "office")}, examples=12)

    assert seen[200] > 0
    assert seen[422] > 0
