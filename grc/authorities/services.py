"""The services of an authority, as its administrators keep them: added, changed, closed, reopened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from grc.access.actors import Actor
from grc.authorities import checking, merging, queries
from grc.authorities.merging import Values
from grc.authorities.models import Service
from grc.authorities.views import ServiceView, service_view
from grc.errors import Invalid, NotFound, Problem
from grc.journal import recording
from grc.journal.acts import JournalAct

LABELS = {
    "name": "le nom",
    "email": "l’adresse électronique",
    "telephone": "le téléphone",
    "postal_address": "l’adresse postale",
    "hours": "les horaires",
}
"""What can be changed of a service, by field."""


@dataclass(frozen=True)
class Listed:
    """A service in the list. closed_at: None while it is open. lacking: what receipts or letters would miss of it."""

    view: ServiceView
    closed_at: datetime | None
    lacking: Sequence[str]


def listed(session: Session, authority_id: int) -> Sequence[Listed]:
    """Every service of the authority, the open ones first, by name."""
    statement = select(Service).where(Service.authority_id == authority_id)
    ordered = statement.order_by(col(Service.closed_at).is_not(None), col(Service.name))
    address = queries.authority(session, authority_id).postal_address
    return [
        Listed(service_view(row), row.closed_at, lacking(service_view(row), address)) for row in session.exec(ordered)
    ]


def one(session: Session, authority_id: int, key: int, *, is_held: bool = False) -> Service:
    """A service of the authority, closed or not; raises NotFound. is_held: locked until the end, to be changed."""
    statement = select(Service).where(Service.authority_id == authority_id, Service.id == key)
    row = session.exec(statement.with_for_update() if is_held else statement).one_or_none()
    if row is None:
        raise NotFound("Ce service n’existe pas dans cette collectivité.")
    return row


def told(row: Service) -> dict[str, str]:
    """What the form shows of a service."""
    return {
        "name": row.name,
        "email": row.email,
        "telephone": row.telephone,
        "postal_address": "\n".join(row.postal_address),
        "hours": row.hours,
    }


def lacking(service: ServiceView, authority_address: Sequence[str]) -> Sequence[str]:
    """What receipts and letters want of every service and this one does not say. Source: CRPA R112-11-1 2°, L111-2."""
    wanted = (
        ("un téléphone", service.telephone),
        ("une adresse électronique ou postale", service.email or service.postal_address),
        ("une adresse postale, du service ou de la collectivité", service.postal_address or authority_address),
    )
    return [name for name, value in wanted if not value]


def add(session: Session, authority_id: int, slug: str, typed: Values, *, by: Actor | None, now: datetime) -> Service:
    """A new service. slug: its name in addresses and files, never changed. Raises Invalid with every problem."""
    values = {name: typed.get(name, "") for name in LABELS}
    problems = [*_problems(session, authority_id, values, but=None), *_slug_problems(session, authority_id, slug)]
    if problems:
        raise Invalid("Ce service ne peut pas être ajouté.", problems)
    row = Service(authority_id=authority_id, slug=slug, name="")
    _store(session, row, values)
    recording.record(session, authority_id, JournalAct.SERVICE_ADDED, ("service", slug), by=by, now=now)
    return row


def change(
    session: Session, authority_id: int, key: int, typed: Values, *, seen: Values, by: Actor | None, now: datetime
) -> Service:
    """The service said otherwise. seen: what the form showed. Raises Invalid, Meanwhile or NotFound.

    The caller checks that the procedures it is in charge of stay complete (grc.catalogue.responsible).
    """
    row = one(session, authority_id, key, is_held=True)
    stored = told(row)
    values = merging.merged(seen=seen, typed=typed, stored=stored, labels=LABELS)
    problems = _problems(session, authority_id, values, but=key)
    if problems:
        raise Invalid("Ce service ne peut pas être enregistré.", problems)
    fields = merging.changed(values, stored)
    if fields:
        _store(session, row, values)
        subject, data = ("service", row.slug), {"fields": fields}
        recording.record(session, authority_id, JournalAct.SERVICE_CHANGED, subject, by=by, now=now, data=data)
    return row


def close(session: Session, authority_id: int, key: int, *, by: Actor | None, now: datetime) -> None:
    """Nothing new is given to the service from now on. The caller checks first that it is in charge of nothing open."""
    row = one(session, authority_id, key, is_held=True)
    if row.closed_at is None:
        row.closed_at = now
        _mark(session, row, JournalAct.SERVICE_CLOSED, by=by, now=now)


def reopen(session: Session, authority_id: int, key: int, *, by: Actor | None, now: datetime) -> None:
    """The service may be given procedures again."""
    row = one(session, authority_id, key, is_held=True)
    if row.closed_at is not None:
        row.closed_at = None
        _mark(session, row, JournalAct.SERVICE_REOPENED, by=by, now=now)


def _mark(session: Session, row: Service, act: JournalAct, *, by: Actor | None, now: datetime) -> None:
    session.add(row)
    session.flush()
    recording.record(session, row.authority_id, act, ("service", row.slug), by=by, now=now)


def _store(session: Session, row: Service, values: Values) -> None:
    row.name = checking.flat(values["name"])
    row.email = values["email"].strip()
    row.telephone = checking.flat(values["telephone"])
    row.postal_address = checking.lines(values["postal_address"])
    row.hours = checking.flat(values["hours"])
    session.add(row)
    session.flush()


def _problems(session: Session, authority_id: int, values: Values, *, but: int | None) -> list[Problem]:
    name = checking.flat(values["name"])
    problems = [
        *checking.required("name", name, "Écrivez le nom du service, tel que les accusés de réception l’impriment."),
        *checking.length("name", name, 200),
        *checking.email("email", values["email"].strip()),
        *checking.telephone("telephone", checking.flat(values["telephone"])),
        *checking.address("postal_address", values["postal_address"]),
        *checking.length("hours", checking.flat(values["hours"]), 300),
    ]
    same = select(Service.id).where(Service.authority_id == authority_id, Service.name == name)
    holder = session.exec(same).first()
    if holder is not None and holder != but:
        problems.append(Problem("name", "taken", "Un service a déjà ce nom. Choisissez-en un autre."))
    return problems


def _slug_problems(session: Session, authority_id: int, slug: str) -> list[Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,58}[a-z0-9]", slug) or "--" in slug:
        message = "Écrivez des lettres minuscules sans accent, des chiffres et des tirets, par exemple etat-civil."
        return [Problem("slug", "format", message)]
    taken = select(Service.id).where(Service.authority_id == authority_id, Service.slug == slug)
    if session.exec(taken).first() is not None:
        return [
            Problem("slug", "taken", f"Un service a déjà l’identifiant «\u00a0{slug}\u00a0». Choisissez-en un autre.")
        ]
    return []
