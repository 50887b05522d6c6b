"""The published procedures of an authority, and any version by its id."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from sqlmodel import Session, col, select

from grc.authorities.models import Service
from grc.authorities.views import ServiceView, service_view
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure, ProcedureVersion
from grc.errors import NotFound

_KEPT = 2000


@dataclass(frozen=True)
class Published:
    """A procedure as one authority offers it today."""

    procedure_id: int
    version_id: int
    is_open: bool
    service: ServiceView
    procedure: Procedure


class _Versions:
    """Parsed versions by id: they never change, so they are parsed once in a process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Procedure] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, int]) -> Procedure | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: tuple[str, int], procedure: Procedure) -> None:
        with self._lock:
            self._kept[key] = procedure
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


_VERSIONS = _Versions()


def version(session: Session, authority_id: int, version_id: int) -> Procedure:
    """The procedure of a version of this authority; raises NotFound."""
    key = (f"{_database_of(session)}/{authority_id}", version_id)
    found = _VERSIONS.get(key)
    if found is None:
        statement = select(ProcedureVersion.document).where(
            ProcedureVersion.authority_id == authority_id, ProcedureVersion.id == version_id
        )
        document = session.exec(statement).one_or_none()
        if document is None:
            raise NotFound("Cette version de la démarche n’existe pas.")
        found = loading.from_document(document)
        _VERSIONS.put(key, found)
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
    assert installed.id is not None and installed.version_id is not None  # noqa: S101, PT018 - read, and published
    procedure = version(session, installed.authority_id, installed.version_id)
    return Published(installed.id, installed.version_id, installed.is_open, service_view(service), procedure)


def _database_of(session: Session) -> str:
    return str(session.get_bind().engine.url)
