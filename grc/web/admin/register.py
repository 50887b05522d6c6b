"""The register of processing (GDPR art. 30): a page, a sheet for each processing, and files to take away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities.views import AuthorityView
from grc.catalogue.definition import Dpia
from grc.catalogue.processing import Processing
from grc.forms import export
from grc.submissions import register
from grc.submissions.register import Register
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/registre"
_ASSESSMENTS = {"yes": "Nécessaire", "no": "Pas nécessaire", "to-assess": "À évaluer avec le délégué"}
_COLUMNS = (
    "Traitement",
    "Responsable",
    "Délégué à la protection des données",
    "Sous-traitant",
    "Finalité",
    "Base légale",
    "Personnes",
    "Données",
    "Destinataires",
    "Durée",
    "Texte de la durée",
    "Transferts hors de l’Union européenne",
    "Décision automatique",
    "Sensible",
    "Analyse d’impact",
    "Sécurité",
)


@dataclass(frozen=True)
class RegisterRow:
    """A processing in the list. dpia: in words, or ""."""

    title: str
    href: str
    purpose: str
    retention: str
    dpia: str
    is_sensitive: bool


@dataclass(frozen=True)
class RegisterPage:
    """The register. Lines of the controller and the processor; files: (name, address)."""

    back: str
    controller: Sequence[str]
    officer: str
    processor: Sequence[str]
    rows: Sequence[RegisterRow]
    security: Sequence[str]
    files: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SheetPage:
    """The sheet of one processing: pairs of a term and its lines."""

    back: str
    title: str
    facts: Sequence[tuple[str, Sequence[str]]]
    public: str


async def index(visit: Visit[AgentActor]) -> Response:
    """Every processing of the authority."""
    found = await _register(visit)
    here = visit.links.agents(PATH)
    page = RegisterPage(
        back=visit.links.agents(ADMINISTRATION),
        controller=found.controller,
        officer=found.officer,
        processor=found.processor,
        rows=[
            RegisterRow(
                title=one.title,
                href=f"{here}/{one.slug}",
                purpose=one.purpose,
                retention=one.retention,
                dpia="" if one.dpia is None else _ASSESSMENTS[one.dpia.needed],
                is_sensitive=one.is_sensitive,
            )
            for one in found.processings
        ],
        security=found.security,
        files=[("CSV", f"{here}.csv"), ("JSON", f"{here}.json")],
    )
    return visit.page("admin/register.html", frame=agent_frame(visit), page=page)


async def show(visit: Visit[AgentActor]) -> Response:
    """The sheet of one processing."""
    found = await _register(visit)
    one = found.find(visit.path["slug"])
    is_own = one.slug.startswith(register.OWN)
    page = SheetPage(
        back=visit.links.agents(PATH),
        title=one.title,
        facts=_facts(found, one),
        public="" if is_own else visit.links.procedure(one.slug, "donnees-personnelles"),
    )
    return visit.page("admin/register_sheet.html", frame=agent_frame(visit), page=page)


async def as_csv(visit: Visit[AgentActor]) -> Response:
    """A row for each processing; no cell can run as a formula."""
    found = await _register(visit)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in found.processings:
        writer.writerow([export.defused(cell) for cell in _cells(found, one)])
    return _file(visit, "\ufeff" + written.getvalue(), "csv", "text/csv; charset=utf-8")


async def as_json(visit: Visit[AgentActor]) -> Response:
    """The register as values."""
    document: dict[str, Any] = asdict(await _register(visit))
    return _file(visit, json.dumps(document, ensure_ascii=False, indent=2) + "\n", "json", "application/json")


async def _register(visit: Visit[AgentActor]) -> Register:
    require(visit.actor, Permission.REGISTER_READ)
    found: Register = await visit.read(_found, visit.authority)
    return found


def _found(session: Session, authority: AuthorityView, *, by: AgentActor) -> Register:
    return register.of_authority(session, authority)


def _facts(found: Register, one: Processing) -> list[tuple[str, Sequence[str]]]:
    """What article 30 asks, in its order."""
    facts: list[tuple[str, Sequence[str]]] = [
        ("Responsable du traitement", [", ".join(found.controller)]),
        ("Délégué à la protection des données", [found.officer or "Non désigné : à compléter dans les déclarations"]),
        ("Sous-traitant", [", ".join(found.processor) or "Aucun"]),
        ("Finalité", [one.purpose, *one.purposes]),
        ("Base légale", [one.legal_basis]),
        ("Personnes concernées", one.persons),
        *((f"Données : {name.lower()}", titles) for name, titles in one.data),
        ("Destinataires", one.recipients),
        ("Durée de conservation", [one.retention, one.source]),
        ("Transferts hors de l’Union européenne", [one.transfers]),
        ("Décision automatique", [one.automated]),
        ("Sensible", [_sensitive(one)]),
        ("Analyse d’impact", _assessment(one.dpia)),
        ("Mesures de sécurité", found.security),
    ]
    return facts


def _cells(found: Register, one: Processing) -> list[str]:
    data = " | ".join(f"{name} : {', '.join(titles)}" for name, titles in one.data)
    return [
        one.title,
        ", ".join(found.controller),
        found.officer,
        ", ".join(found.processor),
        " | ".join((one.purpose, *one.purposes)),
        one.legal_basis,
        " | ".join(one.persons),
        data,
        " | ".join(one.recipients),
        one.retention,
        one.source,
        one.transfers,
        one.automated,
        _sensitive(one),
        " ".join(_assessment(one.dpia)),
        " | ".join(found.security),
    ]


def _sensitive(one: Processing) -> str:
    return "Oui : droits accordés par démarche, lectures au journal" if one.is_sensitive else "Non"


def _assessment(dpia: Dpia | None) -> Sequence[str]:
    return ["Non demandée par la démarche"] if dpia is None else [f"{_ASSESSMENTS[dpia.needed]}.", dpia.why]


def _file(visit: Visit[AgentActor], text: str, ending: str, media: str) -> Response:
    name = f"registre-{visit.authority.slug}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text.encode(), media_type=media, headers=headers)
