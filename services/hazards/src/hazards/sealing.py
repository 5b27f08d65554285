"""Encryption at rest of what only a few may read: AES-256-GCM (NIST SP 800-38D) under named keys of the settings.

Every text is bound to what it belongs to: moved to another row it does not open. Its length shows in steps of 256 bytes only.
Nonces are random; 2^32 texts under one key stay safe, which is far beyond what a service keeps.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field, SecretStr, model_validator

from servicekit import settings as kit

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_BLOCK: Final = 256
_END: Final = b"\x80"


class UnopenableError(Exception):
    """A sealed text cannot be opened: its key is not among ours, or it was changed or moved."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed text and the name of the key that it needs."""

    key_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """Named keys; `newest` seals, all of them open."""

    newest: str
    keys: Mapping[str, bytes] = field(repr=False)

    def seal(self, text: bytes, bound_to: bytes) -> Sealed:
        """Encrypt a text so that it opens only with the same `bound_to`."""
        nonce = os.urandom(_NONCE_BYTES)
        padded = text + _END + bytes(-(len(text) + 1) % _BLOCK)
        return Sealed(self.newest, nonce + AESGCM(self.keys[self.newest]).encrypt(nonce, padded, bound_to))

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes:
        """Decrypt a text.

        Raises:
            UnopenableError: the key is not known, or the text was changed, or it belongs to something else.
        """
        if sealed.key_id not in self.keys:
            raise UnopenableError(f"the key {sealed.key_id} is not among those of the settings")
        nonce, content = sealed.content[:_NONCE_BYTES], sealed.content[_NONCE_BYTES:]
        try:
            padded = AESGCM(self.keys[sealed.key_id]).decrypt(nonce, content, bound_to)
        except (InvalidTag, ValueError) as error:
            raise UnopenableError("it was changed, or belongs to something else") from error
        return padded.rstrip(b"\x00").removesuffix(_END)

    def mark(self, text: bytes) -> bytes:
        """A fingerprint of a text from which nobody without the key can guess it."""
        key = hmac.digest(self.keys[self.newest], b"hazards.sealing.mark", hashlib.sha256)
        return hmac.digest(key, text, hashlib.sha256)


class SealingSettings(kit.Settings):
    """Keys for the identity of informants. Without any, no identity is taken."""

    informant_keys: dict[str, SecretStr] = Field(
        default_factory=dict, description='JSON {"name": "32 bytes in base64"}; keep a key while anything is sealed under it'
    )
    informant_key: str | None = Field(default=None, description="name of the key that seals")

    @model_validator(mode="after")
    def _whole_keys(self) -> Self:
        if (self.informant_key or "") not in {"", *self.informant_keys}:
            raise ValueError(f"informant_key {self.informant_key} is not among informant_keys")
        if self.informant_keys and not self.informant_key:
            raise ValueError("informant_key must name the one of informant_keys that seals")
        for name, key in self.informant_keys.items():
            _decoded(name, key)
        return self

    @property
    def informant_keyring(self) -> Keyring | None:
        """The keys, or None: none are configured."""
        if not self.informant_key:
            return None
        return Keyring(self.informant_key, {name: _decoded(name, key) for name, key in self.informant_keys.items()})


def _decoded(name: str, key: SecretStr) -> bytes:
    try:
        decoded = base64.b64decode(key.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) != _KEY_BYTES:
        raise ValueError(f"informant_keys: {name} is not {_KEY_BYTES} bytes in base64")
    return decoded
