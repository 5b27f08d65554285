"""What is turned away at the door of every service: tokens that prove nothing and bodies that cannot be read."""

import base64
import json
import time

import pytest

pytestmark = pytest.mark.io
UNIT = {"code": "330802101202", "name": "下溪村", "level": "village", "parent": "330802101"}


def unsigned(claims: dict[str, object]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)]
    return ".".join([*parts, ""])


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 3600},
        {"iss": "https://another.test"},
        {"aud": "another"},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 201},
        {"sub": "a\0b"},
        {"roles": None},
        {"roles": "office"},
        {"unit": "no unit code"},
        {"unit": 330802},
    ],
)
async def test_a_token_with_a_wrong_claim_is_turned_away(plans, claims: dict[str, object]) -> None:
    token = plans.issuer.token(**{"unit": "330802", **({"roles": ["office"]} | claims)})
    before = await plans.content()

    answer = await plans.client.post("/units", json=UNIT, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["detail"]
    assert await plans.content() == before


@pytest.mark.parametrize("scheme", ["none", "missing", "basic", "garbage", "tampered"])
async def test_a_request_without_a_valid_signature_is_turned_away(plans, scheme: str) -> None:
    good = plans.issuer.token("330802", "office")
    head, claims, signature = good.split(".")
    flipped = ("A" if signature[10] != "A" else "B").join([signature[:10], signature[11:]])
    now = int(time.time())
    whole = {
        "iss": plans.issuer.name,
        "aud": "bihuan",
        "sub": "s",
        "iat": now,
        "exp": now + 600,
        "unit": "330802",
        "roles": ["office"],
    }
    headers = {
        "none": {"Authorization": f"Bearer {unsigned(whole)}"},
        "missing": {},
        "basic": {"Authorization": "Basic dTpw"},
        "garbage": {"Authorization": "Bearer x.y.z"},
        "tampered": {"Authorization": f"Bearer {head}.{claims}.{flipped}"},
    }[scheme]

    answer = await plans.client.post("/units", json=UNIT, headers=headers)

    assert answer.status_code == 401
    assert (await plans.client.get("/units/330802", headers={"Authorization": f"Bearer {good}"})).status_code == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b'{"code": "v", "name": "\\ud800", "level": "village"}', 422),
        (b'{"\\ud800": 1}', 422),
        (b'{"code": NaN, "name": Infinity, "level": 1e999}', 422),
        (b'{"code": ' + b"9" * 5000 + b"}", 400),
        (b'{"code": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", 400),
        (b'{"code": "' + b"x" * 1_000_001 + b'"}', 413),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_and_changes_nothing(plans, content: bytes, status: int) -> None:
    before = await plans.content()

    answer = await plans.client.post(
        "/units",
        content=content,
        headers={"Authorization": f"Bearer {plans.issuer.token('330802', 'office')}", "Content-Type": "application/json"},
    )

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert await plans.content() == before


async def test_an_unknown_path_and_method_get_a_problem_too(plans) -> None:
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/units", 405)):
        answer = await plans.call(method, path, unit="330802")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_operators_read_the_progress_as_admin_only(plans) -> None:
    await plans.post("/units", UNIT, unit="330802")

    report = (await plans.get("/ops/progress", roles=("admin",))).json()

    assert (report["service"], report["outbox_pending"], report["in_flight"], report["next_due"]) == ("plans", 1, 0, None)
    assert (await plans.get("/ops/progress", unit="330802")).status_code == 403
