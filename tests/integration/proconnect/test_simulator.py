"""The simulated ProConnect is as strict as its contract, so that what passes here passes there."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from grc.demo import proconnect
from tests.support.agent_signing import AgentDoor
from tests.support.partners import CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.anyio
LONG, VERIFIER = "x" * 43, "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REQUIRED = json.dumps({"id_token": {"acr": {"essential": True, "values": ["eidas2"]}, "amr": None}})


def authorize(door: AgentDoor, *more: tuple[str, str], **changes: str | None) -> str:
    told = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": door.partner.provider.redirect_uri,
        "scope": "openid siret email",
        "state": LONG,
        "nonce": LONG,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    params = [(name, value) for name, value in (told | changes).items() if value is not None]
    return f"{door.partner.provider.issuer}/authorize?{urlencode([*params, *more])}"


async def exchanged(door: AgentDoor, verifier: str | None = VERIFIER, **changes: str | None) -> dict[str, object]:
    location = await door.partner.choose(authorize(door, **changes), identity="claire")
    form = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(location).query)["code"][0],
        "redirect_uri": door.partner.provider.redirect_uri,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    } | ({} if verifier is None else {"code_verifier": verifier})
    answer = await door.partner.browser.post(f"{door.partner.provider.issuer}/token", data=form)
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {"max_age": "60"},
        {"display": "page"},
        {"state": "short"},
        {"state": None},
        {"nonce": "short"},
        {"scope": None},
        {"claims": "not json"},
        {"client_id": "unknown"},
        {"redirect_uri": "https://elsewhere.example/cb"},
    ],
)
async def test_some_requests_end_on_a_page_of_its_own(tilleul: AgentDoor, changes: dict[str, str | None]) -> None:
    assert (await tilleul.partner.visit(authorize(tilleul, **changes))).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "siret"}, "invalid_request"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"scope": "openid family_name"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "select_account"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
async def test_some_requests_are_sent_back(tilleul: AgentDoor, changes: dict[str, str | None], error: str) -> None:
    answer = await tilleul.partner.visit(authorize(tilleul, **changes))
    assert parse_qs(urlsplit(answer.headers["location"].replace("#", "?")).query)["error"] == [error]


async def test_a_required_level_that_is_not_there_is_refused(tilleul: AgentDoor) -> None:
    location = await tilleul.partner.choose(authorize(tilleul, claims=REQUIRED), identity="claire")
    sent = parse_qs(urlsplit(location).query)
    assert (sent["error"], sent["error_description"]) == (["access_denied"], ["requested ACRs could not be satisfied"])
    wished = await tilleul.partner.choose(authorize(tilleul, acr_values="eidas2"), identity="claire")
    assert "code=" in wished, "acr_values is a wish"


@pytest.mark.parametrize("verifier", [None, "w" * 43, ""])
async def test_a_code_without_its_verifier_is_refused(tilleul: AgentDoor, verifier: str | None) -> None:
    assert (await exchanged(tilleul, verifier))["error"] == "invalid_grant"


async def test_the_agent_s_claims_are_those_of_the_scopes(tilleul: AgentDoor) -> None:
    answer = await exchanged(tilleul)
    assert {"refresh_token", "access_token", "id_token"} <= set(answer)
    identity = await tilleul.partner.browser.get(
        f"{tilleul.partner.provider.issuer}/userinfo", headers={"Authorization": f"Bearer {answer['access_token']}"}
    )
    assert identity.headers["content-type"].startswith("application/jwt")
    claims = json.loads(base64.urlsafe_b64decode(identity.text.split(".")[1] + "=="))
    assert set(claims) == {"sub", "aud", "iss", "iat", "exp", "siret", "email"}
    assert (claims["sub"], claims["siret"]) == (proconnect.subject("claire"), proconnect.TILLEUL)


async def test_its_switches_are_told(tilleul: AgentDoor) -> None:
    origin = tilleul.partner.provider.issuer.removesuffix("/api/v2")
    answer = await tilleul.partner.browser.post(f"{origin}/_peer/faults", json=["sub.changed"])
    assert answer.json()["active"] == ["sub.changed"]
    assert (await tilleul.partner.browser.post(f"{origin}/_peer/faults", json=["nonsense"])).status_code == 400
