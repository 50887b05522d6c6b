"""The whole notice of one procedure (GDPR art. 13), written from its form, its workflow and the authority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.authorities.views import AuthorityView
from grc.catalogue import processing, queries
from grc.catalogue.processing import Asked, Processing
from grc.errors import NotFound
from grc.submissions import register
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

PAGE = "donnees-personnelles"
"""After the address of a procedure; and the slug of the procedure by which rights are exercised."""


@dataclass(frozen=True)
class NoticePage:
    """What is done with the answers of one procedure.

    controller, processor: lines. asked: by category, each (title, whether it must be answered). exercise: where the
    procedure for one's rights is, or "". codes: where a demande is opened.
    """

    title: str
    back: str
    controller: Sequence[str]
    officer: str
    processor: Sequence[str]
    purpose: str
    legal_basis: str
    asked: Sequence[tuple[str, Sequence[tuple[str, bool]]]]
    obligation: str
    recipients: Sequence[str]
    transfers: str
    retention: str
    automated: str
    rights: str
    exercise: str
    codes: str


@dataclass(frozen=True)
class _Found:
    processing: Processing
    asked: Sequence[Asked]
    obligation: str
    rights: str
    processor: Sequence[str]
    exercises: bool


async def show(visit: Visit[Visitor]) -> Response:
    """The notice of a published procedure."""
    found: _Found = await visit.read(_found, visit.path["slug"], visit.authority)
    one, authority = found.processing, visit.authority
    page = NoticePage(
        title=one.title,
        back=visit.links.procedure(one.slug),
        controller=[*authority.address_lines, *([authority.telephone] if authority.telephone else [])],
        officer=authority.data_protection_contact,
        processor=found.processor,
        purpose=one.purpose,
        legal_basis=one.legal_basis,
        asked=[
            (name, [(each.title, each.required) for each in found.asked if each.category == name])
            for name, _ in one.data
        ],
        obligation=found.obligation,
        recipients=[each for each in one.recipients if each not in processing.FUNCTIONS.values()],
        transfers=one.transfers,
        retention=one.retention,
        automated=one.automated,
        rights=found.rights,
        exercise=visit.links.procedure(PAGE) if found.exercises and one.slug != PAGE else "",
        codes=visit.links.track(),
    )
    return visit.page("citizen/privacy.html", frame=citizen_frame(visit), page=page)


def _found(session: Session, slug: str, authority: AuthorityView, *, by: Visitor) -> _Found:
    published = queries.published(session, authority.id, slug)
    notice = published.procedure.notice
    return _Found(
        processing=processing.of(published, authority.name),
        asked=processing.asked(published.procedure, authority.name),
        obligation=notice.obligation,
        rights=notice.rights,
        processor=register.processor_of(session, authority),
        exercises=exercised_by(session, authority.id),
    )


async def where_to_exercise(visit: Visit[Visitor]) -> str:
    """The procedure by which rights are exercised; "" where the authority does not offer it."""
    return visit.links.procedure(PAGE) if await visit.read(_offers) else ""


def _offers(session: Session, *, by: Visitor) -> bool:
    return exercised_by(session, by.authority_id)


def exercised_by(session: Session, authority_id: int) -> bool:
    """Whether the authority offers the procedure by which rights are exercised."""
    try:
        return queries.published(session, authority_id, PAGE).is_open
    except NotFound:
        return False
