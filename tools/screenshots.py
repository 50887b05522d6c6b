#!/usr/bin/env python3
"""Takes the pictures of the README: starts the demonstration, lets somebody invented file, writes docs/images/*.png."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDTH, HEIGHT, MOST_BYTES = 1280, 960, 200_000
_PAGES = (
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
)
PROOF = b"%PDF-1.7\n%" + b"." * 48_000 + b"\n" + _PAGES + b"trailer<</Root 1 0 R>>\n%%EOF\n"
PERSON = ("Modèle", "Andréa")
PORTS = 6
SHORTEST_FILLING = 3.5
"""Seconds: a form filled faster is taken for a program's."""


def main() -> int:
    """Writes every picture; 1 when one of them is too heavy for a README."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with _demonstration() as port, _browser() as browser:
        _walk(browser, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 2}")
    heavy = [path.name for path in IMAGES.glob("*.png") if path.stat().st_size > MOST_BYTES]
    for path in sorted(IMAGES.glob("*.png")):
        print(f"{path.stat().st_size // 1000:>4} kB  {path.relative_to(IMAGES.parents[1])}")
    if heavy:
        print(f"over {MOST_BYTES // 1000} kB: {', '.join(heavy)}", file=sys.stderr)
    return 1 if heavy else 0


def _walk(browser: Browser, site: str, mailbox: str) -> None:
    page = _page(browser)
    page.goto(f"{site}/tilleul/")
    _picture(page, "home")
    reference = _file(page, site, *PERSON)
    _picture(page, "confirmation")
    desk = _page(browser)
    _sign_in(desk, site)
    _ask_for_a_document(desk, site, reference)
    desk.goto(f"{site}/tilleul/agents")
    _picture(desk, "inbox")
    desk.goto(f"{site}/tilleul/agents/demandes/{reference}")
    _picture(desk, "submission")
    page.goto(f"{site}/tilleul/demandes/{reference}")
    _picture(page, "tracking")
    page.goto(f"{mailbox}/?pour=andrea.modele%40exemple.example")
    page.get_by_role("link", name=re.compile("demande reçue")).click()
    page.frame_locator("iframe").locator("h1").wait_for()
    _picture(page, "receipt")


def _file(page: Page, site: str, family: str, given: str) -> str:
    """A demande filled page by page and sent; its number."""
    page.goto(f"{site}/tilleul/demarches/acte-de-naissance/identification")
    page.get_by_role("button", name="Continuer sans compte").click()
    begun = time.monotonic()
    for label in ("Oui", "Une copie intégrale", "1 exemplaire"):
        page.get_by_label(label, exact=True).check()
    _continue(page)
    _fill(page, {"Nom de naissance": family, "Prénoms": f"{given} Claude", "Jour": "27", "Mois": "3", "Année": "1987"})
    _picture(page, "form")
    _continue(page)
    parents = {"Nom de naissance du premier parent": family, "Prénom usuel du premier parent": "Claude"}
    _fill(page, parents)
    _continue(page)
    page.get_by_label("Enfant ou petit-enfant").check()
    _continue(page)
    email = f"{_plain(given)}.{_plain(family)}@exemple.example"
    _fill(page, {"Votre nom de famille": family, "Votre prénom": given, "Votre adresse électronique": email})
    _fill(page, {"Numéro et rue": "12 rue des Modèles", "Code postal": "99000"})
    page.get_by_label("Commune", exact=True).fill("Exemple")
    page.get_by_label("Par courrier").check()
    _continue(page)
    proof: Any = [{"name": "livret-de-famille.pdf", "mimeType": "application/pdf", "buffer": PROOF}]
    page.wait_for_load_state()
    page.locator("input[type=file]").set_input_files(proof)
    page.get_by_role("button", name="Retirer livret-de-famille.pdf").wait_for()
    _continue(page)
    page.wait_for_timeout(max(0.0, SHORTEST_FILLING - (time.monotonic() - begun)) * 1000)
    page.get_by_role("button", name="Envoyer ma demande").click()
    return page.locator(".app-done__reference").inner_text()


def _sign_in(page: Page, site: str) -> None:
    from grc.demo.seed import PASSWORD

    page.goto(f"{site}/tilleul/agents")
    page.get_by_label("Adresse électronique").fill("claire.modele@tilleul.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def _ask_for_a_document(desk: Page, site: str, reference: str) -> None:
    desk.goto(f"{site}/tilleul/agents/demandes/{reference}")
    desk.get_by_role("button", name="Prendre en charge").click()
    desk.get_by_role("button", name="Demander des pièces").click()
    desk.get_by_label("Preuve de votre lien avec la personne").check()
    desk.locator("#note-proof_of_link").fill("La page des enfants est floue.")
    desk.get_by_role("button", name="Voir ce que l’usager lira").click()
    desk.get_by_role("button", name="Envoyer la demande de pièces").click()
    desk.goto(f"{site}/tilleul/agents")


def _continue(page: Page) -> None:
    page.get_by_role("button", name="Continuer", exact=True).click()


def _fill(page: Page, values: dict[str, str]) -> None:
    for label, value in values.items():
        page.get_by_label(label).first.fill(value)


def _plain(name: str) -> str:
    return name.lower().translate(str.maketrans("éè", "ee"))


def _picture(page: Page, name: str) -> None:
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")


def _page(browser: Browser) -> Page:
    """A new visitor."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="fr-FR", timezone_id="Europe/Paris"
    )
    context.set_default_timeout(15_000)
    return context.new_page()


@contextlib.contextmanager
def _browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("Chromium is not installed: run `make system`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--lang=fr"], env=_environment()
        )
        yield browser
        browser.close()


def _environment() -> dict[str, str | float | bool]:
    return {**os.environ, "LANGUAGE": "fr"}


@contextlib.contextmanager
def _demonstration() -> Iterator[int]:
    """The demonstration in a process of its own, in a folder of its own; its port."""
    port = _free_ports()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        command = [
            str(Path(sys.executable).with_name("grc")),
            "demo",
            "--port",
            str(port),
            "--folder",
            f"{folder}/demo",
        ]
        process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 240
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):
            return
        time.sleep(0.1)
    sys.exit("the demonstration did not start: run `make demo` to see why")


def _free_ports() -> int:
    """The first of the ports in a row that the demonstration takes and that nobody listens to."""
    for port in range(8100, 8900, PORTS):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for each in range(port, port + PORTS):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", each))
            return port
    sys.exit("no free ports in a row between 8100 and 8900")


if __name__ == "__main__":
    sys.exit(main())
