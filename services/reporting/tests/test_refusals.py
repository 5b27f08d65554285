"""Whatever is refused over HTTP says why, by field, and changes nothing."""

import base64
import json
import time
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from reporting_world import DAY, at

pytestmark = pytest.mark.io
ONE = at("13:00")
VILLAGE = {"unit": "V11", "roles": ("submitter",)}
TOWN = {"unit": "T1", "roles": ("office",)}
ZERO = {"obligation": "village-daily", "zero": True}
REASON = {"obligation": "village-daily", "unit": "V11", "reason": "整村搬迁"}
ROLL_UP = {"obligation": "town-daily"}


def items(**given: object) -> dict[str, object]:
    return {"obligation": "village-daily", "items": given}


async def refusal(service, path: str, body: object, who: dict[str, Any], when: datetime = ONE) -> dict[str, Any]:
    """Send what must be refused; return the problem."""
    service.clock.instant = when
    before = await service.content()

    answer = await service.post(path, body, **who)

    assert answer.headers["content-type"] == "application/problem+json"
    assert await service.content() == before
    problem: dict[str, Any] = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    return problem


REFUSED: list[tuple[str, object, dict[str, Any], int, str | None]] = [
    ("/reports", ZERO, {**VILLAGE, "roles": ("supervisor", "auditor", "agency", "admin")}, 403, None),
    ("/reports", ZERO, {"unit": None, "roles": ("office", "admin")}, 403, None),
    ("/reports", {**ZERO, "unit": "V21"}, TOWN, 403, "unit"),
    ("/reports", {**ZERO, "unit": "T1"}, VILLAGE, 403, "unit"),
    ("/reports", {**ZERO, "unit": "V12"}, VILLAGE, 403, "unit"),
    ("/reports", {**ZERO, "unit": "V99"}, TOWN, 404, "unit"),
    ("/reports", ZERO, {"unit": "V99", "roles": ("submitter",)}, 404, "unit"),
    ("/reports", {**ZERO, "obligation": "unheard-of"}, VILLAGE, 404, "obligation"),
    ("/reports", {**ZERO, "plan_id": "plan-9"}, VILLAGE, 404, "obligation"),
    ("/reports", ZERO, {"unit": "T1", "roles": ("submitter",)}, 409, "period"),
    ("/reports", {**ZERO, "period": "2026-03-01"}, VILLAGE, 409, "period"),
    ("/reports", {**ZERO, "period": "2026-03-03"}, VILLAGE, 409, "period"),
    ("/reports", {**ZERO, "period": "0001-01-01"}, VILLAGE, 409, "period"),
    ("/reports", {**ZERO, "period": "9999-12-31"}, VILLAGE, 409, "period"),
    ("/reports", {**ROLL_UP, "zero": True}, TOWN, 409, "obligation"),
    ("/reports/corrections", ZERO, VILLAGE, 409, "period"),
    ("/reports/corrections", ZERO, {**VILLAGE, "roles": ("auditor",)}, 403, None),
    ("/reports/corrections", {**ZERO, "unit": "V21"}, TOWN, 403, "unit"),
    ("/reports/exemptions", REASON, {"unit": "T1", "roles": ("submitter",)}, 403, None),
    ("/reports/exemptions", REASON, {"unit": "V11", "roles": ("office",)}, 403, "unit"),
    ("/reports/exemptions", REASON, {"unit": "T2", "roles": ("office",)}, 403, "unit"),
    ("/reports/exemptions", {**REASON, "unit": "V99"}, TOWN, 404, "unit"),
    ("/reports/exemptions", {**REASON, "period": "2026-03-01"}, TOWN, 409, "period"),
    ("/reports/exemptions", {**REASON, "reason": "  "}, TOWN, 422, "reason"),
    ("/reports/exemptions", {"obligation": "village-daily", "unit": "V11"}, TOWN, 422, "reason"),
    ("/rollups", ROLL_UP, {"unit": "T1", "roles": ("auditor",)}, 403, None),
    ("/rollups", {**ROLL_UP, "unit": "T2"}, TOWN, 403, "unit"),
    ("/rollups", {"obligation": "village-daily", "unit": "V11"}, TOWN, 409, "obligation"),
    ("/rollups", {**ROLL_UP, "items": {"fires": 1}}, TOWN, 422, "items"),
    ("/reports", {**ZERO, "colour": "red"}, VILLAGE, 422, "colour"),
    ("/reports", {**ZERO, "unit": "no such code!"}, VILLAGE, 422, "unit"),
    ("/reports", {**ZERO, "period": "2026-02-30"}, VILLAGE, 422, "period"),
    ("/reports", {**ZERO, "obligation": "a\u0000b"}, VILLAGE, 422, "obligation"),
    ("/reports", {"zero": True}, VILLAGE, 422, "obligation"),
    ("/reports", {"obligation": "village-daily"}, VILLAGE, 422, "body"),
    ("/reports", {**items(fires=0), "zero": True}, VILLAGE, 422, "body"),
    ("/reports", items(), VILLAGE, 422, "body"),
    ("/reports", items(fires=True), VILLAGE, 422, "items.fires"),
    ("/reports", items(fires=None), VILLAGE, 422, "items.fires"),
    ("/reports", items(fires=[1]), VILLAGE, 422, "items.fires"),
    ("/reports", items(fires=10**15), VILLAGE, 422, "items.fires.number"),
    ("/reports", items(fires=0.0000001), VILLAGE, 422, "items.fires.number"),
    ("/reports", items(note=""), VILLAGE, 422, "items.note.text"),
    ("/reports", items(note="长" * 4001), VILLAGE, 422, "items.note.text"),
    ("/reports", items(note="a\u0000b"), VILLAGE, 422, "items.note.text"),
    ("/reports", items(**{"n" * 65: 1}), VILLAGE, 422, f"items.{'n' * 65}.[key]"),
    ("/reports", items(**{"fires": 1, " fires": 2}), VILLAGE, 422, "items"),
    ("/reports", items(**{f"n{number}": 1 for number in range(201)}), VILLAGE, 422, "items"),
    ("/reports", [], VILLAGE, 422, "body"),
]


async def test_a_refusal_names_the_field_and_changes_nothing(service) -> None:
    for path, body, who, status, field in REFUSED:  # one service for all of them: none leaves a trace
        problem = await refusal(service, path, body, who)
        assert (problem["status"], [error["field"] for error in problem["errors"]][:1]) == (status, [field] if field else []), (
            body
        )
        assert all(error["reason"] for error in problem["errors"])


async def test_a_closed_period_takes_nothing(service) -> None:
    monday, tuesday = {"period": "2026-03-02"}, {"period": "2026-03-03"}
    for path, body, who, when in (
        ("/reports", ZERO | monday, VILLAGE, at("00:00", DAY + timedelta(days=2))),
        ("/reports", ZERO | tuesday, VILLAGE, at("23:59:59.999999")),
        ("/rollups", ROLL_UP | monday, TOWN, at("00:00", DAY + timedelta(days=2))),
        ("/reports/exemptions", REASON | monday, TOWN, at("14:00")),
        ("/reports/exemptions", REASON | monday, TOWN, at("18:00")),
    ):
        problem = await refusal(service, path, body, who, when)
        assert (problem["status"], [error["field"] for error in problem["errors"]]) == (409, ["period"])


async def test_what_was_done_once_is_not_done_again(service) -> None:
    for path, body, who in (("/reports", ZERO, VILLAGE), ("/rollups", ROLL_UP, TOWN)):
        assert (await service.post(path, body, **who)).status_code == 201
        assert (await refusal(service, path, body, who))["status"] == 409


MALFORMED = [
    b"",
    b"{",
    b'{"obligation": "village-daily",}',
    b"\xff\xfe{}",
    b"[" * 20_000,
    b'{"zero": ' + b"9" * 5000 + b"}",
    b'{"obligation": "village-daily", "items": {"note": "\\ud800"}}',
    b'{"obligation": "village-daily", "items": {"\\ud800": 1}}',
    b'{"obligation": "village-daily", "items": {"fires": NaN}}',
    b'{"obligation": "village-daily", "items": {"fires": 1e999999999}}',
]


async def test_what_is_malformed_is_refused(service) -> None:
    before = await service.content()
    for content in MALFORMED:
        answer = await service.call("POST", "/reports", content=content, headers={"content-type": "application/json"}, **VILLAGE)
        assert answer.status_code in {400, 422}, content[:60]
        assert answer.headers["content-type"] == "application/problem+json"
        assert await service.content() == before


async def test_an_oversized_body_is_refused_before_it_is_read(service) -> None:
    problem = await refusal(service, "/reports", items(note="x" * service.kit.settings.body_limit_bytes), VILLAGE)
    assert (problem["status"], str(service.kit.settings.body_limit_bytes) in problem["detail"]) == (413, True)


async def test_a_report_too_long_to_be_told_to_others_is_refused(service) -> None:
    texts = {f"n{number}": "长" * 2000 for number in range(160)}
    assert (await refusal(service, "/reports", items(**texts), VILLAGE))["status"] == 413


def unsigned(service) -> str:
    now = int(time.time())
    claims = {"iss": service.issuer.name, "aud": "bihuan", "sub": "x", "iat": now, "exp": now + 600, "unit": "V11"}
    parts = ({"alg": "none", "typ": "JWT", "kid": "test"}, claims | {"roles": ["submitter"]})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), ""])


async def test_without_a_valid_token_nothing_is_done_or_shown(service) -> None:
    issuer, second_ago = service.issuer, int(time.time()) - 60
    tokens = {
        "none": "",
        "nonsense": "nonsense",
        "unsigned": unsigned(service),
        "expired": issuer.token("V11", "submitter", exp=second_ago),
        "for others": issuer.token("V11", "submitter", aud="others"),
        "by others": issuer.token("V11", "submitter", iss="https://others.test"),
        "forged": issuer.token("V11", "submitter")[:-8] + "AAAAAAAA",
        "by a shared secret": jwt.encode({"unit": "V11", "roles": ["submitter"]}, "x" * 32, "HS256", {"kid": "test"}),
    }
    before = await service.content()
    for name, token in tokens.items():
        for method, path, body in (("POST", "/reports", ZERO), ("GET", "/reports", None), ("GET", "/totals", None)):
            headers = {"Authorization": f"Bearer {token}"}
            answer = await service.client.request(method, path, headers=headers, json=body)
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), name
            assert answer.headers["www-authenticate"] == "Bearer"
    assert await service.content() == before
