"""The pages of rights, absences and roles, and of who may see a demande."""

from __future__ import annotations

from dataclasses import replace

from grc.web.admin import absences, rights, roles
from grc.web.agents import access, holding
from tests.support.previews.admin import admin_page
from tests.support.previews.world import REFERENCE, Preview, agent_page, at, problems

_HERE = "/tilleul/agents"
_NURSERY = "Demander une place en crèche"
_HELD = (
    holding.Held(1, "Instruction", f"sur la démarche « {_NURSERY} »", "sans fin", "Dominique Modèle"),
    holding.Held(
        2,
        "Lecture (élu, direction)",
        f"dans le service « Service de la petite enfance » sur la démarche « {_NURSERY} »",
        "jusqu’au 30 novembre 2026",
        "",
    ),
)
RIGHTS = rights.RightsPage(
    title="Droits d’Alix Modèle",
    action=f"{_HERE}/collegues/2/droits",
    back=f"{_HERE}/collegues/2",
    back_text="Alix Modèle",
    asks=rights.asks([(1, "Service de l’état civil"), (2, "Service de la petite enfance")], {3: _NURSERY}),
    typed={},
    button="Accorder ce droit",
    whole="Accueil",
    rows=[rights.RightRow(one, f"{_HERE}/collegues/2/droits/{one.id}/retrait") for one in _HELD],
)
ABSENCE = absences.AbsencePage(
    title="Mes absences",
    action=f"{_HERE}/compte/absence",
    back=f"{_HERE}/compte",
    back_text="Mon compte",
    asks=absences.asks([(1, "Dominique Modèle"), (2, "Alix Modèle")]),
    typed={},
    button="Déclarer l’absence",
    rows=(
        absences.AbsenceRow("du 16 mars 2026 au 20 mars 2026", "Dominique Modèle", True, f"{_HERE}/x"),
        absences.AbsenceRow("du 3 août 2026 au 21 août 2026", "", False, f"{_HERE}/y"),
    ),
    standing_in=("Vous remplacez Claire Modèle jusqu’au 20 mars 2026.",),
)
ACCESS = access.AccessPage(
    reference=REFERENCE,
    title=_NURSERY,
    back=f"{_HERE}/demandes/{REFERENCE}",
    roles=f"{_HERE}/administration/roles",
    is_sensitive=True,
    agents=(
        access.Reader(
            "Alix Modèle",
            "agente de la petite enfance",
            (
                f"Instruction, sur la démarche « {_NURSERY} »",
                "Lecture (élu, direction), dans le service « Service de la petite enfance », jusqu’au 30 novembre 2026",
            ),
        ),
        access.Reader(
            "Omar Fictif",
            "responsable de l’état civil",
            (f"Instruction, sur la démarche « {_NURSERY} », en remplaçant Alix Modèle jusqu’au 20 mars 2026",),
        ),
        access.Reader(
            "Yann Essai",
            "responsable de la plateforme",
            (
                f"Lecture (élu, direction), sur la démarche « {_NURSERY} »",
                "Accès temporaire de « Syndicat d’Exemple », jusqu’au 17 mars 2026 ; chaque lecture est notée",
            ),
        ),
    ),
    citizen=(
        access.Reader("Qui a le code de suivi", "", ("Remis à l’usager à l’envoi de la demande",)),
        access.Reader("Le compte de l’usager", "", ("La demande y est rattachée",)),
        access.Reader("L’aidant", "une association d’aide", ("Il a déposé la demande pour la personne",)),
    ),
    programs=(access.Reader("Logiciel de la crèche", "grc_k7pq…", ("Lire l’état des demandes",)),),
    looks=(
        access.LookLine(at(3, 17, 9, 5), "Alix Modèle", "Demande consultée"),
        access.LookLine(at(3, 17, 9, 1), "Un programme", "Demande exportée"),
    ),
)


def rights_pages() -> dict[str, Preview]:
    """Every page by the name of its state."""
    wrong = problems(service="Choisissez un service, une démarche, ou les deux.")
    late = problems(last_on="Saisissez le dernier jour : ni passé, ni avant le premier.")
    bare = replace(ACCESS, is_sensitive=False, agents=(), citizen=ACCESS.citizen[:1], programs=(), looks=())
    return {
        "rights": admin_page("rights", RIGHTS),
        "rights-none": admin_page("rights", replace(RIGHTS, whole="", rows=())),
        "rights-wrong": admin_page("rights", replace(RIGHTS, problems=wrong, typed={"until_on": "2026-11-30"})),
        "absence": admin_page("absences", ABSENCE),
        "absence-none": admin_page("absences", replace(ABSENCE, rows=(), standing_in=(), is_own=False)),
        "absence-wrong": admin_page("absences", replace(ABSENCE, problems=late)),
        "roles": admin_page("roles", roles.page_of(f"{_HERE}/administration", "Administration")),
        "access": agent_page("submission/access", ACCESS),
        "access-bare": agent_page("submission/access", bare),
        "access-unread": agent_page("submission/access", replace(ACCESS, looks=())),
    }
