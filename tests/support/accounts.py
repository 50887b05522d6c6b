"""Citizens with an account, signed in without a partner: what a return from FranceConnect leaves in a browser."""

from __future__ import annotations

from datetime import date, timedelta

from grc import clock
from grc.citizens import commands as citizens
from grc.franceconnect.claims import PivotIdentity
from grc.sessions import commands as sessions
from grc.submissions import drafts
from tests.support.world import Browser, World

COOKIE = "grc-citizen-tilleul-8000"


def a_person(**told: object) -> PivotIdentity:
    """An invented person, as the provider tells it."""
    known: dict[str, object] = {
        "iss": "https://fc.example",
        "sub": "andrea",
        "acr": "eidas1",
        "family_name": "MODÈLE",
        "given_name": "Andréa Sacha",
        "birthdate": date(1987, 3, 27),
        "email": "andrea@exemple.example",
    }
    return PivotIdentity(**{**known, **told})  # type: ignore[arg-type]


def sign_in(world: World, browser: Browser, person: PivotIdentity | None = None) -> int:
    """The account of the person, signed in in this browser, whose session is renewed; gives the account's id."""
    told, authority, now = person or a_person(), world.authority(), clock.now()
    with world.database.writing(scope=authority.id) as session:
        account = citizens.signed_in(session, authority.id, told, now=now)
        held = browser.client.cookies.get(COOKIE)
        before = held and sessions.find(session, authority_id=authority.id, public="citizen", token=held, now=now)
        assert account.id is not None
        new = sessions.open_session(
            session,
            authority_id=authority.id,
            public="citizen",
            now=now - timedelta(seconds=1),
            citizen_id=account.id,
            shown_name="Andréa Modèle",
        )
        if before:
            drafts.follow(session, old_session_id=before.id, new_session_id=new.id)
    browser.client.cookies.clear()
    browser.client.cookies.set(COOKIE, new.token, domain="127.0.0.1", path="/")
    return int(account.id)
