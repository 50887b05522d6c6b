"""Accounts without FranceConnect: a link of one use, a password, and nothing that tells who has an account."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from grc import clock
from grc.access.actors import Visitor
from grc.citizens.links import SIGN_IN_LASTS
from grc.citizens.models import Citizen, EmailLink
from grc.errors import NotFound
from grc.outbox.models import Message, OutboxEntry
from grc.sessions import limits
from grc.sessions.models import SignInRecord
from grc.submissions.models import Draft, Event, Submission
from grc.web.citizen import door
from tests.support.accounts import sign_in
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
ME = "camille@exemple.example"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One installation: what is held here does not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


async def asked(world: World, browser: Browser, email: str = ME, *, following: str = "") -> str:
    """The token of a link asked for in this browser, read in its mail."""
    answer = await browser.post("/tilleul/connexion/lien", {"email": email, "suite": following})
    assert answer.status_code == 303, answer.text
    await world.deliver()
    return token_in(world, email)


def token_in(world: World, email: str, subject: str = "lien de connexion", path: str = "connexion/lien") -> str:
    found = re.search(rf"/tilleul/{path}/([\w-]+)", world.mail(email.lower(), subject).text)
    assert found is not None
    return found.group(1)


async def opened(world: World, browser: Browser, email: str = ME) -> Any:
    """The browser signed in by a link."""
    token = await asked(world, browser, email)
    return await browser.post("/tilleul/connexion/ouverture", {"token": token})


def rows(world: World, table: Any, slug: str = "tilleul") -> list[Any]:
    authority = world.authority(slug)
    with world.database.reading(scope=authority.id) as session:
        found = session.execute(select(table).where(table.authority_id == authority.id).order_by(table.id)).scalars()
        return list(found)


@pytest.mark.law("R40")
async def test_a_link_opens_an_account_once_and_is_kept_nowhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = world.browser()
    draft = await browser.begin()
    token = await asked(world, browser, "Camille@Exemple.EXAMPLE", following="/tilleul/compte")
    assert ME in (await browser.get("/tilleul/connexion/lien-envoye")).text.replace("<wbr>", "")
    before = browser.client.cookies.get("grc-citizen-tilleul-8000")
    page = await browser.get(f"/tilleul/connexion/lien/{token}")
    assert "autre navigateur" not in page.text
    assert not rows(world, Citizen), "a mail scanner that opens the link opens nothing"
    answer = await browser.post("/tilleul/connexion/ouverture", {"token": token})
    assert answer.headers["location"] == "/tilleul/compte"
    assert browser.client.cookies.get("grc-citizen-tilleul-8000") != before
    (account,) = rows(world, Citizen)
    assert (account.issuer, account.email) == ("local", ME)
    assert account.subject != ME
    assert (await browser.get(f"/tilleul/brouillons/{draft}/suite")).status_code == 200
    (record,) = rows(world, SignInRecord)
    assert (record.means, record.outcome, record.citizen_id) == ("link", "opened", account.id)
    (link,), (entry,), (message,) = rows(world, EmailLink), rows(world, OutboxEntry), rows(world, Message)
    assert message.raw is None
    assert entry.sealed_secret is None
    assert token not in link.token_hash
    again = world.browser()
    assert (await again.get(f"/tilleul/connexion/lien/{token}")).status_code == 404
    assert (await again.post("/tilleul/connexion/ouverture", {"token": token})).status_code == 404
    assert rows(world, SignInRecord)[-1].outcome == "link_unusable"
    assert (await opened(world, again)).status_code == 303
    assert len(rows(world, Citizen)) == 1
    assert "sign-in tilleul link opened" in caplog.text
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("grc"))
    assert token not in ours
    assert ME not in ours


async def test_a_link_works_in_another_browser_and_says_so(world: World) -> None:
    token = await asked(world, world.browser())
    other = world.browser()
    page = await other.get(f"/tilleul/connexion/lien/{token}")
    assert "demandé dans un autre navigateur" in page.text
    assert (await other.post("/tilleul/connexion/ouverture", {"token": token})).status_code == 303


async def test_no_wrong_link_opens_anything(world: World) -> None:
    browser = world.browser()
    token = await asked(world, browser)
    tampered = token[:-1] + ("A" if token[-1] != "A" else "B")
    for path, wrong in (("/tilleul", tampered), ("/tilleul", ""), ("/tilleul", "é" * 50), ("/marronnier", token)):
        answer = await browser.post(f"{path}/connexion/ouverture", {"token": wrong})
        assert answer.status_code == 404, (path, wrong)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(EmailLink).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert (await browser.post("/tilleul/connexion/ouverture", {"token": token})).status_code == 404
    assert not rows(world, Citizen)
    assert {one.outcome for one in rows(world, SignInRecord)} == {"link_unusable"}


async def test_an_expired_or_used_link_is_not_sent(world: World) -> None:
    browser = world.browser()
    await browser.post("/tilleul/connexion/lien", {"email": ME})
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(EmailLink).values(expires_at=clock.now() - timedelta(seconds=1)))
    await world.deliver()
    assert not world.mailbox.to(ME)
    assert rows(world, OutboxEntry)[0].state == "dropped"


@pytest.mark.parametrize(
    "typed",
    ["camille", "camille@exemple.example\nBcc: x@evil.example", "ｃamille@exemple.example", "é@x.example", "a@b", ""],
)
async def test_what_is_no_address_gets_no_mail(world: World, typed: str) -> None:
    answer = await world.browser().post("/tilleul/connexion/lien", {"email": typed})
    assert answer.status_code == 422
    assert "Saisissez une adresse électronique" in answer.text
    assert not rows(world, EmailLink)


async def test_mails_are_limited_by_recipient_without_a_word_and_by_network_with_one(world: World) -> None:
    browser = world.browser()
    for _ in range(7):
        assert (await browser.post("/tilleul/connexion/lien", {"email": ME})).status_code == 303
    assert len(rows(world, EmailLink)) == 5
    assert timedelta(seconds=limits.LINKS_TO.seconds) <= SIGN_IN_LASTS, "who asks for somebody's locks nobody out"
    answers = [await browser.post("/tilleul/connexion/lien", {"email": f"a{n}@x.example"}) for n in range(14)]
    assert [answer.status_code for answer in answers] == [303] * 13 + [429]


async def test_an_account_of_franceconnect_and_one_of_this_address_stay_two(world: World) -> None:
    with_provider, by_link = world.browser(), world.browser()
    account = sign_in(world, with_provider)
    reference = await with_provider.file()
    await opened(world, by_link, "andrea@exemple.example")
    assert [row.issuer for row in rows(world, Citizen)] == ["https://fc.example", "local"]
    assert (await by_link.get(f"/tilleul/demandes/{reference}")).status_code == 404
    with world.database.reading(scope=world.authority().id) as session:
        assert session.execute(select(func.count()).select_from(Citizen).where(Citizen.id == account)).scalar_one() == 1


async def test_a_link_begins_no_page_of_somebody_else(world: World) -> None:
    browser = world.browser()
    token = await asked(world, browser, following="https://evil.example/")
    answer = await browser.post("/tilleul/connexion/ouverture", {"token": token})
    assert answer.headers["location"] == "/tilleul/mes-demandes"


NEW_PASSWORD = "quatre mots sans rapport"


def cookie_of(browser: Browser) -> str | None:
    return browser.client.cookies.get("grc-citizen-tilleul-8000")


async def test_a_password_is_chosen_used_and_forgotten(world: World) -> None:
    browser, other = world.browser(), world.browser()
    await opened(world, browser)
    assert "Vous n’avez pas de mot de passe" in (await browser.get("/tilleul/compte")).text
    assert (await browser.post("/tilleul/compte/mot-de-passe", {"password": "court"})).status_code == 422
    assert (await browser.post("/tilleul/compte/mot-de-passe", {"password": NEW_PASSWORD})).status_code == 303
    said = {"email": "Camille@exemple.example", "password": NEW_PASSWORD, "suite": "/tilleul/compte"}
    answer = await other.post("/tilleul/connexion/mot-de-passe", said)
    assert answer.headers["location"] == "/tilleul/compte"
    page = await other.get("/tilleul/compte")
    assert page.text.count("Déconnecter<") == 1
    assert "Lien reçu par courriel" in page.text
    # a password opened this session: the present one is asked for, and taking it away asks for it too
    for said in ({"password": "x" * 12}, {"password": "x" * 12, "current": "wrong"}, {"then": "remove"}):
        assert (await other.post("/tilleul/compte/mot-de-passe", said)).status_code == 422
    changed, before = {"password": "un autre mot de passe", "current": NEW_PASSWORD}, cookie_of(other)
    assert (await other.post("/tilleul/compte/mot-de-passe", changed)).status_code == 303
    assert cookie_of(other) != before, "whoever held the token holds nothing"
    assert (await other.get("/tilleul/compte")).url.path == "/tilleul/compte"
    assert (await browser.get("/tilleul/compte")).url.path == "/tilleul/connexion", "other sessions are closed"
    assert (await opened(world, browser)).status_code == 303
    assert (await browser.post("/tilleul/compte/mot-de-passe", {"then": "remove"})).status_code == 303
    gone = await other.post("/tilleul/connexion/mot-de-passe", {"email": ME, "password": "un autre mot de passe"})
    assert gone.status_code == 422


async def test_every_wrong_password_is_answered_alike(world: World) -> None:
    browser = world.browser()
    sign_in(world, world.browser())
    await opened(world, world.browser())
    texts = set()
    for email in (ME, "andrea@exemple.example", "nobody@exemple.example", "no address"):
        answer = await browser.post("/tilleul/connexion/mot-de-passe", {"email": email, "password": ""})
        assert answer.status_code == 422
        texts.add(answer.text.replace(email, ""))
    assert len(texts) == 1
    assert [one.outcome for one in rows(world, SignInRecord)] == ["opened"] + ["refused"] * 4


async def test_an_account_of_franceconnect_has_no_password_here(world: World) -> None:
    browser = world.browser()
    sign_in(world, browser)
    assert (await browser.get("/tilleul/compte/mot-de-passe")).status_code == 404
    assert (await browser.post("/tilleul/compte/mot-de-passe", {"password": NEW_PASSWORD})).status_code == 404
    assert rows(world, Citizen)[0].password_hash == ""
    page = await browser.get("/tilleul/compte")
    assert "MODÈLE" in page.text
    assert "mot de passe" not in page.text


async def test_nobody_sees_an_account_without_signing_in(world: World) -> None:
    browser = world.browser()
    for path in ("", "/adresse", "/mot-de-passe", "/fermeture"):
        page = await browser.get(f"/tilleul/compte{path}")
        assert page.url.path == "/tilleul/connexion"
        assert page.url.params["suite"] == f"/tilleul/compte{path}"
    for path in ("profil", "sessions", "mot-de-passe", "adresse", "fermeture"):
        answer = await browser.post(f"/tilleul/compte/{path}", {"then": "withdraw", "session": "autres"})
        assert answer.headers["location"].startswith("/tilleul/connexion")


async def test_sessions_are_closed_by_their_person_only(world: World) -> None:
    mine, lent, other = world.browser(), world.browser(), world.browser()
    await opened(world, mine)
    await opened(world, lent)
    await opened(world, other, "autre@exemple.example")
    (theirs,) = re.findall(r'name="session" value="(\d+)"', (await lent.get("/tilleul/compte")).text)[:1]
    await other.post("/tilleul/compte/sessions", {"session": theirs})
    assert (await mine.get("/tilleul/compte")).url.path == "/tilleul/compte"
    await lent.post("/tilleul/compte/sessions", {"session": "autres"})
    assert (await mine.get("/tilleul/compte")).url.path == "/tilleul/connexion"
    assert (await lent.get("/tilleul/compte")).url.path == "/tilleul/compte"
    for nonsense in ("", "-1", "²", "9" * 30, "x"):
        assert (await lent.post("/tilleul/compte/sessions", {"session": nonsense})).status_code == 303


async def halves(world: World, browser: Browser, new: str = "nouvelle@exemple.example") -> tuple[str, str]:
    """The tokens of a change of address: the old mailbox's, the new one's."""
    assert (await browser.post("/tilleul/compte/adresse", {"email": new})).status_code == 303
    await world.deliver()
    old = token_in(world, ME, "votre accord", "connexion/adresse")
    return old, token_in(world, new, "nouvelle adresse", "connexion/adresse")


async def test_an_address_changes_once_both_mailboxes_agree(world: World) -> None:
    browser, elsewhere = world.browser(), world.browser()
    await opened(world, browser)
    assert (await browser.post("/tilleul/compte/adresse", {"email": ME.upper()})).status_code == 422
    old, new = await halves(world, browser)
    assert "attend d’être confirmé" in (await browser.get("/tilleul/compte")).text
    assert "Acceptez-vous" in (await elsewhere.get(f"/tilleul/connexion/adresse/{old}")).text
    first = await elsewhere.post("/tilleul/connexion/adresse", {"token": new, "then": "confirm"})
    assert "Il reste à confirmer" in first.text
    assert rows(world, Citizen)[0].email == ME
    assert (await elsewhere.post("/tilleul/connexion/adresse", {"token": new})).status_code == 404
    assert (await elsewhere.post("/marronnier/connexion/adresse", {"token": old})).status_code == 404
    assert "est changée" in (await elsewhere.post("/tilleul/connexion/adresse", {"token": old})).text
    (account,) = rows(world, Citizen)
    assert account.email == "nouvelle@exemple.example"
    assert "nouvelle@exemple.example" in (await browser.get("/tilleul/compte")).text.replace("<wbr>", "")
    # a link to sign in is no half, and a half is no link to sign in
    assert (await elsewhere.post("/tilleul/connexion/ouverture", {"token": old})).status_code == 404


async def test_the_old_mailbox_refuses_and_an_address_in_use_is_told_to_its_holder_only(world: World) -> None:
    browser = world.browser()
    await opened(world, browser)
    old, new = await halves(world, browser)
    assert (
        "est annulé"
        in (await world.browser().post("/tilleul/connexion/adresse", {"token": old, "then": "refuse"})).text
    )
    assert (await browser.post("/tilleul/connexion/adresse", {"token": new})).status_code == 404
    await opened(world, world.browser(), "prise@exemple.example")
    old, new = await halves(world, browser, "prise@exemple.example")
    await browser.post("/tilleul/connexion/adresse", {"token": old})
    taken = await browser.post("/tilleul/connexion/adresse", {"token": new})
    assert taken.status_code == 409
    assert "a déjà un compte" in taken.text
    assert [row.email for row in rows(world, Citizen)] == [ME, "prise@exemple.example"]
    assert "attend d’être confirmé" not in (await browser.get("/tilleul/compte")).text


async def test_an_account_of_franceconnect_confirms_an_address_by_one_link(world: World) -> None:
    browser = world.browser()
    sign_in(world, browser)
    await browser.post("/tilleul/compte/adresse", {"email": "andrea@exemple.example"})
    await world.deliver()
    token = token_in(world, "andrea@exemple.example", "nouvelle adresse", "connexion/adresse")
    assert "est changée" in (await world.browser().post("/tilleul/connexion/adresse", {"token": token})).text
    assert rows(world, Citizen)[0].email == "andrea@exemple.example"
    assert "(confirmée)" in (await browser.get("/tilleul/compte")).text


async def test_coordinates_are_kept_with_consent_and_forgotten_at_once(world: World) -> None:
    browser = world.browser()
    sign_in(world, browser)
    await browser.file()
    assert rows(world, Citizen)[0].profile is None
    assert (await browser.post("/tilleul/compte/profil", {"accord": ""})).status_code == 303
    assert rows(world, Citizen)[0].profile_consented_at is None
    await browser.post("/tilleul/compte/profil", {"accord": "oui"})
    assert "postal-address" in rows(world, Citizen)[0].profile
    assert "Adresse postale" in (await browser.get("/tilleul/compte")).text
    await browser.post("/tilleul/compte/profil", {"then": "withdraw"})
    (account,) = rows(world, Citizen)
    assert (account.profile, account.profile_consented_at) == (None, None)


async def test_a_closed_account_is_empty_and_its_demandes_stay_with_their_codes(world: World) -> None:
    browser = world.browser()
    waiting = await asked(world, world.browser())
    await opened(world, browser)
    draft = await browser.begin()
    reference = await browser.file()
    await browser.post("/tilleul/compte/profil", {"accord": "oui"})
    await world.deliver()
    page = await browser.get("/tilleul/compte/fermeture")
    assert "code de suivi" in page.text
    answer = await browser.post("/tilleul/compte/fermeture")
    assert answer.headers["location"] == "/tilleul/?fait=compte-ferme"
    (account,) = rows(world, Citizen)
    assert account.closed_at is not None
    assert (account.email, account.identity, account.profile, account.password_hash) == ("", {}, None, "")
    assert account.subject.startswith("closed:")
    late: Any = {"means": "password", "shown_name": "", "device": "", "by": Visitor(account.authority_id)}
    with world.database.writing(scope=account.authority_id) as session, pytest.raises(NotFound):
        door.enter(session, account.id, **late, now=clock.now())  # its password was right just before
    assert (await browser.get(f"/tilleul/brouillons/{draft}/suite")).status_code == 404
    assert (await browser.get(f"/tilleul/demandes/{reference}")).status_code == 404
    assert (await world.browser().post("/tilleul/connexion/ouverture", {"token": waiting})).status_code == 404
    assert not rows(world, EmailLink) or all(one.used_at for one in rows(world, EmailLink))
    await opened(world, browser)
    assert "pas encore de demande" in (await browser.get("/tilleul/compte")).text
    agent = world.browser()
    await agent.sign_in_agent()
    assert (await agent.get(f"/tilleul/agents/demandes/{reference}")).status_code == 200


async def test_an_account_by_mail_brings_its_address_and_vouches_for_no_name(world: World) -> None:
    browser = world.browser()
    await opened(world, browser)
    page = await browser.get("/tilleul/demarches/acte-de-naissance/identification")
    assert "Vous êtes connecté" in page.text
    assert "avec FranceConnect :" not in page.text
    await browser.begin()
    assert rows(world, Draft)[-1].answers["applicant"] == {"email": ME}
    reference = await browser.file()
    (submission,) = rows(world, Submission)
    assert submission.citizen_id == rows(world, Citizen)[0].id
    (event,) = [one for one in rows(world, Event) if one.kind == "submission:received"]
    assert (event.data["identity"], event.data["verified"]) == ("declared", [])
    other = world.browser()
    await opened(world, other)
    assert (await other.get(f"/tilleul/demandes/{reference}")).status_code == 200, "found again from any browser"


async def test_another_account_in_the_same_browser_takes_nothing_of_the_first(world: World) -> None:
    browser = world.browser()
    await opened(world, browser)
    draft = await browser.begin()
    reference = await browser.file()
    token = await asked(world, browser, "autre@exemple.example")
    page = await browser.get(f"/tilleul/connexion/lien/{token}")
    assert "connecté ici avec un autre compte" in page.text
    await browser.post("/tilleul/connexion/ouverture", {"token": token})
    assert (await browser.get(f"/tilleul/demandes/{reference}")).status_code == 404
    assert (await browser.get(f"/tilleul/brouillons/{draft}/suite")).status_code == 404
    assert "pas encore de demande" in (await browser.get("/tilleul/compte")).text
