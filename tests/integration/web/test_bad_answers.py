"""Wrong, missing, hostile or half-sent answers: the page again, each fault named, nothing lost, nothing filed."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import resources
from grc.submissions.models import Draft, Submission
from tests.support import demandes
from tests.support.world import PDF, Browser, World, a_world, example_answers, posted_of

pytestmark = pytest.mark.anyio
EXAMPLES = resources.folder("form_catalogue") / "acte-de-naissance" / "examples"
FAILING = sorted(path.stem for path in EXAMPLES.glob("fails-*.json"))
FILES = {"fails-wrong-file", "fails-too-many-files", "fails-missing-proof", "fails-missing-mandate"}
LONG = "x" * 20_000


@pytest.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world that takes files of one megabyte."""
    async with a_world(database_url, tmp_path, max_file_mb=1) as made:
        yield made


def faults(page: str) -> list[str]:
    """The messages beside the fields."""
    found = re.findall(r'<p id="[^"]*-error" class="govuk-error-message">(.*?)</p>', page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", " ", one)).strip() for one in found]


def kept(world: World, public_id: str) -> dict[str, Any]:
    """The answers of a draft, as stored."""
    with world.database.reading(scope=world.authority().id) as session:
        return dict(session.execute(select(Draft.answers).where(col(Draft.public_id) == public_id)).scalar_one())


def filed(world: World) -> int:
    with world.database.reading(scope=world.authority().id) as session:
        return len(session.execute(select(Submission.id)).all())


async def walk(browser: Browser, answers: dict[str, Any]) -> tuple[httpx2.Response, dict[str, Any], str]:
    """Fills the pages with these answers until one is refused: that answer, what was posted, the draft."""
    draft = await browser.begin()
    location = f"/tilleul/brouillons/{draft}/suite"
    for _ in range(12):
        page = await browser.get(location)
        fields, files = posted_of(answers)
        if page.url.path.endswith("/verification"):
            break
        answer = await browser.post(page.url.path, fields, files if 'type="file"' in page.text else None)
        if answer.status_code != 303:
            return answer, fields, draft
        location = answer.headers["location"]
    raise AssertionError("every page was accepted")


async def test_every_wrong_example_is_refused_with_its_reason_and_what_was_typed(world: World) -> None:
    browser = world.browser()
    for name in FAILING:
        if name in FILES:
            continue
        example = json.loads((EXAMPLES / f"{name}.json").read_text())
        refused, posted, draft = await walk(browser, example["answers"])
        assert refused.status_code == 422, (name, refused.status_code)
        assert faults(refused.text) != [], name
        assert 'id="error-summary' in refused.text or "govuk-error-summary" in refused.text, name
        assert "<title>Erreur" in refused.text or "Erreur" in refused.text, name
        for field in re.findall(r'<(?:input|textarea)[^>]* name="([^"]+)"[^>]*type="(?:text|email|tel)"', refused.text):
            typed = posted.get(field)
            if isinstance(typed, str) and typed:
                assert html.escape(typed, quote=True) in refused.text, (name, field)
        assert (await browser.get(f"/tilleul/brouillons/{draft}/verification")).url.path != (
            f"/tilleul/brouillons/{draft}/verification"
        )
        sent = await browser.post(f"/tilleul/brouillons/{draft}/envoi")
        assert sent.status_code == 422, name
    assert filed(world) == 0


async def test_right_answers_are_kept_when_others_are_wrong(world: World) -> None:
    browser = world.browser()
    answers = example_answers(demandes.EXAMPLE)
    answers["applicant"]["email"] = "camille@"
    refused, _, draft = await walk(browser, answers)
    assert refused.status_code == 422
    assert [fault for fault in faults(refused.text) if "adresse" in fault.lower()] != []
    assert kept(world, draft)["applicant"]["family_name"] == "Exemple"
    assert "email" not in kept(world, draft)["applicant"]
    again = await browser.get(refused.request.url.path)
    assert 'value="0199001234"' in again.text.replace(" ", "") or "01 99 00 12 34" in again.text


async def test_nul_and_twenty_thousand_characters_are_no_fault_of_ours(world: World) -> None:
    browser = world.browser()
    draft = await browser.begin()
    hostile = {
        "nul": "Cam\x00ille",
        "long": LONG,
        "markup": "<script>alert(1)</script>",
        "template": "{{ 7*7 }}{% raw %}",
        "direction": "\u202eabc",
        "breaks": "a\r\nBcc: x@exemple.example",
        "half": "\ud83d".encode("utf-8", "surrogatepass"),
        "astral": "👩‍💻" * 10,
    }
    for page in ("acte", "personne", "parents", "qualite", "demandeur", "justificatif", "nulle-part"):
        path = f"/tilleul/brouillons/{draft}/{page}"
        shown = await browser.get(path)
        names = set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', shown.text)) - {"then"}
        for text in hostile.values():
            answer = await browser.post(path, dict.fromkeys(names, text) | {"then": "continue"})
            assert answer.status_code in (303, 404, 422), (page, answer.status_code)
            assert "<script>alert" not in answer.text
            assert "49" not in "".join(faults(answer.text))
        fields, _ = posted_of(example_answers(demandes.EXAMPLE))
        await browser.post(path, fields)
    assert kept(world, draft)["person"]["birth_name"] == "Exemple"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"x" * 1_000_001, "gros.pdf", "1 Mo"),
        (b"", "vide.pdf", "vide"),
        (b"MZ\x90\x00" + b"\x00" * 500, "programme.pdf", "type"),
        (PDF.replace(b"/Catalog", b"/Catalog/Encrypt 5 0 R"), "protege.pdf", "mot de passe"),
        (b"<html><script>alert(1)</script></html>", "page.pdf", "type"),
        (b"\x89PNG\r\n\x1a\nrubbish", "image.png", ""),
    ],
)
async def test_a_file_that_is_not_accepted_costs_nothing_else(
    small: World, content: bytes, name: str, sentence: str
) -> None:
    browser = small.browser()
    answers = example_answers("passes-descendant-with-proof")
    del answers["proof_of_link"]
    refused, _, draft = await walk(browser, answers)
    assert refused.url.path.endswith("/justificatif")
    before = kept(small, draft)
    path = refused.url.path
    files = [
        ("proof_of_link", ("preuve.pdf", PDF, "application/pdf")),
        ("proof_of_link", (name, content, "application/pdf")),
    ]
    answer = await browser.post(path, {}, files)
    assert answer.status_code == 422
    said = " ".join(faults(answer.text)).replace("\u00a0", " ")
    assert name in said
    assert sentence.lower() in said.lower()
    after = kept(small, draft)
    assert [file["name"] for file in after.pop("proof_of_link")] == ["preuve.pdf"]
    assert after == before
    assert "preuve.pdf" in (await browser.get(path)).text


async def test_a_body_over_the_hard_cap_is_413_and_changes_nothing(small: World) -> None:
    browser = small.browser()
    answers = example_answers("passes-descendant-with-proof")
    del answers["proof_of_link"]
    refused, _, draft = await walk(browser, answers)
    before = kept(small, draft)
    files = [("proof_of_link", (f"{number}.pdf", b"x" * 1_000_000, "application/pdf")) for number in range(14)]
    answer = await browser.post(refused.url.path, {}, files)
    assert answer.status_code == 413
    assert "Revenir" in answer.text
    assert kept(small, draft) == before


async def test_posts_that_are_no_form_change_nothing(world: World) -> None:
    browser = world.browser()
    draft = await browser.begin()
    path = f"/tilleul/brouillons/{draft}/acte"
    before = kept(world, draft)
    many = "&".join(f"a{number}=x" for number in range(1001))
    kinds: list[tuple[bytes, str]] = [
        (many.encode(), "application/x-www-form-urlencoded"),
        (b"birth_place=%ff", "application/x-www-form-urlencoded"),
        (b'{"birth_place": "here"}', "application/json"),
        (b"birth_place=here", "multipart/form-data"),
        (b"--b\r\nbirth_place", "multipart/form-data; boundary=b"),
        (b"x" * 1_000_001, "application/x-www-form-urlencoded"),
    ]
    for body, kind in kinds:
        answer = await browser.client.post(path, content=body, headers={"content-type": kind})
        assert answer.status_code == (413 if len(body) > 1_000_000 else 422), kind
        assert "Rien n’a été enregistré" in answer.text or "Revenir" in answer.text
    assert kept(world, draft) == before


async def test_a_page_that_is_not_open_yet_leads_to_the_first_that_is(world: World) -> None:
    browser = world.browser()
    draft = await browser.begin()
    page = await browser.get(f"/tilleul/brouillons/{draft}/demandeur")
    assert page.url.path == f"/tilleul/brouillons/{draft}/acte"
    fields, _ = posted_of(example_answers(demandes.EXAMPLE))
    assert (await browser.post(f"/tilleul/brouillons/{draft}/demandeur", fields)).status_code == 404
    assert kept(world, draft) == {}


async def test_what_a_program_fills_is_not_filed(world: World) -> None:
    browser = world.browser()
    draft = await browser.fill()
    honey = await browser.post(f"/tilleul/brouillons/{draft}/envoi", {"site_web": "https://spam.example"})
    assert honey.status_code == 422
    quick = world.browser()
    fresh = await quick.begin()
    with world.database.writing(scope=world.authority().id) as session:
        row = session.execute(select(Draft).where(col(Draft.public_id) == fresh)).scalar_one()
        row.answers = demandes.answers_with("camille@exemple.example")
    assert (await quick.post(f"/tilleul/brouillons/{fresh}/envoi")).status_code == 422
    assert filed(world) == 0
    assert (await browser.post(f"/tilleul/brouillons/{draft}/envoi", {"site_web": ""})).status_code == 303


async def test_answers_never_become_markup(world: World) -> None:
    browser, agent = world.browser(), world.browser()
    mark = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    answers = demandes.answers_with("camille@exemple.example")
    answers["applicant"]["family_name"] = answers["person"]["given_names"] = mark
    draft = demandes.begun(world.database, answers)
    browser.client.cookies.set("grc-citizen-tilleul-8000", draft.token)
    pages = [
        await browser.get(f"/tilleul/brouillons/{draft.public_id}/{page}") for page in ("personne", "verification")
    ]
    sent = await browser.post(f"/tilleul/brouillons/{draft.public_id}/envoi")
    assert sent.status_code == 303, sent.text
    pages.append(await browser.get(sent.headers["location"]))
    await agent.sign_in_agent()
    pages.append(await agent.get("/tilleul/agents"))
    reference = re.findall(r"\d{4}-\d{3}-\d{3}-\d{3}", pages[-1].text)[0]
    pages += [
        await agent.get(f"/tilleul/agents/demandes/{reference}"),
        await browser.get(f"/tilleul/demandes/{reference}"),
    ]
    shown = [page for page in pages if "onerror" in page.text]
    assert len(shown) >= 3
    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "49&" not in page.text
    await world.deliver()
    for mail in world.mailbox.messages:
        assert "<img src=x" not in mail.html
