"""The pages of programs: their keys, and where they are told what happens."""

from __future__ import annotations

from grc.authorities.api_keys import SCOPES
from grc.calling.webhooks import KINDS
from grc.errors import Problem
from grc.web.admin import keys, offered, webhooks
from grc.web.frame import Problems
from tests.support.previews.admin import HERE, admin_page
from tests.support.previews.world import PROCEDURE, REFERENCE, Preview, at

_PROCEDURES = {"acte-de-naissance": PROCEDURE, "admission-creche": "Place en crèche (sensible)"}
_FORM = {"back": HERE, "back_text": "Administration"}


def programs() -> dict[str, Preview]:
    secret = offered.SecretPage("Nouvelle clé", "Copiez cette clé.", "grc_" + "a2b3" * 10, f"{HERE}/cles", "Clés")
    return {
        "admin-keys": admin_page("keys", _keys()),
        "admin-key": admin_page("secret", secret),
        "admin-webhooks": admin_page("webhooks", _webhooks()),
        "admin-webhook": admin_page("webhook", _webhook()),
    }


def _keys() -> keys.KeysPage:
    made = at(11, 3)
    rows = [
        keys.KeyRow(
            "Portail de l’agglomération",
            "grc_k7pq",
            [SCOPES["submission:file"], SCOPES["submission:read"]],
            [],
            "En service",
            made,
            at(12, 31),
            at(11, 22, 8),
            f"{HERE}/cles/2/revocation",
        ),
        keys.KeyRow("Essai", "grc_m4xa", [SCOPES["document:read"]], [PROCEDURE], "Révoquée", made, None, None, ""),
    ]
    return keys.KeysPage(
        title="Clés des logiciels",
        action=f"{HERE}/cles",
        asks=keys._ASKS,
        typed={"name": "Portail"},
        button="Créer la clé",
        problems=Problems([Problem("scopes", "scopes", "Choisissez au moins un droit.")]),
        rows=rows,
        scopes=offered.boxes(SCOPES, []),
        procedures=offered.boxes(_PROCEDURES, ["acte-de-naissance"], everything=offered.NOT_SENSITIVE),
        docs="/tilleul/api/v1/openapi.json",
        **_FORM,
    )


def _webhooks() -> webhooks.HooksPage:
    url = "https://portail.agglomeration.example/demarches/nouvelles"
    return webhooks.HooksPage(
        title="Notifications aux logiciels",
        action=f"{HERE}/webhooks",
        asks=webhooks._ASKS,
        typed={},
        button="Ajouter",
        rows=[
            webhooks.HookRow("Portail de l’agglomération", url, f"{HERE}/webhooks/1", True, 3, 2, at(11, 20)),
            webhooks.HookRow("Essai", url, f"{HERE}/webhooks/2", False, 0, 0, None),
        ],
        kinds=offered.boxes(KINDS, None, everything="Tous"),
        procedures=offered.boxes(_PROCEDURES, None, everything=offered.NOT_SENSITIVE),
        **_FORM,
    )


def _webhook() -> webhooks.HookPage:
    tries = [webhooks.TryRow(at(11, 22, 9, 1), "500"), webhooks.TryRow(at(11, 22, 9, 2), "ConnectTimeout")]
    told = [
        webhooks.ToldRow(REFERENCE, "#", "Demande reçue", at(11, 22), "En attente", at(11, 22, 9, 4), tries),
        webhooks.ToldRow(REFERENCE, "#", "Demande reçue", at(11, 21), "Reçue", None, tries[:1]),
    ]
    return webhooks.HookPage(
        title="Portail de l’agglomération",
        action=f"{HERE}/webhooks/1",
        asks=webhooks._ASKS,
        typed={"name": "Portail de l’agglomération", "url": "https://portail.example/nouvelles"},
        kinds=offered.boxes(KINDS, ["submission:received"], everything="Tous"),
        procedures=offered.boxes(_PROCEDURES, None, everything=offered.NOT_SENSITIVE),
        told=told,
        replay=f"{HERE}/webhooks/1/renvoi",
        remove=f"{HERE}/webhooks/1/suppression",
        since="2026-11-22",
        failing_since=at(11, 20),
        **_FORM,
    )
