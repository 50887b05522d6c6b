"""Every kind of identity goes through sign-in, the form it fills, and filing: what is absent is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc.citizens.models import Citizen as Account
from grc.demo.franceconnect.identities import IDENTITIES, Identity
from grc.franceconnect.claims import PivotIdentity, from_json
from grc.submissions.models import Event, Submission
from tests.support.partners import visible_text
from tests.support.signing import Door, doors
from tests.support.world import example_answers

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Door]]:
    """The two communes of this module."""
    async with doors(tmp_path_factory.mktemp("identities")) as made:
        yield made


@pytest.fixture(params=["ES256", "RS256"])
def door(both: dict[str, Door], request: pytest.FixtureRequest) -> Door:
    """One of them, its provider as new."""
    found: Door = both[request.param]
    found.partner.fail()
    found.partner.browser.cookies.clear()
    return found


def told(door: Door) -> PivotIdentity:
    """What is kept of the last account that signed in."""
    with door.world.database.reading(scope=door.key) as session:
        statement = select(Account.identity).order_by(col(Account.signed_in_at).desc(), col(Account.id).desc())
        return from_json(session.execute(statement.limit(1)).scalar_one())


def last(door: Door, table: Any) -> Any:
    with door.world.database.reading(scope=door.key) as session:
        return session.execute(select(table).order_by(table.id.desc()).limit(1)).scalar_one()


@pytest.mark.parametrize("person", IDENTITIES, ids=lambda one: one.key)
async def test_an_identity_signs_in_fills_and_files(door: Door, person: Identity) -> None:
    citizen, claims = door.citizen(), person.claims
    page = await citizen.signs_in(person.key)
    kept = told(door)
    assert kept.family_name == claims["family_name"]
    assert kept.birthdate is not None
    assert kept.birthdate.isoformat() == claims["birthdate"]
    assert kept.idp_birthdate == claims["idp_birthdate"], "the client is habilitated for it"
    for name in ("given_name", "preferred_username", "gender", "birthplace", "birthcountry", "email"):
        assert getattr(kept, name) == claims.get(name, ""), name
    assert list(kept.given_names) == claims.get("given_name_array", [])
    first = claims["given_name_array"][0] if claims.get("given_name_array") else claims["given_name"]
    name = f"{first} {claims.get('preferred_username') or claims['family_name']}".strip()
    assert name in visible_text(page.text), "who is signed in is said, by the name in use"
    answers = example_answers("passes-own-full-copy")
    answers["applicant"] |= {"family_name": "AUTRE", "given_names": "-"}
    draft = await citizen.browser.fill_answers(answers, door.slug)
    await citizen.browser.send(draft, door.slug)
    filed = last(door, Submission).answers["applicant"]
    assert filed["family_name"] == claims["family_name"], "birth name, whatever was typed, and not re-cased"
    assert filed["given_names"] == (claims["given_name"] or "-")
    event = last(door, Event).data
    known = ["applicant.family_name", *(["applicant.given_names"] if claims["given_name"] else [])]
    assert (event["identity"], event["verified"]) == ("verified", known)
    assert last(door, Submission).citizen_id is not None
    await door.world.deliver()


async def test_an_identity_corrected_at_the_register_is_refreshed_and_what_is_filed_stays(door: Door) -> None:
    citizen = door.citizen()
    await citizen.signs_in("corse")
    draft = await citizen.browser.fill_answers(example_answers("passes-own-full-copy"), door.slug)
    await citizen.browser.send(draft, door.slug)
    sub = told(door).sub
    ours = col(Account.authority_id) == door.key, col(Account.subject) == sub
    with door.world.database.writing(scope=door.key) as session:
        account = session.execute(select(Account).where(*ours)).scalar_one()
        account.identity = account.identity | {"family_name": "ANCIEN"}
        session.add(account)
    door.partner.browser.cookies.clear()
    await door.citizen().signs_in("corse")
    assert (told(door).sub, told(door).family_name) == (sub, "D’ESSAI")
    assert last(door, Submission).answers["applicant"]["family_name"] == "D’ESSAI"
