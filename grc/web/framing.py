"""Fills the frame of a page from the authority and the person."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from grc import clock
from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission, may
from grc.web import assets, theme, tiles
from grc.web.frame import Embedding, Frame, Link, MenuItem, Trouble
from grc.web.links import Links
from grc.web.platform import Tenant
from grc.web.troubles import trouble
from grc.web.visit import Visit


def citizen_frame(visit: Visit[Visitor]) -> Frame:
    """The frame of a citizen's page; the agents' own at the desk."""
    if visit.actor.agent is not None:
        return _of_agent(visit, visit.actor.agent)
    links, actor = visit.links, visit.actor
    menu = [MenuItem("Démarches", links.home()), MenuItem("Suivre une demande", links.track())]
    if actor.citizen_id is not None:
        menu.append(MenuItem("Mes demandes", links.my_submissions()))
        menu.append(MenuItem("Mon compte", links.account()))
    else:
        menu.append(MenuItem("Me connecter", links.door()))
    leaves = actor.citizen_id is not None or actor.granted
    return _frame(
        visit.tenant,
        menu=[_marked(item, visit.request.url.path) for item in menu],
        person=actor.shown_name,
        sign_out=links.sign_out() if leaves else "",
        path=visit.request.url.path,
        trouble=trouble(visit, is_signed_in=actor.citizen_id is not None),
    )


def agent_frame(visit: Visit[AgentActor]) -> Frame:
    """The frame of an agent's page."""
    return _of_agent(visit, visit.actor)


def _of_agent(visit: Visit[Any], agent: AgentActor) -> Frame:
    menu = [MenuItem("Demandes", visit.links.agents())] if may(agent, Permission.SUBMISSION_READ) else []
    menu += [
        MenuItem(title, href, current=visit.request.url.path.startswith(f"{href}/"))
        for title, href, is_open in _rooms(visit.links, agent)
        if is_open
    ]
    menu = _of_syndicate(visit, agent, menu) if visit.authority.kind == "syndicate" else menu
    return _frame(
        visit.tenant,
        menu=[_marked(item, visit.request.url.path) for item in menu],
        person=agent.shown_name,
        sign_out=visit.links.agents("deconnexion"),
        account=visit.links.agents("compte"),
        space="Espace des agents",
        home=visit.links.agents(),
        guests_until=_guests_until(visit),
    )


def _guests_until(visit: Visit[Any]) -> date | None:
    """The last day of the syndicate's agents who are in; None where there is none."""
    until = visit.tenant.guests_until
    if until is None or until <= visit.now:
        return None
    return clock.day_in(visit.authority.zone, until - timedelta(microseconds=1))


def _rooms(links: Links, agent: AgentActor) -> tuple[tuple[str, str, bool], ...]:
    """The other pages of the menu: title, address, and whether this agent may open them."""
    keeps = may(agent, Permission.LIST_CHANGE)
    return (
        ("Saisir une demande", links.agents("saisies"), may(agent, Permission.SUBMISSION_FILE)),
        ("Agenda", links.agent_agenda(), keeps or may(agent, Permission.SUBMISSION_READ)),
        ("Rattachements", links.agents("rattachements"), may(agent, Permission.ACCOUNT_RELINK)),
        ("Listes", links.agent_lists(), keeps),
        ("Agents", links.agents("collegues"), may(agent, Permission.AGENT_MANAGE)),
        ("Administration", links.agents(tiles.PATH), tiles.administers(agent)),
    )


def _of_syndicate(visit: Visit[Any], agent: AgentActor, menu: list[MenuItem]) -> list[MenuItem]:
    """Its communes, then what it keeps of its own: nobody files anything with a syndicate."""
    here, path = visit.links.agents("syndicat"), visit.request.url.path
    communes = [MenuItem("Communes", here, current=path.startswith(f"{here}/"))]
    kept = (visit.links.agents("collegues"), visit.links.agents(tiles.PATH))
    own = [item for item in menu if item.href in kept]
    return [*communes, *own] if may(agent, Permission.FIGURES_READ) else own


def tenant_frame(tenant: Tenant, *, space: str = "", home: str = "") -> Frame:
    """The frame of a page of the authority when nobody is known: errors, the agents' sign-in."""
    return _frame(tenant, menu=[], space=space, home=home)


def plain_frame(name: str = "Démarches en ligne") -> Frame:
    """The frame of the platform's own pages."""
    return Frame(authority=name, home="/", theme=theme_url("#1f5f8b"))


def theme_url(colour: str) -> str:
    """The address of the style sheet of a colour: the same for all authorities that share it."""
    return f"/theme/{colour.lstrip('#').lower()}-{theme.digest(colour)}.css"


def _frame(
    tenant: Tenant,
    *,
    menu: list[MenuItem],
    person: str = "",
    sign_out: str = "",
    space: str = "",
    home: str = "",
    account: str = "",
    path: str = "",
    trouble: Trouble | None = None,
    guests_until: date | None = None,
) -> Frame:
    authority, links = tenant.authority, Links(tenant.root)
    statuses = authority.texts.get("accessibility", {})
    conformity = statuses.get("conformity", "non conforme") if isinstance(statuses, dict) else "non conforme"
    return Frame(
        authority=authority.name,
        tagline="Démarches en ligne",
        home=home or links.home(),
        logo=assets.logo_url("", authority.logo),
        theme=theme_url(authority.colour),
        menu=menu,
        footer=[
            Link(f"Accessibilité : {conformity}", links.statement("accessibilite")),
            Link("Modalités d’utilisation", links.statement("modalites")),
            Link("Données personnelles", links.statement("donnees-personnelles")),
            Link("Mentions légales", links.statement("mentions-legales")),
            *([Link("Sécurité", links.statement("securite"))] if authority.texts.get("security") else ()),
            Link("Aide", links.statement("aide")),
        ],
        person=person,
        sign_out=sign_out,
        account=account,
        space=space,
        contact=[*authority.address_lines, *([authority.telephone] if authority.telephone else [])],
        trouble=trouble,
        guests_until=guests_until,
        embedding=_embedding(tenant, path) if tenant.is_framed else None,
        provider=tenant.provider_name,
    )


def _embedding(tenant: Tenant, path: str) -> Embedding:
    """How a page of the frame at this path leads out of it; a draft stays with its browser, and leaves by its code."""
    inside, outside = path.removeprefix(tenant.root), Links(tenant.outside)
    sites = " ".join(tenant.authority.embed_sites)
    draft = re.match(r"/brouillons/([^/]+)/(?!confirmation|reprise)", inside)
    if draft is not None:
        link = Link("Continuer en pleine page", Links(tenant.root).draft(draft.group(1), "reprise"))
        return Embedding(sites, tenant.root, link, leaves=False)
    begun = inside.startswith("/brouillons/")
    address = outside.track() if begun else f"{tenant.outside}{inside}" if inside else outside.home()
    return Embedding(sites, tenant.root, Link("Ouvrir en pleine page", address))


def _marked(item: MenuItem, path: str) -> MenuItem:
    return MenuItem(item.text, item.href, current=item.current or path == item.href)
