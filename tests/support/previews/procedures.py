"""The pages where an authority installs, adapts and updates its procedures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grc.catalogue import overlaying, publishing
from grc.catalogue.differences import Difference
from grc.web.admin import adaptation, installation, overlay_files, planned, procedures, updates
from grc.web.admin.forms import Choice
from grc.web.admin.offered import boxes
from grc.web.admin.procedure_words import stated
from grc.web.frame import Problems
from tests.support.overlays import room
from tests.support.previews.admin import HERE, admin_page
from tests.support.previews.world import Preview, at, problems

OURS = f"{HERE}/demarches"
ROOM = f"{OURS}/reservation-salle"
DIGEST = "0" * 64
SERVICES = [Choice("etat-civil", "Service de l’état civil"), Choice("vie-locale", "Service de la vie locale")]


def _overlay() -> dict[str, Any]:
    written = {
        "procedure": {"price": "60 € par jour", "opens_on": "2027-01-04"},
        "parameter:notice_days": {"value": 30},
        "form:day": {"hint": "Le samedi seulement."},
        "form:needs": {"order": ["sound", "kitchen", "crockery", "tables", "projector"]},
        "choice:needs/kitchen": {"hidden": True},
    }
    return overlaying.stated(room(), written)


def procedure_pages() -> dict[str, Preview]:
    return {**_lists(), **_installs(), **_adapting(), **_updates()}


def _lists() -> dict[str, Preview]:
    rows = (
        procedures.ProcedureRow(
            "Copie ou extrait d’acte de naissance", f"{OURS}/naissance", "Ouverte", True, "État civil", 3, 0
        ),
        procedures.ProcedureRow(
            room().title, ROOM, "Ouvre le 4 janvier 2027", False, "Vie locale", 7, 4, f"{ROOM}/mise-a-jour", 2
        ),
    )
    more = (procedures.CatalogueRow("Travaux près des réseaux", f"{OURS}/dict/installation", "Déclarez vos travaux."),)
    page = procedures.ProcedurePage(
        title=room().title,
        back=OURS,
        state="Ouverte",
        is_open=True,
        turn=f"{ROOM}/ouverture",
        service="Service de la vie locale",
        functions=[("Qui traite les demandes", "Service technique")],
        version=7,
        published_at=at(3, 16),
        install=f"{ROOM}/installation",
        update="",
        file=f"{ROOM}/fichier",
        page="/tilleul/demarches/reservation-salle",
        parts=[procedures.Part(title, f"{ROOM}/adaptation/1", 2) for title in procedures.sections(room())],
        stated=stated(room(), _overlay()),
    )
    return {
        "procedures": admin_page("procedures/index", procedures.ProceduresPage(rows, more, HERE)),
        "procedures-none": admin_page("procedures/index", procedures.ProceduresPage((), more, HERE)),
        "procedure-admin": admin_page("procedures/show", page),
        "procedure-admin-behind": admin_page(
            "procedures/show", replace(page, update=f"{ROOM}/mise-a-jour", is_open=False, state="Fermée")
        ),
    }


def _installs() -> dict[str, Preview]:
    held = boxes({one.value: one.label for one in SERVICES}, ["etat-civil"])
    page = installation.InstallPage(
        title=room().title,
        action=f"{ROOM}/installation",
        back=OURS,
        is_new=True,
        services=SERVICES,
        service="vie-locale",
        functions=[installation.Function("handler", "Qui traite les demandes", held, "Service de l’état civil")],
        confirms=list(publishing.confirmable(room()).items()),
    )
    told = ("La démarche est publiée et ouverte.", "Le service chargé de la démarche\u00a0: Service de la vie locale.")
    wrong = Problems(
        problems(service="Les accusés de réception et les lettres n’auraient pas cette mention\u00a0: téléphone.").all
    )
    return {
        "procedure-install": admin_page("procedures/install", page),
        "procedure-install-plan": admin_page(
            "procedures/install",
            replace(page, plan=told, changes=_changes(), hidden=[("plan", DIGEST)], confirmed=frozenset({"silence"})),
        ),
        "procedure-install-wrong": admin_page("procedures/install", replace(page, problems=wrong)),
    }


def _part(title: str, **changes: Any) -> Preview:
    places = {name: each for name, each in overlaying.places_of(room()).items() if each.section == title}
    titles, overlay = adaptation.titles_of(overlaying.places_of(room())), _overlay()
    shown = next((each for each in room().form.pages if each.title == title), None)
    groups = [(group.title, group.texts, group.fields) for group in shown.groups] if shown is not None else []
    page = adaptation.AdaptPage(
        title=room().title,
        section=title,
        action=f"{ROOM}/adaptation/1",
        back=ROOM,
        revision=7,
        things=[adaptation.thing(name, place, overlay, titles) for name, place in places.items()],
        preview=adaptation.Preview(title, groups) if shown is not None else None,
    )
    made = replace(page, **changes)
    return admin_page("procedures/adapt", made)


def _adapting() -> dict[str, Preview]:
    file = overlay_files.FilePage(room().title, f"{ROOM}/fichier", ROOM, overlay_files.written(_overlay()), 7)
    wrong = {"parameter:notice_days--value": "Un nombre de 2 à 90 est attendu."}
    return {
        "procedure-adapt": _part("Vos besoins dans la salle"),
        "procedure-adapt-preview": _part("La salle et la date", changes=stated(room(), _overlay()), seen=DIGEST),
        "procedure-adapt-wrong": _part("Les réglages", problems=Problems(problems(**wrong).all)),
        "procedure-adapt-insist": _part(
            "La salle et la date", changes=stated(room(), _overlay()), seen=DIGEST, may_insist=True
        ),
        "procedure-file": admin_page("procedures/file", file),
        "procedure-file-plan": admin_page(
            "procedures/file", replace(file, changes=_changes(), seen=DIGEST, may_insist=True)
        ),
        "procedure-file-wrong": admin_page(
            "procedures/file",
            replace(file, text="{", problems=problems(file="Ce fichier n’est pas du JSON, ligne 1, colonne 2.")),
        ),
    }


def _changes() -> planned.Changes:
    """What another version would change, of each kind."""
    found = [
        Difference("added", "form:word", "question", "Un mot pour le service"),
        Difference("removed", "choice:needs/kitchen", "choix", "La cuisine"),
        Difference("words", "procedure", "démarche", room().title, "price", "50 €", "Selon la salle et la durée"),
        Difference("words", "letter:accepted", "lettre", "Lettre d’accord", "text", f"{'mot ' * 80}un", "mot " * 90),
        Difference(
            "rules", "form:persons", "question", "Combien de personnes attendez-vous ?", "required", False, True
        ),
        Difference("rules", "form:day", "question", "Le jour", "rules", "maximum : 120", "maximum : 90"),
        Difference(
            "rules", "procedure", "démarche", "contrôles", "contrôles", "answers.days <= 7", "answers.days <= 3"
        ),
    ]
    return planned.changes(found)


def _updates() -> dict[str, Preview]:
    price = updates.ConflictRow(
        "procedure#price",
        "Démarche «\u00a0Réservation d’une salle\u00a0»",
        "prix",
        "Le catalogue a changé ce que vous aviez changé.",
        "60 € par jour",
        "50 €",
        "Selon la salle et la durée",
        True,
    )
    gone = replace(
        price,
        name="form:gone#label",
        what="Question «\u00a0Où\u202f?\u00a0»",
        word="intitulé",
        theirs="rien",
        may_keep=False,
    )
    page = updates.UpdatePage(
        title=room().title,
        action=f"{ROOM}/mise-a-jour",
        back=ROOM,
        is_behind=True,
        conflicts=(price, gone),
        changes=_changes(),
        seen="",
        goes_on=stated(room(), _overlay()),
        confirms=list(publishing.confirmable(room()).items()),
        held=("Qui traite les demandes : Vie locale.",),
    )
    wrong = problems(
        **{"form:gone#label-take": "Question «\u00a0Où\u202f?\u00a0», intitulé\u00a0: choisissez quoi garder."}
    )
    return {
        "procedure-update": admin_page("procedures/update", page),
        "procedure-update-plan": admin_page(
            "procedures/update",
            replace(page, conflicts=(replace(price, chosen="keep"), replace(gone, chosen="take")), seen=DIGEST),
        ),
        "procedure-update-wrong": admin_page("procedures/update", replace(page, problems=wrong)),
        "procedure-update-none": admin_page("procedures/update", replace(page, is_behind=False)),
    }
