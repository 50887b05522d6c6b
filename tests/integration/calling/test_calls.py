"""Calls of a workflow: real HTTP, signed, the same bytes again, never where they may not go; signals that come back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grc import clock
from grc.calling import endpoints, signing
from grc.calling.caller import Caller
from grc.calling.client import EndpointClient, Unreachable
from grc.errors import Misconfigured
from grc.outbox.models import OutboxEntry
from grc.submissions.exchange_models import HttpCall
from grc.submissions.models import Event, Task
from tests.support import circuits
from tests.support.circuits import Case
from tests.support.server import serving
from tests.support.world import World

pytestmark = pytest.mark.anyio
SECRET = "a-secret-that-both-sides-of-this-test-know"


@dataclass
class Partner:
    """An endpoint that answers what it is told to, and remembers what it was sent."""

    status: int = 200
    body: str = '{"place": "square", "list": [1]}'
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: Request) -> Response:
        self.seen.append((dict(request.headers), await request.body()))
        if self.status == 302:
            return RedirectResponse("/elsewhere", status_code=302)
        return Response(self.body, status_code=self.status)


@pytest.fixture
def partner() -> Iterator[Partner]:
    made = Partner()
    app = Starlette(routes=[Route("/{path:path}", made.answer, methods=["POST", "GET"])])
    with serving(app, host="127.0.0.1") as url:
        made.url = f"{url}/register"
        yield made


@pytest.fixture
async def caller(world: World) -> AsyncIterator[Caller]:
    made = Caller(world.database, EndpointClient(allows_private=True, timeout=5))
    yield made
    await made.close()


def put(world: World, url: str) -> None:
    key = world.authority().id
    with world.database.writing(scope=key) as session:
        endpoints.put(session, key, circuits.CALLED, url, SECRET, allows_plain=True)


def hasten(case: Case, **values: Any) -> None:
    """Makes every entry due now, as if its pause were over."""
    with case.world.database.writing(scope=None) as session:
        session.execute(update(OutboxEntry).values(due_at=clock.now() - timedelta(seconds=1), **values))


async def test_a_call_is_signed_and_its_answer_leads_on(case: Case, partner: Partner, caller: Caller) -> None:
    put(case.world, partner.url)
    await case.does("register")
    assert await case.world.deliver() == 0
    assert await caller.round() == 1
    ((headers, body),) = partner.seen
    (call,) = case.all(HttpCall)
    assert body.decode() == call.body
    said = json.loads(body)
    assert said["answers"] == {"subject": "Le banc du square a perdu une latte"}
    assert (said["reference"], said["procedure"], said["event"], said["call"]) == (
        case.reference,
        "banc-abime",
        "register",
        "register",
    )
    assert "camille" not in body.decode().lower()
    assert headers["idempotency-key"] == said["id"] == str(call.outbox_id)
    assert signing.verifies(SECRET, headers["grc-signature"], body, now=clock.now())
    assert (call.status_code, call.response) == (200, partner.body)
    assert case.row().state == "registered"
    assert case.all(Event)[-1].data == {"event": "call.register.done", "call": call.id}
    assert await caller.round() == 0
    assert "Reçu" in (await case.agent.get(case.path)).text


async def test_a_failure_is_tried_again_with_the_same_bytes(case: Case, partner: Partner, caller: Caller) -> None:
    put(case.world, partner.url)
    await case.does("register")
    for status in (500, 429, 503):
        partner.status = status
        assert await caller.round() == 1
        assert await caller.round() == 0
        assert case.row().state == "received"
        hasten(case)
    partner.status, partner.body = 201, "<html>"
    assert await caller.round() == 1
    assert len({body for _, body in partner.seen}) == 1
    assert len({headers["idempotency-key"] for headers, _ in partner.seen}) == 1
    assert (len(partner.seen), case.row().state) == (4, "late")
    assert case.all(Task) == []


@pytest.mark.parametrize("status", [400, 404, 302])
async def test_a_refusal_is_final_and_the_workflow_hears_it(
    case: Case, partner: Partner, caller: Caller, status: int
) -> None:
    put(case.world, partner.url)
    partner.status = status
    await case.does("register")
    await caller.round()
    hasten(case)
    assert await caller.round() == 0
    assert len(partner.seen) == 1
    (call,) = case.all(HttpCall)
    assert (call.status_code, case.row().state) == (status, "late")
    (task,) = case.all(Task)
    assert (task.kind, task.title) == ("call_failed", circuits.CALLED)
    assert f"réponse {status}" in (await case.agent.get(case.path)).text


async def test_after_three_days_the_call_is_given_up(case: Case, caller: Caller) -> None:
    await case.does("register")
    assert await caller.round() == 1
    assert case.row().state == "received"
    hasten(case, created_at=clock.now() - timedelta(hours=73))
    assert await caller.round() == 1
    assert case.row().state == "late"
    assert [task.kind for task in case.all(Task)] == ["call_failed"]
    assert case.all(HttpCall)[0].status_code is None


async def test_a_private_address_is_never_called_unless_the_operator_allows_it(partner: Partner) -> None:
    client = EndpointClient(timeout=5)
    for url in (
        partner.url,
        partner.url.replace("127.0.0.1", "localhost"),
        "http://[::ffff:127.0.0.1]:9/",
        "http://10.0.0.1/",
    ):
        with pytest.raises(Unreachable) as raised:
            await client.post(url, b"{}", {})
        assert raised.value.fault == "address not allowed"
    await client.close()
    assert partner.seen == []


async def test_an_endless_or_odd_answer_is_kept_up_to_a_bound(partner: Partner) -> None:
    client = EndpointClient(allows_private=True, timeout=5)
    partner.body = "é\0" * 200_000
    answered = await client.post(partner.url, b"{}", {})
    await client.close()
    assert len(answered.text) <= 20_000
    assert "\0" not in answered.text


@pytest.mark.parametrize(
    ("name", "url", "secret"),
    [
        ("Register", "https://register.example/", SECRET),
        ("register", "http://register.example/", SECRET),
        ("register", "https://moi@register.example/", SECRET),
        ("register", "https://register.example:port/", SECRET),
        ("register", "https:///rien", SECRET),
        ("register", "https://register.example/", "court"),
    ],
)
async def test_an_endpoint_is_judged_when_it_is_set(world: World, name: str, url: str, secret: str) -> None:
    key = world.authority().id
    with world.database.writing(scope=key) as session, pytest.raises(Misconfigured):
        endpoints.put(session, key, name, url, secret, allows_plain=True)


def signal(case: Case, name: str, **said: str) -> bytes:
    return json.dumps({"id": "pay-1", "reference": case.reference, "signal": name, **said}).encode()


async def send(case: Case, name: str, body: bytes, **headers: str) -> Any:
    sent = {
        "GRC-Endpoint": circuits.CALLED,
        "GRC-Signature": signing.sign(SECRET, body, clock.now()),
        "content-type": "application/json",
        **headers,
    }
    client = case.world.browser().client
    client.headers.pop("sec-fetch-site")
    return await client.post(f"/tilleul/api/v1/signals/{case.reference}/{name}", content=body, headers=sent)


async def test_a_signed_signal_moves_the_demande_once(case: Case) -> None:
    put(case.world, "https://register.example/")
    body = signal(case, "paid")
    early = await send(case, "paid", body)
    assert (early.status_code, early.headers["content-type"]) == (409, "application/problem+json")
    await case.does("pay")
    assert "Payer la latte" in (await case.citizen.get(case.page)).text
    first = await send(case, "paid", body)
    assert (first.status_code, first.json()) == (
        200,
        {"reference": case.reference, "state": "paid", "repeated": False},
    )
    assert case.row().state == "paid"
    again = await send(case, "paid", body)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    other = await send(case, "paid", signal(case, "paid", more="x"))
    assert other.status_code == 409
    assert [each.data["event"] for each in case.all(Event) if each.actor_kind == "system"] == ["signal.paid"]
    assert "Payer la latte" not in (await case.citizen.get(case.page)).text


async def test_whatever_is_not_right_with_a_signal_gets_the_same_answer(case: Case) -> None:
    put(case.world, "https://register.example/")
    await case.does("pay")
    body, now = signal(case, "paid"), clock.now()
    elsewhere = signal(case, "paid", reference="2026-483-715-629")
    answers = [
        await send(case, "paid", body, **{"GRC-Signature": signing.sign(SECRET[::-1], body, now)}),
        await send(case, "paid", body, **{"GRC-Signature": signing.sign(SECRET, body, now - timedelta(minutes=6))}),
        await send(case, "paid", body, **{"GRC-Signature": signing.sign(SECRET, body, now + timedelta(minutes=6))}),
        await send(case, "paid", body, **{"GRC-Signature": "t=,v1="}),
        await send(case, "paid", body, **{"GRC-Signature": "t=999999999999,v1=" + "0" * 64}),
        await send(case, "paid", body, **{"GRC-Endpoint": "nobody"}),
        await send(case, "paid", elsewhere),
        await send(case, "paid", b"[]"),
        await send(case, "paid", signal(case, "paid", id="")),
        await send(case, "refused", body),
    ]
    assert {(each.status_code, each.json()["detail"]) for each in answers} == {
        (404, answers[0].json()["detail"]),
    }
    assert case.row().state == "paying"
    long = await send(case, "paid", b"x" * 20_001)
    assert long.status_code == 413
    browser = await send(case, "paid", body, **{"origin": "https://ailleurs.example"})
    assert browser.status_code == 403
