"""Which permission admits to each address of administration: a new page of /agents/administration is a line here."""

from __future__ import annotations

from grc.access.permissions import Permission

_HERE = "/agents/administration"
_PAGES: dict[Permission, tuple[str, ...]] = {
    Permission.SERVICE_CHANGE: (
        *("services", "services/nouveau", "services/{service}"),
        *("services/{service}/fermeture", "services/{service}/reouverture"),
        *("fermetures", "fermetures/{closure}/retrait"),
    ),
    Permission.AUTHORITY_CHANGE: (
        *("collectivite", "apparence", "apparence/logo", "apparence/logo/retrait"),
        *("declarations", "declarations/{statement}"),
    ),
    Permission.REGISTER_READ: ("registre", "registre.csv", "registre.json", "registre/{slug}"),
    Permission.VISA_RECORD: (
        *("conservation", "conservation/listes", "conservation/listes/{visa}", "conservation/permanent"),
        *("conservation/listes/{visa}/bordereau.csv", "conservation/listes/{visa}/retrait"),
    ),
    Permission.JOURNAL_READ: ("journal", "journal.csv"),
    Permission.GUEST_ADMIT: ("acces-du-syndicat", "acces-du-syndicat/nouveau", "acces-du-syndicat/{guest}/fin"),
    Permission.PROCEDURE_CHANGE: (
        "demarches",
        *(
            f"demarches/{{slug}}{act}"
            for act in ("", "/ouverture", "/installation", "/adaptation/{part}", "/fichier", "/mise-a-jour")
        ),
    ),
    Permission.KEY_MANAGE: (
        *("cles", "cles/nouvelle", "cles/{key}/revocation", "webhooks", "webhooks/secret", "webhooks/{webhook}"),
        *("webhooks/{webhook}/renvoi", "webhooks/{webhook}/suppression"),
    ),
}
ADMINISTERED = {f"{_HERE}/{page}": permission for permission, pages in _PAGES.items() for page in pages}
"""The permission by path."""
