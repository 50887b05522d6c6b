"""Which procedures a service is in charge of, and whether their receipts stay whole when the service changes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, select

from grc.authorities import queries as authorities
from grc.catalogue import queries
from grc.catalogue.models import InstalledProcedure
from grc.catalogue.publishing import contact
from grc.catalogue.queries import Published
from grc.errors import Invalid, Problem
from grc.receipts.publishing import missing_mentions


def of_service(session: Session, authority_id: int, service_id: int) -> Sequence[Published]:
    """The published procedures that the service answers, by their slug."""
    return [one for one in queries.all_published(session, authority_id) if one.service.id == service_id]


def counts(session: Session, authority_id: int) -> dict[int, int]:
    """How many published procedures each service answers, by its key."""
    found: dict[int, int] = {}
    for one in queries.all_published(session, authority_id):
        found[one.service.id] = found.get(one.service.id, 0) + 1
    return found


def require_complete(session: Session, authority_id: int, service_id: int) -> None:
    """Nothing, or Invalid that names what the receipts and letters of its procedures would lack.

    Checked at each change (R4).
    """
    authority = authorities.authority(session, authority_id)
    lacking: dict[str, list[str]] = {}
    for one in of_service(session, authority_id, service_id):
        missing = missing_mentions(
            authority=authority.name,
            authority_address=authority.postal_address,
            procedure_title=one.procedure.title,
            service=contact(one.service),
            silence_terms=one.procedure.silence,
            appeal_terms=one.procedure.appeal,
        )
        for mention in missing:
            lacking.setdefault(mention, []).append(one.procedure.title)
    problems = [Problem(_field(mention), "receipt", _sentence(mention, titles)) for mention, titles in lacking.items()]
    if problems:
        raise Invalid("Ce service répond à des démarches publiées\u00a0: il doit rester joignable.", problems)


def require_address(session: Session, authority_id: int) -> None:
    """Nothing, or Invalid that names the procedures whose letters would give agents no postal address (L111-2)."""
    if authorities.authority(session, authority_id).postal_address:
        return
    titles = [
        one.procedure.title for one in queries.all_published(session, authority_id) if not one.service.postal_address
    ]
    if titles:
        message = (
            f"Écrivez l’adresse postale\u00a0: un service qui n’en a pas répond à {named(titles)} (article L111-2)."
        )
        raise Invalid("Les lettres n’auraient plus d’adresse.", [Problem("postal_address", "in_charge", message)])


def require_idle(session: Session, authority_id: int, service_id: int) -> None:
    """Nothing, or Invalid that names the open procedures which the service answers, or holds a function of."""
    held = [one.procedure.title for one in _held(session, authority_id, service_id) if one.is_open]
    if held:
        message = (
            f"Ce service répond à des démarches ouvertes\u00a0: {named(held)}. Donnez-les d’abord à un autre service."
        )
        raise Invalid(message, [Problem("close", "in_charge", message)])


def _held(session: Session, authority_id: int, service_id: int) -> list[Published]:
    """The published procedures that the service answers, and those whose workflow's mails go to it."""
    slug = authorities.service(session, authority_id, service_id).slug
    rows = session.exec(
        select(InstalledProcedure.slug, InstalledProcedure.functions).where(
            InstalledProcedure.authority_id == authority_id
        )
    )
    bound = {name for name, functions in rows if any(slug in slugs for slugs in (functions or {}).values())}
    every = queries.all_published(session, authority_id)
    return [one for one in every if one.service.id == service_id or one.procedure.slug in bound]


def named(titles: Sequence[str]) -> str:
    """The titles, in quotes, at most three of them."""
    shown = ", ".join(f"«\u00a0{title}\u00a0»" for title in titles[:3])
    return shown if len(titles) <= 3 else f"{shown} et {len(titles) - 3} de plus"


def _field(mention: str) -> str:
    fields = {"téléphone": "telephone", "adresse administrative": "postal_address"}
    return next((field for word, field in fields.items() if word in mention), "email")


def _sentence(mention: str, titles: Sequence[str]) -> str:
    start = "Les accusés de réception et les lettres doivent donner cette mention"
    return f"{start}\u00a0: {mention} (articles R112-11-1 et L111-2). Ce service répond à {named(titles)}."
