"""The published procedures of an authority, and any version by its id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from grc.authorities.models import Service
from grc.authorities.views import ServiceView, service_view
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure, ProcedureVersion
from grc.db import Answer, Prepared, ask_each, kept_of
from grc.errors import NotFound
from grc.receipts.wording import short_date

_MOST_KEPT = 2000


@dataclass(frozen=True)
class Published:
    """A procedure as one authority offers it today."""

    procedure_id: int
    version_id: int
    is_open: bool
    service: ServiceView
    procedure: Procedure

    def is_open_on(self, day: date) -> bool:
        """Whether a new demande may be started that day: the authority left it open, and its dates say so too."""
        return self.is_open and self.procedure.is_open_on(day)

    def closed_on(self, day: date) -> str:
        """Why nothing may be started that day, until when, and the other way; "" when it may."""
        if self.is_open_on(day):
            return ""
        opens_on, closes_on = self.procedure.opens_on, self.procedure.closes_on
        if self.is_open and opens_on is not None and day < opens_on:
            told = f"Cette démarche ouvre le {short_date(opens_on)}."
        elif self.is_open and closes_on is not None:
            told = f"Cette démarche est fermée depuis le {short_date(closes_on)} au soir."
        else:
            told = "Cette démarche est fermée pour le moment."
        return f"{told} {self.procedure.closed or 'Téléphonez au service.'}"


@dataclass(frozen=True)
class VersionFacts:
    """Which version of a procedure is published, the hash of its document, and since when."""

    number: int
    sha256: str
    published_at: datetime


_PROCEDURE = InstalledProcedure.__table__  # type: ignore[attr-defined]
_SERVICE = Service.__table__  # type: ignore[attr-defined]
_PUBLISHED = Prepared(
    core_select(
        _PROCEDURE.c.id,
        _PROCEDURE.c.version_id,
        _PROCEDURE.c.is_open,
        *(_SERVICE.c[name].label(f"service_{name}") for name in ServiceView.__dataclass_fields__),
    )
    .join_from(_PROCEDURE, _SERVICE, _SERVICE.c.id == _PROCEDURE.c.service_id)
    .where(_PROCEDURE.c.authority_id == bindparam("authority"), _PROCEDURE.c.slug == bindparam("wanted"))
)


def version(session: Session, authority_id: int, version_id: int) -> Procedure:
    """The procedure of a version of this authority; raises NotFound."""
    kept = kept_of(session)
    found: Procedure | None = kept.get((f"version:{authority_id}", version_id))
    if found is None:
        statement = select(ProcedureVersion.document).where(
            ProcedureVersion.authority_id == authority_id, ProcedureVersion.id == version_id
        )
        document = session.exec(statement).one_or_none()
        if document is None:
            raise NotFound("Cette version de la démarche n’existe pas.")
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        found = kept[(f"version:{authority_id}", version_id)] = loading.from_document(document)
    return found


def version_facts(session: Session, authority_id: int, version_id: int) -> VersionFacts:
    """Number, hash and day of a version of this authority; raises NotFound."""
    statement = select(ProcedureVersion.number, ProcedureVersion.sha256, ProcedureVersion.published_at).where(
        ProcedureVersion.authority_id == authority_id, ProcedureVersion.id == version_id
    )
    row = session.exec(statement).one_or_none()
    if row is None:
        raise NotFound("Cette version de la démarche n’existe pas.")
    return VersionFacts(*row)


def published(session: Session, authority_id: int, slug: str) -> Published:
    """The published procedure of this slug; raises NotFound."""
    row = _PUBLISHED.one(session, {"authority": authority_id, "wanted": slug})
    if row is None or row.version_id is None:
        raise NotFound("Cette démarche n’existe pas ici. Cherchez-la dans la liste des démarches.")
    service = ServiceView(*row[3:])
    service = replace(service, postal_address=tuple(service.postal_address))
    procedure = version(session, authority_id, row.version_id)
    return Published(row.id, row.version_id, row.is_open, service, procedure)


def offering(session: Session, slug: str, among: Sequence[int]) -> set[int]:
    """The keys of those of these authorities that publish this procedure; asked in a reading unit of the platform."""

    def ask(key: int) -> Answer:
        return _PUBLISHED.ask(session, {"authority": key, "wanted": slug})

    return {key for key, row in ask_each(session, among, ask) if row is not None and row.version_id is not None}


def all_published(session: Session, authority_id: int) -> list[Published]:
    """Every published procedure of the authority."""
    statement = (
        select(InstalledProcedure, Service)
        .join(Service, col(Service.id) == col(InstalledProcedure.service_id))
        .where(InstalledProcedure.authority_id == authority_id, col(InstalledProcedure.version_id).is_not(None))
        .order_by(col(InstalledProcedure.slug))
    )
    return [_published(session, *row) for row in session.exec(statement)]


def _published(session: Session, installed: InstalledProcedure, service: Service) -> Published:
    assert installed.id is not None and installed.version_id is not None  # noqa: S101 - read, and published
    procedure = version(session, installed.authority_id, installed.version_id)
    return Published(installed.id, installed.version_id, installed.is_open, service_view(service), procedure)
