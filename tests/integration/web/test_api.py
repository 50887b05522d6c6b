"""The read API over HTTP, on both databases: what it gives, to whom, how it refuses, and that it says all of itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock, resources
from grc.authorities.models import Authority
from grc.catalogue import loading, publishing
from grc.catalogue.models import InstalledProcedure, ProcedureVersion
from grc.forms import answers as form_answers
from grc.forms.compiled import compiled
from grc.lists.models import ReferenceItem
from grc.web.api.routes import OPERATIONS, routes
from tests.support.world import BASE, World, a_world, seeded

pytestmark = pytest.mark.anyio
API = "/tilleul/api/v1"
BIRTH = f"{API}/procedures/acte-de-naissance"


@pytest.fixture
async def api(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """A program that asks, without cookies."""
    transport = httpx2.ASGITransport(world.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


def procedures() -> dict[str, Any]:
    return {each.slug: each for each in loading.load_folder(resources.folder("form_catalogue"))}


def install(world: World, slug: str, **changes: Any) -> None:
    """Changes how an authority has installed its procedures."""
    key = world.authority(slug).id
    with world.database.writing(scope=key) as session:
        statement = update(InstalledProcedure).where(col(InstalledProcedure.authority_id) == key)
        session.execute(statement.values(**changes))


async def test_the_list_leads_to_every_document_of_every_procedure(api: httpx2.AsyncClient) -> None:
    listed = (await api.get(f"{API}/procedures")).json()["procedures"]
    assert [each["slug"] for each in listed] == sorted(procedures())
    for each in listed:
        assert each["links"]["self"] == f"{BASE}{API}/procedures/{each['slug']}"
        for name in ("self", "schema", "ui", "example", "lists", "page"):
            assert (await api.get(each["links"][name])).status_code == 200, each["links"][name]


async def test_the_lists_give_the_answers_that_choosing_gives(world: World, api: httpx2.AsyncClient) -> None:
    given = (await api.get(f"{API}/procedures/reservation-salle/lists.json")).json()["lists"]
    assert list(given) == ["room"]
    form = procedures()["reservation-salle"].form
    assert all(compiled(form).accepts_field["room"](each) for each in given["room"])
    key = world.authority().id
    with world.database.writing(scope=key) as session:
        closed = update(ReferenceItem).where(col(ReferenceItem.slug) == given["room"][0]["id"])
        session.execute(closed.values(is_open=False))
    after = (await api.get(f"{API}/procedures/reservation-salle/lists.json")).json()["lists"]
    assert after["room"] == given["room"][1:]
    assert (await api.get(f"{API}/procedures/acte-de-naissance/lists.json")).json() == {"lists": {}}


async def test_the_facts_are_those_of_the_page(api: httpx2.AsyncClient) -> None:
    answer = await api.get(BIRTH)
    told, published = answer.json(), procedures()["acte-de-naissance"]
    assert answer.headers["content-type"] == "application/json"
    assert (told["title"], told["open"]) == (published.title, True)
    assert [each["rule"] for each in told["silence"]] == [each.rule for each in published.silence]
    assert told["silence"][-1].get("if") is None
    assert told["retention"]["months"] == published.retention.months
    assert told["notice"]["retention"] == published.notice.retention_text
    assert {each["field"] for each in told["documents"]} == {each.field for each in published.pieces}
    assert told["version"]["number"] == 1
    assert told["version"]["sha256"] == loading.sha256(published.document)
    assert answer.headers["document-sha256"] == told["version"]["sha256"]
    assert "uncertain" not in answer.text


async def test_a_closed_procedure_says_so(world: World, api: httpx2.AsyncClient) -> None:
    install(world, "tilleul", is_open=False)
    assert (await api.get(BIRTH)).json()["open"] is False


async def test_each_example_passes_its_schema_and_the_engine(api: httpx2.AsyncClient) -> None:
    for slug, procedure in procedures().items():
        answer = await api.get(f"{API}/procedures/{slug}/schema.json")
        assert answer.headers["content-type"] == "application/schema+json"
        schema = answer.json()
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"{BASE}{API}/procedures/{slug}/schema.json"
        assert answer.headers["document-sha256"] in schema["$comment"]
        example = (await api.get(f"{API}/procedures/{slug}/example.json")).json()
        Draft202012Validator(schema).validate(example["answers"])
        assert not Draft202012Validator(schema).is_valid({**example["answers"], "surprise": 1})
        as_of = date.fromisoformat(example["as_of"])
        assert form_answers.check(procedure.form, example["answers"], as_of=as_of) == ()


async def test_the_pages_are_pure_json_forms(api: httpx2.AsyncClient) -> None:
    told = (await api.get(f"{BIRTH}/ui.json")).json()
    assert told == procedures()["acte-de-naissance"].document["ui"]
    assert "x-include" not in json.dumps(told)
    assert told["type"] == "Categorization"


async def test_a_version_published_without_example_says_what_to_do(world: World, api: httpx2.AsyncClient) -> None:
    whole = procedures()["acte-de-naissance"]
    bare = loading.from_document({key: value for key, value in whole.document.items() if key != "example"})
    key = world.authority().id
    with world.database.writing(scope=key) as session:
        version = publishing.publish(
            session,
            key,
            bare,
            service_slug="etat-civil",
            confirmed={"silence", "appeal", "lint"},
            by="test",
            now=clock.now(),
        )
        assert version.number == 2
    answer = await api.get(f"{BIRTH}/example.json")
    assert answer.status_code == 404
    assert "Publiez la démarche à nouveau" in answer.json()["detail"]


async def test_what_was_read_is_not_sent_again(api: httpx2.AsyncClient) -> None:
    for operation in OPERATIONS:
        path = "/tilleul" + operation.path.format(slug="acte-de-naissance")
        first = await api.get(path)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "public, max-age=60"
        for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await api.get(path, headers={"if-none-match": header})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), path
            assert again.headers["cache-control"] == first.headers["cache-control"]
        assert (await api.get(path, headers={"if-none-match": '"other"'})).status_code == 200


async def test_head_says_what_get_would(api: httpx2.AsyncClient) -> None:
    whole, head = await api.get(BIRTH), await api.head(BIRTH)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length", "document-sha256"):
        assert head.headers[name] == whole.headers[name]


async def test_any_site_may_read_and_nothing_is_remembered_of_anybody(api: httpx2.AsyncClient) -> None:
    for path in (f"{API}/procedures", BIRTH, f"{API}/nowhere"):
        answer = await api.get(path, headers={"origin": "https://elsewhere.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "access-control-allow-credentials" not in answer.headers
        assert "set-cookie" not in answer.headers
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "GET"}
    preflight = await api.options(BIRTH, headers=asked)
    assert (preflight.status_code, preflight.headers["access-control-allow-methods"]) == (204, "GET, HEAD")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "said"),
    [
        ("GET", f"{API}/procedures/nulle-part", {}, 404, "Cherchez-la dans la liste"),
        ("GET", f"{API}/procedures/nulle-part/schema.json", {}, 404, "Cherchez-la dans la liste"),
        ("GET", f"{API}/x<b>y", {}, 404, "openapi.json"),
        ("GET", "/tilleul/api", {}, 404, "openapi.json"),
        ("GET", "/inconnue/api/v1/procedures", {}, 404, "openapi.json"),
        ("POST", BIRTH, {"sec-fetch-site": "same-origin"}, 405, "Allow"),
        ("DELETE", BIRTH, {"sec-fetch-site": "none"}, 405, "Allow"),
        ("POST", BIRTH, {"sec-fetch-site": "cross-site"}, 403, "autre site"),
        ("GET", BIRTH, {"accept": "text/html"}, 406, "application/json"),
        ("GET", BIRTH, {"accept": "application/json;q=0"}, 406, "application/json"),
        ("GET", f"{BIRTH}/schema.json", {"accept": "image/png"}, 406, "application/schema+json, application/json"),
    ],
)
async def test_every_refusal_is_a_problem_in_french(
    api: httpx2.AsyncClient, method: str, path: str, headers: dict[str, str], status: int, said: str
) -> None:
    answer = await api.request(method, path, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    told = answer.json()
    assert (told["status"], told["type"]) == (status, "about:blank")
    assert said in told["detail"]
    assert told["title"]
    assert "<" not in told["instance"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    if status == 405:
        assert "GET" in answer.headers["allow"]


async def test_a_fault_of_ours_is_a_problem_with_its_reference(world: World, api: httpx2.AsyncClient) -> None:
    key = world.authority().id
    with world.database.writing(scope=key) as session:
        whole = session.execute(select(ProcedureVersion).limit(1)).scalar_one()
        broken = {"number": 99, "document": {"format": 1}, "sha256": "0" * 64, "published_at": clock.now()}
        row = ProcedureVersion(authority_id=key, procedure_id=whole.procedure_id, confirmed=[], **broken)
        session.add(row)
        session.flush()
        broken_id = row.id
    install(world, "tilleul", version_id=broken_id)
    answer = await api.get(BIRTH)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    told = answer.json()
    assert len(told["reference"]) == 8
    assert "citez la référence" in told["detail"]
    assert "KeyError" not in answer.text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/schema+json"),
        ("application/*", "application/schema+json"),
        ("application/json", "application/json"),
        ("application/schema+json;q=0, application/json", "application/json"),
        ("text/html, application/json;q=0.1", "application/json"),
        ("application/json;q=x", "application/json"),
    ],
)
async def test_the_schema_comes_as_the_reader_wants_it(api: httpx2.AsyncClient, accept: str, media_type: str) -> None:
    answer = await api.get(f"{BIRTH}/schema.json", headers={"accept": accept})
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept"


async def test_each_authority_gives_its_own(world: World, api: httpx2.AsyncClient) -> None:
    install(world, "marronnier", version_id=None)
    assert (await api.get("/marronnier/api/v1/procedures")).json() == {"procedures": []}
    assert (await api.get("/marronnier/api/v1/procedures/acte-de-naissance")).status_code == 404
    assert (await api.get(BIRTH)).status_code == 200


async def test_the_document_describes_every_address_and_every_answer(api: httpx2.AsyncClient) -> None:
    document = (await api.get(f"{API}/openapi.json")).json()
    OpenAPIV31SpecValidator(document).validate()
    assert set(document["paths"]) == {route.path for route in routes}
    assert document["servers"][0]["url"] == f"{BASE}/tilleul"
    for operation in OPERATIONS:
        answer = await api.get("/tilleul" + operation.path.format(slug="acte-de-naissance"))
        told = document["paths"][operation.path]["get"]["responses"]["200"]["content"]
        schema = {**told[answer.headers["content-type"]]["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(answer.json())
    problem = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    Draft202012Validator(problem).validate((await api.get(f"{API}/procedures/x")).json())


async def test_on_its_own_domain_an_authority_names_itself(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        key = world.authority().id
        with world.database.writing(scope=None) as session:
            session.get_one(Authority, key).domain = "demarches.tilleul.example"
        transport = httpx2.ASGITransport(world.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://demarches.tilleul.example") as client:
            told = (await client.get("/api/v1/procedures")).json()["procedures"][0]
            assert told["links"]["self"].startswith("http://demarches.tilleul.example/api/v1/procedures/")
            assert (await client.get(told["links"]["self"])).status_code == 200
            lost = await client.get("/api/v1/nowhere")
            assert lost.headers["content-type"] == "application/problem+json"
