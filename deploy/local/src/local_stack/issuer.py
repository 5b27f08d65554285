"""The identity provider of a local stack: signs tokens that its services accept (ES256, RFC 7518)."""

import json
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from servicekit.clock import SystemClock

ISSUER: Final = "bihuan-development"
AUDIENCE: Final = "bihuan"
_ALGORITHM = "ES256"
_KEY_ID_CHARACTERS = 16


class DevelopmentIssuer:
    """Signs with a key that it makes once and keeps in `work_dir`, readable by its owner only.

    `mode` is the deployment's BIHUAN_MODE, by default that of this process. Anything but `local` raises ValueError: whoever
    can reach this issuer can be anyone.
    """

    def __init__(self, work_dir: Path, *, mode: str | None = None) -> None:
        mode = os.environ.get("BIHUAN_MODE", "local") if mode is None else mode
        if mode != "local":
            raise ValueError(f"the development issuer exists in local mode only, not in mode {mode!r}")
        self._key = _kept_key(work_dir / "issuer.pem")
        point = self._key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(point)
        self._key_id = digest.finalize().hex()[:_KEY_ID_CHARACTERS]

    def jwks(self) -> dict[str, Any]:
        """The key set (RFC 7517) by which services verify the tokens."""
        public = json.loads(ECAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": self._key_id, "alg": _ALGORITHM, "use": "sig"}]}

    def token(
        self,
        subject: str,
        unit: str | None,
        roles: Sequence[str],
        lifetime: timedelta = timedelta(hours=24),
        now: datetime | None = None,
    ) -> str:
        """A token for `subject` acting for `unit` (None: the platform itself), valid for `lifetime` from `now`.

        `now` is by default the system clock's, also in a rehearsal: services judge expiry by that clock.
        """
        issued = SystemClock().now() if now is None else now
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": issued,
            "exp": issued + lifetime,
            "roles": list(roles),
        }
        if unit is not None:
            claims["unit"] = unit
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM, headers={"kid": self._key_id})


def _kept_key(file: Path) -> ec.EllipticCurvePrivateKey:
    if file.exists():
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{file} holds another kind of key; remove it")
        return key
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(text)
    return key
