"""The life of an identity that waits, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from grc import clock
from grc.authorities import attaching, queries
from grc.authorities.models import IdentityClient
from grc.authorities.vouching import Vouched
from grc.db import Database, Keyring, connect
from grc.demo import proconnect
from grc.errors import Invalid
from tests.support.world import SECRET

ISSUER = "https://proconnect.example/api/v2"
INES = Vouched(ISSUER, "a-subject", "eidas1-mfa", proconnect.TILLEUL, "ines@tilleul.example", "Inès", "FICTIVE")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url, Keyring([SECRET]))
    yield opened
    opened.close()


def key_of(database: Database, slug: str) -> int:
    with database.reading(scope=None) as session:
        found = queries.authority_of_slug(session, slug)
    assert found is not None
    return found.id


def test_an_identity_waits_is_told_anew_attached_and_known(database: Database) -> None:
    now, tilleul, marronnier = clock.now(), key_of(database, "tilleul"), key_of(database, "marronnier")
    with database.writing(scope=tilleul) as session:
        first = attaching.announce(session, tilleul, INES, now=now)
        second = attaching.announce(session, tilleul, INES, now=now + timedelta(minutes=1))
    with database.writing(scope=marronnier) as session:
        lise = queries.agent_of_email(session, marronnier, "lise.exemple@marronnier.example")
        assert lise is not None
        with pytest.raises(Invalid):
            attaching.attach(session, marronnier, code=second, agent_id=lise.id or 0, proof="x", by=None, now=now)
    with database.writing(scope=tilleul) as session:
        assert [one.email for one in attaching.waiting(session, tilleul, now=now)] == [INES.email]
        claire = queries.agent_of_email(session, tilleul, "claire.modele@tilleul.example")
        assert claire is not None
        told = {"agent_id": claire.id or 0, "proof": "x", "by": None, "now": now}
        with pytest.raises(Invalid, match="rattachée"):
            attaching.attach(session, tilleul, code=first, differs=True, **told)
        with pytest.raises(Invalid, match="nom du compte"):
            attaching.attach(session, tilleul, code=second, **told)
        claire.given_name, claire.family_name, claire.email = "Ines", "Fictive", INES.email
        session.add(claire)
        attaching.attach(session, tilleul, code=second, **told)
    with database.reading(scope=tilleul) as session:
        found = attaching.agent_of(session, tilleul, ISSUER, "a-subject")
        assert found is not None
        assert found.email == INES.email
        assert attaching.agent_of(session, tilleul, ISSUER, "") is None
        assert attaching.agent_of(session, marronnier, ISSUER, "a-subject") is None
        assert attaching.waiting(session, tilleul, now=now) == []


def test_the_establishments_are_said_with_their_keys(database: Database) -> None:
    tilleul, client = key_of(database, "tilleul"), IdentityClient()
    with database.writing(scope=tilleul) as session:
        with pytest.raises(Invalid) as caught:
            attaching.set_organisation(session, tilleul, siret="123", establishments=[proconnect.TILLEUL, "4"])
        assert [problem.field for problem in caught.value.problems] == ["123", "4"]
        attaching.set_organisation(session, tilleul, siret=proconnect.MARRONNIER, establishments=[])
        assert attaching.organisation(session, tilleul, client).sirets == {proconnect.MARRONNIER}
