"""Aliyun's request signature, version 3 (ACS3-HMAC-SHA256): the server's side of it.

Rules of the request structure and signature page of Aliyun's developer guide: every public header that is present
must be signed, the payload is hashed into `x-acs-content-sha256`, the date may be 15 minutes off, a nonce is used once.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from local_stack.providers.answers import Refusal

ALGORITHM = "ACS3-HMAC-SHA256"
DATE_WINDOW = timedelta(minutes=15)
_REQUIRED = frozenset({"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"})
_AUTHORIZATION = re.compile(
    r"^(?P<algorithm>\S+) +Credential=(?P<key>[^,]+), *SignedHeaders=(?P<headers>[^,]+), *Signature=(?P<signature>\w+)$"
)
_INCOMPLETE = Refusal("IncompleteSignature", "The request signature does not conform to Aliyun standards.", 400)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What the signature covers. Header names are lower case, the query is decoded and in the order of arrival."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes


def canonical_query(query: tuple[tuple[str, str], ...]) -> str:
    """Sort by name and encode as RFC 3986 asks."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(query))


def sign(request: SignedRequest, signed_headers: tuple[str, ...], secret: str) -> str:
    """Compute the signature over the named headers (lower case, sorted)."""
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in signed_headers)
    canonical = "\n".join(
        (
            request.method.upper(),
            request.path or "/",
            canonical_query(request.query),
            lines,
            ";".join(signed_headers),
            request.headers["x-acs-content-sha256"],
        )
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


class SignatureCheck:
    """Verifies requests against the known access keys and remembers nonces for as long as their date is valid."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """`secrets` maps access key id to access key secret."""
        self._secrets = secrets
        self._nonces: dict[tuple[str, str], datetime] = {}

    def refusal(self, request: SignedRequest, now: datetime) -> Refusal | None:
        """Return why the request is not genuine, or None. `now` is the system's time: a signature is a real credential."""
        header = request.headers.get("authorization")
        if not header:
            return Refusal("MissingAccessKeyId", "AccessKeyId is mandatory for this action.", 400)
        match = _AUTHORIZATION.match(header)
        if match is None or match["algorithm"] != ALGORITHM:
            return _INCOMPLETE
        secret = self._secrets.get(match["key"])
        if secret is None:
            return Refusal("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
        signed = tuple(match["headers"].split(";"))
        if not _covers(signed, request.headers):
            return _INCOMPLETE
        return (
            _date_refusal(request.headers["x-acs-date"], now)
            or _signature_refusal(request, signed, secret, match["signature"])
            or self._nonce_refusal(match["key"], request.headers["x-acs-signature-nonce"], now)
        )

    def _nonce_refusal(self, key: str, nonce: str, now: datetime) -> Refusal | None:
        # The window is open on both sides, so a nonce stays dangerous for twice its length.
        horizon = now - 2 * DATE_WINDOW
        # Kept in order of arrival: the oldest come first.
        while self._nonces and next(iter(self._nonces.values())) < horizon:
            del self._nonces[next(iter(self._nonces))]
        if (key, nonce) in self._nonces:
            return Refusal("SignatureNonceUsed", "Specified signature nonce was used already.", 400)
        self._nonces[key, nonce] = now
        return None


def _covers(signed: tuple[str, ...], headers: Mapping[str, str]) -> bool:
    public = {name for name in headers if name.startswith("x-acs-")}
    return list(signed) == sorted(signed) and _REQUIRED | public <= set(signed) <= set(headers)


def _date_refusal(text: str, now: datetime) -> Refusal | None:
    try:
        date = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return Refusal("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.", 400)
    if abs(now - date) > DATE_WINDOW:
        return Refusal("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", 400)
    return None


def _signature_refusal(request: SignedRequest, signed: tuple[str, ...], secret: str, claimed: str) -> Refusal | None:
    hashed = hashlib.sha256(request.body).hexdigest()
    genuine = hmac.compare_digest(hashed, request.headers["x-acs-content-sha256"].lower()) and hmac.compare_digest(
        sign(request, signed, secret), claimed.lower()
    )
    if genuine:
        return None
    return Refusal("SignatureDoesNotMatch", "Specified signature is not matched with our calculation.", 400)
