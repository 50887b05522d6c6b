"""What a procedure does with personal data, read from its form, its workflow and its notice: for people and registers.

Source: GDPR art. 13 (what people are told), art. 30 (the register).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grc.catalogue.definition import Dpia, Procedure
from grc.catalogue.queries import Published
from grc.conditions import mapping, render, text
from grc.forms.definition import Field

IDENTITY, CONTACT, ORGANISATION, FILES, ANSWERS = (
    "Identité",
    "Coordonnées",
    "Organisme",
    "Documents joints",
    "Réponses à la démarche",
)
_BY_ROLE = {
    **dict.fromkeys(("family-name", "given-names"), IDENTITY),
    **dict.fromkeys(("postal-address", "contact-email", "receipt-email", "telephone"), CONTACT),
    **dict.fromkeys(("organisation-name", "siret", "siren", "rna"), ORGANISATION),
}
_ORDER = (IDENTITY, CONTACT, ORGANISATION, ANSWERS, FILES)
BASES: Mapping[str, str] = {
    "legal_obligation": "obligation légale (RGPD, art. 6, 1, c)",
    "public_task": "mission d’intérêt public (RGPD, art. 6, 1, e)",
    "consent": "consentement (RGPD, art. 6, 1, a)",
    "contract": "contrat (RGPD, art. 6, 1, b)",
    "vital_interests": "intérêts vitaux (RGPD, art. 6, 1, d)",
    "legitimate_interests": "intérêt légitime (RGPD, art. 6, 1, f)",
}
"""The legal bases, by their word in `x-privacy`."""
FUNCTIONS = {
    "handler": "Les agents qui traitent la demande",
    "supervisor": "Leurs responsables",
}
"""Who holds a function of a workflow, in words."""
_NAMES = frozenset({"family_name", "birth_name", "given_names", "first_name"})


@dataclass(frozen=True)
class Asked:
    """One thing asked. purpose: why. basis: in words, or "". required: to be answered where it is shown."""

    title: str
    category: str
    purpose: str
    basis: str
    required: bool


@dataclass(frozen=True)
class Processing:
    """One line of the register. persons, recipients, purposes: each a few words. data: categories with what is asked.

    retention: the sentence that people read; source: the text that says so. dpia: None where nobody had to say.
    """

    slug: str
    title: str
    purpose: str
    purposes: tuple[str, ...]
    legal_basis: str
    persons: tuple[str, ...]
    data: tuple[tuple[str, tuple[str, ...]], ...]
    recipients: tuple[str, ...]
    retention: str
    months: int
    source: str
    transfers: str
    automated: str
    is_sensitive: bool = False
    dpia: Dpia | None = None


def of(published: Published, authority_name: str) -> Processing:
    """The processing of a published procedure."""
    procedure = published.procedure
    things = asked(procedure, authority_name)
    notice = procedure.notice
    return Processing(
        slug=procedure.slug,
        title=procedure.title,
        purpose=notice.purpose,
        purposes=tuple(dict.fromkeys(thing.purpose for thing in things if thing.purpose)),
        legal_basis=notice.legal_basis,
        persons=tuple(_persons(procedure)),
        data=by_category(things),
        recipients=tuple(_recipients(published)),
        retention=notice.retention_text,
        months=procedure.retention.longest,
        source=procedure.retention.source,
        transfers=notice.transfers,
        automated=notice.automated_decision,
        is_sensitive=procedure.sensitive,
        dpia=procedure.dpia,
    )


def asked(procedure: Procedure, authority_name: str) -> tuple[Asked, ...]:
    """Everything that the form may ask, in its order; what is computed is not asked."""
    names = {"authority": {"name": authority_name}}
    found = dict[tuple[str, str], Asked]()
    for field in _asked_fields(procedure.form.fields):
        privacy = mapping(field.schema.get("x-privacy"))
        thing = Asked(
            title=render(field.title, names),
            category=FILES if field.kind == "file" else _BY_ROLE.get(field.role, ANSWERS),
            purpose=text(privacy.get("purpose")),
            basis=BASES.get(text(privacy.get("legal_basis")), ""),
            required=field.required,
        )
        found.setdefault((thing.category, thing.title), thing)
    return tuple(found.values())


def by_category(things: Iterable[Asked]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The titles of what is asked, by category, the person first."""
    grouped: dict[str, list[str]] = {}
    for thing in things:
        grouped.setdefault(thing.category, []).append(thing.title)
    return tuple((name, tuple(grouped[name])) for name in _ORDER if name in grouped)


def _asked_fields(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        if field.form is not None:
            yield from _asked_fields(field.form.fields)
        elif field.computed is None:
            yield field


def _persons(procedure: Procedure) -> Iterator[str]:
    yield f"Personnes qui demandent : {procedure.audience[:1].lower()}{procedure.audience[1:]}"
    named = (field for field in procedure.form.every_field if field.path[-1] in _NAMES)
    if any(field.role not in _BY_ROLE for field in named):
        yield "Autres personnes que les réponses nomment"
    yield "Agents qui traitent la demande"


def _recipients(published: Published) -> Iterator[str]:
    workflow, notice = published.procedure.workflow, published.procedure.notice
    held = {function for state in workflow.states.values() for each in state.transitions for function in each.by}
    yield published.service.name
    yield from (words for name, words in FUNCTIONS.items() if name in held)
    called = {str(each.params["endpoint"]) for each in workflow.actions if each.type == "call"}
    yield from (f"Le logiciel « {name} », appelé par le circuit" for name in sorted(called))
    if any(each.type == "transfer" for each in workflow.actions):
        yield "L’administration compétente, si la demande lui est transmise (CRPA, art. L114-2)"
    yield notice.recipients
