"""Faults of what people are told of their data (GDPR art. 13), and of the impact assessment left open (art. 35)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grc.catalogue.definition import Procedure
from grc.catalogue.lint.journeys import bare
from grc.conditions import Faults

PARTS: Mapping[str, str] = {
    "purpose": "à quoi servent les données",
    "legal_basis": "sur quelle base du RGPD (art. 6)",
    "recipients": "qui les lit",
    "retention_text": "combien de temps elles sont gardées",
    "rights": "les droits, et la plainte à la CNIL",
    "obligation": "ce qui est obligatoire, et ce qui se passe sans réponse",
    "transfers": "si elles quittent l’Union européenne",
    "automated_decision": "si une décision est automatique",
}
"""The parts of a notice, by their name in `Notice`, with what each says; the authority adds its own and its officer."""
_VULNERABLE = re.compile(
    r"\b(enfants?|mineure?s?|bebes?|eleves?|sante|handicap\w*|medica\w+|medecins?|maladies?|vulnerables?|dependan\w+)\b"
)
_COMPLAINT = re.compile(r"RGPD.*\bart\. 77\b")
"""The rule of silence of a request on personal data: without an answer, a complaint."""
_WRITTEN = {"retention_text": "retention"}


def check(procedure: Procedure, faults: Faults) -> None:
    """Every fault of the notice and of the impact assessment."""
    where = f"{procedure.slug}/procedure.json#"
    for name, says in PARTS.items():
        if not getattr(procedure.notice, name).strip():
            written = _WRITTEN.get(name, name)
            message = f"l’information sur les données ne dit pas {says} (RGPD, art. 13)."
            faults.add(f"{where}/notice/{written}", message, f"Ajoutez « {written} ».")
    if "CNIL" not in procedure.notice.rights:
        message = "l’information sur les données ne dit pas que l’on peut saisir la CNIL (RGPD, art. 13, 2, d)."
        faults.add(f"{where}/notice/rights", message, "Ajoutez une phrase.")
    if not re.search(r"art\.\s6\b|article 6\b", procedure.notice.legal_basis.replace("\u00a0", " ")):
        message = "la base légale ne cite pas l’article 6 du RGPD."
        faults.add(f"{where}/notice/legal_basis", message, "Par exemple « RGPD, art. 6, 1, e ».")
    forbidden(procedure, faults)
    if procedure.dpia is None and (why := _to_assess(procedure)):
        message = f"{why} : dites si une analyse d’impact est nécessaire (RGPD, art. 35)."
        faults.add(f"{where}/dpia", message, "Ajoutez « dpia » : « needed » (yes, no ou to-assess) et « why ».")


def forbidden(procedure: Procedure, faults: Faults) -> None:
    """A refusal on personal data tells of the complaint to the CNIL (GDPR art. 12, 4): nobody may do less."""
    is_of_rights = any(_COMPLAINT.search(item.source.replace("\u00a0", " ")) for item in procedure.silence)
    if is_of_rights and "CNIL" not in procedure.letters.get("refused", ""):
        message = "la lettre de refus ne dit pas que l’on peut se plaindre à la CNIL (RGPD, art. 12, 4)."
        faults.add(f"{procedure.slug}#letters/refused", message, "Ajoutez une phrase, avec l’adresse de la CNIL.")


def _to_assess(procedure: Procedure) -> str:
    """Why the question of an impact assessment arises, or ""."""
    if procedure.sensitive:
        return "cette démarche est sensible"
    asked = " ".join(field.title for field in procedure.form.every_field)
    if _VULNERABLE.search(bare(f"{procedure.category} {procedure.audience} {procedure.notice.purpose} {asked}")):
        return "cette démarche porte sur des enfants, sur la santé ou sur des personnes vulnérables"
    return ""
