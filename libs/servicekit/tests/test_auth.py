"""Who is let in, and that nobody can make us flood the issuer."""

import asyncio
import base64
import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from counting.events import NOW
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from servicekit.auth import Authenticator, Principal
from servicekit.clock import FixedClock
from servicekit.problems import Problem
from servicekit.settings import Settings

ISSUER = "https://issuer.test"


class Issuer:
    """An identity provider: signs, and serves its keys or an error."""

    def __init__(self) -> None:
        self.keys = {"k1": ec.generate_private_key(ec.SECP256R1())}
        self.asked = 0
        self.answer: httpx.Response | None = None
        self.delay = 0.0

    async def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await asyncio.sleep(self.delay)
        return self.answer or httpx.Response(200, json=self.jwks())

    def jwks(self) -> dict[str, Any]:
        keys = []
        for kid, key in self.keys.items():
            keys.append({**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())), "kid": kid, "alg": "ES256"})
        return {"keys": keys}

    def token(self, kid: str = "k1", *, algorithm: str = "ES256", key: Any = None, **changes: Any) -> str:
        now = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": "bihuan",
            "sub": "u1",
            "iat": now,
            "exp": now + timedelta(hours=1),
            "unit": "330802",
            "roles": ["office", "auditor"],
        }
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(claims, key or self.keys[kid], algorithm=algorithm, headers={"kid": kid})


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def gate(issuer: Issuer, clock: FixedClock, settings_of: Callable[..., Settings]) -> Authenticator:
    settings = settings_of(token_issuer=ISSUER, jwks_cache_seconds=300)
    return Authenticator(settings, clock=clock, transport=httpx.MockTransport(issuer))


async def refused(gate: Authenticator, authorization: str | None) -> Problem:
    with pytest.raises(Problem) as raised:
        await gate.authenticate(authorization)
    return raised.value


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT", "kid": "k1"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


async def test_a_good_token_names_the_caller(gate: Authenticator, issuer: Issuer) -> None:
    caller = await gate.authenticate(f"Bearer {issuer.token()}")
    assert caller == Principal("u1", "330802", frozenset({"office", "auditor"}))


async def test_a_token_without_an_end_in_sight_is_good(gate: Authenticator, issuer: Issuer) -> None:
    await gate.authenticate(f"Bearer {issuer.token(exp=10**18)}")


async def test_a_platform_admin_has_no_unit(gate: Authenticator, issuer: Issuer) -> None:
    caller = await gate.authenticate(f"bearer {issuer.token(unit=None, roles=['admin'])}")
    assert caller.unit is None
    with pytest.raises(Problem) as raised:
        caller.acting_unit()
    assert raised.value.status == 403


async def test_roles_that_nobody_knows_grant_nothing(gate: Authenticator, issuer: Issuer) -> None:
    caller = await gate.authenticate(f"Bearer {issuer.token(roles=['root', 7, 'submitter'])}")
    assert caller.roles == {"submitter"}
    with pytest.raises(Problem) as raised:
        caller.require("office", "admin")
    assert raised.value.status == 403
    caller.require("office", "submitter")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dTpw", "Bearer x", "Bearer a.b.c", "Bearer ä.ö.ü"])
async def test_whatever_is_no_token_is_refused(gate: Authenticator, issuer: Issuer, header: str | None) -> None:
    assert (await refused(gate, header)).status == 401
    assert issuer.asked == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": None},
        {"exp": "soon"},
        {"exp": math.inf},
        {"iat": None},
        {"iat": datetime(2100, 1, 1, tzinfo=UTC)},
        {"nbf": datetime(2100, 1, 1, tzinfo=UTC)},
        {"aud": "somebody-else"},
        {"aud": None},
        {"iss": "https://evil.test"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 300},
        {"sub": "a\0b"},
        {"unit": 330802},
        {"unit": "not a code"},
        {"unit": "3" * 40},
        {"roles": None},
        {"roles": "admin"},
        {"roles": 7},
    ],
    ids=lambda changes: f"{next(iter(changes))}={str(next(iter(changes.values())))[:12]!r}",
)
async def test_a_token_with_a_wrong_claim_is_refused(gate: Authenticator, issuer: Issuer, changes: dict[str, Any]) -> None:
    problem = await refused(gate, f"Bearer {issuer.token(**changes)}")
    assert problem.status == 401
    assert problem.detail


async def test_the_clock_skew_of_an_issuer_is_tolerated(gate: Authenticator, issuer: Issuer) -> None:
    await gate.authenticate(f"Bearer {issuer.token(exp=datetime.now(UTC) - timedelta(seconds=2))}")
    await gate.authenticate(f"Bearer {issuer.token(iat=datetime.now(UTC) + timedelta(seconds=2))}")


async def test_an_unsigned_token_is_refused(gate: Authenticator, issuer: Issuer) -> None:
    assert "unsigned" in (await refused(gate, f"Bearer {unsigned(issuer.token())}")).detail


async def test_a_public_key_is_no_shared_secret(gate: Authenticator, issuer: Issuer) -> None:
    """The old trick: sign with HMAC and the issuer's public key as the secret."""
    secret = "".join(issuer.jwks()["keys"][0][name] for name in "xy")
    assert (await refused(gate, f"Bearer {issuer.token(algorithm='HS256', key=secret)}")).status == 401


async def test_another_algorithm_than_the_key_is_for_is_refused(gate: Authenticator, issuer: Issuer) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert (await refused(gate, f"Bearer {issuer.token(algorithm='RS256', key=key)}")).status == 401


async def test_a_changed_token_is_refused(gate: Authenticator, issuer: Issuer) -> None:
    header, _, signature = issuer.token().split(".")
    other = issuer.token(roles=["admin"]).split(".")[1]
    assert (await refused(gate, f"Bearer {header}.{other}.{signature}")).status == 401


async def test_a_key_of_somebody_else_is_refused(gate: Authenticator, issuer: Issuer) -> None:
    token = issuer.token(key=ec.generate_private_key(ec.SECP256R1()))
    assert (await refused(gate, f"Bearer {token}")).status == 401


async def test_keys_are_fetched_once_and_kept(gate: Authenticator, issuer: Issuer, clock: FixedClock) -> None:
    for _ in range(5):
        await gate.authenticate(f"Bearer {issuer.token()}")
    assert issuer.asked == 1
    clock.instant += timedelta(seconds=301)
    await gate.authenticate(f"Bearer {issuer.token()}")
    assert issuer.asked == 2


async def test_a_new_key_is_learnt_without_a_restart(gate: Authenticator, issuer: Issuer, clock: FixedClock) -> None:
    await gate.authenticate(f"Bearer {issuer.token()}")
    issuer.keys["k2"] = ec.generate_private_key(ec.SECP256R1())
    clock.instant += timedelta(seconds=10)
    await gate.authenticate(f"Bearer {issuer.token('k2')}")
    await gate.authenticate(f"Bearer {issuer.token('k1')}")


async def test_a_withdrawn_key_is_refused_once_the_cache_is_old(gate: Authenticator, issuer: Issuer, clock: FixedClock) -> None:
    token = issuer.token()
    await gate.authenticate(f"Bearer {token}")
    issuer.keys = {"k2": ec.generate_private_key(ec.SECP256R1())}
    clock.instant += timedelta(seconds=301)
    assert (await refused(gate, f"Bearer {token}")).status == 401


async def test_made_up_key_ids_do_not_flood_the_issuer(gate: Authenticator, issuer: Issuer, clock: FixedClock) -> None:
    issuer.delay = 0.01
    stranger = ec.generate_private_key(ec.SECP256R1())
    flood = [f"Bearer {issuer.token(f'made-up-{number}', key=stranger)}" for number in range(100)]
    await asyncio.gather(*(refused(gate, token) for token in flood))
    assert issuer.asked == 1
    clock.instant += timedelta(seconds=6)
    await asyncio.gather(*(refused(gate, token) for token in flood))
    assert issuer.asked == 2


async def test_known_callers_go_on_while_the_issuer_is_away(gate: Authenticator, issuer: Issuer, clock: FixedClock) -> None:
    token = f"Bearer {issuer.token()}"
    await gate.authenticate(token)
    issuer.answer, issuer.delay = httpx.Response(500), 0.02
    clock.instant += timedelta(seconds=301)
    async with asyncio.timeout(1):
        await asyncio.gather(*(gate.authenticate(token) for _ in range(200)))
    assert issuer.asked == 2, "callers neither wait one after the other nor ask an absent issuer again and again"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503),
        httpx.Response(200, text="not JSON"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"keys": []}),
        httpx.Response(200, json={"keys": [{"kty": "oct", "k": "AA"}, {"kty": "??"}, 3]}),
        httpx.Response(200, json={"keys": None}),
    ],
)
async def test_without_any_key_the_caller_is_asked_to_come_back(
    gate: Authenticator, issuer: Issuer, clock: FixedClock, answer: httpx.Response
) -> None:
    issuer.answer = answer
    assert (await refused(gate, f"Bearer {issuer.token()}")).status == 503
    issuer.answer = None
    clock.instant += timedelta(seconds=6)
    await gate.authenticate(f"Bearer {issuer.token()}")


async def test_a_verified_token_is_not_verified_again_for_a_while(gate: Authenticator, issuer: Issuer, clock: FixedClock) -> None:
    token = issuer.token()
    first = await gate.authenticate(f"Bearer {token}")
    gate._keys.clear()
    issuer.keys = {"k2": ec.generate_private_key(ec.SECP256R1())}
    clock.instant += timedelta(seconds=59)
    assert await gate.authenticate(f"Bearer {token}") == first
    clock.instant += timedelta(seconds=1)
    assert (await refused(gate, f"Bearer {token}")).status == 401


async def test_no_token_outlives_its_expiry(issuer: Issuer, settings_of: Callable[..., Settings]) -> None:
    settings = settings_of(token_issuer=ISSUER, token_leeway_seconds=0)
    gate = Authenticator(settings, transport=httpx.MockTransport(issuer))
    token = issuer.token(exp=datetime.now(UTC) + timedelta(seconds=2))
    await gate.authenticate(f"Bearer {token}")
    await asyncio.sleep(2)
    assert "expired" in (await refused(gate, f"Bearer {token}")).detail


async def test_a_flood_of_tokens_does_not_fill_the_memory(gate: Authenticator, issuer: Issuer, monkeypatch: Any) -> None:
    monkeypatch.setattr("servicekit.auth._MOST_TOKENS", 5)
    for number in range(20):
        await gate.authenticate(f"Bearer {issuer.token(sub=f'u{number}')}")
    assert len(gate._verified) == 5


async def test_a_caller_acts_for_itself_or_for_another_unit() -> None:
    caller = Principal("u1", "330802", frozenset())
    assert caller.actor().on_behalf_of is None
    assert caller.actor("330802").on_behalf_of is None
    assert caller.actor("330802101").on_behalf_of == "330802101"
