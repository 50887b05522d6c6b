"""Every address asked with nonsense in its path, its query, its headers and its body: never a fault of ours."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.routing import Route

from grc.web.agents.routes import routes as agents_routes
from grc.web.api.routes import routes as api_routes
from grc.web.citizen.routes import routes as citizen_routes
from tests.support import campaign
from tests.support.world import Browser, World

pytestmark = pytest.mark.anyio
ROUTES = [route for route in (*citizen_routes, *agents_routes, *api_routes) if isinstance(route, Route)]
PIECES = (
    "%00",
    "%ED%A0%80",
    "%FF",
    "%E2%80%AE",
    "é",
    "%3Cscript%3E",
    "a" * 3000,
    "-1",
    "9" * 400,
    "%0D%0AX:%20y",
    "'--",
)
TEXTS = (
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e",
    "<script>alert(1)</script>",
    "a" * 20_000,
    "\u0300\u0316" * 5_000,
    "9" * 5_000,
    "9" * 18,
    "-1",
    "1_2",
    "9" * 15 + "_" + "9" * 18,
    "NaN",
    "[" * 20_000,
    "%",
    "' OR 1=1",
    "_",
    "٣",
    "²",
)
QUERY = ("q", "vue", "demarche", "apres", "modifier", "autre", "souci", "fait", "lon", "lat", "code", "state", "next")
HEADERS = (
    {"accept": "text/html;q=" + "9" * 5000},
    {"accept": ";;;,,,q=nan"},
    {"accept": "application/json;q=nan, */*;q=-inf"},
    {"accept-language": "\xff" * 100},
    {"cookie": "grc-citizen-tilleul-8000=\x01; =; ;;;; grc-agent-tilleul-8000=" + "x" * 5000},
    {"if-none-match": '"' * 5000},
    {"range": "bytes=9-1,-,a"},
    {"hx-request": "true", "hx-target": "<script>"},
    {"x-forwarded-for": "::ffff:%00, 999.1.1.1,,,"},
    {"origin": "null"},
    {"referer": "javascript:alert(1)"},
    {"content-type": "multipart/form-data; boundary=" + "b" * 5000},
    {"content-type": "application/x-www-form-urlencoded; charset=utf-99"},
    {"content-length": "-1"},
    {"transfer-encoding": "chunked, chunked"},
    {"host": "[::1"},
    {"host": "é.example".encode().decode("latin-1")},
    {"host": "a" * 5000},
)


def filled(path: str, piece: str) -> str:
    """The address with that piece in place of each parameter."""
    return "/tilleul" + re.sub(r"\{[^}]*\}", lambda _: piece, path)


async def told(browser: Browser, method: str, address: str, **options: Any) -> str:
    """What is wrong with the answer, "" when nothing is."""
    answer = await browser.client.request(method, address, **options)
    if answer.status_code >= 500 and answer.status_code != 503:
        return f"{method} {address[:80]} {str(options)[:100]}: {answer.status_code}"
    return "raw markup" if "<script>alert" in answer.text else ""


async def test_no_piece_of_an_address_is_a_fault_of_ours(world: World) -> None:
    citizen, agent = world.browser(), world.browser()
    await citizen.begin()
    await agent.sign_in_agent("omar.fictif@tilleul.example")
    found = [
        await told(agent if "/agents" in route.path else citizen, method, filled(route.path, piece))
        for route in ROUTES
        for piece in PIECES[:: campaign.size(2, 1)]
        for method in sorted((route.methods or set()) & {"GET", "POST"})
        if "{" in route.path
    ]
    assert [each for each in found if each] == []


async def test_no_parameter_is_a_fault_of_ours(world: World) -> None:
    citizen, agent = world.browser(), world.browser()
    await citizen.begin()
    await agent.sign_in_agent("omar.fictif@tilleul.example")
    found = []
    for at, route in enumerate(ROUTES):
        if "GET" not in (route.methods or ()) or "{draft}" in route.path or "{reference}" in route.path:
            continue
        browser = agent if "/agents" in route.path else citizen
        address = filled(route.path.replace("{slug}", "acte-de-naissance").replace("{source}", "rooms"), "x")
        for turn in range(0, len(TEXTS), campaign.size(3, 1)):
            texts = {name: TEXTS[(turn + 5 * each) % len(TEXTS)][:2_000] for each, name in enumerate(QUERY)}
            safe = {name: text.encode("utf-8", "replace").decode() for name, text in texts.items()}
            found.append(await told(browser, "GET", address, params=safe))
        found.append(await told(browser, "GET", f"{address}?%00=%00&q=%ED%A0%80&apres=%FF&vue[]=1&&=&=;"))
        for header in HEADERS[at % 3 :: 3]:
            raw = {name: value.encode("latin-1") for name, value in header.items()}
            found.append(await told(browser, "GET", address, headers=raw))
    assert [each for each in found if each] == []


NAMES = (
    *(
        "revision",
        "text",
        "reasons",
        "reason",
        "outcome",
        "deadline",
        "email",
        "code",
        "password",
        "next",
        "to",
        "open",
    ),
    *(
        "page",
        "then",
        "label",
        "capacity",
        "price",
        "pieces",
        "piece",
        "reference",
        "confirm",
        "state",
        "message",
        "id",
    ),
    *("autre", "prefill.place", "prefill.<script>", "_asked", "", "é", "x" * 5_000),
)


async def test_no_act_is_a_fault_of_ours(world: World) -> None:
    """Each act with nonsense for each of its inputs, on a demande, a draft and a list that exist."""
    citizen, agent = world.browser(), world.browser()
    reference = await citizen.file()
    draft = await citizen.begin()
    await agent.sign_in_agent("omar.fictif@tilleul.example")
    lists = (await agent.get("/tilleul/agents/listes")).text
    source = re.findall(r"/agents/listes/([a-z0-9-]+)", lists)[0]
    item = re.findall(
        rf"/agents/listes/{source}/([a-z0-9-]+)", (await agent.get(f"/tilleul/agents/listes/{source}")).text
    )
    real = {"reference": reference, "draft": draft, "source": source, "item": item[-1], "slug": "acte-de-naissance"}
    real |= {"page": "acte", "event": "complete"}
    found = []
    for route in ROUTES:
        if "POST" not in (route.methods or ()) or route.path.endswith(("deconnexion", "suppression", "retrait")):
            continue
        browser = agent if "/agents" in route.path else citizen
        address = "/tilleul" + re.sub(r"\{([^}:]*)[^}]*\}", lambda one: real.get(one[1], "x"), route.path)
        for turn in range(0, len(TEXTS), campaign.size(4, 1)):
            texts = {name: TEXTS[(turn + 7 * at) % len(TEXTS)] for at, name in enumerate(NAMES)}
            pairs = {name: text.encode("utf-8", "replace").decode() for name, text in texts.items()}
            if turn % 8 == 0:
                pairs |= {"revision": "1", "outcome": "accept", "to": "up", "open": "yes"}
            found.append(await told(browser, "POST", address, data=pairs))
    assert [each for each in found if each] == []
