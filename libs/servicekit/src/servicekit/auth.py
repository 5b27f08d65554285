"""Who is calling: OIDC bearer tokens, verified against a JWKS (RFC 7519, RFC 7517).

Tokens are credentials of the real world, so their expiry is judged on the system clock, in a rehearsal too.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx
import jwt
import structlog
from pydantic import ValidationError

from contracts import Actor
from servicekit.clock import Clock, SystemClock
from servicekit.problems import Problem, forbidden
from servicekit.settings import Settings

log = structlog.get_logger(__name__)

ROLES: Final = frozenset({"submitter", "office", "supervisor", "auditor", "agency", "admin"})
_MOST_TOKENS: Final = 10_000
_ALGORITHMS: Final = ["ES256", "ES384", "RS256", "PS256", "EdDSA"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: token subject, the unit acted for (None: the platform itself) and roles."""

    subject: str
    unit: str | None
    roles: frozenset[str]

    def require(self, *roles: str) -> None:
        """Raise a 403 problem unless the caller has one of `roles`."""
        if self.roles.isdisjoint(roles):
            raise forbidden(f"this needs one of the roles {', '.join(roles)}")

    def acting_unit(self) -> str:
        """Return the unit acted for, or raise a 403 problem for a token that names none."""
        if self.unit is None:
            raise forbidden("this needs a token that names the unit acted for")
        return self.unit

    def subtree(self) -> str | None:
        """Return the unit whose subtree the caller sees; None for an admin or auditor of the platform, who sees everything."""
        if self.unit is None:
            self.require("admin", "auditor")
        return self.unit

    def actor(self, on_behalf_of: str | None = None) -> Actor:
        """Return what an event says of the caller; `on_behalf_of` is told only when it is another unit than the caller's own."""
        return Actor(subject=self.subject, unit=self.unit, on_behalf_of=on_behalf_of if on_behalf_of != self.unit else None)


def _unauthorized(detail: str) -> Problem:
    return Problem(401, detail)


class Authenticator:
    """Turns an Authorization header into a principal. Keys are fetched when needed and cached."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._client = httpx.AsyncClient(timeout=settings.jwks_timeout_seconds, transport=transport)
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched: datetime | None = None
        self._asked: datetime | None = None
        self._fetching = asyncio.Lock()
        self._verified: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def authenticate(self, authorization: str | None) -> Principal:
        """Verify a header such as `Bearer eyJ…`.

        Raises:
            Problem: 401 with the reason, or 503 when the issuer's keys cannot be fetched.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthorized("send a bearer token in the Authorization header")
        now = self._clock.now().timestamp()
        until, caller = self._verified.get(token, (0.0, None))
        if caller is None or now >= until:
            caller, claims = await self._verify(token)
            # Kept for a while, so that its signature is not checked again for every request.
            self._verified[token] = min(float(claims["exp"]), now + self._settings.token_cache_seconds), caller
        if len(self._verified) > _MOST_TOKENS:
            self._verified.popitem(last=False)
        return caller

    async def _verify(self, token: str) -> tuple[Principal, dict[str, Any]]:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise _unauthorized("the token is not a JSON Web Token") from error
        if header.get("alg") not in _ALGORITHMS:
            raise _unauthorized("the token's signature algorithm is not accepted; unsigned tokens never are")
        key = await self._key(str(header.get("kid", "")))
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._settings.token_audience,
                issuer=self._settings.token_issuer,
                leeway=self._settings.token_leeway_seconds,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )
        except (jwt.PyJWTError, OverflowError) as error:
            raise _unauthorized(f"the token is not valid: {error}") from error
        return _principal(claims), claims

    async def _key(self, kid: str) -> jwt.PyJWK:
        if kid not in self._keys or self._age(self._fetched) > self._settings.jwks_cache_seconds:
            async with self._fetching:
                # An unknown key id may be a new key, but asking at once for every made-up id would let callers flood the issuer,
                # and every caller would wait for an issuer that does not answer.
                if self._age(self._asked) > self._settings.jwks_cache_seconds / 60:
                    await self._fetch()
        if kid in self._keys:
            return self._keys[kid]
        if not self._keys:
            raise Problem(503, "the issuer's keys cannot be fetched now; try again")
        raise _unauthorized("the token's key is not among the issuer's keys")

    def _age(self, instant: datetime | None) -> float:
        return math.inf if instant is None else (self._clock.now() - instant).total_seconds()

    async def _fetch(self) -> None:
        """Fetch the issuer's keys; the old ones stay when that fails."""
        self._asked = self._clock.now()
        try:
            answer = await self._client.get(str(self._settings.jwks_url))
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json())
        except (httpx.HTTPError, ValueError, AttributeError, TypeError, jwt.PyJWTError) as error:
            log.warning("issuer_keys_not_fetched", error=type(error).__name__)
        else:
            self._keys = {key.key_id or "": key for key in keys.keys if key.key_type != "oct"}  # a shared secret proves nothing
            self._fetched = self._clock.now()


def _principal(claims: dict[str, object]) -> Principal:
    roles, unit = claims.get("roles"), claims.get("unit")
    if not isinstance(roles, Collection) or isinstance(roles, str):
        raise _unauthorized("the token's claim roles must be a list")
    try:
        caller = Actor.model_validate({"subject": claims["sub"], "unit": unit})
    except ValidationError as error:
        claim = {"subject": "sub"}.get(str(error.errors()[0]["loc"][0]), "unit")
        raise _unauthorized(f"the token's claim {claim} is empty, too long or holds characters that no such name has") from error
    return Principal(caller.subject, caller.unit, ROLES.intersection(str(role) for role in roles))
