"""What programs do by their key, on both databases: file once, be told what is wrong, read what is theirs alone."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select, update
from sqlmodel import SQLModel, col

from grc import clock
from grc.authorities import api_keys
from grc.authorities.api_keys import Made, Wanted
from grc.authorities.models import ApiKey
from grc.catalogue.models import InstalledProcedure
from grc.db import Keyring, connect
from grc.journal.models import JournalEntry
from grc.sessions import limits
from grc.submissions import deposits
from grc.submissions.models import Event, Submission
from grc.submissions.partner_models import ApiDeposit
from tests.support import demandes
from tests.support.postgres import Cluster
from tests.support.world import BASE, PDF, SECRET, World, a_world, example_answers, seeded

pytestmark = pytest.mark.anyio
API = "/tilleul/api/v1"
FILE = f"{API}/procedures/acte-de-naissance/submissions"
PROOF = "passes-descendant-with-proof"
EVERYTHING = list(api_keys.SCOPES)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def world(
    request: pytest.FixtureRequest, postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("programs")
    cluster = postgres_cluster if request.param == "postgresql" else None
    try:
        async with a_world(seeded(folder, postgres=cluster, name="programs"), folder) as made:
            yield made
    finally:
        if cluster is not None:
            cluster.drop("programs")


def a_key(world: World, scopes: list[str] | None = None, *, slug: str = "tilleul", **wanted: Any) -> Made:
    key = world.authority(slug).id
    with world.database.writing(scope=key) as session:
        return api_keys.make(session, key, Wanted("Portail", scopes or EVERYTHING, **wanted), by=None, now=clock.now())


def program(world: World, key: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(world.app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url=BASE, headers={"authorization": f"Bearer {key}"})


def counted(world: World) -> tuple[int, int, int]:
    """Demandes, attachments and files in the store."""
    with world.database.reading(scope=world.authority().id) as session:
        tables = (SQLModel.metadata.tables[name] for name in ("submission", "attachment"))
        rows = [session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
    return rows[0], rows[1], sum(1 for each in (world.settings.storage).rglob("*") if each.is_file())


def said(key: str) -> dict[str, str]:
    return {"idempotency-key": key}


async def test_a_demande_is_filed_once_and_followed(world: World) -> None:
    made = a_key(world)
    body = {"answers": demandes.answers_with("portail@exemple.example")}
    async with program(world, made.key) as client:
        before = counted(world)[0]
        first = await client.post(FILE, json=body, headers=said("a-1"))
        assert (first.status_code, first.headers["idempotent-replay"]) == (201, "false"), first.text
        told = first.json()
        again = await client.post(FILE, content=json.dumps(body, indent=2), headers=said("a-1") | _JSON)
        assert (again.status_code, again.json(), again.headers["idempotent-replay"]) == (201, told, "true")
        other = await client.post(FILE, json={"answers": {}}, headers=said("a-1"))
        assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "idempotency-key")
        assert counted(world)[0] == before + 1

        await world.deliver()
        reference = told["reference"]
        world.mail("portail@exemple.example", f"{reference}\u00a0: demande reçue")
        assert told["tracking_code"] in world.mail("portail@exemple.example", "code de suivi").text
        citizen = world.browser()
        assert reference in (await citizen.post("/tilleul/suivi", {"code": told["tracking_code"]})).headers["location"]

        status = (await client.get(told["links"]["self"])).json()
        assert (status["phase"], status["silence"]["due_on"]) == ("received", told["silence"]["due_on"])
        (letter,) = status["documents"]
        document = await client.get(letter["href"])
        assert document.content.startswith(b"%PDF") and document.headers["content-type"] == "application/pdf"
        assert "portail@exemple" not in json.dumps(status)

    with world.database.writing(scope=world.authority().id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == reference)).scalar_one()
        event = session.execute(select(Event).where(col(Event.submission_id) == row.id)).scalars().first()
        assert event is not None
        assert (row.channel, event.actor_kind, event.actor_id) == ("api", "key", made.id)
        kept = session.execute(select(ApiDeposit).where(col(ApiDeposit.submission_id) == row.id)).scalar_one()
        assert kept.sealed_code and told["tracking_code"] not in kept.sealed_code
        used = session.get(ApiKey, made.id)
        assert used is not None and used.used_at is not None and made.key not in used.key_hash
        later = clock.now() + timedelta(hours=2)
        assert deposits.purge(session, row.authority_id, now=later) >= 1
    async with program(world, made.key) as client:
        stale = (await client.post(FILE, json=body, headers=said("a-1"))).json()
    assert stale == {**told, "tracking_code": None}


async def test_the_same_call_at_the_same_time_files_once_with_its_files(world: World) -> None:
    answers = example_answers(PROOF)
    names = [name for name, value in answers.items() if isinstance(value, list) and "id" in value[0]]
    files = [(name, ("preuve.pdf", PDF, "application/pdf")) for name in names]
    text = json.dumps({"answers": {name: value for name, value in answers.items() if name not in names}})
    before = counted(world)
    async with program(world, a_key(world).key) as client:
        sent = (client.post(FILE, data={"submission": text}, files=files, headers=said("twice")) for _ in range(4))
        done = await asyncio.gather(*sent)
        assert [each.status_code for each in done] == [201] * 4, [each.text for each in done]
        assert len({each.text for each in done}) == 1
        assert tuple(now - then for now, then in zip(counted(world), before, strict=True)) == (1, 1, 1)
        status = (await client.get(done[0].json()["links"]["self"])).json()
        (file,) = (each for each in status["documents"] if each["id"].startswith("file-"))
        assert (file["kind"], (await client.get(file["href"])).content) == (names[0], PDF)

        wrong = [(names[0], ("virus.exe", b"MZ\x90\x00", "application/pdf")), ("nothing", ("a.pdf", PDF, "x/y"))]
        refused = await client.post(FILE, data={"submission": text}, files=wrong, headers=said("wrong"))
        assert (refused.status_code, len(refused.json()["errors"])) == (422, 2)
        lacking = await client.post(FILE, json=json.loads(text), headers=said("lacking"))
        assert lacking.json()["errors"][0]["pointer"] == f"#/answers/{names[0]}"
    assert counted(world)[2] == before[2] + 1  # nothing of what was refused stays


_JSON = {"content-type": "application/json"}
_BAD: list[tuple[bytes, dict[str, str], int]] = [
    (b"", {}, 415),
    (b"{}", {"content-type": "text/plain"}, 415),
    (b"{", _JSON, 400),
    (b"\xff", _JSON, 400),
    (b"[]", _JSON, 400),
    (b'{"answers": {"a": NaN}}', _JSON, 400),
    (b'{"answers": {"a": 1e999}}', _JSON, 400),
    (b'{"answers": {"a": "\\ud800"}}', _JSON, 400),
    (b'{"answers": {}, "answers": {}}', _JSON, 400),
    (b'{"answers": ' + b"[" * 100_000, _JSON, 400),
    (b'{"answers": {}, "received_at": "2020-01-01"}', _JSON, 400),
    (b'{"answers": {"a": "' + b"x" * 1_000_000 + b'"}}', _JSON, 413),
    (b'{"answers": {"applicant": [], "copies": {"a": 1}, "person": "\\u0000", "x": {}}}', _JSON, 422),
    (b'{"answers": {"applicant": {"email": "a\\u0000@b.example", "address": {"line1": 1}}}}', _JSON, 422),
    (b'{"answers": {"proof_of_link": [{"id": "x"}], "copies": 1e30, "birth_place": null}}', _JSON, 422),
    (b"--x\r\n\r\n", {"content-type": "multipart/form-data; boundary=x"}, 400),
]


async def test_what_is_wrong_is_a_problem_that_says_it(world: World) -> None:
    before = counted(world)
    async with program(world, a_key(world).key) as client:
        for number, (content, headers, status) in enumerate(_BAD):
            answer = await client.post(FILE, content=content, headers={**said(f"bad-{number}"), **headers})
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), content
            told = answer.json()
            assert told["status"] == status and len(told["detail"]) > 10
            if status == 422:
                assert all(each["pointer"].startswith("#/answers") and each["detail"] for each in told["errors"])
        for key in ("", "x" * 101, "a b"):
            assert (await client.post(FILE, json={"answers": {}}, headers=said(key))).status_code == 400
        missing = await client.post(f"{API}/procedures/nothing/submissions", json={"answers": {}}, headers=said("m"))
        assert missing.status_code == 404
        for query in ("since=yesterday", "limit=0", "limit=101", "after=x", "after=MTI", "limit=%C2%B2"):
            assert (await client.get(f"{API}/submissions?{query}")).status_code == 400, query
        for edge in ("0001-01-01T00:00:00+14:00|1", "9999-12-31T23:59:59-14:00|1"):
            after = base64.urlsafe_b64encode(edge.encode()).decode()
            assert (await client.get(f"{API}/submissions", params={"after": after})).status_code == 400, edge
        browser = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await client.post(FILE, json={"answers": {}}, headers=said("o") | browser)).status_code == 403
    assert counted(world) == before


async def test_a_key_opens_what_it_names_and_nothing_else(world: World) -> None:
    key = world.authority().id
    reference = demandes.filed(world.database).reference
    there = f"{API}/submissions/{reference}"
    neighbour = a_key(world, slug="marronnier")
    past = a_key(world)
    with world.database.writing(scope=key) as session:
        api_keys.revoke(session, key, past.id, by=None, now=clock.now())
    for refused in ("", "grc_", "grc_" + "a" * 40, neighbour.key, past.key):
        async with program(world, refused) as client:
            answer = await client.get(there)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="api"')
    async with program(world, a_key(world, [api_keys.READ]).key) as client:
        assert (await client.get(there)).status_code == 200
        assert (await client.get(f"{there}/documents/letter-1")).status_code == 403
        assert (await client.post(FILE, json={"answers": {}}, headers=said("no"))).status_code == 403
        assert (await client.get(f"{API}/submissions/2026-000-000-000")).status_code == 404
    async with program(world, a_key(world, procedures=["probleme-voirie"]).key) as client:
        assert (await client.get(there)).status_code == 404
        assert (await client.get(f"{API}/submissions")).json() == {"submissions": [], "next": None}
        assert (await client.post(FILE, json={"answers": {}}, headers=said("no"))).status_code == 403


async def test_a_sensitive_procedure_is_named_and_its_reading_journalled(world: World) -> None:
    key, reference = world.authority().id, demandes.filed(world.database).reference
    there = f"{API}/submissions/{reference}"
    mine = update(InstalledProcedure).where(
        col(InstalledProcedure.authority_id) == key, col(InstalledProcedure.slug) == "acte-de-naissance"
    )
    with world.database.writing(scope=key) as session:
        session.execute(mine.values(is_sensitive=True))
    named = a_key(world, procedures=["acte-de-naissance"])
    async with program(world, a_key(world).key) as client:
        assert (await client.get(there)).status_code == 404
        assert (await client.get(f"{API}/submissions")).json()["submissions"] == []
        assert (await client.post(FILE, json={"answers": {}}, headers=said("no"))).status_code == 403
    async with program(world, named.key) as client:
        assert (await client.get(there)).status_code == 200
        assert (await client.get(f"{there}/documents/file-x")).status_code == 404
        listed: list[str] = []
        following = f"{API}/submissions?limit=2"
        while following:
            page = (await client.get(following)).json()
            listed += [each["reference"] for each in page["submissions"]]
            following = page["next"]
        assert len(listed) == len(set(listed)) == counted(world)[0] and reference in listed
        body = {"answers": demandes.answers_with("portail@exemple.example")}
        filed = (await client.post(FILE, json=body, headers=said("sensitive"))).json()["reference"]
    with world.database.writing(scope=key) as session:
        session.execute(mine.values(is_sensitive=False))
        entries = select(JournalEntry).where(col(JournalEntry.subject) == reference)
        read = [(one.act, one.actor_kind, one.actor_id, one.data) for one in session.execute(entries).scalars()]
        mine_alone = select(JournalEntry).where(col(JournalEntry.actor_kind) == "key").order_by(col(JournalEntry.id))
        others = [one for one in session.execute(mine_alone).scalars() if one.subject != reference]
    assert read == [
        ("submission:read", "key", named.id, {"read": "status"}),
        ("submission:read", "key", named.id, {"read": "file-x"}),
    ]
    assert [each for one in others[:-1] for each in one.data["references"]] == listed
    assert {(one.act, one.actor_id, one.subject) for one in others[:-1]} == {("submission:listed", named.id, "api")}
    assert (others[-1].act, others[-1].actor_id, others[-1].subject) == ("submission:acted", named.id, filed)


async def test_calls_are_counted_by_key_and_bad_keys_by_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "API_CALLS", limits.Limit("api-call-test", 1, 600_000))
    monkeypatch.setattr(limits, "API_KEYS_FROM", limits.Limit("api-key-test", 1, 600_000))
    async with program(world, a_key(world).key) as client:
        statuses = [(await client.post(FILE, json={}, headers=said("n"))).status_code for _ in range(2)]
        assert statuses == [400, 429]
        assert (await client.get(f"{API}/submissions")).status_code == 200
        monkeypatch.setattr(limits, "API_READS", limits.Limit("api-read-test", 1, 600_000))
        assert [(await client.get(f"{API}/submissions")).status_code for _ in range(2)] == [200, 429]
    async with program(world, "grc_" + "a" * 40) as client:
        answers = [await client.get(f"{API}/submissions") for _ in range(2)]
    assert [each.status_code for each in answers] == [401, 429]
    assert int(answers[1].headers["retry-after"]) > 0


async def test_a_key_outlives_the_secret_that_hashed_it(tmp_path: Path) -> None:
    """Found while the ring holds the older secret; once used, under the newest alone."""
    url, newer = seeded(tmp_path), "another-secret-of-the-tests-that-opens-nothing"
    for number, ring in enumerate(([SECRET], [newer, SECRET], [newer])):
        database = connect(url, Keyring(ring))
        authority, now = demandes.commune(database), clock.now()
        with database.writing(scope=authority.id) as session:
            if number == 0:
                made = api_keys.make(session, authority.id, Wanted("P", [api_keys.READ]), by=None, now=now)
                lost = api_keys.make(session, authority.id, Wanted("Q", [api_keys.READ]), by=None, now=now)
            found = api_keys.admitted(session, authority.id, made.key, now=now)
            assert found is not None
            if number == 1:
                api_keys.note_use(session, found[0], made.key, now=now)
            assert (api_keys.admitted(session, authority.id, lost.key, now=now) is None) == (number == 2)
        database.close()
