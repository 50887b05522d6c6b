"""Equipment lent from a stock: less is proposed, the citizen takes it up, and what is then agreed is what is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import resources
from grc.access.actors import AgentActor, Visitor
from grc.authorities import queries as authorities
from grc.bookings import keeping, wanted
from grc.bookings.models import Booking
from grc.catalogue import shelf
from grc.conditions import render
from grc.db import Database, Keyring, connect
from grc.errors import Invalid, TransitionRefused
from grc.forms import journey
from grc.forms.answers import check
from grc.forms.pruning import prune
from grc.submissions import choosing, citizen_commands, commands, edits, firing, moves
from grc.submissions.commands import DecisionMade
from grc.submissions.models import Notice, Submission, Task
from tests.support import demandes
from tests.support.demandes import Demande
from tests.support.world import SECRET, seeded

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SLUG = "reservation-materiel"
EXAMPLE = resources.folder("form_catalogue") / SLUG / "examples" / "passes-family-collects.json"
DAYS = {"start": "2027-06-04", "end": "2027-06-07"}
PICKUP = {"day": "2027-06-04", "start": "14:30", "place": "Ateliers municipaux"}
HANDED = {"complete": True, "taken_by": "Camille Exemple"}
BACK = {"back_day": "2027-06-07", "back_start": "09:00", "back_place": "Ateliers municipaux"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("equipment")
    opened = connect(seeded(folder), Keyring([SECRET]))
    yield opened
    opened.close()


def answers(tables: int, **changes: Any) -> dict[str, Any]:
    """So many tables and eighty chairs, for a family's feast."""
    found: dict[str, Any] = json.loads(EXAMPLE.read_text("utf-8"))["answers"]
    found["equipment"][0]["quantity"] = tables
    return {**found, "loan": DAYS, **changes}


def filed(database: Database, tables: int, **changes: Any) -> Demande:
    begun = demandes.begun(database, answers(tables, **changes), procedure=SLUG, at=NOW)
    return demandes.sent(database, begun, email="camille@exemple.example", now=NOW)


class Both:
    """An agent of Tilleul, and who made the demande."""

    def __init__(self, database: Database, demande: Demande) -> None:
        self.database, self.demande, self.authority = database, demande, demandes.commune(database)
        with database.reading(scope=self.authority.id) as session:
            row = authorities.agent_of_email(session, self.authority.id, "omar.fictif@tilleul.example")
            assert row is not None
            found = authorities.agent_actor(session, self.authority.id, row.id or 0)
        assert found is not None
        self.agent: AgentActor = found
        self.citizen: Visitor = replace(demande.draft.visitor, granted=frozenset({demande.id}))

    def does(self, event: str, text: str = "", at: datetime = NOW, **said: Any) -> None:
        """What the agent does, with the answers to the form of the event."""
        with self.database.writing(scope=self.authority.id) as session:
            revision = session.get_one(Submission, self.demande.id).revision
            where = (session, self.authority, self.demande.reference)
            if event == "take_charge":
                commands.take_charge(*where, revision=revision, by=self.agent, now=at)
            elif event == "accept":
                commands.decide(*where, DecisionMade("accepted", "", revision), by=self.agent, now=at)
            else:
                moves.move(*where, moves.Move(event, text, revision, said or None), by=self.agent, now=at)

    def edits(self, tables: int) -> None:
        """The citizen wants so many tables, and sends it."""
        with self.database.writing(scope=self.authority.id) as session:
            row = session.get_one(Submission, self.demande.id)
            articles = [each["article"]["id"] for each in row.current_answers["equipment"]]
            posted = {"equipment": ["0", "1"], "equipment.0.quantity": [str(tables)], "equipment.1.quantity": ["80"]}
            posted |= {name: [row.current_answers[name]] for name in ("transport", "vehicle", "hours", "signer")}
            posted |= {f"equipment.{number}.article": [name] for number, name in enumerate(articles)}
            where = (session, self.authority, self.demande.reference)
            edits.edit(*where, posted, revision=row.revision, by=self.citizen, now=NOW)

    def declines(self) -> None:
        with self.database.writing(scope=self.authority.id) as session:
            revision = session.get_one(Submission, self.demande.id).revision
            where = (session, self.authority, self.demande.reference)
            choosing.choose(*where, "decline", revision=revision, by=self.citizen, now=NOW)

    def cancels(self) -> None:
        with self.database.writing(scope=self.authority.id) as session:
            revision = session.get_one(Submission, self.demande.id).revision
            where = (session, self.authority, self.demande.reference)
            citizen_commands.withdraw(*where, revision=revision, by=self.citizen, now=NOW)

    @property
    def state(self) -> str:
        with self.database.reading(scope=self.authority.id) as session:
            return session.get_one(Submission, self.demande.id).state

    def held(self) -> dict[str, int]:
        """How many of each thing the demande holds."""
        with self.database.reading(scope=self.authority.id) as session:
            rows = session.execute(select(Booking).where(col(Booking.submission_id) == self.demande.id)).scalars()
            return {row.item: row.quantity for row in rows}

    def tasks(self) -> list[str]:
        with self.database.reading(scope=self.authority.id) as session:
            rows = session.execute(select(Task).where(col(Task.submission_id) == self.demande.id)).scalars()
            return [row.title for row in rows if row.closed_at is None]


def keep_tables(database: Database, both: Both, quantity: int) -> None:
    """The commune keeps some for its own feast, the day before: the margin reaches there."""
    with database.writing(scope=both.authority.id) as session:
        takes = shelf.entry(SLUG).takes
        assert takes is not None
        day = datetime(2027, 6, 3, tzinfo=UTC).date()
        span = wanted.whole_days(day, day, both.authority.zone)
        kept = keeping.Kept("table-pliante", span, "Fête de la commune", quantity)
        keeping.keep(session, takes, "equipment", kept, both.authority.zone, by=both.agent, now=NOW)


def told(database: Database, demande: Demande) -> str:
    """The message that went last to the citizen."""
    with database.reading(scope=demandes.commune(database).id) as session:
        mine = select(Notice).where(col(Notice.submission_id) == demande.id).order_by(col(Notice.id).desc())
        return str(session.execute(mine).scalars().first().facts)  # type: ignore[union-attr]


def fire(database: Database, as_of: datetime) -> int:
    authority = demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        return firing.fire_due(session, authority, as_of=as_of)


def test_what_the_citizen_takes_up_is_what_is_lent_until_it_comes_back(database: Database) -> None:
    both = Both(database, filed(database, 20))
    keep_tables(database, both, 28)
    both.does("take_charge")
    with pytest.raises(Invalid, match="il n’en reste que 12"):
        both.does("accept")
    assert both.held() == {}
    both.does("offer", "Nous pouvons prêter 12 tables au lieu de 20. Répondez avant le 10 décembre.")
    with pytest.raises(Invalid, match="Rien n’a changé"):
        both.edits(20)
    both.edits(12)
    assert (both.state, len(both.tasks())) == ("in_progress", 1)
    both.does("accept")
    assert both.held() == {"table-pliante": 12, "chaise": 80}

    both.does("schedule", **PICKUP)
    assert fire(database, datetime(2027, 6, 2, 12, 29, tzinfo=UTC)) == 0
    assert fire(database, datetime(2027, 6, 2, 12, 30, tzinfo=UTC)) == 1
    assert "reminder" in told(database, both.demande)
    assert fire(database, datetime(2027, 6, 4, 12, 30, tzinfo=UTC)) == 1
    assert both.tasks() == ["Heure de la remise passée : noter la remise, ou appeler l’usager"]
    handed = datetime(2027, 6, 4, 12, 45, tzinfo=UTC)
    both.does("hand_over", at=handed, **HANDED, **BACK)
    with pytest.raises(TransitionRefused):
        both.cancels()
    assert fire(database, datetime(2027, 6, 7, 7, tzinfo=UTC)) == 2  # the day before, and the hour itself
    assert both.tasks() == ["Matériel à rendre : noter le retour, ou écrire à l’usager"]
    said = {"returned_on": "2027-06-07", "intact": False, "wrong": "2 chaises manquent"}
    both.does("take_back", at=datetime(2027, 6, 7, 8, tzinfo=UTC), **said)
    assert (both.state, both.held()) == ("returned", {})
    both.does("bill", "2 chaises : 30 euros. Le Trésor public vous écrit.")
    both.does("settle")
    assert both.state == "done"


def test_who_does_not_want_less_keeps_the_demande_and_may_cancel_what_is_agreed(database: Database) -> None:
    both = Both(database, filed(database, 5, loan={"start": "2027-07-02", "end": "2027-07-05"}))
    both.does("take_charge")
    both.does("hold", "Jusqu’au 15 décembre : envoyez l’attestation d’assurance.")
    assert both.held() == {"table-pliante": 5, "chaise": 80}
    assert both.tasks() == ["Matériel gardé : décider, ou ne plus le garder"]
    both.does("release", "Elle n’est pas venue.")
    both.does("offer", "Nous pouvons prêter 3 tables au lieu de 5.")
    assert both.held() == {}
    both.declines()
    assert (both.state, both.tasks()) == (
        "in_progress",
        ["L’usager ne veut pas de notre proposition : décider sur sa demande"],
    )
    both.does("accept")
    assert both.tasks() == []  # it was to decide, and lasted as long as the state
    both.does("schedule", **{**PICKUP, "day": "2027-07-02"})
    both.cancels()
    assert (both.state, both.held()) == ("cancelled", {})
    assert fire(database, datetime(2027, 7, 1, tzinfo=UTC)) == 0  # nobody is reminded of what is called off


def test_equipment_and_days_say_what_is_asked(database: Database) -> None:
    """Insurance, a socket, a place and a vehicle are asked for what needs them, and only then."""
    form = shelf.entry(SLUG).form
    own = {"vehicle", "transport", "access", "power", "insurance", "plan", "statutes"}
    for name, asked in (
        ("family-collects", {"transport", "vehicle"}),
        ("only-delivered", {"access", "insurance"}),
        ("school-delivered", {"transport", "access"}),
        ("association-known-with-papers", {"transport", "vehicle", "access", "power", "insurance", "plan"}),
    ):
        said = json.loads((EXAMPLE.parent / f"passes-{name}.json").read_text("utf-8"))["answers"]
        pruned = prune(form, said, as_of=NOW.date())
        shown = {each.name for page in form.pages for each in journey.visible_fields(form, page, pruned)}
        assert shown & own == asked, name


@pytest.mark.parametrize(("papers", "asks"), [({}, True), ({"insurance": [{"id": "f1"}]}, False)])
def test_the_letter_lists_what_is_lent_and_asks_for_the_insurance_that_is_missing(
    papers: dict[str, Any], asks: bool
) -> None:
    procedure = shelf.entry(SLUG)
    said = json.loads((EXAMPLE.parent / "passes-association-first-request.json").read_text("utf-8"))["answers"]
    context = {"answers": {**said, **papers}, "submission": {"received_on": "2026-11-30"}, "service": {"telephone": ""}}
    text = render(procedure.letters["accepted"], context)
    assert "30 × Barrière, 1 × Podium, 1 × Sonorisation" in text
    assert ("4. Envoyez-nous" in text) is asks
    assert "fermer une rue" in text
    assert "par un message sur la page de votre demande" in text or not asks


@pytest.mark.parametrize(
    ("said", "has", "has_not"),
    [
        ({"estimate": 0}, ("**Prix du matériel** : gratuit",), ("Livraison",)),
        ({"estimate": 10000, "transport": "deliver"}, ("100,00", "sans la livraison", "**Livraison**"), ("gratuit",)),
        ({"estimate": None}, ("l’écrit avant la remise",), ("Prix du matériel",)),
    ],
    ids=["free", "delivered", "not known"],
)
def test_the_letter_says_the_price_or_when_it_is_said(
    said: dict[str, Any], has: tuple[str, ...], has_not: tuple[str, ...]
) -> None:
    context = {"answers": {**answers(5), **said}, "submission": {"received_on": "2026-11-30"}}
    text = render(shelf.entry(SLUG).letters["accepted"], {**context, "service": {"telephone": ""}})
    assert [each for each in has if each not in text] == []
    assert [each for each in has_not if each in text] == []


def test_the_letters_of_what_came_on_paper_have_no_holes() -> None:
    context = {"answers": {}, "submission": {"received_on": "2026-11-30"}, "service": {"telephone": ""}}
    accepted, refused = (render(shelf.entry(SLUG).letters[each], context) for each in ("accepted", "refused"))
    assert "ceux de votre formulaire" in accepted
    assert "Vous avez demandé du matériel. Nous" in refused
    assert "du  au" not in accepted + refused


@pytest.mark.parametrize(
    ("name", "said", "found"),
    [
        ("pickup", PICKUP, []),
        ("pickup", {**PICKUP, "day": "2026-11-29"}, [("day", "x-min")]),
        ("handover", {**HANDED, **BACK, "complete": False}, [("differs", "required")]),
        ("return", {"returned_on": "2026-11-30", "intact": False}, [("wrong", "required")]),
        ("return", {"returned_on": "2026-11-30", "intact": True}, []),
    ],
)
def test_agents_say_what_lacks_and_fix_no_day_that_is_past(
    name: str, said: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    form = shelf.entry(SLUG).agent_forms[name]
    assert [(each.field, each.code) for each in check(form, said, as_of=NOW.date())] == found
