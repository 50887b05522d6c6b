"""The simulator and the mailbox as a person meets them: by keyboard, without JavaScript, on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import aiosmtplib
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from grc.demo.mailbox import Mailbox
from grc.franceconnect.client import FranceConnectClient
from tests.support import partners
from tests.support.browser import OpenPage, Watch, axe, no_horizontal_scroll, screenshot, tab_through
from tests.support.partners import Partner
from tests.support.server import serving

LETTER = """<html lang="fr"><head><title>Reçue</title></head><body><h1>Demande reçue</h1>
<p><a href="{service}/suivi">Suivre ma demande</a></p></body></html>"""
SCRIPT = "<script>document.body.textContent = 'non'</script>"


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.url.path} {sorted(request.query_params)}")


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """A service that only says where it was called."""
    with serving(Starlette(routes=[Route("/{path:path}", _echo)]), host="127.0.0.1") as address:
        yield address


@pytest.fixture(scope="module")
def partner(service: str) -> Iterator[Partner]:
    running = partners.franceconnect(
        redirect_uri=f"{service}/callback", post_logout_redirect_uri=f"{service}/deconnexion"
    )
    with partners.in_thread(running) as started:
        yield started


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with partners.in_thread(partners.mailbox()) as box:
        yield box


@pytest.fixture(scope="module")
def site(mailbox: Mailbox) -> Iterator[str]:
    with partners.in_thread(partners.mailbox_site(mailbox)) as address:
        yield address


def begin(partner: Partner) -> str:
    return partners.call(lambda: FranceConnectClient().authorization(partner.provider)).url


def send(mailbox: Mailbox, service: str, *, more: str = "") -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Votre demande est reçue", "mairie@tilleul.example", "a@b.example"
    mail.set_content(f"Bonjour,\n\nSuivez votre demande : {service}/suivi.\n")
    mail.add_alternative(LETTER.format(service=service) + more, "html")
    mail.add_attachment(b"%PDF-1.7", "application", "pdf", filename="accusé.pdf")
    partners.call(lambda: aiosmtplib.send(mail, hostname="127.0.0.1", port=mailbox.port))


@pytest.mark.parametrize("javascript", [True, False])
def test_choosing_a_person_leads_back_to_the_service(partner: Partner, open_page: OpenPage, javascript: bool):
    page = open_page(begin(partner), javascript=javascript)
    page.get_by_role("button", name="Choisir Ange D’ESSAI").click()
    assert page.get_by_text("/callback ['code', 'iss', 'state']").is_visible()
    page.goto(begin(partner))
    page.get_by_role("button", name="Continuer en tant que Ange D’ESSAI").press("Enter")
    assert page.get_by_text("/callback ['code', 'iss', 'state']").is_visible()


def test_giving_up_leads_back_to_the_service(partner: Partner, open_page: OpenPage):
    page = open_page(begin(partner))
    page.get_by_role("button", name="Revenir au service sans se connecter").click()
    assert page.get_by_text("/callback ['error', 'error_description', 'iss', 'state']").is_visible()


def test_the_simulator_is_accessible(partner: Partner, open_page: OpenPage):
    page = open_page(begin(partner))
    assert page.get_by_text("Simulateur de FranceConnect — identités inventées").is_visible()
    axe(page)
    no_horizontal_scroll(page, 320)
    no_horizontal_scroll(page, 1280, text=200)
    assert len(tab_through(page)) == 16
    screenshot(page, "simulator")


def test_an_error_of_the_simulator_is_accessible(partner: Partner, open_page: OpenPage, watch: Watch):
    page = open_page(begin(partner) + "&code_challenge=x")
    assert page.get_by_text("Y030007").is_visible()
    axe(page)
    no_horizontal_scroll(page, 320)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_message_can_be_read_and_its_links_followed(
    mailbox: Mailbox, site: str, service: str, open_page: OpenPage, javascript: bool
):
    mailbox.clear()
    send(mailbox, service)
    page = open_page(site, javascript=javascript)
    page.get_by_role("link", name="Votre demande est reçue").click()
    letter = page.frame_locator("iframe")
    assert letter.get_by_role("heading", name="Demande reçue").is_visible()
    with page.context.expect_page() as opened:
        letter.get_by_role("link", name="Suivre ma demande").click()
    assert opened.value.get_by_text("/suivi []").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="accusé.pdf").click()
    assert download.value.suggested_filename == "accusé.pdf"


def test_a_message_runs_no_program(mailbox: Mailbox, site: str, service: str, open_page: OpenPage, watch: Watch):
    mailbox.clear()
    send(mailbox, service, more=SCRIPT)
    page = open_page(f"{site}/messages/{mailbox.messages[0].id}")
    assert page.frame_locator("iframe").get_by_role("heading", name="Demande reçue").is_visible()
    assert watch.faults
    assert all("Blocked script execution" in fault for fault in watch.faults)
    watch.faults.clear()


def test_the_mailbox_is_accessible(mailbox: Mailbox, site: str, service: str, open_page: OpenPage):
    mailbox.clear()
    page = open_page(site)
    assert page.get_by_text("Aucun message").is_visible()
    axe(page)
    send(mailbox, service)
    page.reload()
    axe(page)
    no_horizontal_scroll(page, 320)
    tab_through(page)
    screenshot(page, "mailbox")
    page.get_by_role("link", name="Votre demande est reçue").click()
    axe(page)
    no_horizontal_scroll(page, 320)
    no_horizontal_scroll(page, 1280, text=200)
    screenshot(page, "mailbox-message")
