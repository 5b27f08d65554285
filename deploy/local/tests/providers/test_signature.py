"""Signature version 3, checked against the worked example of Aliyun's developer guide."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from local_stack.providers.signature import ALGORITHM, DATE_WINDOW, SignatureCheck, SignedRequest, canonical_query, sign

KEY, SECRET = "YourAccessKeyId", "YourAccessKeySecret"
NOW = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC)
# The guide's example: RunInstances with these headers and query has this signature.
PUBLISHED = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
QUERY = (("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"), ("RegionId", "cn-shanghai"))


def authorization(signature: str, headers: dict[str, str] = HEADERS, key: str = KEY) -> str:
    return f"{ALGORITHM} Credential={key},SignedHeaders={';'.join(sorted(headers))},Signature={signature}"


def request(**headers: str) -> SignedRequest:
    """The published request, with other values where named; None-like removal is done by the caller."""
    return SignedRequest("POST", "/", QUERY, HEADERS | {"authorization": authorization(PUBLISHED)} | headers, b"")


def signed(**headers: str) -> SignedRequest:
    """A genuine request with other header values."""
    unsigned = SignedRequest("POST", "/", QUERY, HEADERS | headers, b"")
    signature = sign(unsigned, tuple(sorted(unsigned.headers)), SECRET)
    covered = authorization(signature, dict(unsigned.headers))
    return replace(unsigned, headers={**unsigned.headers, "authorization": covered})


def code_of(request: SignedRequest, now: datetime = NOW, check: SignatureCheck | None = None) -> str | None:
    refusal = (check or SignatureCheck({KEY: SECRET})).refusal(request, now)
    return None if refusal is None else refusal.code


def test_the_published_example_is_genuine() -> None:
    assert code_of(request()) is None


def test_headers_that_a_library_adds_need_not_be_signed() -> None:
    assert code_of(request(**{"content-type": "application/octet-stream", "accept-encoding": "gzip"})) is None


@pytest.mark.parametrize(
    "forged",
    [
        replace(request(), query=(*QUERY, ("Amount", "100"))),
        replace(request(), query=QUERY[:1]),
        replace(request(), body=b"other"),
        replace(request(), method="GET"),
        request(host="elsewhere"),
        request(**{"x-acs-action": "DeleteInstances"}),
    ],
    ids=["added", "removed", "body", "method", "host", "action"],
)
def test_anything_changed_after_signing_is_noticed(forged: SignedRequest) -> None:
    assert code_of(forged) == "SignatureDoesNotMatch"


def test_another_secret_is_noticed() -> None:
    assert code_of(request(), check=SignatureCheck({KEY: "other"})) == "SignatureDoesNotMatch"


def test_an_unknown_key_is_refused_as_not_found() -> None:
    refusal = SignatureCheck({}).refusal(request(), NOW)
    assert refusal is not None
    assert (refusal.code, refusal.status) == ("InvalidAccessKeyId.NotFound", 404)


@pytest.mark.parametrize("header", ["", "Basic abc", f"{ALGORITHM} Credential={KEY}"])
def test_a_missing_or_malformed_authorization_is_refused(header: str) -> None:
    assert code_of(request(authorization=header)) in ("MissingAccessKeyId", "IncompleteSignature")


def test_another_algorithm_is_refused() -> None:
    weaker = authorization(PUBLISHED).replace(ALGORITHM, "ACS3-HMAC-SM3")
    assert code_of(request(authorization=weaker)) == "IncompleteSignature"


@pytest.mark.parametrize("left_out", sorted(HEADERS))
def test_every_required_header_must_be_signed(left_out: str) -> None:
    fewer = {name: value for name, value in HEADERS.items() if name != left_out}
    assert code_of(request(authorization=authorization(PUBLISHED, fewer))) == "IncompleteSignature"


def test_a_public_header_that_is_present_must_be_signed() -> None:
    assert code_of(request(**{"x-acs-security-token": "t"})) == "IncompleteSignature"


def test_a_signed_header_must_be_present() -> None:
    named = authorization(PUBLISHED, {**HEADERS, "x-acs-zero": ""})
    assert code_of(request(authorization=named)) == "IncompleteSignature"


@pytest.mark.parametrize("sign_of_time", [1, -1])
def test_the_date_may_be_fifteen_minutes_off(sign_of_time: int) -> None:
    edge = NOW + sign_of_time * DATE_WINDOW
    assert code_of(request(), edge) is None
    assert code_of(request(), edge + sign_of_time * timedelta(microseconds=1)) == "InvalidTimeStamp.Expired"


def test_a_malformed_date_is_refused() -> None:
    assert code_of(signed(**{"x-acs-date": "today"})) == "InvalidTimeStamp.Format"


def test_a_nonce_is_used_once_while_its_date_could_be_valid() -> None:
    check = SignatureCheck({KEY: SECRET})
    assert code_of(request(), NOW, check) is None
    assert code_of(request(), NOW + DATE_WINDOW, check) == "SignatureNonceUsed"
    assert code_of(signed(**{"x-acs-signature-nonce": "another"}), NOW, check) is None


def test_a_refused_request_does_not_use_up_its_nonce() -> None:
    check = SignatureCheck({KEY: SECRET})
    assert code_of(replace(request(), body=b"other"), NOW, check) == "SignatureDoesNotMatch"
    assert code_of(request(), NOW, check) is None


def test_old_nonces_are_forgotten() -> None:
    check = SignatureCheck({KEY: SECRET})
    for minutes in range(0, 120, 10):
        at = NOW + timedelta(minutes=minutes)
        nonce = {"x-acs-date": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "x-acs-signature-nonce": str(minutes)}
        assert code_of(signed(**nonce), at, check) is None
    assert len(check._nonces) == 4


def test_the_query_is_sorted_and_encoded_as_rfc_3986_asks() -> None:
    query = (("b", "空 格"), ("a", "~*+/"), ("a2", ""))
    assert canonical_query(query) == "a=~%2A%2B%2F&a2=&b=%E7%A9%BA%20%E6%A0%BC"
