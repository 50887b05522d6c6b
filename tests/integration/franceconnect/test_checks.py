"""`grc franceconnect check`: a registration tried from outside, at the simulator and at a provider that is not ours."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from grc import clock
from grc.cli import main
from grc.demo.franceconnect import simulator
from grc.demo.franceconnect.machine import Machine
from grc.demo.serving import listener, serving
from grc.franceconnect.checks import Finding, _returns, check
from grc.franceconnect.provider import Provider
from tests.support import openid, partners
from tests.support.partners import CLIENT_ID, CLIENT_SECRET, POST_LOGOUT_URI, REDIRECT_URI, Partner
from tests.support.world import BASE, SECRET, seeded

pytestmark = pytest.mark.anyio


def to_mend(found: list[Finding]) -> list[str]:
    return [one.text.replace("\xa0", " ") for one in found if one.is_well is False]


def unsure(found: list[Finding]) -> list[str]:
    return [one.text.replace("\xa0", " ") for one in found if one.is_well is None]


async def test_a_good_registration_has_nothing_to_mend(partner: Partner) -> None:
    found = await check(partner.provider)
    assert to_mend(found) == []
    assert unsure(found) == [f"déconnexion : vérifiez chez le fournisseur que {POST_LOGOUT_URI} est enregistrée."]
    subjects = [one.text.partition("\xa0:")[0] for one in found]
    assert subjects == ["adresses", "découverte", "horloge", "découverte", "clés", "connexion", "déconnexion", "secret"]
    assert partner.peer.grants == {}, "nobody was signed in"
    assert CLIENT_SECRET not in "".join(map(str, found))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"client_secret": "x" * 40}, "secret : le fournisseur ne le reconnaît pas"),
    ({"client_id": "somebody"}, "page d’erreur Y04EA6EF : ce fournisseur ne connaît pas ce client"),
    ({"redirect_uri": REDIRECT_URI + "/"}, f"n’y est pas enregistrée, à l’octet près : {REDIRECT_URI}/"),
    ({"scope": "openid birth"}, "la portée « openid birth » demande plus que l’habilitation"),
    ({"pkce": True}, "page d’erreur Y030007 : il refuse nos paramètres"),
    ({"extra": {"claims": '{"id_token":{"amr":null}}'}}, "page d’erreur Y100009"),
    ({"acr": frozenset({"eidas2"})}, "aucun des niveaux eidas2 n’est servi"),
    ({"auth_method": "client_secret_basic"}, "la méthode client_secret_basic n’est pas dans"),
    ({"algorithm": "RS256"}, "clés : aucune pour RS256 ; il y en a pour ES256"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), WRONG)
async def test_what_is_wrong_is_said(es256: Partner, changes: dict[str, Any], said: str) -> None:
    found = to_mend(await check(replace(es256.provider, **changes)))
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("discovery.500", "répond 500, sans document. Vérifiez l’émetteur."),
        ("jwks.500", "clés : leur adresse ne donne pas de clés"),
        ("token.500", "secret : l’adresse des jetons répond sans erreur connue"),
        ("discovery.huge", "ne répond pas. Vérifiez l’émetteur"),
        ("token.html", "secret : l’adresse des jetons répond sans erreur connue"),
    ],
)
async def test_a_failing_provider_is_said(es256: Partner, fault: str, said: str) -> None:
    es256.fail(fault)
    found = to_mend(await check(es256.provider))
    assert len(found) == 1
    assert said in found[0]


async def test_nobody_listening_is_said() -> None:
    nobody = Provider("http://127.0.0.1:9", "id", "s" * 32, REDIRECT_URI, POST_LOGOUT_URI)
    assert "ne répond pas" in to_mend(await check(nobody))[0]


async def test_another_issuer_and_another_hour_are_said(es256: Partner) -> None:
    other = es256.provider.issuer + "/"
    assert f"« {es256.provider.issuer} »" in to_mend(await check(replace(es256.provider, issuer=other)))[0]
    for seconds, is_wrong in ((3600, True), (-3600, True), (0, False)):
        late = timedelta(seconds=seconds)
        found = to_mend(await check(es256.provider, now=lambda late=late: clock.now() + late))  # type: ignore[misc]
        assert any("secondes d’écart" in one for one in found) is is_wrong


ODD: list[tuple[dict[str, Any], str]] = [
    ({"token_endpoint": None}, "l’adresse des jetons manque"),
    ({"jwks_uri": "ftp://127.0.0.1/keys"}, "l’adresse des clés n’est pas en https"),
    ({"authorization_endpoint": "https://login.example/a"}, "de connexion est sur https://login.example. Ajoutez"),
    ({"end_session_endpoint": "https://login.example/o"}, "de déconnexion est sur https://login.example. Ajoutez"),
    ({"id_token_signing_alg_values_supported": ["PS256"]}, "l’algorithme ES256 n’est pas dans"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), ODD)
async def test_an_odd_discovery_is_said(es256: Partner, changes: dict[str, Any], said: str) -> None:
    async with odd(es256, changes) as there:
        found = to_mend(await check(there))
        assert any(said in one for one in found), found
        if "login.example" in said:
            assert not any(said in one for one in to_mend(await check(there, origins=["https://login.example"])))


async def test_a_provider_that_does_not_promise_its_name_or_a_logout_is_to_verify(es256: Partner) -> None:
    changes = {"authorization_response_iss_parameter_supported": False, "end_session_endpoint": None}
    async with odd(es256, changes) as there:
        found = unsure(await check(there))
    assert [one.partition(" : ")[0] for one in found] == ["déconnexion", "découverte", "déconnexion"]
    assert "--no-iss" in found[1]


@pytest.mark.parametrize(
    ("uri", "is_well"),
    [
        ("https://demarches.tilleul.fr/franceconnect/callback", True),
        ("http://demarches.tilleul.fr/franceconnect/callback", False),
        ("https://localhost/franceconnect/callback", False),
        ("https://mairie.local/franceconnect/callback", False),
        ("https://192.0.2.1/franceconnect/callback", False),
    ],
)
@pytest.mark.parametrize("issuer", ["https://oidc.franceconnect.example", "https://fcp.sbx.dev-franceconnect.fr"])
async def test_production_wants_https_and_a_real_name(uri: str, is_well: bool, issuer: str) -> None:
    found = _returns(Provider(issuer, "id", "s" * 32, uri, uri))
    assert found.is_well is (is_well or "dev-franceconnect" in issuer)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The issuer of a provider that is not ours."""
    client = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": [REDIRECT_URI],
        "post_logout_redirect_uris": [POST_LOGOUT_URI],
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "ES256",
    }
    with openid.running([client], {}) as issuer:
        yield issuer


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"client_secret": "x" * 40}, "secret : le fournisseur ne le reconnaît pas"),
        ({"client_id": "somebody"}, "connexion : ce fournisseur ne connaît pas ce client"),
        ({"redirect_uri": "http://127.0.0.1:9/x"}, "connexion : l’adresse de retour n’y est pas enregistrée"),
        (
            {"post_logout_redirect_uri": "http://127.0.0.1:9/x"},
            "déconnexion : l’adresse de retour de déconnexion n’y est",
        ),
    ],
)
async def test_another_provider_is_tried_alike(elsewhere: str, changes: dict[str, Any], said: str) -> None:
    there = Provider(
        elsewhere,
        CLIENT_ID,
        CLIENT_SECRET,
        REDIRECT_URI,
        POST_LOGOUT_URI,
        scope="openid profile email",
        acr=frozenset(),
        pkce=True,
        auth_method="client_secret_basic",
        requires_iss=False,
    )
    found = await check(replace(there, **changes))
    if not said:
        assert all(one.is_well for one in found), found
    else:
        assert any(said in one for one in to_mend(found)), found


def test_the_command_registers_tries_and_ends_with_a_status(tmp_path: Path) -> None:
    environment = {
        "GRC_SECRET_KEY": SECRET,
        "GRC_DATABASE_URL": seeded(tmp_path),
        "GRC_STORAGE": str(tmp_path / "files"),
        "GRC_SMTP_URL": "smtp://127.0.0.1:9",
        "GRC_BASE_URL": BASE,
        "GRC_DEMO": "true",
    }
    others = {name: None for name in os.environ if name.startswith("GRC_")}

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, list(arguments), env={**others, **environment}, input=typed)

    root = f"{BASE}/tilleul/franceconnect"
    there = partners.franceconnect(redirect_uri=f"{root}/callback", post_logout_redirect_uri=f"{root}/deconnexion")
    with partners.in_thread(there) as partner:
        client = ("authority", "client", "tilleul", "franceconnect", "--issuer", partner.provider.issuer)
        client = (*client, "--client-id", CLIENT_ID, "--scope", "openid identite_pivot email idp_birthdate")
        made = run(*client, typed="x" * 40 + "\n")
        assert "grc franceconnect check --authority tilleul" in made.output, made.output
        tried = run("franceconnect", "check", "--authority", "tilleul")
        assert (tried.exit_code, "à corriger secret" in tried.output) == (1, True), tried.output
        assert run(*client, typed=CLIENT_SECRET + "\n").exit_code == 0
        tried = run("franceconnect", "check", "--authority", "tilleul")
        assert (tried.exit_code, "à corriger" in tried.output) == (0, False), tried.output
        assert "Tilleul-sur-Exemple :" in tried.output
    assert run("franceconnect", "check").exit_code == 1
    assert "Pas de commune" in run("franceconnect", "check", "--authority", "nowhere").output
    wrong = run(*client[:4], "--issuer", "http://fc.example", "--client-id", "x", typed="x\n")
    assert (wrong.exit_code, "https" in wrong.output) == (2, True)
    wrong = run(*client, "--extra", "state=x", "--scope", "email", typed="x\n")
    assert (wrong.exit_code, "scope :" in wrong.output, "extra :" in wrong.output) == (2, True, True)
    assert run(*client, "--extra", "nothing", typed="x\n").exit_code == 2


@asynccontextmanager
async def odd(partner: Partner, changes: dict[str, Any]) -> AsyncIterator[Provider]:
    """Our client at a FranceConnect whose discovery says something else (None: nothing)."""

    class Odd(Machine):
        def metadata(self) -> dict[str, Any]:
            return {name: value for name, value in (super().metadata() | changes).items() if value is not None}

    sock = listener()
    issuer = f"http://127.0.0.1:{sock.getsockname()[1]}/api/v2"
    async with serving(simulator(replace(partner.settings, issuer=issuer), machinery=Odd), sock):
        yield replace(partner.provider, issuer=issuer)
