"""A table of authorities says everything that is wrong with it, by line and by column; what is right is read whole."""

from __future__ import annotations

import pytest

from grc.authorities import importing

HEAD = "identifiant;nom;expediteur;telephone"
LINE = "chene;Chêne;demarches@chene.example;01 99 00 50 60"


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *lines)).encode()


def faults(content: bytes) -> list[str]:
    return [str(fault) for fault in importing.parse(content, where="t.csv", own_host="hote.example").faults]


def test_the_model_is_read_back_whole() -> None:
    parsed = importing.parse(importing.model().encode(), where="modele.csv")
    assert not list(parsed.faults)
    (row,) = parsed.rows
    assert row.authority["kind"] == "municipality"
    assert row.authority["postal_address"] == ["1 place du Chêne", "99000 Exemple"]
    assert row.service is not None
    assert (row.service["slug"], row.service["telephone"]) == ("secretariat-de-la-mairie", "01 99 00 50 61")
    assert row.administrator is not None
    assert row.administrator["email"] == "ines.specimen@chene.example"


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252"])
def test_separators_encodings_and_line_ends_of_spreadsheets(separator: str, codec: str) -> None:
    text = f"{HEAD}\r\n{LINE}\r\n\r\n".replace(";", separator).replace("telephone", "Téléphone")
    parsed = importing.parse(text.encode(codec), where="t.csv")
    assert not list(parsed.faults)
    assert parsed.rows[0].authority["name"] == "Chêne"
    assert parsed.encoding == ("Windows-1252" if codec == "cp1252" else "UTF-8")


def test_columns_left_out_say_nothing_and_a_service_says_what_the_town_hall_says() -> None:
    (row,) = importing.parse(table(LINE), where="t.csv").rows
    assert set(row.authority) == {"slug", "name", "sender_address", "telephone"}
    assert row.service == {"slug": "secretariat", "name": "Secrétariat", "telephone": "01 99 00 50 60"}
    assert (row.names_service, row.administrator) == (False, None)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Service de l’état civil", "service-de-l-etat-civil"),
        ("État civil / Mairie", "etat-civil-mairie"),
        ("1er accueil", "service-1er-accueil"),
        ("!", "service"),
    ],
)
def test_the_slug_of_a_service_is_one_that_administrators_may_write(name: str, slug: str) -> None:
    (row,) = importing.parse(table(f"{LINE};{name}", head=f"{HEAD};service"), where="t.csv").rows
    assert row.service is not None
    assert row.service["slug"] == slug


def test_a_formula_is_text() -> None:
    (row,) = importing.parse(table(LINE.replace("Chêne", '"=HYPERLINK(""x"")"')), where="t.csv").rows
    assert row.authority["name"] == '=HYPERLINK("x")'


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("identifiant", "Chêne", "ce n’est pas un identifiant"),
        ("identifiant", "static", "ce mot est réservé"),
        ("identifiant", "", "cette case est vide"),
        ("nom", "x" * 201, "200 caractères au plus"),
        ("nom", "a\x07b", "un caractère invisible"),
        ("expediteur", "mairie", "ce n’est pas une adresse électronique"),
        ("type", "village", "Écrivez commune, intercommunalité ou syndicat"),
        ("domaine", "https://chene.example", "ce n’est pas un nom d’hôte"),
        ("domaine", "hote.example", "c’est le nom de l’installation"),
        ("siret", "21990001500014", "ce n’est pas un SIRET"),
        ("siret", "2,19900015E+13", "mettez la colonne en texte"),
        ("couleur", "bleu", "Elle s’écrit #rrggbb"),
        ("fuseau", "Europe/Pari", "Vouliez-vous dire"),
        ("jours_feries", "metropol", "Vouliez-vous dire"),
        ("telephone", "appelez", "ce n’est pas un numéro de téléphone"),
        ("adresse", "|".join("abcdefg"), "Six lignes"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(column: str, cell: str, told: str) -> None:
    cells = dict(zip(HEAD.split(";"), LINE.split(";"), strict=True)) | {column: cell}
    found = faults(table(";".join(cells.values()), head=";".join(cells)))
    assert len(found) == 1, found
    assert found[0].startswith(f"t.csv, ligne 2, colonne « {column} »")
    assert told in found[0]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "ce fichier est vide"),
        (HEAD.encode(), "que la ligne des titres"),
        (table(LINE).decode().encode("utf-16"), "octets nuls"),
        (table(LINE)[:-1] + b"\x81\xff", "ni en UTF-8 ni en Windows-1252"),
        (table(LINE) + b"\nerable;\xc9rable;e@e.example;0199005060", "ligne 2 : des accents se lisent de travers"),
        (table(LINE, "erable;Ã‰rable;e@e.example;0199005060"), "ligne 3 : des accents se lisent de travers"),
        (table(LINE.replace("Chêne", "Vallée")).decode().encode("cp850"), "se lisent de travers : « chene;Vall‚e"),
        (table(LINE.replace("Chêne", "Vallée")).decode().encode("mac_roman"), "se lisent de travers : « chene;VallŽe"),
        (table(LINE, head=HEAD.replace("nom", "non")), "Vouliez-vous dire"),
        (table(LINE, head=HEAD.replace("nom", "non")), "il manque la colonne « nom »"),
        (table(LINE + ";x", head=HEAD + ";Nom"), "la colonne « Nom » figure deux fois"),
        (table(LINE + ";x"), "« x » est de trop"),
        (table(LINE + ";x", head=HEAD + ";"), "la colonne 5 n’a pas de titre"),
        (table('"' + LINE), "Vérifiez les guillemets"),
        (table(LINE, "hetre;Hêtre;h@h.example;0199005060", LINE), "« chene » figure deux fois (déjà ligne 2)"),
        (table(LINE + ";Inès", head=HEAD + ";admin_prenom"), "n’est nommé qu’en partie"),
        (b"x" * 5_000_001, "5 Mo au plus"),
    ],
)
def test_a_wrong_table_is_refused_with_a_remedy(content: bytes, told: str) -> None:
    assert any(told in fault for fault in faults(content)), faults(content)


def test_every_fault_is_told_at_once() -> None:
    wrong = table("A;Chêne;x;01 99 00 50 60", "b;;demarches@b.example;zéro")
    assert len(faults(wrong)) == 5
