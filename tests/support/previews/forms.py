"""Steps of a form: every kind of field, filled, wrong, with documents."""

from __future__ import annotations

from dataclasses import replace

from grc.errors import Problem
from grc.forms.definition import Choice, Field
from grc.web.citizen import views
from grc.web.frame import Problems
from tests.support.previews.world import (
    PROCEDURE,
    Preview,
    at,
    citizen_page,
    problems,
)

DOCUMENT = Field(
    id="document",
    name="document",
    kind="choice",
    title="De quel document avez-vous besoin ?",
    required=True,
    choices=(
        Choice("full", "Une copie intégrale", "Toutes les informations de l’acte, parents compris"),
        Choice("with_parents", "Un extrait avec filiation", "Les informations sur la personne et ses parents"),
        Choice("without_parents", "Un extrait sans filiation", "Les informations sur la personne seulement"),
    ),
)
ADDRESS = tuple(
    {"name": name, "title": title, "required": name not in ("line2", "country"), "autocomplete": autocomplete}
    for name, title, autocomplete in (
        ("line1", "Numéro et rue", "address-line1"),
        ("line2", "Complément d’adresse", "address-line2"),
        ("postcode", "Code postal", "postal-code"),
        ("city", "Commune", "address-level2"),
        ("country", "Pays, si ce n’est pas la France", "country-name"),
    )
)
EVERY_KIND = (
    Field("name", "person.name", "text", "Nom de naissance", required=True, autocomplete="family-name"),
    Field("born", "person.born", "date", "Date de naissance", required=True, autocomplete="bday"),
    Field("mail", "person.mail", "email", "Adresse électronique", "Pour vous répondre", True, autocomplete="email"),
    Field("tel", "person.tel", "phone", "Téléphone", autocomplete="tel"),
    Field("copies", "copies", "integer", "Nombre d’exemplaires", "De 1 à 3", True),
    Field("adult", "adult", "yes_no", "La personne est-elle majeure ?", required=True),
    Field("home", "person.home", "address", "Adresse postale", required=True, options={"parts": ADDRESS}),
    Field(
        "country",
        "country",
        "choice",
        "Pays de naissance",
        choices=(Choice("fr", "France"), Choice("be", "Belgique")),
        options={"format": "select"},
    ),
    Field(
        "for",
        "reasons",
        "choices",
        "Pour quels usages ?",
        choices=(Choice("notary", "Notaire"), Choice("wedding", "Mariage"), Choice("other", "Autre")),
    ),
    Field("note", "note", "longtext", "Remarque", "Ce qui peut nous aider à trouver l’acte", schema={"maxLength": 500}),
    Field("true", "sworn", "statement", "Je certifie que ces informations sont exactes.", required=True),
)
FILES = {
    "types": ("application/pdf", "image/jpeg", "image/png"),
    "accept": (".pdf", ".jpg", ".png"),
    "max_bytes": 10_000_000,
    "max_files": 1,
    "multiple": False,
}
PROOF = Field(
    id="proof",
    name="proof",
    kind="file",
    title="Un document qui prouve votre lien avec la personne",
    hint="Par exemple votre livret de famille ou votre propre acte de naissance.",
    required=True,
    options=FILES | {"max_files": 3, "multiple": True},
)
MANDATE = Field(
    id="mandate", name="mandate", kind="file", title="Le mandat, si vous agissez pour autrui", options=FILES
)
TYPED = {
    "person.name": "Exemple",
    "person.born-day": "31",
    "person.born-month": "2",
    "person.born-year": "1985",
    "person.mail": "camille.exemple(a)courriel.example",
    "adult": "true",
    "reasons": ["notary", "other"],
    "person.home-line1": "12 rue des Tanneurs",
    "person.home-city": "Tilleul-sur-Exemple",
}
FORM = views.FormPage(
    procedure=PROCEDURE,
    title="Le document",
    step=1,
    steps=5,
    action="/tilleul/brouillons/abc/document",
    groups=(views.FieldGroup("", (DOCUMENT,)),),
)


def forms() -> dict[str, Preview]:
    everything = replace(
        FORM, title="Tous les champs", step=2, groups=(views.FieldGroup("", EVERY_KIND[:4]),), back="/back"
    )
    groups = (
        views.FieldGroup("La personne", EVERY_KIND[:6]),
        views.FieldGroup("Le reste", EVERY_KIND[6:], texts=("Ces réponses nous aident à trouver l’acte.",)),
    )
    wrong = problems(
        document="Choisissez le document dont vous avez besoin.",
    )
    all_wrong = Problems(
        [
            Problem("person.born", "date", "La date de naissance doit exister : le 31 février n’existe pas."),
            Problem("person.mail", "email", "Saisissez une adresse électronique, par exemple camille@exemple.fr."),
            Problem("copies", "required", "Saisissez le nombre d’exemplaires."),
            Problem("adult", "required", "Dites si la personne est majeure."),
            Problem("person.home", "postcode", "Saisissez le code postal."),
            Problem("reasons", "required", "Choisissez au moins un usage."),
            Problem("note", "length", "La remarque compte au plus 500 caractères."),
            Problem("sworn", "required", "Certifiez que ces informations sont exactes."),
        ]
    )
    documents = replace(FORM, title="Les documents", step=4, groups=(views.FieldGroup("", (PROOF, MANDATE)),))
    sent = {"proof": (views.SentFile("f1", "livret-de-famille.pdf", 1_420_000, "", "/retirer"),)}
    two = Field("copies", "copies", "integer", "Nombre d’exemplaires", "De 1 à 3", required=True)
    redraw = replace(FORM, groups=(views.FieldGroup("", (DOCUMENT, two)),), redraws=frozenset({"document"}))
    return {
        "form-profile": citizen_page("page", replace(FORM, profile="/p", profile_page="vous")),
        "form-alone": citizen_page("page", replace(FORM, saved_at=at(3, 16, 14, 32))),
        "form-alone-told": citizen_page(
            "page", replace(FORM, groups=(views.FieldGroup("", (DOCUMENT,), ("Un mot.",)),))
        ),
        "form-alone-wrong": citizen_page("page", replace(FORM, problems=wrong)),
        "form-redraw": citizen_page("page", redraw, person="Camille Exemple", sign_out="/deconnexion"),
        "form-some": citizen_page("page", everything),
        "form-all": citizen_page("page", replace(everything, groups=groups)),
        "form-all-wrong": citizen_page("page", replace(everything, groups=groups, typed=TYPED, problems=all_wrong)),
        "form-locked": citizen_page(
            "page", replace(everything, typed=TYPED, locked={"person.name": "EXEMPLE", "person.born": "31 mars 1985"})
        ),
        "form-files": citizen_page("page", documents),
        "form-files-sent": citizen_page("page", replace(documents, files=sent)),
        "form-files-wrong": citizen_page(
            "page",
            replace(
                documents,
                problems=problems(
                    proof="Le document « livret.heic » dépasse 10 Mo. Choisissez un document plus léger."
                ),
            ),
        ),
    }
