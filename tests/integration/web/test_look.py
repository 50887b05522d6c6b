"""The look and the statements of an authority, walked without scripts: cleaned, seen beforehand, dated, read by all."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.authorities.models import Authority, AuthorityLogo
from grc.journal.models import JournalEntry
from tests.support.factors import enrol
from tests.support.forms_posted import errors, plain, shown
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
HERE = "/tilleul/agents/administration"
LOOK, STATEMENTS = f"{HERE}/apparence", f"{HERE}/declarations"
BIRTH = "/tilleul/demarches/acte-de-naissance"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the whole module, as its world."""
    return "asyncio"


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[World]:
    """One installation on SQLite for every walk: each sets what the others do not look at."""
    folder = tmp_path_factory.mktemp("administration")
    async with a_world(seeded(folder), folder) as made:
        yield made


@pytest.fixture(scope="module")
async def ada(world: World) -> Browser:
    """The administrator of Tilleul, signed in."""
    browser = world.browser()
    await enrol(browser)
    return browser


def rows(world: World, table: Any, *where: Any) -> list[Any]:
    scope = world.authority().id
    with world.database.reading(scope=scope) as session:
        found = session.execute(select(table).where(col(table.authority_id) == scope, *where)).scalars().all()
        session.expunge_all()
        return list(found)


def picture(kind: str, size: tuple[int, int] = (800, 200), **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA" if kind != "JPEG" else "RGB", size, (31, 95, 139)).save(made, kind, **options)
    return made.getvalue()


def enlarged(content: bytes, side: int) -> bytes:
    """A PNG that says to be that large."""
    head = b"IHDR" + struct.pack(">II", side, side) + content[24:29]
    return content[:12] + head + struct.pack(">I", zlib.crc32(head)) + content[33:]


HUGE = enlarged(picture("PNG"), 90_000)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" onload="alert(1)"><script>alert(2)</script>'
    b'<path d="M0 0L8 8z" fill="#1f5f8b"/></svg>'
)
BOMB = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'


async def send(browser: Browser, name: str, content: bytes) -> Any:
    return await browser.post(f"{LOOK}/logo", {}, [("logo", (name, content, "image/png"))])


async def test_a_logo_is_cleaned_served_apart_and_removed(world: World, ada: Browser) -> None:
    citizen = world.browser()
    cut = picture("JPEG")[:400]
    for name, content, told in (
        ("logo.svg", BOMB, "contient des déclarations"),
        ("logo.svg", b"<svg", "est abîmé"),
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><text>a</text></svg>", "plus rien"),
        ("logo.png", HUGE, "trop grande"),
        ("logo.jpg", cut, "abîmé"),
        ("logo.png", b"%PDF-1.7\n", "n’est pas un logo"),
        ("logo.gif", b"GIF89a" + b"\x00" * 40, "n’est pas un logo"),
    ):
        refused = await send(ada, name, content)
        assert (refused.status_code, told in errors(refused.text)["logo"]) == (422, True), (name, told)
    assert errors((await ada.post(f"{LOOK}/logo", {})).text) == {"logo": "Choisissez un fichier."}
    assert rows(world, AuthorityLogo) == []

    for name, content, extension in (
        ("a.svg", SVG, "svg"),
        ("a.jpg", picture("JPEG", exif=b"Exif\x00\x00secret"), "jpg"),
        ("a.webp", picture("WEBP"), "png"),
    ):
        sent = await send(ada, name, content)
        assert sent.status_code == 303, sent.text
        found = re.search(r'src="(/theme/logo-[0-9a-f]{64}\.(\w+))"', (await citizen.get("/tilleul/")).text)
        assert found is not None and found[2] == extension
        served = await citizen.get(found[1])
        policy, kept = served.headers["content-security-policy"], served.headers["cache-control"]
        assert (served.status_code, policy) == (200, "default-src 'none'; frame-ancestors 'none'; sandbox")
        assert (served.headers["x-content-type-options"], "immutable" in kept) == ("nosniff", True)
        assert len(served.content) < 200_000
        assert not re.search(rb"alert|onload|script|secret", served.content)
        if extension != "svg":
            assert max(Image.open(io.BytesIO(served.content)).size) == 320
    assert len(rows(world, AuthorityLogo)) == 1
    other = found[1][:-5] + "0.png"
    assert [(await citizen.get(path)).status_code for path in (other, found[1].replace("png", "svg"))] == [404, 404]
    assert (await ada.post(f"{LOOK}/logo/retrait")).status_code == 303
    assert "/theme/logo-" not in (await citizen.get("/tilleul/")).text
    assert (await citizen.get(found[1])).status_code == 404
    assert [one.act for one in rows(world, JournalEntry)].count("look:logo") == 4


async def test_a_colour_is_seen_before_it_is_taken(world: World, ada: Browser) -> None:
    before = world.authority().colour
    tried = await ada.post(LOOK, {"colour": " FFD500", "then": "preview", "seen.colour": before})
    assert (tried.status_code, tried.headers["location"]) == (303, f"{LOOK}?couleur=ffd500")
    page = (await ada.get(tried.headers["location"])).text
    assert "/theme/ffd500-" in page
    assert "C’est un aperçu" in page
    assert "Ajustée pour rester lisible" in page
    assert world.authority().colour == before
    wrong = await ada.post(LOOK, {"colour": "rouge", "then": "keep", "seen.colour": before})
    assert (wrong.status_code, shown(wrong.text)["colour"], list(errors(wrong.text))) == (422, "rouge", ["colour"])
    assert (await ada.get(f"{LOOK}?couleur=%22%3E%3Cscript%3E")).status_code == 422

    assert (await ada.post(LOOK, {"colour": "#ffd500", "then": "keep", "seen.colour": before})).status_code == 303
    assert "/theme/ffd500-" in (await world.browser().get("/tilleul/")).text
    late = await ada.post(LOOK, {"colour": "#123456", "then": "keep", "seen.colour": before})
    assert (late.status_code, "#ffd500" in errors(late.text)["colour"]) == (409, True)
    assert (await ada.post(LOOK, {**shown(late.text), "then": "keep"})).status_code == 303
    assert world.authority().colour == "#123456"


@pytest.mark.law("R44")
async def test_the_accessibility_statement_is_made_and_read_on_every_page(world: World, ada: Browser) -> None:
    path, citizen = f"{STATEMENTS}/accessibilite", world.browser()
    form = shown((await ada.get(path)).text)
    unproved = await ada.post(path, {**form, "conformity": "partiellement conforme", "rate": "beaucoup"})
    assert (unproved.status_code, set(errors(unproved.text))) == (422, {"audited_on", "rate"})
    later = {"conformity": "totalement conforme", "audited_on": "2096-01-01", "rate": "99"}
    assert set(errors((await ada.post(path, {**form, **later})).text)) == {"audited_on", "rate"}
    stated = {
        "conformity": "partiellement conforme",
        "audited_on": "2026-03-16",
        "rate": "72,5",
        "auditor": "Essai SARL",
    }
    stated |= {
        "stated_on": "2026-03-20",
        "failures": "Les cartes.\r\nLes vidéos.",
        "scheme": "https://tilleul.example/s",
    }
    assert (await ada.post(path, {**form, **stated})).status_code == 303
    page = (await citizen.get("/tilleul/accessibilite")).text
    for said in (
        "partiellement conforme",
        "16 mars 2026",
        "20 mars 2026",
        "Essai SARL",
        "72,5",
        "<li>Les vidéos.</li>",
    ):
        assert said in page.replace("\u00a0", " "), said
    assert 'href="https://tilleul.example/s"' in page
    for each in ("/tilleul/", BIRTH, "/tilleul/suivi", "/tilleul/agents/connexion", "/tilleul/nulle-part"):
        assert "Accessibilité\u00a0: partiellement conforme" in (await citizen.get(each)).text
    assert set(errors((await ada.post(path, {**form, "scheme": "javascript:alert(1)"})).text)) == {"scheme"}


@pytest.mark.law("R45")
async def test_the_security_attestation_is_public_and_its_end_is_told_beforehand(world: World, ada: Browser) -> None:
    path, citizen = f"{STATEMENTS}/securite", world.browser()
    today = clock.day_in("Europe/Paris", clock.now())
    assert "n’a pas encore publié" in (await citizen.get("/tilleul/securite")).text
    home = (await ada.get(HERE)).text
    assert "Publiez l’attestation de sécurité du téléservice." in home
    assert "décret n°\u00a02010-112, article 5" in home
    empty = await ada.post(path, {"scope": "Tout"})
    assert (empty.status_code, set(errors(empty.text))) == (422, {"decided_on", "ends_on", "decided_by"})
    before = today - timedelta(days=400)
    wrong = {"decided_on": before.isoformat(), "ends_on": before.isoformat(), "decided_by": "Le maire"}
    assert set(errors((await ada.post(path, wrong)).text)) == {"ends_on"}
    ended = {**wrong, "ends_on": (today - timedelta(days=1)).isoformat()}
    assert set(errors((await ada.post(path, ended)).text)) == {"ends_on"}

    for days, told in ((61, ""), (60, "dans 60 jours"), (0, "aujourd’hui")):
        form = shown((await ada.get(path)).text)
        until = {"ends_on": (today + timedelta(days=days)).isoformat()}
        assert (await ada.post(path, {**form, **wrong, **until})).status_code == 303
        home = plain((await ada.get(HERE)).text)
        assert ("L’attestation de sécurité" in home, told in home) == (bool(told), True)
    page = (await citizen.get("/tilleul/securite")).text
    assert page.count("<time datetime=") >= 3
    assert "Le maire" in page
    assert 'href="/tilleul/securite"' in (await citizen.get("/tilleul/")).text


async def test_the_officer_and_the_publisher_are_stated_with_their_date(world: World, ada: Browser) -> None:
    citizen, today = world.browser(), clock.day_in("Europe/Paris", clock.now())
    form = shown((await ada.get(f"{STATEMENTS}/dpo")).text)
    assert form["email"] == world.authority().data_protection_contact
    alone = {"name": "Déléguée du syndicat", "email": "", "telephone": "", "postal_address": ""}
    assert set(errors((await ada.post(f"{STATEMENTS}/dpo", {**form, **alone})).text)) == {"email"}
    officer = {**alone, "email": "donnees@syndicat.example", "postal_address": "2 rue du Modèle\n99000 Exemple"}
    assert (await ada.post(f"{STATEMENTS}/dpo", {**form, **officer})).status_code == 303
    data, begin = [
        re.sub("<wbr>", "", (await citizen.get(each)).text) for each in ("/tilleul/donnees-personnelles", BIRTH)
    ]
    assert "Déléguée du syndicat<br>2 rue du Modèle<br>99000 Exemple" in data
    assert "mailto:donnees@syndicat.example" in data
    assert "donnees@syndicat.example" in begin
    legal = {"director": "La mairesse", "host": "Syndicat d’essai\n1 place du Modèle"}
    form = shown((await ada.get(f"{STATEMENTS}/mentions-legales")).text)
    assert (await ada.post(f"{STATEMENTS}/mentions-legales", {**form, **legal})).status_code == 303
    assert "La mairesse" in (await citizen.get("/tilleul/mentions-legales")).text
    assert (await ada.get(f"{STATEMENTS}/autre")).status_code == 404
    with world.database.reading(scope=None) as session:
        texts = session.execute(select(Authority).where(col(Authority.slug) == "tilleul")).scalar_one().texts
    assert texts["dpo"]["stated_on"] == texts["legal"]["stated_on"] == today.isoformat()
    assert texts["demo"] is True
    assert date.fromisoformat(texts["legal"]["stated_on"]) == today
