"""Each fault of a ProConnect, through the whole web front: nothing opens, the agent is told, a trace is left."""

from __future__ import annotations

import pytest

from grc.demo.franceconnect.faults import FAULTS
from grc.demo.proconnect.machine import AGENT_FAULTS
from grc.web.agents.proconnect_words import TROUBLES
from tests.support.agent_signing import AgentDoor
from tests.support.partners import visible_text

pytestmark = pytest.mark.anyio

REFUSAL = "refus"
SIGNATURES = {
    f"{kind}.{fault}": (f"{kind}.{reason}", "non-confirme")
    for kind in ("id", "ui")
    for fault, reason in {
        "alg_none": "algorithm",
        "hs256_secret": "algorithm",
        "hs256_pubkey": "algorithm",
        "bad_sig": "signature",
        "unknown_kid": "key",
    }.items()
}
HUGE = ["jwks.huge", "token.huge", "ui.huge"]
OUTCOMES = {
    "cb.state": ("", "expire"),
    "cb.no_state": ("", "expire"),
    "cb.iss": ("issuer", "expire"),
    "cb.no_iss": ("issuer", "expire"),
    **dict.fromkeys(
        ["jwks.500", "token.slow", "token.500", "token.html", "ui.slow", "ui.500", "jwks.slow", *HUGE],
        ("unavailable", "indisponible"),
    ),
    "token.no_id_token": ("id_token_missing", "non-confirme"),
    "id.nonce": ("id.nonce", "non-confirme"),
    "id.no_nonce": ("id.nonce", "non-confirme"),
    "id.aud": ("id.aud", "non-confirme"),
    "id.aud_several": ("id.aud", "non-confirme"),
    "id.iss": ("id.iss", "non-confirme"),
    "id.expired": ("id.exp", "non-confirme"),
    "id.iat_future": ("id.iat", "non-confirme"),
    "id.sub": ("ui.sub", "non-confirme"),
    "ui.aud": ("ui.aud", "non-confirme"),
    "ui.iss": ("ui.iss", "non-confirme"),
    "ui.expired": ("ui.exp", "non-confirme"),
    "ui.iat_future": ("ui.iat", "non-confirme"),
    "ui.sub": ("ui.sub", "non-confirme"),
    "ui.no_sub": ("ui.sub", "non-confirme"),
    "ui.json": ("userinfo_format", "non-confirme"),
    "ui.401": ("userinfo_refused", "non-confirme"),
    "id.acr": ("second_factor", "second-facteur"),
    "id.no_acr": ("second_factor", "second-facteur"),
    "id.one_factor": ("second_factor", "second-facteur"),
    "id.unknown_acr": ("second_factor", "second-facteur"),
    "acr.refused": ("second_factor", "second-facteur"),
    "ui.no_siret": ("no_siret", REFUSAL),
    "ui.several_sirets": ("no_siret", REFUSAL),
    "ui.bad_siret": ("no_siret", REFUSAL),
    "ui.other_siret": ("organisation", REFUSAL),
    "sub.changed": ("unknown_agent", REFUSAL),
    **SIGNATURES,
}
"""By fault, what the trace says ("" where no sign-in of this browser can be named), what the agent is told."""
HARMLESS = {"ui.bad_email", "ui.no_email", "ui.no_names", "ui.500_once"}
"""Nothing of what they spoil counts, or it is mended by asking again: the agent comes in."""
ELSEWHERE = {"discovery.500", "discovery.slow", "discovery.huge", "pkce.ignored"}
"""With a test of their own."""
BOTH = {"id.bad_sig", "id.hs256_pubkey", "ui.bad_sig", "ui.hs256_pubkey", "id.alg_none", "ui.alg_none"}
"""What depends on the algorithm."""
CASES = [
    pytest.param(algorithm, fault, *outcome, id=f"{fault}-{algorithm}")
    for fault, outcome in OUTCOMES.items()
    for algorithm in (("ES256", "RS256") if fault in BOTH else ("ES256",))
]


def test_every_fault_has_a_test() -> None:
    assert set(OUTCOMES) | HARMLESS | ELSEWHERE == AGENT_FAULTS
    assert FAULTS < AGENT_FAULTS


@pytest.mark.parametrize(("algorithm", "fault", "code", "told"), CASES)
async def test_a_fault_opens_nothing(
    both: dict[str, AgentDoor], algorithm: str, fault: str, code: str, told: str
) -> None:
    door = both[algorithm].as_new()
    somebody, traces = door.somebody(), len(door.records())
    away = await somebody.leaves()
    before = somebody.cookie
    if fault.endswith(".slow"):
        door.patient(0.5)
    door.partner.fail(fault)
    answer = await somebody.comes_back(await door.partner.choose(away, identity=door.known))
    assert answer.status_code == 303
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")
    assert door.partner.asked["token"] <= 1, "a code is never sent twice"
    made = door.records()
    assert [row.outcome for row in made[: len(made) - traces]] == ([code] if code else [])
    page = await somebody.browser.get(answer.headers["location"])
    if told == REFUSAL:
        assert page.url.path == somebody.path("/proconnect/refus")
        assert "ProConnect ne vous ouvre pas cet espace" in page.text
    else:
        assert somebody.cookie == before
        assert TROUBLES[told].replace("\u202f", " ") in visible_text(page.text).replace("\xa0", " ")
        assert "S’identifier avec" in page.text, "another attempt is possible"
        assert "Mot de passe" in page.text, "and another way in"
    assert not await somebody.is_in()


@pytest.mark.parametrize("fault", sorted(HARMLESS))
async def test_what_does_not_count_shuts_nobody_out(tilleul: AgentDoor, fault: str) -> None:
    tilleul.partner.fail(fault)
    somebody = tilleul.somebody()
    await somebody.signs_in()
    assert await somebody.is_in()
    assert tilleul.records()[0].outcome == "opened"


@pytest.mark.parametrize("fault", ["discovery.500", "discovery.slow", "discovery.huge"])
async def test_no_sign_in_begins_without_discovery(tilleul: AgentDoor, fault: str) -> None:
    somebody = tilleul.somebody()
    tilleul.patient(0.5)
    tilleul.partner.fail(fault)
    page = await somebody.browser.get(await somebody.leaves())
    assert "momentanément indisponible" in page.text
    assert somebody.cookie == "", "nothing is kept of a sign-in that did not begin"
    assert tilleul.records()[0].outcome == "unavailable"
