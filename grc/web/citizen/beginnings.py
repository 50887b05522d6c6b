"""How a demande begins: a former draft first, then with FranceConnect, without account, or like an earlier demande."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.citizens import queries as citizens
from grc.submissions import drafts, prefill, profile
from grc.submissions.drafts import DraftView, Started
from grc.web.citizen import views
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

ANOTHER = "autre"
"""The parameter that says that a former draft is kept and another demande begun beside it."""
_LONGEST_LINK = 400
"""A longer link is not carried through FranceConnect, whose way back is kept in 500 characters."""


async def identify(visit: Visit[Visitor]) -> Response:
    """How the person wants to begin; who has a draft of this procedure is offered that first."""
    offered, held = await visit.read(_offered_and_held, visit.path["slug"])
    links, procedure = visit.links, offered.procedure
    another = visit.query.get(ANOTHER, "") == "oui"
    if held and not another:
        return visit.redirect(links.procedure(procedure.slug))
    carried = carried_by_link(procedure, visit.query)
    following, is_known = _here(visit, procedure, carried, another=another), visit.actor.citizen_id is not None
    is_offered = not is_known and not visit.tenant.is_framed  # a frame keeps no account
    page = views.IdentificationPage(
        procedure=procedure.title,
        back=links.procedure(procedure.slug),
        track=links.track(),
        franceconnect=_franceconnect(visit, procedure, carried, another=another),
        ask=links.door("lien") if is_offered else "",
        door=links.door(following=following) if is_offered else "",
        following=following,
        is_local=await visit.read(_is_local),
        without_account=links.procedure(procedure.slug, "brouillons"),
        person=visit.actor.shown_name if is_known else "",
        carried=[*carried.items(), *([(ANOTHER, "oui")] if another else [])],
        is_filled=bool(carried),
        helping=_with(links.procedure(procedure.slug, "pour-qui"), carried),
    )
    return visit.page("citizen/identification.html", frame=citizen_frame(visit), page=page)


async def begin(visit: Visit[Visitor]) -> Response:
    """A new draft, with what the account and the link know; a former one of the same procedure is offered first."""
    posted = await visit.form()
    slug = visit.path["slug"]
    if posted.one(ANOTHER) != "oui":
        _, held = await visit.read(_offered_and_held, slug)
        if held:
            return visit.redirect(visit.links.procedure(slug))
    link = {name: posted.one(name) for name in posted.values if name.startswith(prefill.LINK_NAME)}
    started = await visit.write(drafts.start, slug, client=visit.client_address, link=link)
    return first_page(visit, started)


async def begin_similar(visit: Visit[Visitor]) -> Response:
    """A new draft with what one's own demande said, as far as it may be said again."""
    await visit.form()
    started = await visit.write(profile.start_similar, visit.path["reference"], client=visit.client_address)
    return first_page(visit, started)


def carried_by_link(procedure: Procedure, query: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a documented link that this procedure reads; all others are dropped."""
    names = prefill.link_names(procedure.form)
    return {name: query[name][:500] for name in names if query.get(name)}


def first_page(visit: Visit[Visitor], started: Started) -> Response:
    """The first page of a draft just begun, with the cookie of its session."""
    response = visit.redirect(visit.links.draft(started.public_id, started.first_page))
    return response if started.session is None else visit.with_session(response, started.session)


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def _franceconnect(visit: Visit[Visitor], procedure: Procedure, carried: Mapping[str, str], *, another: bool) -> str:
    """Where FranceConnect begins, and comes back to this page with what the link carries; "" when not offered."""
    if visit.actor.citizen_id is not None or not visit.tenant.provider or procedure.franceconnect != "offered":
        return ""
    return visit.links.sign_in(_here(visit, procedure, carried, another=another))


def _here(visit: Visit[Visitor], procedure: Procedure, carried: Mapping[str, str], *, another: bool) -> str:
    """This page with what the link carries, as far as a way back may be long."""
    here = visit.links.procedure(procedure.slug, "identification")
    asked = urlencode({**({ANOTHER: "oui"} if another else {}), **carried})
    following = f"{here}?{asked}" if asked else here
    return following if len(following) <= _LONGEST_LINK else here


def _is_local(session: Session, *, by: Visitor) -> bool:
    return citizens.is_local(session, by.authority_id, by.citizen_id)


def _offered_and_held(session: Session, slug: str, *, by: Visitor) -> tuple[Any, list[DraftView]]:
    offered = catalogue.published(session, by.authority_id, slug)
    return offered, drafts.mine(session, by=by, procedure_id=offered.procedure_id)
