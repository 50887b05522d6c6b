"""Both tokens: the pinned algorithm, the right key, then each claim, with thirty seconds of leeway."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.registry import HeaderParameter

from grc.demo.franceconnect.keys import Keys
from grc.franceconnect import tokens
from grc.franceconnect.callback import LoginRefused

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
INSTANT = int(NOW.timestamp())
ISS = "https://fc.example/api/v2"
CLIENT = "tilleul"
GOOD = {
    "sub": "abc",
    "iss": ISS,
    "aud": CLIENT,
    "iat": INSTANT,
    "exp": INSTANT + 60,
    "nonce": "n" * 43,
    "acr": "eidas1",
}
RING = Keys(frozenset({"ES256", "RS256"}))


def id_token(claims: dict[str, Any]) -> None:
    tokens.check_id_token(claims, issuer=ISS, client_id=CLIENT, nonce="n" * 43, acr=frozenset({"eidas1"}), now=NOW)


def userinfo(claims: dict[str, Any]) -> None:
    tokens.check_userinfo(claims, issuer=ISS, client_id=CLIENT, sub="abc", now=NOW)


def verify(token: str, algorithm: str = "ES256", published: dict[str, Any] | None = None) -> dict[str, Any]:
    keys = tokens.signing_keys(published or RING.published(), algorithm)
    return tokens.verified(token, keys, algorithm=algorithm, kind="id")


def code_of(call: Any, *args: Any) -> str:
    with pytest.raises(LoginRefused) as caught:
        call(*args)
    return caught.value.code


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_reads_what_the_provider_signed(algorithm: str):
    assert verify(RING.sign(algorithm, GOOD), algorithm) == GOOD


def test_accepts_good_claims():
    id_token(GOOD)
    userinfo(GOOD)


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda: RING.unsigned("ES256", GOOD), "id.algorithm"),
        (lambda: RING.by_secret("ES256", GOOD, b"s" * 40), "id.algorithm"),
        (lambda: RING.by_secret("ES256", GOOD, RING.public_pem("ES256")), "id.algorithm"),
        (lambda: RING.sign("RS256", GOOD), "id.algorithm"),
        (lambda: RING.by_stranger("ES256", GOOD), "id.signature"),
        (lambda: RING.sign("ES256", GOOD)[:-4] + "AAAA", "id.signature"),
        (lambda: "", "id.malformed"),
        (lambda: "x.y", "id.malformed"),
        (lambda: "é.é.é", "id.malformed"),
        (lambda: "[]", "id.malformed"),
        (lambda: RING.sign("ES256", GOOD) + ".x", "id.malformed"),
    ],
)
def test_refuses_a_forged_token(forge: Any, code: str):
    assert code_of(verify, forge()) == code


def test_refuses_a_header_that_must_be_understood():
    key = ECKey.generate_key("P-256", {"kid": "k"})
    header = {"alg": "ES256", "kid": "k", "crit": ["exp"], "exp": 1}
    forged = jws.serialize_compact(header, b"{}", key, registry=jws.JWSRegistry({"exp": HeaderParameter("", "int")}))
    assert code_of(verify, forged, "ES256", {"keys": [key.as_dict(private=False)]}) == "id.signature"


def test_ignores_a_header_that_it_does_not_know():
    key = ECKey.generate_key("P-256", {"kid": "k"})
    header = {"alg": "ES256", "kid": "k", "x-tenant": "1"}
    token = jws.serialize_compact(header, json.dumps(GOOD), key, registry=jws.JWSRegistry(strict_check_header=False))
    assert verify(token, "ES256", {"keys": [key.as_dict(private=False)]}) == GOOD


def test_refuses_a_signed_text_that_is_no_object():
    key = ECKey.generate_key("P-256", {"kid": "k"})
    published = {"keys": [key.as_dict(private=False)]}
    assert code_of(verify, jws.serialize_compact({"alg": "ES256", "kid": "k"}, b"[1]", key), "ES256", published) == (
        "id.malformed"
    )


def test_asks_for_fresh_keys_on_an_unknown_kid():
    with pytest.raises(tokens.UnknownKey):
        verify(RING.sign("ES256", GOOD, kid="pkcs11:unknown"))


def test_a_token_without_kid_needs_a_single_key():
    key = ECKey.generate_key("P-256")
    token = jws.serialize_compact({"alg": "ES256"}, json.dumps(GOOD), key)
    one = {"keys": [key.as_dict(private=False)]}
    assert verify(token, "ES256", one) == GOOD
    assert code_of(verify, token, "ES256", {"keys": one["keys"] * 2}) == "id.key"


def test_takes_only_public_keys_fit_for_the_algorithm():
    good = ECKey.generate_key("P-256", {"kid": "good"}).as_dict(private=False)
    unfit = [
        OctKey.generate_key(256).as_dict(),
        RSAKey.generate_key(2048).as_dict(private=False),
        ECKey.generate_key("P-384").as_dict(private=False),
        ECKey.generate_key("P-256").as_dict(private=True),
        good | {"use": "enc"},
        good | {"alg": "ES384"},
        {"kty": "EC", "crv": "P-256", "x": "not a point", "y": "not a point"},
        {"kty": "AKP"},
        {},
        "text",
    ]
    assert [key.kid for key in tokens.signing_keys({"keys": [*unfit, good]}, "ES256")] == ["good"]


def test_takes_no_weak_rsa_key():
    with pytest.warns(match="2048"):
        weak = RSAKey.generate_key(1024).as_dict(private=False)
    assert tokens.signing_keys({"keys": [weak]}, "RS256") == ()


@pytest.mark.parametrize("document", [{}, {"keys": None}, [], "x", None])
def test_refuses_what_is_no_key_set(document: Any):
    with pytest.raises(ValueError, match="JWKS"):
        tokens.signing_keys(document, "ES256")


@pytest.mark.parametrize(
    ("claim", "value", "reason"),
    [
        ("iss", ISS + "/", "iss"),
        ("iss", None, "iss"),
        ("aud", "other", "aud"),
        ("aud", [CLIENT, "other"], "aud"),
        ("aud", [], "aud"),
        ("aud", None, "aud"),
        ("azp", "other", "aud"),
        ("sub", "", "sub"),
        ("sub", None, "sub"),
        ("sub", 12, "sub"),
        ("exp", INSTANT - 30, "exp"),
        ("exp", None, "exp"),
        ("exp", str(INSTANT + 60), "exp"),
        ("exp", float("nan"), "exp"),
        ("exp", True, "exp"),
        ("iat", INSTANT + 31, "iat"),
        ("iat", None, "iat"),
        ("iat", float("nan"), "iat"),
        ("nbf", INSTANT + 31, "nbf"),
    ],
)
def test_refuses_a_claim_on_both_tokens(claim: str, value: Any, reason: str):
    claims = GOOD | {claim: value}
    assert code_of(id_token, claims) == f"id.{reason}"
    assert code_of(userinfo, claims) == f"ui.{reason}"


@pytest.mark.parametrize(
    ("claim", "value"), [("exp", INSTANT - 29), ("iat", INSTANT + 30), ("aud", [CLIENT]), ("azp", CLIENT)]
)
def test_accepts_thirty_seconds_of_leeway_and_an_array_of_one(claim: str, value: Any):
    id_token(GOOD | {claim: value})
    userinfo(GOOD | {claim: value})


@pytest.mark.parametrize("nonce", ["N" * 43, "", None, "n" * 42])
def test_refuses_another_nonce(nonce: str | None):
    assert code_of(id_token, GOOD | {"nonce": nonce}) == "id.nonce"


@pytest.mark.parametrize("acr", ["eidas0", "eidas2", "EIDAS1", "", None, ["eidas1"]])
def test_refuses_another_level(acr: Any):
    assert code_of(id_token, GOOD | {"acr": acr}) == "id.acr"


def test_refuses_the_identity_of_somebody_else():
    assert code_of(userinfo, GOOD | {"sub": "abd"}) == "ui.sub"


@pytest.mark.parametrize("sub", ["", "x" * 256, "a\x00b", "\ud800", "é", "a\nb", 3, None, ["abc"]])
def test_a_subject_that_no_account_can_be_kept_under_is_refused(sub: Any):
    assert code_of(id_token, GOOD | {"sub": sub}) == "id.sub"
    id_token(GOOD | {"sub": "x" * 255})


def test_a_level_is_looked_at_only_where_one_is_registered():
    claims = {name: value for name, value in GOOD.items() if name != "acr"}
    tokens.check_id_token(claims, issuer=ISS, client_id=CLIENT, nonce="n" * 43, acr=frozenset(), now=NOW)
    assert code_of(id_token, claims) == "id.acr"


def test_a_plain_userinfo_is_of_the_id_token_s_subject():
    assert tokens.unsigned_userinfo('{"sub": "abc", "email": "x"}', sub="abc") == {"sub": "abc", "email": "x"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "ui.malformed"),
        ("[]", "ui.malformed"),
        ("[" * 100_000, "ui.malformed"),
        ("{}", "ui.sub"),
        ('{"sub": "xyz"}', "ui.sub"),
        ('{"sub": ["abc"]}', "ui.sub"),
    ],
)
def test_another_is_refused(text: str, code: str):
    with pytest.raises(LoginRefused) as caught:
        tokens.unsigned_userinfo(text, sub="abc")
    assert caught.value.code == code
