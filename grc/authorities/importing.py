"""Authorities from a table of an operator: what each line says, and everything that is wrong with it, at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from grc.authorities import spreadsheets, vouching
from grc.authorities.commands import RESERVED_SLUGS
from grc.conditions import Faults, suggestion
from grc.deadlines.holidays import Place

KINDS = {"commune": "municipality", "intercommunalite": "intermunicipality", "syndicat": "syndicate"}
MOST = 2000
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,58}")
_EMAIL = re.compile(r"[^@\s\"'<>,;:]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 .()-]{3,28}")
_ADDRESS = "adresse électronique"
Reader = Callable[[str], tuple[Any, str, str]]
"""What a text says, what is wrong with it ("" for nothing), and what to do."""


@dataclass(frozen=True)
class Column:
    """A column of the table. says: what it holds, in words. example: in the model. kind: how it is read; most: letters.

    field: the column of Authority that it fills; "" for one of the service or of the administrator.
    """

    name: str
    says: str
    example: str
    field: str = ""
    kind: str = "text"
    most: int = 200
    required: bool = False


COLUMNS = (
    Column("identifiant", "dans l’adresse des pages", "chene-exemple", "slug", "slug", 60, required=True),
    Column("nom", "tel que les pages le disent", "Chêne-Exemple", "name", required=True),
    Column("type", "commune (sans cela), intercommunalité ou syndicat", "commune", "kind", "kind"),
    Column("domaine", "nom d’hôte propre, s’il y en a un", "demarches.chene.example", "domain", "host", 253),
    Column("siret", "quatorze chiffres", "21990001500013", "siret", "siret"),
    Column("adresse", "lignes séparées par « | »", "1 place du Chêne|99000 Exemple", "postal_address", "lines", 600),
    Column("courriel", "de la mairie", "mairie@chene.example", "email", "email", 254),
    Column("telephone", "de la mairie", "01 99 00 50 60", "telephone", "telephone", 30),
    Column("horaires", "d’ouverture", "Du lundi au vendredi, de 9 h à 12 h", "hours", most=300),
    Column(
        "expediteur",
        "d’où partent les accusés de réception, publiée (R112-11-3)",
        "demarches@chene.example",
        "sender_address",
        "email",
        254,
        required=True,
    ),
    Column("couleur", "#rrggbb", "#1f5f8b", "colour", "colour"),
    Column("fuseau", "Europe/Paris sans cela", "Europe/Paris", "zone", "zone"),
    Column("jours_feries", "metropole sans cela", "metropole", "holidays", "holidays"),
    Column(
        "dpo", "adresse du délégué à la protection des données", "dpo@val.example", "data_protection_contact", "email"
    ),
    Column("service", "nom du service principal", "Secrétariat de la mairie"),
    Column("service_courriel", "sans cela, celui de la mairie", "accueil@chene.example", kind="email", most=254),
    Column("service_telephone", "sans cela, celui de la mairie", "01 99 00 50 61", kind="telephone", most=30),
    Column(
        "service_adresse", "sans cela, celle de la mairie", "1 place du Chêne|99000 Exemple", kind="lines", most=600
    ),
    Column("service_horaires", "sans cela, ceux de la mairie", "Du lundi au jeudi, de 9 h à 12 h", most=300),
    Column("admin_prenom", "du premier administrateur", "Inès", most=100),
    Column("admin_nom", "du premier administrateur", "Spécimen", most=100),
    Column("admin_courriel", "du premier administrateur", "ines.specimen@chene.example", kind="email", most=254),
    Column("admin_qualite", "telle que les courriers l’impriment (L111-2)", "secrétaire générale de mairie"),
)
NAMES = tuple(column.name for column in COLUMNS)
REQUIRED = tuple(column.name for column in COLUMNS if column.required)
_DEFAULTS: dict[str, Any] = {
    "kind": "municipality",
    "domain": None,
    "colour": "#1f5f8b",
    "zone": "Europe/Paris",
    "holidays": Place.METROPOLE.value,
    "postal_address": [],
}
DEFAULT_SERVICE = "Secrétariat"
_SERVICE = {
    "service_courriel": "email",
    "service_telephone": "telephone",
    "service_adresse": "postal_address",
    "service_horaires": "hours",
}
_ADMIN = {
    "admin_prenom": "given_name",
    "admin_nom": "family_name",
    "admin_courriel": "email",
    "admin_qualite": "capacity",
}
AUTHORITY = {column.field: column.name for column in COLUMNS if column.field}
SERVICE = {"slug": "service", "name": "service", **{field: column for column, field in _SERVICE.items()}}
ADMINISTRATOR = {field: column for column, field in _ADMIN.items()}
"""By column of the database, that of the table."""


@dataclass(frozen=True)
class Imported:
    """What one line says. authority: columns of Authority that the file speaks of. service: of Service, None for none.

    names_service: whether the file has the column « service »; without it, a service that is there stays as it is.
    administrator: columns of Agent, None where the line names nobody. where: file and line, for what is found later.
    """

    where: str
    slug: str
    authority: Mapping[str, Any]
    service: Mapping[str, Any] | None
    names_service: bool
    administrator: Mapping[str, str] | None


@dataclass(frozen=True)
class Parsed:
    """Every line, with what is wrong so far. encoding: as it was found, for people to check accents."""

    encoding: str
    rows: tuple[Imported, ...]
    faults: Faults


def parse(content: bytes, *, where: str, own_host: str = "") -> Parsed:
    """What the file says, with every fault of it: line, column, value, what to do; `enrolling` raises them.

    own_host: the host name of the installation, which can be no authority's own.
    """
    faults = Faults()
    sheet = spreadsheets.read(content, NAMES, REQUIRED, where=where, faults=faults)
    rows = [_row(line, sheet, where, own_host, faults) for line in sheet.lines]
    if len(rows) > MOST:
        faults.add(where, f"il y a {len(rows)} collectivités.", f"Un fichier en a {MOST} au plus : coupez-le.")
    for place, message in _twins(rows):
        faults.add(place, message, "Gardez une seule ligne.")
    return Parsed(sheet.encoding, tuple(rows), faults)


def model() -> str:
    """A table with its titles and one invented line, to fill in."""
    return "".join(";".join(cells) + "\n" for cells in (NAMES, [column.example for column in COLUMNS]))


def _row(line: spreadsheets.Line, sheet: spreadsheets.Sheet, where: str, own_host: str, faults: Faults) -> Imported:
    place = f"{where}, ligne {line.number}"
    said: dict[str, Any] = {}
    for column in COLUMNS:
        if column.name in sheet.columns:
            text = line.cells[column.name]
            value, problem, remedy = _value(column, text)
            if problem:
                faults.add(f"{place}, colonne « {column.name} »", f"{problem} : « {text[:80]} ».", remedy)
            said[column.name] = value
    if own_host and said.get("domaine") == own_host:
        text = f"c’est le nom de l’installation : « {own_host} »."
        faults.add(f"{place}, colonne « domaine »", text, "Laissez la case vide : l’identifiant suffit.")
    facts = {column.field: said[column.name] for column in COLUMNS if column.field and column.name in said}
    service = None if facts.get("kind") == "syndicate" else _service(said)
    slug, names_service = said.get("identifiant", ""), "service" in said
    return Imported(place, slug, facts, service, names_service, _administrator(said, place, faults))


def _value(column: Column, text: str) -> tuple[Any, str, str]:
    """What a cell holds, what is wrong with it ("" for nothing) and what to do."""
    if not text:
        empty = _DEFAULTS.get(column.field, [] if column.kind == "lines" else "")
        return (empty, "cette case est vide", "Remplissez-la.") if column.required else (empty, "", "")
    if len(text) > column.most:
        return text, "ce texte est trop long", f"{column.most} caractères au plus."
    read: Reader = _READERS[column.kind]
    return read(text)


def _matching(pattern: re.Pattern[str], problem: str, remedy: str, *, lower: bool = False) -> Reader:
    def read(text: str) -> tuple[str, str, str]:
        value = text.lower() if lower else text
        return (value, "", "") if pattern.fullmatch(value) else (value, problem, remedy)

    return read


def _slug(text: str) -> tuple[str, str, str]:
    if text in RESERVED_SLUGS:
        return text, "ce mot est réservé", "Choisissez un autre identifiant."
    if not _SLUG.fullmatch(text):
        return text, "ce n’est pas un identifiant", "Minuscules sans accent, chiffres et tirets, d’abord une lettre."
    return text, "", ""


def _kind(text: str) -> tuple[str, str, str]:
    found = KINDS.get(spreadsheets.plain(text))
    return (found, "", "") if found else ("", "ce type n’existe pas", "Écrivez commune, intercommunalité ou syndicat.")


def _siret(text: str) -> tuple[str, str, str]:
    digits = re.sub(r"[\s.]", "", text)
    if vouching.is_siret(digits):
        return digits, "", ""
    remedy = "Quatorze chiffres, dont le dernier contrôle les autres ; mettez la colonne en texte dans le tableur."
    return digits, "ce n’est pas un SIRET", remedy


def _one_of(names: Callable[[], Collection[str]], problem: str) -> Reader:
    def read(text: str) -> tuple[str, str, str]:
        known = names()
        return (
            (text, "", "") if text in known else (text, problem, suggestion(text, known) or "Voyez docs/operating.md.")
        )

    return read


def _lines(text: str) -> tuple[list[str], str, str]:
    lines = [line.strip() for line in re.split(r"[|\n]", text) if line.strip()]
    wrong = len(lines) > 6 or any(len(line) > 100 for line in lines)
    return (
        lines,
        "cette adresse ne tient pas sur une enveloppe" if wrong else "",
        "Six lignes de 100 caractères au plus.",
    )


_READERS: Mapping[str, Reader] = {
    "text": lambda text: (re.sub(r"\s+", " ", text), "", ""),
    "slug": _slug,
    "kind": _kind,
    "siret": _siret,
    "lines": _lines,
    "email": _matching(_EMAIL, f"ce n’est pas une {_ADDRESS}", "Par exemple mairie@commune.example.", lower=True),
    "host": _matching(
        _HOST, "ce n’est pas un nom d’hôte", "Par exemple demarches.commune.example, sans https://.", lower=True
    ),
    "colour": _matching(_COLOUR, "ce n’est pas une couleur", "Elle s’écrit #rrggbb, par exemple #1f5f8b.", lower=True),
    "telephone": _matching(_TELEPHONE, "ce n’est pas un numéro de téléphone", "Par exemple 01 99 00 50 60."),
    "zone": _one_of(cache(available_timezones), "ce fuseau horaire n’existe pas"),
    "holidays": _one_of(lambda: list(Place), "ces jours fériés ne sont pas connus"),
}


def _service(said: Mapping[str, Any]) -> dict[str, Any]:
    """The service that answers, with what it does not say for itself said of the authority (R112-11-1 2°)."""
    name = said.get("service") or DEFAULT_SERVICE
    slug = re.sub(r"[^a-z0-9]+", "-", spreadsheets.plain(name)).strip("-")
    slug = (slug if re.match(r"[a-z].", slug) else f"service-{slug}")[:60].strip("-")
    own = {
        field: said.get(column)
        or said.get(column.removeprefix("service_"))
        or ([] if field == "postal_address" else "")
        for column, field in _SERVICE.items()
        if column in said or column.removeprefix("service_") in said
    }
    return {"slug": slug, "name": name, **own}


def _administrator(said: Mapping[str, Any], place: str, faults: Faults) -> dict[str, str] | None:
    """The first administrator, or None; named in part is a fault."""
    given = {field: said.get(column, "") for column, field in _ADMIN.items()}
    if not any(given.values()):
        return None
    for column, field in _ADMIN.items():
        if not given[field]:
            text = "l’administrateur n’est nommé qu’en partie."
            faults.add(f"{place}, colonne « {column} »", text, "Remplissez les quatre cases, ou aucune.")
    return given


def _twins(rows: list[Imported]) -> Iterator[tuple[str, str]]:
    """What two lines say that only one may."""
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        for field, what in (("slug", "l’identifiant"), ("domain", "le domaine"), ("siret", "le SIRET")):
            value = row.authority.get(field)
            if value and (field, value) in seen:
                yield row.where, f"{what} « {value} » figure deux fois (déjà {seen[field, value].rpartition(', ')[2]})."
            elif value:
                seen[field, value] = row.where
