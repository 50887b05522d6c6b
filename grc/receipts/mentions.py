"""What the law wants on receipts, notices and letters, checked part by part: the French names of what is absent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grc.receipts.parts import AgentContact, Appeal, Incomplete, ServiceContact, Silence

Missing = tuple[str, ...]


def absent(*wanted: tuple[str, object]) -> Missing:
    """The names whose value says nothing: empty, or made of blanks."""
    return tuple(name for name, value in wanted if not (value.strip() if isinstance(value, str) else value))


def of_service(service: ServiceContact) -> Missing:
    """What the service in charge lacks. Source: CRPA R112-11-1 2°."""
    return absent(
        ("nom du service chargé de la demande", service.name),
        ("adresse électronique ou postale du service", service.email or service.postal_address),
        ("téléphone du service", service.telephone),
    )


def of_agent(agent: AgentContact) -> Missing:
    """What the agent in charge lacks, on a letter; one whose name is withheld keeps capacity and address.

    Source: CRPA L111-2.
    """
    return absent(
        ("prénom, nom et qualité de l’agent", agent.name and agent.capacity),
        ("adresse administrative de l’agent", agent.address),
    )


def of_silence(stated: Silence | None, appeals: Sequence[Appeal]) -> Missing:
    """What a stated silence lacks: its text and, for a rejection, the appeals. Source: CRPA R112-11-1 al. 4 and 5."""
    if stated is None:
        return ()
    missing = absent(("source légale de la règle de silence", stated.source))
    return missing if stated.rule == "acceptance" else (*missing, *of_appeals(appeals))


def of_appeals(appeals: Sequence[Appeal]) -> Missing:
    """What the appeals of an unfavourable decision lack: the court, and to whom and by which text for each.

    Source: CJA R421-5 (else the time limit is not opposable); CRPA R112-11-1 al. 5.
    """
    return absent(
        ("recours devant le tribunal administratif", any(appeal.kind == "contentieux" for appeal in appeals)),
        ("destinataire et texte de chaque recours", all(appeal.to and appeal.source for appeal in appeals)),
    )


def of_refusal(reasons: str, appeals: Sequence[Appeal]) -> Missing:
    """What an unfavourable decision lacks: its reasons (CRPA L211-2, L211-5) and its appeals (CJA R421-5)."""
    return (*absent(("motifs du refus", reasons)), *of_appeals(appeals))


def of_incomplete(incomplete: Incomplete | None) -> Missing:
    """What a list of missing pieces lacks. Source: CRPA R112-11-4 al. 1, L114-5 al. 4."""
    if incomplete is None:
        return ()
    return of_pieces((item.required_by for item in incomplete.items), incomplete.rule)


def of_pieces(required_by: Iterable[str], rule: Sequence[str]) -> Missing:
    """What a list of pieces lacks, given the text that requires each, and the sentences of the rule."""
    texts = tuple(required_by)
    return absent(
        ("liste des pièces manquantes", texts),
        ("texte qui exige chaque pièce", all(texts)),
        ("règle du délai pendant l’attente des pièces", rule),
    )
