"""Webhooks on both databases, to a real receiver: signed, in order, once, tried again, given up, told anew."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grc import clock
from grc.calling import deliveries, webhooks
from grc.calling.client import EndpointClient
from grc.calling.deliveries import Due
from grc.calling.herald import Herald
from grc.calling.webhooks import Wanted
from grc.catalogue.models import InstalledProcedure
from grc.errors import Conflict, Invalid, NotFound
from grc.journal.models import JournalEntry
from grc.submissions import telling
from grc.submissions.partner_models import Webhook, WebhookDelivery
from tests.support import demandes
from tests.support.server import serving
from tests.support.world import World

pytestmark = pytest.mark.anyio


@dataclass
class Receiver:
    """Another program: answers what it is told to, and remembers what it was sent."""

    status: int = 204
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: Request) -> Response:
        self.seen.append((dict(request.headers), await request.body()))
        return Response(status_code=self.status)

    def ids(self) -> list[str]:
        """The ids of what came, and nothing remembered any more."""
        found = [headers["webhook-id"] for headers, _ in self.seen]
        self.seen.clear()
        return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with serving(Starlette(routes=[Route("/{path:path}", made.answer, methods=["POST"])]), host="127.0.0.1") as url:
        made.url = f"{url}/news"
        yield made


@dataclass
class Bench:
    """A world with a worker of webhooks whose clock the test sets."""

    world: World
    key: int
    herald: Herald
    at: list[datetime]

    def do(self, unit: Any, *args: Any, **options: Any) -> Any:
        with self.world.database.writing(scope=self.key) as session:
            return unit(session, self.key, *args, **options)

    def rows(self) -> list[WebhookDelivery]:
        with self.world.database.reading(scope=self.key) as session:
            return list(session.execute(select(WebhookDelivery).order_by(col(WebhookDelivery.id))).scalars())

    def later(self, **by: float) -> None:
        self.at[0] += timedelta(**by)

    async def told(self) -> int:
        """How many tries were made until nothing more was due."""
        tries = 0
        while done := await self.herald.round():
            tries += done
        return tries


@pytest.fixture
async def bench(world: World) -> Any:
    at = [clock.now()]
    herald = Herald(world.database, EndpointClient(allows_private=True, timeout=5), now=lambda: at[0])
    yield Bench(world, world.authority().id, herald, at)
    await herald.close()


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What docs/api.md shows: the receiver's own check."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    given = headers["webhook-signature"].removeprefix("v1,")
    return hmac.compare_digest(given, base64.b64encode(digest).decode())


async def test_events_are_told_in_order_signed_tried_again_and_told_anew(bench: Bench, receiver: Receiver) -> None:
    world, database = bench.world, bench.world.database
    demandes.filed(database)
    assert bench.rows() == []  # nobody listened
    begun = bench.at[0]
    made = bench.do(webhooks.add, Wanted("Portail", receiver.url), allows_plain=True, by=None, now=begun)
    first = demandes.filed(database, email="claude@exemple.example")
    agent = world.browser()
    await agent.sign_in_agent()
    answer = await agent.post(f"/tilleul/agents/demandes/{first.reference}/prise-en-charge", {"revision": "1"})
    assert answer.status_code == 303
    second = demandes.filed(database)
    expected = [f"evt-{first.reference}-1", f"evt-{first.reference}-2", f"evt-{second.reference}-1"]

    receiver.status = 500  # the first waits, and keeps the others waiting
    bench.later(seconds=30)
    assert (await bench.told(), receiver.ids()) == (1, expected[:1])
    assert [row.tries for row in bench.rows()] == [1, 0, 0]
    receiver.status = 204
    assert await bench.told() == 0
    bench.later(minutes=1)
    assert await bench.told() == 3
    for headers, body in receiver.seen:
        assert verified(made.secret, headers, body)
        assert not verified(made.secret, headers, body + b" ")
        said = json.loads(body)
        assert set(said) <= {"id", "type", "at", "reference", "procedure", "sequence", "state", "silence_on"}
        assert said["id"] == headers["webhook-id"]
        assert headers["webhook-timestamp"] == str(int(bench.at[0].timestamp()))
    bodies = [body for _, body in receiver.seen]
    assert json.loads(bodies[0])["type"] == "submission:received"
    assert receiver.ids() == expected
    rows = bench.rows()
    assert [row.state for row in rows] == [webhooks.DELIVERED] * 3
    assert [try_["status"] for try_ in rows[0].log or []] == [500, 204]

    assert bench.do(webhooks.replay, made.id, rows[1].created_at, by=None, now=bench.at[0]) == 2
    assert await bench.told() == 2
    assert [body for _, body in receiver.seen] == bodies[1:]
    assert receiver.ids() == expected[1:]
    with database.reading(scope=bench.key) as session:
        acts = session.execute(select(col(JournalEntry.act)).where(col(JournalEntry.subject_kind) == "webhook"))
        assert list(acts.scalars()) == ["webhook:added", "webhook:replayed"]


async def test_two_workers_tell_once_and_a_dead_one_is_replaced(bench: Bench, receiver: Receiver) -> None:
    database, now = bench.world.database, bench.at[0]
    made = bench.do(webhooks.add, Wanted("Portail", receiver.url), allows_plain=True, by=None, now=now)
    sent = [demandes.filed(database).reference for _ in range(4)]
    bench.later(seconds=30)
    other = Herald(database, EndpointClient(allows_private=True, timeout=5), now=lambda: bench.at[0])
    await asyncio.gather(bench.herald.round(), other.round(), bench.herald.round())
    await other.close()
    assert receiver.ids() == [f"evt-{reference}-1" for reference in sent]

    demandes.filed(database)
    bench.later(seconds=30)
    with database.writing(scope=bench.key) as session:  # a worker takes it, and dies
        which = Due(bench.key, made.id)
        taken = deliveries.take(session, which, holder="dead", now=bench.at[0])
    assert taken is not None
    assert await bench.told() == 0
    bench.later(minutes=3)
    assert await bench.told() == 1
    with database.writing(scope=bench.key) as session, pytest.raises(deliveries.LeaseLost):
        deliveries.record(session, taken, taken.ready[0], status=204, fault="", is_done=True, now=bench.at[0])


async def test_what_is_not_wanted_is_not_told_and_what_is_not_taken_is_given_up(
    bench: Bench, receiver: Receiver
) -> None:
    database, now = bench.world.database, bench.at[0]
    wanted = Wanted("Portail", receiver.url)
    made = bench.do(webhooks.add, wanted, allows_plain=True, by=None, now=now)
    with database.writing(scope=bench.key) as session:
        session.execute(update(InstalledProcedure).values(is_sensitive=True))
    demandes.filed(database)
    bench.later(seconds=30)
    assert await bench.told() == 0  # sensitive, and not named
    assert bench.rows() == []
    named = Wanted("Portail", receiver.url, ["submission:received"], ["acte-de-naissance"], is_active=False)
    bench.do(webhooks.change, made.id, named, allows_plain=True, by=None, now=bench.at[0])
    kept = demandes.filed(database).reference
    bench.later(seconds=30)
    assert await bench.told() == 0  # paused: it waits
    again = Wanted("Portail", receiver.url, named.kinds, named.procedures)
    bench.do(webhooks.change, made.id, again, allows_plain=True, by=None, now=bench.at[0])
    assert (await bench.told(), receiver.ids()) == (1, [f"evt-{kept}-1"])

    receiver.status = 302  # not followed, and no success
    demandes.filed(database)
    bench.later(seconds=30)
    tries = 0
    while bench.rows()[-1].state == webhooks.WAITING:
        tries += await bench.told()
        bench.later(hours=1)
    assert bench.rows()[-1].state == webhooks.ABANDONED
    assert 70 <= tries <= 85  # a minute, two, four… then each hour, for three days
    assert [count.abandoned for count in bench.do(webhooks.every)] == [1]
    assert bench.do(telling.purge, now=bench.at[0] + telling.KEPT) == 2

    guarded = Herald(database, EndpointClient(timeout=5), now=lambda: bench.at[0])
    demandes.filed(database)
    receiver.seen.clear()
    await guarded.round()
    await guarded.close()
    assert (bench.rows()[-1].fault, receiver.seen) == ("address not allowed", [])
    bench.do(webhooks.remove, made.id, by=None, now=bench.at[0])
    assert bench.rows() == []
    with pytest.raises(NotFound):
        bench.do(webhooks.remove, made.id, by=None, now=bench.at[0])


async def test_what_is_wrong_with_a_webhook_is_said_at_once(bench: Bench) -> None:
    bad = Wanted("", "http://partenaire.example", ["no:kind"], [])
    with pytest.raises(Invalid) as refused:
        bench.do(webhooks.add, bad, by=None, now=bench.at[0])
    assert [one.field for one in refused.value.problems] == ["name", "url", "kinds", "procedures"]
    for number in range(webhooks.MOST):
        bench.do(webhooks.add, Wanted(f"N{number}", "https://p.example/x"), by=None, now=bench.at[0])
    with pytest.raises(Conflict):
        bench.do(webhooks.add, Wanted("N", "https://p.example/x"), by=None, now=bench.at[0])
    with bench.world.database.reading(scope=bench.world.authority("marronnier").id) as session:
        hooks = select(Webhook).where(col(Webhook.authority_id) == bench.world.authority("marronnier").id)
        assert session.execute(hooks).first() is None
