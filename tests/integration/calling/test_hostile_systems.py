"""Other systems that lie, repeat, stall, point inwards or send back what breaks a reader: nothing breaks."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from grc import clock
from grc.calling import endpoints, signals, signing
from grc.calling.caller import Caller
from grc.calling.client import EndpointClient, Unreachable
from grc.errors import Misconfigured
from grc.sessions import limits
from grc.submissions.exchange_models import HttpCall, ReceivedSignal
from grc.submissions.models import Event
from tests.support import circuits
from tests.support.circuits import Case
from tests.support.world import World

pytestmark = pytest.mark.anyio
SECRET = "a-secret-that-both-sides-of-this-test-know"


def put(world: World, url: str) -> None:
    key = world.authority().id
    with world.database.writing(scope=key) as session:
        endpoints.put(session, key, circuits.CALLED, url, SECRET, allows_plain=True)


@contextmanager
def raw_server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a server of bytes: what `serve` does with each connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    serve(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def answering(body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n") -> Any:
    return lambda connection: connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")


def headers_for_ever(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-A: " + b"a" * 4000 + b"\r\n")


def informations_for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def drop_by_drop(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n")
        threading.Event().wait(0.2)


def rubbish(connection: socket.socket) -> None:
    connection.sendall(b"\0\xff\xfe rubbish\r\n\r\n" * 100)


async def called(serve: Any, seconds: float = 2.0) -> str:
    """What came of one call: "done", or the fault."""
    client = EndpointClient(allows_private=True, timeout=seconds)
    begun = asyncio.get_running_loop().time()
    with raw_server(serve) as url:
        try:
            answered = await client.post(url, b"{}", {})
            assert len(answered.text) <= 20_000
            told = "done"
        except Unreachable as failure:
            told = failure.fault
        finally:
            await client.close()
    assert asyncio.get_running_loop().time() - begun < seconds + 3
    return told


@pytest.mark.parametrize(
    ("serve", "told"),
    [
        (endless, "done"),
        (headers_for_ever, "RemoteProtocolError"),
        (informations_for_ever, "TimeoutError"),
        (drop_by_drop, "TimeoutError"),
        (rubbish, "RemoteProtocolError"),
        (answering(b"\xff\xfe\x00" * 10_000), "done"),
        (answering(b"x", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"), "done"),
    ],
    ids=["endless", "headers", "informations", "drops", "rubbish", "bytes", "gzip"],
)
async def test_a_partner_that_never_ends_is_left(serve: Any, told: str) -> None:
    assert await called(serve) == told


INWARDS = (
    *("http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://0/", "http://[::]/"),
    *("http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:169.254.169.254]/", "http://[::7f00:1]/"),
    *("http://[64:ff9b::7f00:1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::a00:1]/"),
    *("http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/", "http://[fe80::1]/", "http://[fe80::1%25lo]/"),
    *("http://[fd00::1]/", "http://[fec0::1]/", "http://[ff02::1]/", "http://224.0.0.1/", "http://255.255.255.255/"),
    *("http://169.254.169.254/latest/meta-data/", "http://100.100.100.200/", "http://10.0.0.1/", "http://172.16.0.1/"),
    *("http://192.168.1.1/", "http://100.64.0.1/", "http://192.0.0.192/", "http://198.18.0.1/", "http://localhost/"),
    "http://[2001:0:7f00:1::]/",
)


@pytest.mark.parametrize("url", INWARDS)
async def test_no_way_of_writing_an_inner_address_is_called(url: str) -> None:
    client = EndpointClient(timeout=2)
    with pytest.raises(Unreachable) as raised:
        await client.post(url, b"{}", {})
    await client.close()
    assert raised.value.fault in {"address not allowed", "gaierror", "ValueError"}


@pytest.mark.parametrize(
    "url",
    [
        "https://register.example/\r\nX: y",
        "https://register.example/\x00",
        "https://regi\tster.example/",
        "https://register.example:99999/",
        "https://[::1",
        "https://[fe80::1%eth0]/",
        "https://register.example\\@10.0.0.1/",
        "https://" + "a" * 600 + ".example/",
        "https://a..b/",
        "https://" + "a" * 64 + ".example/",
        "https://\ud800.example/",
        "https://register.example/\u202e",
    ],
)
async def test_an_address_that_no_request_can_bear_is_refused_or_fails_softly(world: World, url: str) -> None:
    key = world.authority().id
    try:
        with world.database.writing(scope=key) as session:
            endpoints.put(session, key, "register", url, SECRET)
    except Misconfigured:
        return
    client = EndpointClient(allows_private=True, timeout=2)
    with pytest.raises(Unreachable):
        await client.post(url, b"{}", {})
    await client.close()


@pytest.mark.parametrize("name", ["", "a b", "a\r\nX: y", "a\0b", "A", "é", "a" * 61, "a\n", "-a"])
async def test_the_name_of_an_endpoint_is_a_short_word(world: World, name: str) -> None:
    key = world.authority().id
    with pytest.raises(Misconfigured), world.database.writing(scope=key) as session:
        endpoints.put(session, key, name, "https://register.example/", SECRET)


HOSTILE_JSON = {
    "deep list": "[" * 10_000 + "]" * 10_000,
    "deep object": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "NaN": '{"place": NaN}',
    "infinite": '{"place": Infinity}',
    "too large": '{"place": 1e999}',
    "digits": '{"place": ' + "9" * 4_000 + "}",
    "more digits": '{"place": ' + "9" * 15_000 + "}",
    "twice": '{"place": "square", "place": {"__class__": 1}}',
    "surrogate": '{"place": "\\ud800"}',
    "nul": '{"place": "\\u0000"}',
    "class": '{"__class__": "x", "place": "{{ 7*7 }}"}',
    "list": '{"place": [1, [2, [3]]]}',
    "bom": '\ufeff{"place": "square"}',
    "text": '"' + "x" * 19_000 + '"',
    "empty": "",
}


def a_workflow_that_keeps() -> dict[str, Any]:
    """What is brought back is compared, reckoned with and kept."""
    workflow = json.loads(json.dumps(circuits.WORKFLOW))
    workflow["actions"]["keep"] = {"type": "set", "name": "kept", "value": "call.register.response.place"}
    workflow["guards"]["known"] = "call.register.response.place * 1.5 > 10"
    workflow["guards"]["thrice"] = "variables.kept == 'nowhere'"
    for each in workflow["states"]["received"]["on"]["call.register.done"]:
        each["actions"] = ["keep"]
    return workflow


@pytest.mark.parametrize("body", HOSTILE_JSON.values(), ids=HOSTILE_JSON.keys())
async def test_what_comes_back_is_read_by_guards_without_harm(world: World, body: str) -> None:
    from tests.support import invented

    invented.published(world.database, workflow=a_workflow_that_keeps())
    citizen, agent = world.browser(), world.browser()
    answers = {"subject": "Le banc", "who": "person", "person": invented.WHOLE_PERSON}
    case = Case(world, await citizen.file_answers(answers, procedure=invented.SLUG), citizen, agent)
    await agent.sign_in_agent()
    with raw_server(answering(body.encode())) as url:
        put(world, url)
        await case.does("register")
        caller = Caller(world.database, EndpointClient(allows_private=True, timeout=5))
        assert await caller.round() == 1
        await caller.close()
    (call,) = case.all(HttpCall)
    assert call.status_code == 200
    assert case.row().state in {"late", "registered"}
    for browser, path in ((agent, case.path), (citizen, case.page)):
        assert (await browser.get(path)).status_code == 200
    await case.does("back")


async def test_an_answer_after_the_end_is_kept_and_changes_no_state(case: Case) -> None:
    with raw_server(answering(b'{"place": "square"}')) as url:
        put(case.world, url)
        await case.does("register")
        await case.does("close")
        before = case.row()
        caller = Caller(case.world.database, EndpointClient(allows_private=True, timeout=5))
        assert await caller.round() == 1
        await caller.close()
    row = case.row()
    assert (row.state, row.revision) == (before.state, before.revision)
    assert case.all(HttpCall)[0].response == '{"place": "square"}'


def a_signal(case: Case, name: str = "paid", key: str = "pay-1", **more: Any) -> bytes:
    return json.dumps({"id": key, "reference": case.reference, "signal": name, **more}).encode()


async def sent(case: Case, body: bytes, name: str = "paid", reference: str = "", **headers: str) -> httpx2.Response:
    told = {"GRC-Endpoint": circuits.CALLED, "GRC-Signature": signing.sign(SECRET, body, clock.now()), **headers}
    client = case.world.browser().client
    client.headers.pop("sec-fetch-site")
    return await client.post(
        f"/tilleul/api/v1/signals/{reference or case.reference}/{name}", content=body, headers=told
    )


async def test_a_signal_that_is_not_right_is_always_answered_alike(case: Case) -> None:
    put(case.world, "https://register.example/")
    await case.does("pay")
    good, now = a_signal(case), clock.now()
    old = signing.sign(SECRET, good, now - timedelta(minutes=6))
    ahead = signing.sign(SECRET, good, now + timedelta(minutes=6))
    right = signing.sign(SECRET, good, now)
    answers = [
        await sent(case, good, **{"GRC-Signature": signature})
        for signature in (
            *("", "x", old, ahead, right.upper(), right + " ", right.replace("v1", "v2"), right + "," + right),
            *("t=,v1=", "t=-1,v1=" + "0" * 64, "t=99999999999,v1=" + "0" * 64, "t=9999999999,v1=" + "0" * 64),
            right.replace("t=", "t=0"),
            "x" * 9_000,
        )
    ]
    answers += [await sent(case, good, **{"GRC-Endpoint": name}) for name in ("", "x", "REGISTER", "a" * 5_000)]
    odd = (
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 9_000,
        b'{"a":' * 3_000,
        a_signal(case, key=""),
        a_signal(case, key="x" * 101),
        a_signal(case, key="a\nb"),
        a_signal(case, key="\ud800"),
        a_signal(case, name="other"),
        a_signal(case, reference="2026-000-000-000"),
        a_signal(case, id=1),
        a_signal(case, id=None),
        a_signal(case, id={}),
    )
    answers += [await sent(case, body) for body in odd]
    elsewhere = [
        await sent(case, good, reference=name) for name in ("x", "%00", "2026-000-000-000", case.reference + "%20")
    ]
    elsewhere += [await sent(case, good, name=name) for name in ("%00", "PAID", "paid.x", "a" * 300, "%ED%A0%80")]
    assert {one.status_code for one in elsewhere} == {404}
    told = {(one.status_code, json.loads(one.text).get("detail")) for one in answers}
    assert {code for code, _ in told} == {404}, sorted((one.status_code, one.text[:200]) for one in answers)
    assert len(told) == 1
    assert case.all(ReceivedSignal) == []
    large = await sent(case, a_signal(case, more="x" * 20_001))
    assert large.status_code == 413
    assert (await sent(case, good)).status_code == 200


async def test_strangers_who_try_signatures_are_slowed_down(case: Case) -> None:
    put(case.world, "https://register.example/")
    body, here = a_signal(case), case.world.authority()
    with case.world.database.writing(scope=here.id) as session:
        for _ in range(limits.SIGNALS.hits - 3):
            signals.admit(session, here, client="127.0.0.1", now=clock.now())
    codes = [(await sent(case, body, **{"GRC-Signature": "x"})).status_code for _ in range(6)]
    assert codes == [404] * 3 + [429] * 3


async def test_the_same_key_for_two_demandes_at_once_is_heard_once(case: Case, world: World) -> None:
    put(world, "https://register.example/")
    answers = {"subject": "Un autre banc", "who": "person", "person": circuits.WHOLE_PERSON}
    reference = await case.citizen.file_answers(answers, procedure="banc-abime")
    second = Case(world, reference, case.citizen, case.agent)
    for each in (case, second):
        await each.does("pay")
    done = await asyncio.gather(*(sent(each, a_signal(each)) for each in (case, second, case, second)))
    assert sorted({one.status_code for one in done}) == [200, 409], [one.text for one in done]
    assert sorted([case.row().state, second.row().state]) == ["paid", "paying"]


async def test_the_same_signal_ten_times_at_once_acts_once(case: Case) -> None:
    put(case.world, "https://register.example/")
    await case.does("pay")
    done = await asyncio.gather(*(sent(case, a_signal(case)) for _ in range(10)))
    assert {one.status_code for one in done} == {200}, [one.text for one in done]
    assert sorted(one.json()["repeated"] for one in done) == [False] + [True] * 9
    assert [each.data["event"] for each in case.all(Event) if each.actor_kind == "system"].count("signal.paid") == 1


async def test_two_workers_of_calls_send_one_call(case: Case) -> None:
    seen: list[int] = []

    def serve(connection: socket.socket) -> None:
        seen.append(1)
        answering(b'{"place": "square"}')(connection)

    with raw_server(serve) as url:
        put(case.world, url)
        await case.does("register")
        workers = [Caller(case.world.database, EndpointClient(allows_private=True, timeout=5)) for _ in range(4)]
        await asyncio.gather(*(each.round() for each in workers))
        for each in workers:
            await each.close()
    assert seen == [1]
    assert case.row().state == "registered"
