"""Files sent as they are chosen: how far they are, stopped, tried again, refused by cause; the page waits for them."""

from __future__ import annotations

import io
import re

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, Watch, axe, no_horizontal_scroll, screenshot, tab_through
from tests.support.people import Citizen, a_file, heading, press
from tests.support.site import Site
from tests.support.world import PDF

LARGE = PDF.replace(b"%%EOF", b"%" + b"x" * 3_000_000 + b"\n%%EOF")
ROWS = ".app-upload"
SENT = ".app-files__item"


@pytest.fixture
def page(open_page: OpenPage, site: Site) -> Page:
    """The page that asks for a proof."""
    return asked(open_page(), site)


def asked(page: Page, site: Site) -> Page:
    citizen = Citizen(page, site)
    citizen.begin()
    citizen.asks_for("Une copie intégrale")
    citizen.names_the_person()
    citizen.names_the_parents()
    citizen.is_("Enfant ou petit-enfant")
    citizen.gives_an_address("livret@modele.example")
    assert page.locator("input[type=file]").is_visible()
    return page


def choose(page: Page, name: str, content: bytes = PDF, kind: str = "application/pdf") -> None:
    page.locator("input[type=file]").set_input_files(a_file(name, content, kind))  # type: ignore[arg-type]


def slow(page: Page, bytes_a_second: int) -> None:
    """A telephone far from its mast; -1 for the network as it is."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    session.send("Network.emulateNetworkConditions", limits)


def listen(page: Page) -> None:
    """Keeps every word that the status says, for `heard`."""
    page.evaluate(
        """() => { window.heard = []; const place = document.querySelector('.govuk-form-group [role=status]');
        new MutationObserver(() => window.heard.push(place.textContent)).observe(place, {childList: true}) }"""
    )


def heard(page: Page) -> list[str]:
    words: list[str] = page.evaluate("window.heard")
    return [re.sub(r"\s", " ", one) for one in words]


def test_a_file_is_sent_when_it_is_chosen_and_its_progress_is_said(page: Page, site: Site) -> None:
    listen(page)
    slow(page, 1_000_000)
    choose(page, "livret.pdf", LARGE)
    bar = page.get_by_role("progressbar", name="livret.pdf")
    bar.wait_for()
    expect(page.locator(".app-upload__said")).to_contain_text(re.compile(r"Envoi en cours : \d+ %"))
    axe(page)
    no_horizontal_scroll(page, 320)
    screenshot(page, "upload-progress")
    expect(page.locator(SENT)).to_contain_text("livret.pdf")
    assert page.locator(ROWS).count() == 0
    words = heard(page)
    assert [one for one in words if one.endswith("50 %")] == ["livret.pdf : 50 %"]
    assert words[-1] == "livret.pdf : envoyé"
    assert len(words) <= 6
    axe(page)
    page.reload()
    expect(page.locator(SENT)).to_contain_text("livret.pdf")
    press(page, "Continuer")
    assert heading(page) == "Vérifiez vos réponses avant d’envoyer"


def test_the_page_goes_on_by_itself_when_the_last_file_has_come(page: Page) -> None:
    slow(page, 1_500_000)
    choose(page, "livret.pdf", LARGE)
    page.get_by_role("progressbar").wait_for()
    press(page, "Continuer")
    page.get_by_role("heading", name="Vérifiez vos réponses").wait_for()
    assert page.get_by_text("livret.pdf").is_visible()


def test_a_file_on_its_way_can_be_stopped(page: Page) -> None:
    slow(page, 300_000)
    choose(page, "erreur.pdf", LARGE)
    page.get_by_role("button", name="Annuler erreur.pdf").click()
    assert page.locator(ROWS).count() == 0
    expect(page.locator("input[type=file]")).to_be_focused()
    slow(page, -1)
    choose(page, "livret.pdf")
    expect(page.locator(SENT)).to_contain_text("livret.pdf")
    page.reload()
    assert "erreur.pdf" not in page.locator("main").inner_text()


def test_a_cut_is_told_and_the_file_tried_again(page: Page, watch: Watch) -> None:
    page.route("**/fichiers", lambda route: route.abort())
    choose(page, "livret.pdf")
    failed = page.locator(".app-upload--failed")
    expect(failed).to_contain_text("Votre connexion est coupée")
    assert page.locator(SENT).count() == 0
    axe(page)
    tab_through(page)
    screenshot(page, "upload-cut")
    page.unroute("**/fichiers")
    watch.faults.clear()
    page.get_by_role("button", name="Réessayer livret.pdf").click()
    expect(page.locator(SENT)).to_contain_text("livret.pdf")
    assert failed.count() == 0


REFUSED = (
    ("notes.txt", b"bonjour", "n’est pas d’un type accepté"),
    ("vide.pdf", b"", "est vide"),
    ("secret.pdf", PDF.replace(b"/Catalog", b"/Catalog/Encrypt 5 0 R"), "protégé par un mot de passe"),
    ("gros.pdf", LARGE * 4, "dépasse 10 Mo"),
    ("photo.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40), "incomplet ou abîmé"),
)


def test_a_file_is_refused_by_cause_and_another_takes_its_place(page: Page) -> None:
    failed = page.locator(".app-upload--failed")
    for name, content, sentence in REFUSED:
        choose(page, name, content)
        expect(failed).to_contain_text(re.compile(sentence.replace(" ", r"\s")))
        assert page.get_by_role("button", name=f"Réessayer {name}").count() == 0
        axe(page)
        screenshot(page, f"upload-refused-{name.partition('.')[0]}")
        page.get_by_role("button", name=f"Retirer {name}").click()
        assert failed.count() == 0
    choose(page, "livret.pdf")
    expect(page.locator(SENT)).to_contain_text("livret.pdf")


def test_a_photograph_from_a_telephone_becomes_a_jpeg_and_can_be_taken_away(page: Page) -> None:
    pillow_heif.register_heif_opener()
    made = io.BytesIO()
    Image.new("RGB", (3000, 2000), "navy").save(made, "HEIF")
    choose(page, "livret.heic", made.getvalue(), "image/heic")
    expect(page.locator(SENT)).to_contain_text("livret.jpg")
    page.get_by_role("button", name="Retirer livret.jpg").click()
    expect(page.locator(SENT)).to_have_count(0)
    assert page.locator("input[type=file]").is_visible()


def test_several_files_follow_one_another_up_to_the_number_allowed(page: Page) -> None:
    names = [f"page-{number}.pdf" for number in range(1, 5)]
    chosen = [one for name in names for one in a_file(name)]
    page.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
    failed = page.locator(".app-upload--failed")
    expect(failed).to_contain_text("Vous pouvez envoyer 3 fichiers au plus", timeout=20_000)
    expect(page.locator(ROWS)).to_have_count(1)
    assert [text.split()[0] for text in page.locator(SENT).all_inner_texts()] == names[:3]
    assert not page.locator("input[type=file]").is_visible()
    axe(page)
    screenshot(page, "upload-full")
    press(page, "Continuer")
    assert heading(page) == "Vérifiez vos réponses avant d’envoyer"
