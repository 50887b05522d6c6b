"""Which procedures another site may show in its page: those that need no identification."""

from __future__ import annotations

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.catalogue import queries as catalogue
from grc.web import embedding
from grc.web.links import Links
from grc.web.site import Handler
from grc.web.visit import Visit


def where_it_may(handler: Handler[Visitor]) -> Handler[Visitor]:
    """The handler of a procedure's page; in a frame, one with FranceConnect leads to the whole window instead."""

    async def handle(visit: Visit[Visitor]) -> Response:
        slug = visit.path["slug"]
        if visit.tenant.is_framed and await visit.read(_identifies, slug):
            return embedding.leaving(visit.tenant, Links(visit.tenant.outside).procedure(slug))
        return await handler(visit)

    return handle


def _identifies(session: Session, slug: str, *, by: Visitor) -> bool:
    return catalogue.published(session, by.authority_id, slug).procedure.franceconnect != "none"
