"""Halls that demandes take, on both databases: never twice, given back, with what is free instead."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import resources
from grc.access.actors import AgentActor
from grc.authorities import queries as authorities
from grc.bookings.models import Booking
from grc.db import Database, Keyring, connect
from grc.errors import Invalid
from grc.lists import commands as lists
from grc.lists.commands import Facts
from grc.lists.models import ReferenceItem
from grc.receipts.parts import Administration
from grc.submissions import citizen_commands, commands, filing, implied, moves, transfers, withdrawing
from grc.submissions.commands import DecisionMade
from grc.submissions.models import Submission
from tests.support import demandes
from tests.support.demandes import Demande
from tests.support.world import SECRET

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SLUG = "reservation-salle"
SYNDICATE = Administration("Le syndicat des salles d’essai", ("1 rue de l’Essai", "99000 Exemple"))
WEEK_END, NEXT = {"start": "2027-06-05", "end": "2027-06-06"}, {"start": "2027-06-12", "end": "2027-06-13"}
EVENING = {"duration": "hours", "day": "2027-06-06", "hours": {"start": "18:00", "end": "22:00"}}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url, Keyring([SECRET]))
    yield opened
    opened.close()


def answers(room: str = "foyer", **changes: Any) -> dict[str, Any]:
    text = (resources.folder("form_catalogue") / SLUG / "examples" / "passes-family-two-days.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)["answers"]
    found["room"] = {**ROOMS[room]}
    found["persons"] = 20
    for name in ("insurance", "days", "estimate", "stay"):
        found.pop(name, None)
    return {**found, **({"stay": WEEK_END} if "day" not in changes else {}), **changes}


ROOMS: dict[str, dict[str, Any]] = {
    "foyer": {
        "id": "foyer",
        "label": "Foyer",
        "capacity": 60,
        "equipment": "cuisine",
        "price": 9000,
        "association_price": 2500,
        "outside_price": 15000,
        "deposit": 30000,
    },
    "salle-du-verger": {
        "id": "salle-du-verger",
        "label": "Salle du Verger",
        "capacity": 25,
        "equipment": "tables et chaises",
    },
}


def draft(database: Database, **said: Any) -> demandes.Begun:
    return demandes.begun(database, answers(**said), procedure=SLUG, at=NOW)


def filed(database: Database, **said: Any) -> Demande:
    return demandes.sent(database, draft(database, **said), email="camille@exemple.example", now=NOW)


def refused(database: Database, **said: Any) -> list[tuple[str, str]]:
    """What filing says is wrong, when it does."""
    begun, authority = draft(database, **said), demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        done = filing.submit(session, authority, begun.public_id, client="192.0.2.1", by=begun.visitor, now=NOW)
        return [(each.field, each.message.replace("\u00a0", " ")) for each in done.problems]


class Desk:
    """An agent of Tilleul who acts on demandes."""

    def __init__(self, database: Database) -> None:
        self.database, self.authority = database, demandes.commune(database)
        with database.reading(scope=self.authority.id) as session:
            row = authorities.agent_of_email(session, self.authority.id, "omar.fictif@tilleul.example")
            assert row is not None
            found = authorities.agent_actor(session, self.authority.id, row.id or 0)
        assert found is not None
        self.by: AgentActor = found

    def does(self, demande: Demande, event: str, text: str = "") -> None:
        with self.database.writing(scope=self.authority.id) as session:
            revision = session.get_one(Submission, demande.id).revision
            where = (session, self.authority, demande.reference)
            if event == "take_charge":
                commands.take_charge(*where, revision=revision, by=self.by, now=NOW)
            elif event in ("accept", "refuse"):
                made = DecisionMade(
                    "accepted" if event == "accept" else "refused", "Déjà prise." * (event == "refuse"), revision
                )
                commands.decide(*where, made, by=self.by, now=NOW)
            else:
                moves.move(*where, moves.Move(event, text, revision), by=self.by, now=NOW)

    def revision(self, demande: Demande) -> int:
        with self.database.reading(scope=self.authority.id) as session:
            return session.get_one(Submission, demande.id).revision

    def held(self) -> list[tuple[int | None, str, bool]]:
        with self.database.reading(scope=self.authority.id) as session:
            rows = session.execute(select(Booking).order_by(col(Booking.id))).scalars()
            return [(row.submission_id, row.item, row.is_firm) for row in rows]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_an_option_then_a_decision_take_the_hall_once_and_a_refusal_gives_it_back(
    database: Database, desk: Desk
) -> None:
    first, second = filed(database), filed(database)
    for demande in (first, second):
        desk.does(demande, "take_charge")
    desk.does(first, "hold", "Jusqu’au 15 décembre : envoyez l’attestation d’assurance.")
    assert desk.held() == [(first.id, "foyer", False)]
    assert refused(database) == []  # an option may be given back: others may still ask
    with pytest.raises(Invalid, match="Foyer"):
        desk.does(second, "accept")
    with pytest.raises(Invalid, match="pas libre"):
        desk.does(second, "hold", "Jusqu’au 15 décembre.")
    assert desk.held() == [(first.id, "foyer", False)]

    desk.does(first, "accept")
    assert desk.held() == [(first.id, "foyer", True)]
    (told,) = refused(database, **EVENING)
    assert told == (
        "room",
        "« Foyer » n’est pas libre le 6 juin 2027 de 18 h à 22 h. Libre le 13 juin 2027 de 18 h à 22 h ou le 20 juin "
        "2027 de 18 h à 22 h. Vous pouvez choisir : « Salle des fêtes », « Salle du Verger ».",
    )
    assert refused(database, stay=NEXT) == refused(database, room="salle-du-verger") == []

    desk.does(second, "refuse")
    desk.does(first, "cancel", "Comme vous l’avez demandé.")
    assert desk.held() == []
    assert refused(database) == []


def test_a_citizen_who_withdraws_gives_it_back(database: Database, desk: Desk) -> None:
    demande = filed(database)
    desk.does(demande, "take_charge")
    desk.does(demande, "hold", "Une semaine.")
    with database.writing(scope=desk.authority.id) as session:
        revision = session.get_one(Submission, demande.id).revision
        visitor = replace(demande.draft.visitor, granted=frozenset({demande.id}))
        citizen_commands.withdraw(session, desk.authority, demande.reference, revision=revision, by=visitor, now=NOW)
    assert desk.held() == []


def test_silence_that_refuses_a_transfer_and_a_withdrawn_acceptance_give_it_back(
    database: Database, desk: Desk
) -> None:
    silent, sent_on, accepted = filed(database), filed(database, stay=NEXT), filed(database, room="salle-du-verger")
    for demande in (silent, sent_on, accepted):
        desk.does(demande, "take_charge")
    desk.does(silent, "hold", "Une semaine.")
    desk.does(sent_on, "hold", "Une semaine.")
    desk.does(accepted, "accept")
    assert len(desk.held()) == 3
    made = withdrawing.Withdrawal(
        "L’association n’existe pas.", heard_on=NOW.date(), at_holder_request=True, revision=desk.revision(accepted)
    )
    with database.writing(scope=desk.authority.id) as session:
        withdrawing.withdraw(session, desk.authority, accepted.reference, made, by=desk.by, now=NOW)
        away = transfers.Transfer(SYNDICATE, None, "Cette salle est au syndicat.", desk.revision(sent_on))
        transfers.transfer(session, desk.authority, sent_on.reference, away, by=desk.by, now=NOW)
    assert [submission for submission, *_ in desk.held()] == [silent.id]
    with database.writing(scope=desk.authority.id) as session:
        assert implied.record_implied(session, desk.authority.id, NOW + timedelta(days=70)) == 1
        assert session.get_one(Submission, silent.id).state == "in_progress"  # and no more « option posée »
    assert desk.held() == []


def test_a_hall_and_its_parts_are_never_taken_together(database: Database, desk: Desk) -> None:
    with database.writing(scope=desk.authority.id) as session:
        mine = select(ReferenceItem).where(col(ReferenceItem.slug) == "salle-du-verger")
        part = session.execute(mine).scalar_one()
        facts = Facts(part.label, {**part.attributes, "part_of": "foyer"}, part.slug)
        lists.change(session, "rooms", part.slug, facts, revision=part.revision, by=desk.by, now=NOW)
    demande = filed(database, room="salle-du-verger")
    desk.does(demande, "take_charge")
    desk.does(demande, "accept")
    ((field, told),) = refused(database)
    assert (field, told.startswith("« Foyer » n’est pas libre du 5 juin 2027 au 6 juin 2027.")) == ("room", True)


def test_two_agents_at_once_take_it_once(database: Database, desk: Desk) -> None:
    both = [filed(database), filed(database)]
    for demande in both:
        desk.does(demande, "take_charge")
    gate, told = threading.Barrier(2), []

    def accept(demande: Demande) -> None:
        gate.wait()
        try:
            desk.does(demande, "accept")
            told.append("taken")
        except Invalid:
            told.append("refused")

    threads = [threading.Thread(target=accept, args=(demande,)) for demande in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["refused", "taken"]
    assert len(desk.held()) == 1
