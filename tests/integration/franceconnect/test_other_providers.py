"""Any standard OpenID Provider, with no change but the settings: one that is not ours, under Node."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from grc import clock
from grc.franceconnect import registration
from grc.franceconnect.callback import LoginRefused, check_callback
from grc.franceconnect.client import FranceConnectClient
from grc.franceconnect.provider import Authorization, Provider, SignedIn
from tests.support import openid
from tests.support.signing import doors, register
from tests.support.world import BASE

pytestmark = pytest.mark.anyio

HERE = "http://127.0.0.1:9"
CALLBACK, LEFT = f"{HERE}/franceconnect/callback", f"{HERE}/franceconnect/deconnexion"
SECRET = "an invented secret + % & : over 32 long"
PEOPLE = {
    "lea": {
        "given_name": "Léa",
        "family_name": "EXEMPLE",
        "birthdate": "1990-02-28",
        "gender": "female",
        "email": "lea@courriel.example",
    }
}
STANDARD = {"scope": "openid profile email", "acr": [], "requires_iss": False}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "es-basic-json-pkce": ("ES256", {"auth_method": "client_secret_basic", "userinfo": "json", "pkce": True}),
    "rs-post-jwt": ("RS256", {"auth_method": "client_secret_post", "userinfo": "jwt"}),
    "es-post-jwt-pkce": ("ES256", {"userinfo": "any", "pkce": True}),
    "rs-basic-json": ("RS256", {"auth_method": "client_secret_basic", "userinfo": "any"}),
}


WEB = "es-basic-json-pkce"
"""The client that a commune of a whole installation uses."""
OURS = f"{BASE}/tilleul/franceconnect"


def registered(name: str) -> dict[str, Any]:
    """The client as the provider knows it."""
    algorithm, options = KINDS[name]
    signed = {"userinfo_signed_response_alg": algorithm} if "jwt" in name else {}
    return {
        "client_id": name,
        "client_secret": SECRET,
        "redirect_uris": [CALLBACK, f"{OURS}/callback"],
        "post_logout_redirect_uris": [LEFT, f"{OURS}/deconnexion"],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "id_token_signed_response_alg": algorithm,
        "token_endpoint_auth_method": options.get("auth_method", "client_secret_post"),
        **signed,
    }


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """One provider for the tests of this module."""
    with openid.running([registered(name) for name in KINDS], PEOPLE) as address:
        yield address


@pytest.fixture
async def person() -> AsyncIterator[openid.Person]:
    """Somebody with a new browser."""
    async with httpx2.AsyncClient(trust_env=False) as browser:
        yield openid.Person(browser, away=HERE)


def provider(issuer: str, name: str, **changes: Any) -> Provider:
    """The client as we know it, from nothing but its registration."""
    algorithm, options = KINDS[name]
    return registration.provider(
        "franceconnect",
        issuer=issuer,
        client_id=name,
        client_secret=changes.pop("secret", SECRET),
        redirect_uri=CALLBACK,
        post_logout_redirect_uri=LEFT,
        algorithm=changes.pop("algorithm", algorithm),
        options=registration.checked({**STANDARD, **options, **changes}),
    )


async def returned(there: Provider, back: str, begun: Authorization) -> SignedIn:
    code = check_callback(parse_qsl(urlsplit(back).query), begun.transaction(now=clock.now()), now=clock.now())
    return await FranceConnectClient().exchange(there, code=code, nonce=begun.nonce, verifier=begun.verifier)


@pytest.mark.parametrize("name", KINDS)
async def test_signs_in_gives_up_and_signs_out(issuer: str, person: openid.Person, name: str):
    there, ours = provider(issuer, name), FranceConnectClient()
    begun = await ours.authorization(there)
    assert bool(begun.verifier) is ("pkce" in name)
    with pytest.raises(LoginRefused) as given_up:
        await returned(there, await person.gives_up(begun.url), begun)
    assert given_up.value.code == "not_confirmed"
    begun = await ours.authorization(there)
    found = await returned(there, await person.signs_in(begun.url, "lea"), begun)
    assert (found.identity.sub, found.identity.iss, found.acr, found.amr) == ("lea", issuer, "", ())
    assert (found.identity.given_name, found.identity.birthdate) == ("Léa", date(1990, 2, 28))
    assert found.claims["email"] == "lea@courriel.example"
    left = await person.signs_out(await ours.logout_url(there, id_token=found.id_token, state="s" * 43))
    assert left == f"{LEFT}?state={'s' * 43}"


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("es-basic-json-pkce", {"userinfo": "jwt"}, "userinfo_format"),
        ("rs-post-jwt", {"userinfo": "json"}, "userinfo_format"),
        ("rs-post-jwt", {"acr": ["eidas1"]}, "id.acr"),
        ("rs-post-jwt", {"algorithm": "ES256"}, "id.algorithm"),
        ("rs-basic-json", {"secret": "x" * 40}, "our_credentials"),
    ],
)
async def test_refuses_what_was_not_registered(
    issuer: str, person: openid.Person, name: str, changes: dict[str, Any], code: str
):
    there = provider(issuer, name, **changes)
    begun = await FranceConnectClient().authorization(there)
    back = await person.signs_in(begun.url, "lea")
    with pytest.raises(LoginRefused) as refused:
        await returned(there, back, begun)
    assert refused.value.code == code


async def test_a_code_is_worth_nothing_without_its_verifier(issuer: str, person: openid.Person):
    there = provider(issuer, "es-basic-json-pkce")
    begun, other = [await FranceConnectClient().authorization(there) for _ in range(2)]
    back = await person.signs_in(begun.url, "lea")
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    with pytest.raises(LoginRefused) as refused:
        await FranceConnectClient().exchange(there, code=code, nonce=begun.nonce, verifier=other.verifier)
    assert refused.value.code == "code_refused"


async def test_a_commune_uses_it_with_no_change_but_its_settings(issuer: str, tmp_path: Path):
    async with doors(tmp_path) as both, httpx2.AsyncClient(trust_env=False) as screen:
        door, algorithm, options = both["ES256"], *KINDS[WEB]
        options = {**options, "label": "Connexion Exemple"}
        register(
            door, issuer=issuer, client_id=WEB, secret=SECRET, algorithm=algorithm, options={**STANDARD, **options}
        )
        citizen, person = door.citizen(), openid.Person(screen, away=BASE)
        for page in ("/tilleul/connexion", "/tilleul/demarches/acte-de-naissance/identification", "/tilleul/aide"):
            shown = (await citizen.browser.get(page)).text
            assert "Connexion Exemple" in shown, page
            assert "FranceConnect" not in shown, "the State's mark is for the State's service"
        refused = await citizen.comes_back(await person.gives_up(await citizen.leaves()))
        assert refused.headers["location"] == "/tilleul/mes-demandes?souci=non-confirme"
        told = (await citizen.browser.get(refused.headers["location"])).text
        assert "Connexion Exemple n’a pas pu confirmer votre connexion." in told
        assert "aide.franceconnect" not in told
        arrived = await citizen.comes_back(await person.signs_in(await citizen.leaves(), "lea"))
        assert "Léa EXEMPLE" in (await citizen.browser.get(arrived.headers["location"])).text
        assert [row.outcome for row in door.records()] == ["opened", "not_confirmed"]
        left = await citizen.browser.post("/tilleul/deconnexion")
        home = await citizen.comes_back(await person.signs_out(left.headers["location"]))
        assert home.headers["location"] == "/tilleul/?fait=sortie"
        assert "Léa" not in await citizen.mine()
