"""The home page of a town hall and the way into a procedure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.web.citizen import views
from grc.web.frame import Link, Trouble
from tests.support.previews.world import (
    PROCEDURE,
    SERVICE,
    Preview,
    at,
    citizen_page,
)

CATEGORIES = (
    views.Category(
        "civil-status",
        "Naissance, mariage, décès",
        (
            views.ProcedureRow(
                PROCEDURE, "Pour une naissance à Tilleul-sur-Exemple. Gratuit.", "/tilleul/demarches/acte-de-naissance"
            ),
            views.ProcedureRow(
                "Livret de famille", "Second livret ou mise à jour.", "/tilleul/demarches/livret-de-famille"
            ),
        ),
    ),
    views.Category(
        "public-space",
        "Rue et espace public",
        (
            views.ProcedureRow(
                "Signaler un problème dans la rue", "Éclairage, voirie, propreté.", "/tilleul/demarches/voirie"
            ),
        ),
    ),
)

START = views.ProcedurePage(
    title=PROCEDURE,
    description="Demandez la copie ou l’extrait de l’acte d’une personne née à Tilleul-sur-Exemple.",
    who=(
        "La personne elle-même si elle est majeure, son époux, ses parents, ses enfants, son représentant légal.",
        "Pour un extrait sans filiation : tout le monde.",
    ),
    prepare=(
        "le nom, les prénoms, la date et le lieu de naissance de la personne ;",
        "les noms et prénoms de ses parents, sauf pour un extrait sans filiation ;",
        "un document qui prouve votre lien, si l’acte n’est pas le vôtre.",
    ),
    minutes=5,
    delay="3 jours ouvrés",
    price="Gratuit",
    silence=(
        "Sans réponse de la commune dans un délai de deux mois, votre demande est refusée. Vous pouvez alors "
        "contester ce refus.",
    ),
    service=SERVICE,
    senders=("ne-pas-repondre@tilleul.example",),
    modalities="/tilleul/modalites",
    notice=(
        ("Pourquoi", "Trouver l’acte et vous l’envoyer."),
        ("Base légale", "Obligation légale : décret n° 2017-890 du 6 mai 2017."),
        ("Qui les lit", "Les agents du service état civil."),
        ("Combien de temps", "Un an après votre demande."),
        ("Vos droits", "Accès, rectification, limitation. Écrivez à dpo@tilleul.example."),
    ),
    start="/tilleul/demarches/acte-de-naissance/identification",
)
DRAFT = views.DraftRow(
    PROCEDURE, "/tilleul/brouillons/abc/vous", at(3, 16, 14, 32), date(2026, 4, 15), "/restart", "Vous"
)


def catalogues() -> dict[str, Preview]:
    home = views.CataloguePage("/tilleul/", "/tilleul/suivi", CATEGORIES, telephone="01 99 00 12 34")
    begin = views.IdentificationPage(
        PROCEDURE,
        "/x",
        "/tilleul/suivi",
        "/franceconnect/connexion",
        "/brouillons",
        ask="/lien",
        door="/connexion",
        following="/x",
    )
    return {
        "catalogue": citizen_page("catalogue", home),
        "catalogue-draft": citizen_page("catalogue", replace(home, drafts=(DRAFT,))),
        "catalogue-found": citizen_page(
            "catalogue", replace(home, query="naissance", found=1, categories=CATEGORIES[:1])
        ),
        "catalogue-nothing": citizen_page("catalogue", replace(home, query="piscine", categories=())),
        "catalogue-empty": citizen_page("catalogue", replace(home, categories=())),
        "procedure": citizen_page("procedure", START),
        "procedure-draft": citizen_page("procedure", replace(START, draft=DRAFT)),
        "procedure-drafts": citizen_page("procedure", replace(START, draft=DRAFT, another="/x", others=2, mine="/y")),
        "procedure-closed": citizen_page(
            "procedure",
            replace(START, start="", closed="Cette démarche rouvre le 1er avril 2026. D’ici là, écrivez à la mairie."),
        ),
        "identification": citizen_page("identification", begin),
        "identification-link": citizen_page(
            "identification", replace(begin, carried=(("prefill.room", "mairie"),), is_filled=True)
        ),
        "identification-trouble": citizen_page(
            "identification",
            begin,
            trouble=Trouble(
                "FranceConnect n’a pas pu confirmer votre connexion. Réessayez ou utilisez un autre moyen.",
                help=Link("Aide de FranceConnect", "https://aide.franceconnect.gouv.fr/"),
            ),
        ),
        "identification-alone": citizen_page("identification", replace(begin, franceconnect="")),
    }
