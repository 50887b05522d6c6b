"""Publishes procedures in an authority: immutable versions, refused while a receipt would lack a mention."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView, ServiceView
from grc.catalogue import definition, lint
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure, ProcedureVersion
from grc.catalogue.overlaying import Overlay
from grc.errors import Fault, Misconfigured
from grc.receipts.parts import ServiceContact
from grc.receipts.publishing import missing_mentions

LINT = "lint"
"""The confirmation of an author who publishes in spite of the faults that `grc catalogue lint` tells."""


DPIA = "dpia"
"""The confirmation of an authority that made the impact assessment (GDPR art. 35)."""
SENSITIVE = "sensitive"
"""The confirmation of who grants rights: the procedure is sensitive no longer, every role reads its demandes."""


def contact(service: ServiceView) -> ServiceContact:
    """The service as receipts name it (R112-11-1 2°)."""
    return ServiceContact(
        name=service.name,
        email=service.email,
        postal_address=service.postal_address,
        telephone=service.telephone,
        hours=service.hours,
    )


def publish(
    session: Session,
    authority_id: int,
    procedure: Procedure,
    *,
    service_slug: str,
    confirmed: Collection[str] = (),
    overlay: Overlay | None = None,
    catalogue_sha256: str = "",
    functions: Mapping[str, Sequence[str]] | None = None,
    by: str,
    now: datetime,
) -> ProcedureVersion:
    """A new published version of the procedure in this authority, or the present one if nothing changed.

    confirmed: what the authority takes upon itself: where the law is uncertain ("silence", "appeal"), the impact
    assessment that it made ("dpia"), its end as a sensitive procedure ("sensitive"), and what a careful reader objects
    to ("lint"), but for what a text forbids to ask.
    Raises Misconfigured, with every fault, when the service is unknown, a receipt would lack a mention (R112-11-1), or
    a confirmation is missing. overlay: what the procedure already has on it. catalogue_sha256: of the document under
    it. functions: the services that hold those of its workflow (see `grc.catalogue.installing`, which knows all three).
    """
    found = faults_of(session, authority_id, procedure, service_slug=service_slug, confirmed=confirmed)
    service = authorities.service_of_slug(session, authority_id, service_slug)
    if found or service is None:
        raise Misconfigured(found)
    installed = _installed(session, authority_id, procedure.slug) or InstalledProcedure(
        authority_id=authority_id, slug=procedure.slug, service_id=service.id
    )
    installed.service_id = service.id
    installed.is_sensitive = procedure.sensitive
    installed.overlay = {key: dict(each) for key, each in overlay.items()} if overlay else None
    installed.catalogue_sha256 = catalogue_sha256 or definition.sha256(procedure.source or procedure.document)
    installed.functions = {name: list(slugs) for name, slugs in functions.items()} if functions else None
    return _store(session, installed, procedure, confirmed=confirmed, by=by, now=now)


def faults_of(
    session: Session, authority_id: int, procedure: Procedure, *, service_slug: str, confirmed: Collection[str]
) -> list[Fault]:
    """Why the procedure could not be published by that service; [] when it could. confirmed: as for `publish`."""
    authority = authorities.authority(session, authority_id)
    service = authorities.service_of_slug(session, authority_id, service_slug)
    faults = [] if service is None else _of_receipt(authority, procedure, service)
    if service is None:
        faults.append(Fault(procedure.slug, f"le service « {service_slug} » n’existe pas.", "Créez-le d’abord."))
    elif service.closed_at is not None:
        faults.append(Fault(procedure.slug, f"le service « {service_slug} » est fermé.", "Choisissez-en un autre."))
    if SENSITIVE not in confirmed and lifts(session, authority_id, procedure):
        faults.append(_lifted(procedure))
    faults += _unconfirmed(procedure, confirmed)
    return [*faults, *(lint.forbidden(procedure) if LINT in confirmed else lint.faults_of(procedure))]


def lifts(session: Session, authority_id: int, procedure: Procedure) -> bool:
    """Whether publishing it would end a sensitive procedure: its demandes, past ones too, would open to every role."""
    row = _installed(session, authority_id, procedure.slug)
    return row is not None and row.is_sensitive and not procedure.sensitive


def _of_receipt(authority: AuthorityView, procedure: Procedure, service: ServiceView) -> list[Fault]:
    text = "les accusés de réception et les lettres n’auraient pas cette mention"
    return [
        Fault(procedure.slug, f"{text} : {name}.", "Complétez le service, ou l’adresse postale de la collectivité.")
        for name in missing_mentions(
            authority=authority.name,
            authority_address=authority.postal_address,
            procedure_title=procedure.title,
            service=contact(service),
            silence_terms=procedure.silence,
            appeal_terms=procedure.appeal,
        )
    ]


def _unconfirmed(procedure: Procedure, confirmed: Collection[str]) -> list[Fault]:
    """What the law leaves uncertain and the authority has not taken upon itself; an impact assessment not made."""
    found = [] if not _needs_assessment(procedure) or DPIA in confirmed else [_assessment(procedure)]
    discussed = {
        "silence": ("la règle de silence", any(item.uncertain for item in procedure.silence)),
        "appeal": ("une voie de recours", any(route.uncertain for route in procedure.appeal)),
    }
    return found + [
        Fault(
            procedure.slug,
            f"{what} de cette démarche est discutée.",
            f"Confirmez-la avec « --confirm {name} » après avis juridique.",
        )
        for name, (what, is_uncertain) in discussed.items()
        if is_uncertain and name not in confirmed
    ]


def confirmable(procedure: Procedure, *, is_lifted: bool = False) -> dict[str, str]:
    """What the authority is asked to take upon itself, by name, as sentences. is_lifted: as `lifts` says."""
    asked = {
        "silence": "La règle de silence de cette démarche est discutée. Un avis juridique la confirme.",
        "appeal": "Une voie de recours de cette démarche est discutée. Un avis juridique la confirme.",
        DPIA: "L’analyse d’impact sur la protection des données est faite (RGPD, article 35).",
        SENSITIVE: "Cette démarche n’est plus sensible. Ses demandes, même anciennes, s’ouvrent à tous les rôles.",
    }
    wanted = {
        "silence": any(item.uncertain for item in procedure.silence),
        "appeal": any(route.uncertain for route in procedure.appeal),
        DPIA: _needs_assessment(procedure),
        SENSITIVE: is_lifted,
    }
    return {name: sentence for name, sentence in asked.items() if wanted[name]}


def _needs_assessment(procedure: Procedure) -> bool:
    return procedure.dpia is not None and procedure.dpia.needed == "yes"


def _lifted(procedure: Procedure) -> Fault:
    message = "cette démarche ne serait plus sensible : ses demandes, même anciennes, s’ouvriraient à tous les rôles."
    return Fault(procedure.slug, message, f"Si c’est voulu, confirmez-le avec « --confirm {SENSITIVE} ».")


def _assessment(procedure: Procedure) -> Fault:
    message = "cette démarche demande une analyse d’impact sur la protection des données (RGPD, art. 35)."
    return Fault(procedure.slug, message, f"Une fois l’analyse faite, confirmez-la avec « --confirm {DPIA} ».")


def _store(
    session: Session,
    installed: InstalledProcedure,
    procedure: Procedure,
    *,
    confirmed: Collection[str],
    by: str,
    now: datetime,
) -> ProcedureVersion:
    authority_id = installed.authority_id
    session.add(installed)
    session.flush()
    assert installed.id is not None  # noqa: S101 - just flushed
    sha256 = definition.sha256(procedure.document)
    last = session.exec(
        select(ProcedureVersion)
        .where(ProcedureVersion.authority_id == authority_id, ProcedureVersion.procedure_id == installed.id)
        .order_by(col(ProcedureVersion.number).desc())
        .limit(1)
    ).one_or_none()
    if last is not None and last.sha256 == sha256 and installed.version_id == last.id:
        return last
    version = ProcedureVersion(
        authority_id=authority_id,
        procedure_id=installed.id,
        number=1 if last is None else last.number + 1,
        document=dict(procedure.document),
        sha256=sha256,
        confirmed=sorted(confirmed),
        published_at=now,
        published_by=by,
    )
    session.add(version)
    session.flush()
    installed.version_id = version.id
    return version


def _installed(session: Session, authority_id: int, slug: str) -> InstalledProcedure | None:
    statement = select(InstalledProcedure).where(
        InstalledProcedure.authority_id == authority_id, InstalledProcedure.slug == slug
    )
    return session.exec(statement).one_or_none()
