"""Every kind of field that is more than a line: empty, filled, wrong."""

from __future__ import annotations

from dataclasses import replace

from grc.conditions import Expression
from grc.errors import Problem
from grc.forms.definition import Choice, Field, Form
from grc.forms.rows import Row
from grc.web.citizen import form_views as views
from grc.web.frame import Problems
from tests.support.previews.world import PROCEDURE, Preview, citizen_page

COUNTRIES = ("Allemagne", "Belgique", "Côte d’Ivoire", "Espagne", "États-Unis", "France", "Maroc", "Royaume-Uni")
NUMBERS = (
    Field("surface", "works.surface", "number", "Surface du terrain", "En mètres carrés", True),
    Field("income", "home.income", "money", "Revenu fiscal de référence", "Sur votre avis d’imposition", True),
    Field("hour", "stay.hour", "time", "Heure d’arrivée", required=True),
    Field("siret", "company.siret", "identifier", "Numéro SIRET", required=True, schema={"format": "siret"}),
    Field("iban", "company.iban", "identifier", "Compte bancaire", schema={"format": "iban"}),
    Field("parcel", "works.parcel", "identifier", "Parcelle", required=True, schema={"format": "cadastre"}),
)
DATES = (
    Field("wedding", "family.wedding", "partial_date", "Date du mariage", "Le jour et le mois peuvent manquer.", True),
    Field("stay", "stay.days", "interval", "Jours de location", required=True),
    Field("hours", "stay.hours", "hours", "Horaires de la fête", required=True),
    Field(
        "country",
        "person.country",
        "choice",
        "Pays de naissance",
        "Le nom d’aujourd’hui",
        True,
        choices=tuple(Choice(name.lower(), name) for name in COUNTRIES),
        options={"format": "autocomplete"},
    ),
)
TYPED = {
    "works.surface": "1 250,5",
    "home.income": "12 480",
    "stay.hour": "9h5",
    "company.siret": "123 456 789 00012",
    "works.parcel": "AB",
    "family.wedding-month": "11",
    "stay.days-start-day": "3",
    "stay.days-start-month": "13",
    "stay.days-start-year": "2027",
    "stay.hours-start": "18 h",
    "stay.hours-end": "14 h",
    "person.country": "maroc",
}
WRONG = Problems(
    [
        Problem("home.income", "money", "Saisissez un montant en euros pour « Revenu fiscal », par exemple 12,50."),
        Problem("stay.hour", "hour-minute", "Saisissez une heure pour « Heure d’arrivée », par exemple 14:30."),
        Problem("company.siret", "siret", "Vérifiez chaque chiffre de « Numéro SIRET »."),
        Problem("works.parcel", "cadastre", "Saisissez la section et le numéro de la parcelle."),
        Problem("family.wedding", "year", "Saisissez l’année de « Date du mariage »."),
        Problem("stay.days", "start-month", "Saisissez le mois du début de « Jours de location »."),
        Problem("stay.hours", "order", "L’heure de fin vient après l’heure de début."),
        Problem("person.country", "choice", "Choisissez une réponse pour « Pays de naissance »."),
    ]
)

AGE = Expression("item.born_on|years_until(today)", frozenset({"item.born_on"}), lambda names: None)
CHILDREN = Field(
    "children",
    "children",
    "repeated",
    "Vos enfants",
    "Ajoutez chaque enfant.",
    True,
    form=Form(pages=(), schema={}),
)
WRONG_CHILD = Problems(
    [
        Problem("children", "minItems", "Ajoutez au moins deux enfants."),
        Problem("children.4.name", "required", "Saisissez le prénom de l’enfant."),
    ]
)


def _child(key: str, number: int) -> Row:
    stem = f"children.{key}"
    return Row(
        key,
        number,
        (
            Field(f"{stem}.name", f"{stem}.name", "text", "Prénom de l’enfant", required=True),
            Field(f"{stem}.age", f"{stem}.age", "integer", "Âge", computed=AGE),
        ),
    )


def _rows(*keys: str, fewest: int = 1, most: int = 3) -> dict[str, views.Rows]:
    shown = [_child(key, number) for number, key in enumerate(keys, start=1)]
    return {"children": views.Rows("Enfant", shown, fewest, most)}


def kinds() -> dict[str, Preview]:
    page = views.FormPage(
        procedure=PROCEDURE,
        title="Toutes sortes de réponses",
        step=2,
        steps=5,
        action="/tilleul/brouillons/abc/reponses",
        groups=(views.FieldGroup("Des nombres", NUMBERS), views.FieldGroup("Des dates et un pays", DATES)),
        back="/back",
    )
    repeated = replace(
        page, title="Votre famille", groups=(views.FieldGroup("", (CHILDREN,)),), repeated=_rows("0", "4")
    )
    return {
        "form-rows": citizen_page("page", replace(repeated, focus="children.4", said="C’est ajouté : enfant 2.")),
        "form-rows-none": citizen_page("page", replace(repeated, repeated=_rows(fewest=0), focus="children")),
        "form-rows-most": citizen_page("page", replace(repeated, repeated=_rows("0", "4", "5"))),
        "form-rows-wrong": citizen_page("page", replace(repeated, problems=WRONG_CHILD)),
        "form-kinds": citizen_page("page", page),
        "form-kinds-live": citizen_page("page", replace(page, redraws=frozenset({"person.country"}))),
        "form-kinds-wrong": citizen_page("page", replace(page, typed=TYPED, problems=WRONG)),
    }
