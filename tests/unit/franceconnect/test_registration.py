"""What a registration may say, and the client that comes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grc.authorities.clients import CALLBACKS, LOGOUTS
from grc.errors import Invalid
from grc.franceconnect import registration
from grc.franceconnect.provider import Provider
from grc.web.citizen.routes import routes as citizen_routes

HERE = {
    "issuer": "https://fc.example/api/v2",
    "client_id": "tilleul",
    "client_secret": "s" * 40,
    "redirect_uri": "https://tilleul.example/franceconnect/callback",
    "post_logout_redirect_uri": "https://tilleul.example/franceconnect/deconnexion",
    "algorithm": "ES256",
}


def made(name: str = "franceconnect", options: dict[str, Any] | None = None, **changes: Any) -> Provider:
    return registration.provider(name, options=options, **{**HERE, **changes})


def test_without_options_a_client_has_franceconnect_s_ways() -> None:
    there = made()
    assert there == Provider(**HERE)
    assert (there.scope, there.acr, there.pkce, there.extra) == (
        "openid identite_pivot email",
        frozenset({"eidas1"}),
        False,
        {},
    )
    assert (there.auth_method, there.userinfo, there.requires_iss) == ("client_secret_post", "jwt", True)
    assert there.level() == {"acr_values": "eidas1"}
    assert "s" * 40 not in repr(there)


def test_proconnect_s_levels_are_required_and_pkce_is_used() -> None:
    there = made("proconnect")
    assert there.pkce
    asked = json.loads(there.level()["claims"])
    assert asked["id_token"]["acr"] == {"essential": True, "values": ["eidas0-mfa", "eidas1-mfa", "eidas2", "eidas3"]}
    assert asked["id_token"]["amr"] is None


def test_options_change_what_they_say_and_nothing_else() -> None:
    there = made(options={"acr": [], "userinfo": "any", "origins": ["https://x.example"], "organisation": "siret"})
    assert (there.level(), there.userinfo, there.scope) == ({}, "any", Provider(**HERE).scope)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"algorithm": "HS256"}, "HS256"), ({"algorithm": "none"}, "none")],
)
def test_no_other_algorithm_is_registered(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made(**changes)


@pytest.mark.parametrize("options", [{"auth_method": "private_key_jwt"}, {"userinfo": "xml"}])
def test_no_other_method_or_form_is_known(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="one of"):
        made(options=options)


GOOD: dict[str, list[Any]] = {
    "scope": ["openid", "openid profile urn:x:y"],
    "acr": [[], ["eidas1", "urn:x"]],
    "essential_acr": [True],
    "pkce": [False],
    "auth_method": ["client_secret_basic"],
    "userinfo": ["json", "any", "jwt"],
    "requires_iss": [False],
    "extra": [{}, {"ui_locales": "fr"}],
    "origins": [[], ["https://login.example", "http://127.0.0.1:8001"]],
    "organisation": ["siren"],
}
BAD: dict[str, list[Any]] = {
    "scope": ["", "profile", 'openid "x"', "openid é", 3],
    "acr": ["eidas1", [""], ["a b"], [1], None.__class__],
    "essential_acr": ["yes", 1],
    "pkce": ["S256"],
    "auth_method": ["none", ""],
    "userinfo": ["", "jwe"],
    "requires_iss": [0],
    "extra": [{"state": "x"}, {"nonce": "x"}, {"a": 1}, ["a"]],
    "origins": [["https://login.example/"], ["*"], ["https://a b"], ["'self'"], "https://login.example"],
    "organisation": ["siret;siren"],
    "unknown": ["x"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_an_option_of_its_kind_is_kept(name: str, value: Any) -> None:
    assert registration.checked({name: value, "pkce": None} if name != "pkce" else {name: value}) == {name: value}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_another_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        registration.checked({name: value})
    assert [problem.field for problem in refused.value.problems] == [name]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        registration.checked({name: values[0] for name, values in BAD.items()})
    assert {problem.field for problem in refused.value.problems} == set(BAD)


@pytest.mark.parametrize(
    ("issuer", "is_good"),
    [
        ("https://oidc.franceconnect.gouv.fr/api/v2", True),
        ("http://127.0.0.1:8001/api/v2", True),
        ("http://localhost:8001", True),
        ("http://fc.example", False),
        ("https://", False),
        ("fc.example", False),
        ("https://fc.example?x=1", False),
        ("https://fc.example/#x", False),
        ("https://user@fc.example", False),
        ("", False),
    ],
)
def test_an_issuer_is_an_https_address(issuer: str, is_good: bool) -> None:
    assert (registration.issuer_problem(issuer) == "") is is_good


def test_the_addresses_to_register_are_routes() -> None:
    paths = {route.path for route in citizen_routes}
    assert {CALLBACKS["franceconnect"], LOGOUTS["franceconnect"]} <= paths
    assert set(CALLBACKS) == set(LOGOUTS) == set(registration.USUAL)
    assert len({*CALLBACKS.values(), *LOGOUTS.values()}) == 4, "one callback for each provider"
