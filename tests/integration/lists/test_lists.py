"""Lists that agents keep, on both databases: changed, ordered, imported whole or not at all, apart by authority."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grc import clock
from grc.access.actors import AgentActor
from grc.access.reach import of_role
from grc.authorities import queries as authorities
from grc.catalogue import shelf
from grc.cli import main
from grc.db import Database, Keyring, connect
from grc.errors import Conflict, Forbidden, Invalid, Misconfigured, NotFound
from grc.forms import items
from grc.forms.definition import Item
from grc.lists import commands, importing, queries
from grc.lists.commands import Facts
from tests.support import rooms
from tests.support.world import SECRET

NOW = clock.now()
NEW = Facts("Salle Neuve", {"capacity": 10, "price": 100, "kitchen": False})
SEEDED = ["salle-des-tilleuls", "halle-aux-exemples", "maison-du-modele"]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url, Keyring([SECRET]))
    rooms.fill(opened)
    yield opened
    opened.close()


def agent(database: Database, slug: str = "tilleul", email: str = "omar.fictif@tilleul.example") -> AgentActor:
    with database.reading(scope=None) as session:
        authority = authorities.authority_of_slug(session, slug)
    assert authority is not None
    with database.reading(scope=authority.id) as session:
        row = authorities.agent_of_email(session, authority.id, email)
    assert row is not None
    return authorities.actor_of(row, reach=of_role(row.role, frozenset()))


@pytest.fixture
def omar(database: Database) -> AgentActor:
    """The supervisor of Tilleul."""
    return agent(database)


@pytest.fixture
def lise(database: Database) -> AgentActor:
    """The supervisor of Marronnier."""
    return agent(database, "marronnier", "lise.exemple@marronnier.example")


def slugs(database: Database, by: AgentActor) -> list[str]:
    with database.reading(scope=by.authority_id) as session:
        return [row.slug for row in queries.rows(session, "halls", by=by)]


def offered(database: Database, by: AgentActor) -> list[str]:
    with database.reading(scope=by.authority_id) as session:
        return [item.id for item in queries.of_authority(session, by.authority_id, ["halls"])["halls"]]


def test_a_new_item_stands_last_with_a_name_of_its_own(database: Database, omar: AgentActor) -> None:
    with database.writing(scope=omar.authority_id) as session:
        assert commands.add(session, "halls", NEW, by=omar, now=NOW) == "salle-neuve"
    assert slugs(database, omar) == [*SEEDED, "salle-neuve"]
    with database.reading(scope=omar.authority_id) as session:
        row = queries.rows(session, "halls", by=omar)[-1]
        item = queries.of_authority(session, omar.authority_id, ["halls"])["halls"][-1]
    assert (row.changed_by, row.revision, row.is_open) == ("Omar Fictif", 1, True)
    assert (item.label, item.attributes) == (NEW.label, NEW.attributes)


@pytest.mark.parametrize(
    ("label", "taken", "slug"),
    [
        ("Salle des Fêtes", set(), "salle-des-fetes"),
        ("Œuvre & Cœur", set(), "oeuvre-coeur"),
        ("Nouveau", set(), "nouveau-2"),
        ("Salle", {"salle", "salle-2"}, "salle-3"),
        ("漢字", set(), "element"),
        ("x" * 200, set(), "x" * 50),
    ],
)
def test_slugs_are_made_of_labels(label: str, taken: set[str], slug: str) -> None:
    assert commands.slug_of(label, taken) == slug


def test_the_same_name_twice_is_refused(database: Database, omar: AgentActor) -> None:
    with pytest.raises(Invalid) as refused, database.writing(scope=omar.authority_id) as session:
        commands.add(session, "halls", Facts("salle des TILLEULS"), by=omar, now=NOW)
    assert refused.value.problems[0].field == "label"
    assert slugs(database, omar) == SEEDED


def test_a_full_list_says_so(database: Database, omar: AgentActor) -> None:
    many = [Facts(f"Salle {number}") for number in range(commands.MOST_ITEMS)]
    with database.writing(scope=omar.authority_id) as session:
        commands.replace(session, omar.authority_id, "many", many, now=NOW)
    with (
        pytest.raises(Invalid, match=f"{commands.MOST_ITEMS} éléments au plus"),
        database.writing(scope=omar.authority_id) as session,
    ):
        commands.add(session, "many", NEW, by=omar, now=NOW)


@pytest.mark.parametrize("day", ["2027-03-01", "1/3/2027", "01/03/2027"])
def test_a_table_says_days_and_hours_and_is_written_as_it_is_read(day: str) -> None:
    columns = items.columns([shelf.entry("rendez-vous-elu").form])["slots"]
    said = {"day": "2027-03-01", "start": "14:30", "end": "15:00", "place": "mairie", "places": 1}
    slot = Item("a", "Permanence", said)
    table = importing.written([slot, Item("b", "Sans jour")], columns)
    assert table.splitlines()[1] == "a;Permanence;2027-03-01;14:30;15:00;mairie;1"
    found = importing.read(table.replace("2027-03-01", day).encode(), columns, where="x.csv")
    assert [(each.slug, each.attributes) for each in found] == [("a", said), ("b", {})]


@pytest.mark.parametrize("day", ["demain", "31/2/2027", "2027-13-01", "3/2027"])
def test_what_is_no_day_is_a_fault_of_its_line(day: str) -> None:
    columns = items.columns([shelf.entry("rendez-vous-elu").form])["slots"]
    head = "id;label;day;start;end;place;places"
    with pytest.raises(Misconfigured, match=r"x\.csv, ligne 2"):
        importing.read(f"{head}\na;Permanence;{day};14:30;15:00;mairie;1\n".encode(), columns, where="x.csv")


def test_a_change_keeps_the_name_that_answers_hold(database: Database, omar: AgentActor) -> None:
    with database.writing(scope=omar.authority_id) as session:
        commands.change(session, "halls", SEEDED[0], NEW, revision=1, by=omar, now=NOW)
    with database.reading(scope=omar.authority_id) as session:
        row = queries.row(session, "halls", SEEDED[0], by=omar)
    assert (row.label, row.attributes, row.revision) == (NEW.label, NEW.attributes, 2)


def test_who_saw_an_older_item_is_told(database: Database, omar: AgentActor) -> None:
    for revision in (0, 2):
        with pytest.raises(Conflict), database.writing(scope=omar.authority_id) as session:
            commands.change(session, "halls", SEEDED[0], NEW, revision=revision, by=omar, now=NOW)
        with pytest.raises(Conflict), database.writing(scope=omar.authority_id) as session:
            commands.set_open(session, "halls", SEEDED[0], is_open=False, revision=revision, by=omar, now=NOW)
    assert offered(database, omar) == SEEDED


def test_a_closed_item_is_no_longer_offered_and_comes_back(database: Database, omar: AgentActor) -> None:
    with database.writing(scope=omar.authority_id) as session:
        commands.set_open(session, "halls", SEEDED[1], is_open=False, revision=1, by=omar, now=NOW)
    assert offered(database, omar) == [SEEDED[0], SEEDED[2]]
    assert slugs(database, omar) == SEEDED
    with database.writing(scope=omar.authority_id) as session:
        commands.set_open(session, "halls", SEEDED[1], is_open=True, revision=2, by=omar, now=NOW)
    assert offered(database, omar) == SEEDED


@pytest.mark.parametrize(
    ("which", "up", "order"),
    [(0, True, [0, 1, 2]), (0, False, [1, 0, 2]), (1, True, [1, 0, 2]), (1, False, [0, 2, 1]), (2, False, [0, 1, 2])],
)
def test_items_change_places_with_their_neighbours(
    database: Database, omar: AgentActor, which: int, up: bool, order: list[int]
) -> None:
    with database.writing(scope=omar.authority_id) as session:
        commands.move(session, "halls", SEEDED[which], up=up, by=omar, now=NOW)
    assert offered(database, omar) == [SEEDED[number] for number in order]


def test_only_supervisors_change_lists(database: Database) -> None:
    claire = agent(database, email="claire.modele@tilleul.example")
    with database.writing(scope=claire.authority_id) as session:
        for act in (
            lambda: commands.add(session, "halls", NEW, by=claire, now=NOW),
            lambda: commands.change(session, "halls", SEEDED[0], NEW, revision=1, by=claire, now=NOW),
            lambda: commands.set_open(session, "halls", SEEDED[0], is_open=False, revision=1, by=claire, now=NOW),
            lambda: commands.move(session, "halls", SEEDED[0], up=False, by=claire, now=NOW),
        ):
            with pytest.raises(Forbidden):
                act()


def test_an_authority_reaches_its_own_lists_only(database: Database, omar: AgentActor, lise: AgentActor) -> None:
    assert slugs(database, lise) == ["salle-du-marronnier"]
    for act in (
        lambda session: commands.change(session, "halls", SEEDED[0], NEW, revision=1, by=lise, now=NOW),
        lambda session: commands.set_open(session, "halls", SEEDED[0], is_open=False, revision=1, by=lise, now=NOW),
        lambda session: commands.move(session, "halls", SEEDED[0], up=False, by=lise, now=NOW),
        lambda session: queries.row(session, "halls", SEEDED[0], by=lise),
    ):
        with pytest.raises(NotFound), database.writing(scope=lise.authority_id) as session:
            act(session)
    with database.writing(scope=lise.authority_id) as session:
        commands.replace(session, lise.authority_id, "halls", [NEW], now=NOW)
    assert offered(database, omar) == SEEDED
    with database.reading(scope=omar.authority_id) as session:
        assert queries.counts(session, by=omar)["halls"] == 3


def test_no_list_asked_is_no_statement(database: Database, omar: AgentActor) -> None:
    with database.reading(scope=omar.authority_id) as session:
        assert queries.of_authority(session, omar.authority_id, ()) == {}
        assert queries.of_authority(session, omar.authority_id, ["nowhere"]) == {"nowhere": ()}


HEAD = "id;label;capacity;price;kitchen"
WHOLE = f"""{HEAD}
maison-du-modele;Maison du Modèle;35;45,00 €;non
;Salle Été;1 200;12.5;oui

salle-des-tilleuls;Salle des Tilleuls;85;120;x
"""


@pytest.fixture
def grc(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CliRunner]:
    """The command on a database where a published procedure offers halls."""
    opened = connect(database_url, Keyring([SECRET]))
    rooms.fill(opened)
    rooms.publish(opened, agent(opened).authority_id)
    opened.close()
    monkeypatch.setenv("GRC_SECRET_KEY", SECRET)
    monkeypatch.setenv("GRC_DATABASE_URL", database_url)
    monkeypatch.setenv("GRC_STORAGE", str(tmp_path / "files"))
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def imported(grc: CliRunner, content: str, encoding: str = "utf-8") -> Result:
    Path("halls.csv").write_bytes(content.encode(encoding))
    return grc.invoke(main, ["list", "import", "tilleul", "halls", "halls.csv"])


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def shown(grc: CliRunner) -> str:
    return grc.invoke(main, ["list", "show", "tilleul", "halls"]).stdout


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ";"), ("utf-8-sig", ";"), ("cp1252", ";"), ("utf-8", "\t")]
)
def test_an_import_makes_the_list_what_the_table_says(
    grc: CliRunner, database: Database, omar: AgentActor, encoding: str, separator: str
) -> None:
    done = imported(grc, WHOLE.replace(";", separator), encoding)
    assert done.exit_code == 0, done.output
    assert "1 ajouté(s), 2 modifié(s), 1 fermé(s)" in done.stdout
    assert offered(database, omar) == ["maison-du-modele", "salle-ete", "salle-des-tilleuls"]
    assert slugs(database, omar)[-1] == "halle-aux-exemples"
    with database.reading(scope=omar.authority_id) as session:
        row = queries.row(session, "halls", "salle-ete", by=omar)
    assert (row.label, row.attributes) == ("Salle Été", {"capacity": 1200, "price": 1250, "kitchen": True})
    assert row.changed_by == ""


def test_what_is_shown_can_be_imported_and_changes_nothing(grc: CliRunner) -> None:
    done = imported(grc, f"{WHOLE}formule;=1+1;2;3;non\n")
    assert done.exit_code == 0, done.stderr
    first = shown(grc)
    assert "formule;'=1+1;2;" in first
    assert first.startswith(f"{HEAD}\nmaison-du-modele;Maison du Modèle;35;45")
    assert "0 ajouté(s), 0 modifié(s), 0 fermé(s)" in imported(grc, first).stdout
    assert shown(grc) == first


def test_a_line_without_id_never_takes_the_item_that_another_line_names(
    grc: CliRunner, database: Database, omar: AgentActor
) -> None:
    rows = (
        ";Salle des Tilleuls;85;120;oui",
        "salle-des-tilleuls;Grande salle;90;130;oui",
        ";Petite halle;10;10;non",
        "petite-halle;Halle couverte;20;20;non",
    )
    done = imported(grc, "\n".join([HEAD, *rows]))
    assert done.exit_code == 0, done.output
    with database.reading(scope=omar.authority_id) as session:
        found = {row.slug: row.label for row in queries.rows(session, "halls", by=omar) if row.is_open}
    assert found == {
        "salle-des-tilleuls-2": "Salle des Tilleuls",
        "salle-des-tilleuls": "Grande salle",
        "petite-halle-2": "Petite halle",
        "petite-halle": "Halle couverte",
    }


def test_an_id_longer_than_its_column_is_refused(grc: CliRunner) -> None:
    assert imported(grc, f"{HEAD}\n{'x' * 60};Salle;1;1;oui\n").exit_code == 0
    done = imported(grc, f"{HEAD}\n{'x' * 61};Salle;1;1;oui\n")
    assert done.exit_code == 2
    assert "n’est pas un identifiant" in plain(done.stderr)


def test_titles_name_columns_as_well(grc: CliRunner) -> None:
    done = imported(grc, "Prix,CAPACITE,Nom,cuisine\n10,20,Salle,oui\n")
    assert done.exit_code == 0, done.output


def test_every_fault_is_said_at_once_and_nothing_changes(grc: CliRunner, database: Database, omar: AgentActor) -> None:
    rows = ("Pas Bon;Salle;dix;10;oui", ";;10;10;oui", ";Halle;10;-1;peut-être", ";halle;10;10;oui", ";Deux;1;1;oui;6")
    done = imported(grc, "\n".join([HEAD, *rows]))
    assert done.exit_code == 2
    for line, said in (
        (2, "« Pas Bon » n’est pas un identifiant"),
        (2, "Capacité"),
        (3, "Nom"),
        (4, "Prix"),
        (4, "Cuisine"),
        (5, "figure deux fois"),
        (6, "est de trop"),
    ):
        told = plain(done.stderr).splitlines()
        assert any(f"halls.csv, ligne {line} :" in each and said in each for each in told), (line, said)
    assert offered(database, omar) == SEEDED


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "ce fichier est vide"),
        ("\n\n", "ce fichier est vide"),
        ("id;label;capacity;price\n", "il manque la colonne « kitchen » (Cuisine)"),
        ("id;label;capacité;prix;kitchn\n", "Vouliez-vous dire « kitchen »"),
        (f"{HEAD};id\n", "la colonne « id » figure deux fois"),
        ("PK\x03\x04\x00\x00", "n’est pas un tableau CSV"),
        (HEAD + "\n" + "".join(f";Salle {number};1;1;oui\n" for number in range(1001)), "il y a 1001 éléments"),
        (HEAD + '\n;"' + "x" * 200_000, "ligne"),
    ],
)
def test_what_is_no_table_is_refused(
    grc: CliRunner, database: Database, omar: AgentActor, content: str, said: str
) -> None:
    done = imported(grc, content)
    assert done.exit_code == 2, done.output
    assert said in plain(done.stderr)
    assert offered(database, omar) == SEEDED


def test_lists_are_those_of_the_published_procedures(grc: CliRunner) -> None:
    assert "halls : Halles\n" in grc.invoke(main, ["list", "show", "tilleul"]).stdout
    refused = grc.invoke(main, ["list", "show", "tilleul", "nowhere"])
    assert refused.exit_code == 1
    assert "Listes des démarches publiées : " in refused.stderr
    assert "halls" in refused.stderr
