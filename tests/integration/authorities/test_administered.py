"""What administrators set, on both databases: under an authority's own scope, out of every other's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from grc import clock
from grc.authorities import closures, looks, profile, queries, services, statements
from grc.catalogue import responsible
from grc.db import Database, Keyring, connect
from grc.errors import GrcError, NotFound
from tests.support.world import SECRET

DAYS = {"service": "", "first_on": "2027-08-02", "last_on": "2027-08-06", "reason": "congés"}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = connect(database_url, Keyring([SECRET]))
    yield found
    found.close()


def test_an_authority_sets_its_own_and_nobody_elses(database: Database) -> None:
    now = clock.now()
    with database.reading(scope=None) as session:
        here, there = [queries.authority_of_slug(session, slug) for slug in ("tilleul", "marronnier")]
    assert here is not None and there is not None
    with database.writing(scope=here.id) as session:
        made = services.add(session, here.id, "archives", {"name": "Archives"}, by=None, now=now)
        key = made.id or 0
        typed = {"name": "Archives", "telephone": "01 99 00 10 20"}
        services.change(session, here.id, key, typed, seen={"name": "Archives"}, by=None, now=now)
        responsible.require_complete(session, here.id, key)
        responsible.require_idle(session, here.id, key)
        services.close(session, here.id, key, by=None, now=now)
        today = date(2027, 8, 1)
        closure = closures.state(session, here.id, DAYS, today=today, by=None, now=now).id or 0
        name = looks.set_logo(session, here.id, b"<svg/>", "image/svg+xml", by=None, now=now)
        stated = profile.told(profile.one(session, here.id))
        changed = {**stated, "hours": "Le lundi"}
        profile.change(session, here.id, changed, seen=stated, is_sender_told=False, by=None, now=now)
        legal = {"director": "Le maire", "host": "Syndicat"}
        was = statements.told(profile.one(session, here.id), "legal")
        statements.change(session, here.id, "legal", legal, seen=was, today=today, by=None, now=now)
    with database.reading(scope=here.id) as session:
        assert [one.reason for one in closures.from_day(session, here.id, date(2027, 8, 6))] == ["congés"]
        assert closures.from_day(session, here.id, date(2027, 8, 7)) == []
        assert looks.logo(session, here.id, name) == (b"<svg/>", "image/svg+xml")
        found = queries.authority(session, here.id)
        assert (found.hours, found.logo, found.texts["legal"]["stated_on"]) == ("Le lundi", name, "2027-08-01")
        assert [one.view.slug for one in services.listed(session, here.id) if one.closed_at] == ["archives"]
    with database.reading(scope=None) as session:
        assert looks.shown_by(session, name) == here.id
    with database.writing(scope=there.id) as session:
        for act in (
            lambda: services.one(session, there.id, key),
            lambda: closures.remove(session, there.id, closure, by=None, now=now),
            lambda: looks.logo(session, there.id, name),
        ):
            with pytest.raises(NotFound):
                act()
        assert closures.from_day(session, there.id, date(2027, 8, 2)) == []
        with pytest.raises(GrcError):
            closures.state(session, there.id, {**DAYS, "service": str(key)}, today=today, by=None, now=now)
