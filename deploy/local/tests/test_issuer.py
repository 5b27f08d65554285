"""Tokens of the development issuer are accepted by the kit's own verification, and only in local mode do they exist."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from local_stack.issuer import AUDIENCE, ISSUER, DevelopmentIssuer


def _claims(issuer: DevelopmentIssuer, token: str) -> dict[str, object]:
    keys = jwt.PyJWKSet.from_dict(issuer.jwks())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, object] = jwt.decode(token, key, algorithms=["ES256"], audience=AUDIENCE, issuer=ISSUER)
    return claims


def test_a_token_says_who_acts_for_which_unit_in_which_roles(tmp_path: Path) -> None:
    issuer = DevelopmentIssuer(tmp_path)
    claims = _claims(issuer, issuer.token("li.na", "330802", ["office", "submitter"]))
    assert claims["sub"] == "li.na"
    assert claims["unit"] == "330802"
    assert claims["roles"] == ["office", "submitter"]


def test_a_token_of_the_platform_names_no_unit(tmp_path: Path) -> None:
    issuer = DevelopmentIssuer(tmp_path)
    assert "unit" not in _claims(issuer, issuer.token("operator", None, ["admin"]))


def test_a_token_ends_after_its_lifetime(tmp_path: Path) -> None:
    issuer = DevelopmentIssuer(tmp_path)
    long_ago = datetime(2026, 3, 2, 13, tzinfo=UTC) - timedelta(days=365)
    with pytest.raises(jwt.ExpiredSignatureError):
        _claims(issuer, issuer.token("li.na", "330802", ["office"], timedelta(minutes=5), long_ago))


def test_the_key_is_kept_for_its_owner_alone_and_never_published(tmp_path: Path) -> None:
    first, second = DevelopmentIssuer(tmp_path), DevelopmentIssuer(tmp_path)
    assert _claims(second, first.token("li.na", None, ["admin"]))["sub"] == "li.na"
    assert stat.S_IMODE((tmp_path / "issuer.pem").stat().st_mode) == 0o600
    assert "d" not in first.jwks()["keys"][0]


def test_another_stacks_token_is_not_accepted(tmp_path: Path) -> None:
    ours, theirs = DevelopmentIssuer(tmp_path / "ours"), DevelopmentIssuer(tmp_path / "theirs")
    with pytest.raises(KeyError):
        _claims(ours, theirs.token("li.na", None, ["admin"]))


@pytest.mark.parametrize("mode", ["production", "", "Local"])
def test_there_is_no_development_issuer_outside_local_mode(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="local mode only"):
        DevelopmentIssuer(tmp_path, mode=mode)
    monkeypatch.setenv("BIHUAN_MODE", mode)
    with pytest.raises(ValueError, match="local mode only"):
        DevelopmentIssuer(tmp_path)
    assert list(tmp_path.iterdir()) == []
