"""The published procedures of an authority, and any version by its id."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from grc.authorities.models import Service
from grc.authorities.views import ServiceView, service_view
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure, ProcedureVersion
from grc.db import kept_of
from grc.errors import NotFound

_MOST_KEPT = 2000


@dataclass(frozen=True)
class Published:
    """A procedure as one authority offers it today."""

    procedure_id: int
    version_id: int
    is_open: bool
    service: ServiceView
    procedure: Procedure


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


def published(session: Session, authority_id: int, slug: str) -> Published:
    """The published procedure of this slug; raises NotFound."""
    statement = (
        select(InstalledProcedure, Service)
        .join(Service, col(Service.id) == col(InstalledProcedure.service_id))
        .where(InstalledProcedure.authority_id == authority_id, InstalledProcedure.slug == slug)
    )
    row = session.exec(statement).one_or_none()
    if row is None or row[0].version_id is None:
        raise NotFound("Cette démarche n’existe pas ici. Cherchez-la dans la liste des démarches.")
    return _published(session, *row)


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
