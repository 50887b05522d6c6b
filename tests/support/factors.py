"""Administrators at the door: their application of codes, set up and used as they would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pyotp

from grc import clock
from tests.support.world import Browser

ADMINISTRATOR = "ada.essai@tilleul.example"


@dataclass
class Application:
    """The application of codes on somebody's telephone. given: the codes it has shown, two at most."""

    secret: str
    given: list[str] = field(default_factory=list)

    def code(self) -> str:
        """A code that was never given: the present one first, then the next, which the half minute tolerated allows."""
        shown = pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=30 * len(self.given)))
        self.given.append(shown)
        return shown


def secret_in(page: str) -> str:
    """The key that a page of set-up writes under its square."""
    found = re.search(r'app-secret">([^<]+)<', page)
    assert found is not None, page
    return found.group(1).replace(" ", "")


async def enrol(browser: Browser, email: str = ADMINISTRATOR, slug: str = "tilleul") -> Application:
    """Signs in for the first time somebody who needs a second factor; gives the application they set up."""
    answer = await browser.sign_in_agent(email, slug)
    assert answer.headers["location"] == f"/{slug}/agents/connexion/protection", answer.text
    application = Application(secret_in((await browser.get(answer.headers["location"])).text))
    answer = await browser.post(f"/{slug}/agents/connexion/protection", {"code": application.code()})
    assert answer.status_code == 303, answer.text
    return application


async def sign_in(
    browser: Browser, application: Application, email: str = ADMINISTRATOR, slug: str = "tilleul"
) -> httpx2.Response:
    """Signs in with password and code."""
    answer = await browser.sign_in_agent(email, slug)
    assert answer.headers["location"] == f"/{slug}/agents/connexion/code", answer.text
    return await browser.post(f"/{slug}/agents/connexion/code", {"code": application.code()})
