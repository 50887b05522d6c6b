"""The home page, a procedure's page, and the pages that the law wants."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from grc import clock
from grc.access.actors import Visitor
from grc.authorities import statements
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.catalogue.publishing import contact
from grc.catalogue.queries import Published
from grc.conditions import render
from grc.forms import journey
from grc.submissions import closing, drafts
from grc.submissions.drafts import DraftView
from grc.web import closings, uploads
from grc.web.citizen import places, views
from grc.web.citizen.beginnings import ANOTHER, carried_by_link
from grc.web.citizen.statement_views import SecurityPage
from grc.web.citizen.wordings import silence_beforehand
from grc.web.flashes import with_flash
from grc.web.frame import Link
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

CHECKING = "Vérifiez vos réponses"
_DRAFTS_SHOWN = 3
_COMPLAINT = "accessibilite-numerique"
"""The procedure by which a page is complained of, answered within a week (décret 2019-768)."""


async def show_catalogue(visit: Visit[Visitor]) -> Response:
    """The procedures by category; with ?q=, those whose words match."""
    offered, held = await visit.read(_offered_and_held)
    query = visit.query.get("q", "").strip()[:100]
    found = [one for one in offered if _matches(one.procedure, query)]
    page = views.CataloguePage(
        search=visit.links.home(),
        track=visit.links.track(),
        categories=_categories(visit, found),
        query=query,
        found=len(found),
        telephone=visit.authority.telephone,
        drafts=[draft_row(visit, draft) for draft in held[:_DRAFTS_SHOWN]] if not query else (),
        closures=closings.told(visit.tenant, visit.today),
    )
    frame = with_flash(citizen_frame(visit), visit.query.get("fait", ""))
    return visit.page("citizen/catalogue.html", frame=frame, page=page)


async def show_procedure(visit: Visit[Visitor]) -> Response:
    """Who may ask, what to prepare, who answers, how to seise (R112-9-2)."""
    offered, held = await visit.read(_procedure_and_drafts, visit.path["slug"])
    procedure, links, closed = offered.procedure, visit.links, offered.closed_on(visit.today)
    page = views.ProcedurePage(
        title=procedure.title,
        description=procedure.description,
        who=procedure.who,
        start="" if closed else _start(visit, procedure, {}),
        service=contact(offered.service),
        modalities=links.statement("modalites"),
        prepare=procedure.prepare,
        minutes=procedure.minutes,
        delay=procedure.target_delay,
        price=procedure.price,
        silence=silence_beforehand(procedure),
        senders=[visit.authority.sender_address],
        notice=_notice(visit.authority, procedure),
        privacy=links.procedure(procedure.slug, "donnees-personnelles"),
        draft=draft_row(visit, held[0]) if held else None,
        another=_start(visit, procedure, {ANOTHER: "oui"}) if held else "",
        mine=links.my_submissions(),
        others=len(held) - 1 if held else 0,
        closed=closed,
        until=procedure.closes_on,
        reports=procedure.identification == "optional",
        closures=closings.told(visit.tenant, visit.today, offered.service.id),
    )
    return visit.page("citizen/procedure.html", frame=citizen_frame(visit), page=page)


async def show_modalities(visit: Visit[Visitor]) -> Response:
    """How to seise the town hall electronically (L112-9, R112-9-2, R112-11-3)."""
    offered, authority = await visit.read(_offered), visit.authority
    page = views.ModalitiesPage(
        senders=[authority.sender_address],
        procedures=[Link(one.procedure.title, visit.links.procedure(one.procedure.slug)) for one in offered],
        contact=authority.address_lines,
        limits=uploads.limits(visit.platform.config.max_file_bytes),
        telephone=authority.telephone,
    )
    return visit.page("statements/modalities.html", frame=citizen_frame(visit), page=page)


async def show_accessibility(visit: Visit[Visitor]) -> Response:
    """The accessibility statement (law 2005-102 art. 47; décret 2019-768)."""
    stated, offered = _texts(visit.authority, "accessibility"), await visit.read(_offered)
    is_offered = any(one.procedure.slug == _COMPLAINT and one.is_open_on(visit.today) for one in offered)
    page = views.AccessibilityPage(
        site=f"Démarches en ligne de {visit.authority.name}",
        conformity=stated.get("conformity", "non conforme"),
        audit=stated.get("audit", "Aucun audit de conformité n’a encore été fait."),
        contact_email=stated.get("contact", visit.authority.email),
        stated_on=statements.day(visit.authority.texts, "accessibility", "stated_on"),
        telephone=visit.authority.telephone,
        failures=stated.get("failures", ()),
        derogations=stated.get("derogations", ()),
        tested_with=stated.get("tested_with", ()),
        exempt=stated.get("exempt", ()),
        audited_on=statements.day(visit.authority.texts, "accessibility", "audited_on"),
        auditor=stated.get("auditor", ""),
        rate=stated.get("rate", ""),
        scheme=stated.get("scheme", ""),
        plan=stated.get("plan", ""),
        complaint=visit.links.procedure(_COMPLAINT) if is_offered else "",
    )
    return visit.page("statements/accessibility.html", frame=citizen_frame(visit), page=page)


async def show_security(visit: Visit[Visitor]) -> Response:
    """The security attestation, with its date and the end of its validity (décret 2010-112 art. 5)."""
    authority, stated = visit.authority, _texts(visit.authority, "security")
    until = statements.day(authority.texts, "security", "ends_on")
    page = SecurityPage(
        decided_on=statements.day(authority.texts, "security", "decided_on"),
        ends_on=until,
        decided_by=stated.get("decided_by", ""),
        scope=str(stated.get("scope", "")).splitlines(),
        stated_on=statements.day(authority.texts, "security", "stated_on"),
        has_ended=until is not None and until < visit.today,
        email=authority.email,
    )
    return visit.page("statements/security.html", frame=citizen_frame(visit), page=page)


async def show_legal(visit: Visit[Visitor]) -> Response:
    """Who publishes and who hosts."""
    authority, stated = visit.authority, _texts(visit.authority, "legal")
    page = views.LegalPage(
        publisher=[*authority.address_lines, authority.telephone],
        director=stated.get("director", "Le maire"),
        host=stated.get("host", ()),
        security=stated.get("security", ""),
        attestation=visit.links.statement("securite") if authority.texts.get("security") else "",
        stated_on=statements.day(authority.texts, "legal", "stated_on"),
    )
    return visit.page("statements/legal.html", frame=citizen_frame(visit), page=page)


async def show_data(visit: Visit[Visitor]) -> Response:
    """What is done with personal data (GDPR art. 13)."""
    authority, officer = visit.authority, _texts(visit.authority, "dpo")
    offered = await visit.read(_offered)
    page = views.DataPage(
        controller=authority.address_lines,
        officer=officer.get("email", "") or authority.data_protection_contact,
        officer_lines=_joined(officer),
        procedures=[(one.procedure.title, one.procedure.notice.retention_text) for one in offered],
        places=places.what_leaves(visit),
        unused_years=closing.unused_years(authority.texts),
        cookies=(
            "Ce site ne dépose qu’un cookie, nécessaire à votre session. Il ne suit pas votre navigation et n’appelle "
            "aucun autre site."
        ),
    )
    return visit.page("statements/data.html", frame=citizen_frame(visit), page=page)


async def show_help(visit: Visit[Visitor]) -> Response:
    """Where to find help."""
    authority = visit.authority
    page = views.HelpPage(
        contact=authority.address_lines,
        track=visit.links.track(),
        telephone=authority.telephone,
        email=authority.email,
        hours=authority.hours,
        limits=uploads.limits(visit.platform.config.max_file_bytes),
    )
    return visit.page("statements/help.html", frame=citizen_frame(visit), page=page)


def _start(visit: Visit[Visitor], procedure: Procedure, more: dict[str, str]) -> str:
    """The identification page, with what a documented link asks to fill."""
    asked = urlencode({**more, **carried_by_link(procedure, visit.query)})
    return visit.links.procedure(procedure.slug, "identification") + (f"?{asked}" if asked else "")


def _offered(session: Any, *, by: Visitor) -> list[Published]:
    return catalogue.all_published(session, by.authority_id)


def _offered_and_held(session: Any, *, by: Visitor) -> tuple[list[Published], list[DraftView]]:
    return catalogue.all_published(session, by.authority_id), drafts.mine(session, by=by)


def _procedure_and_drafts(session: Any, slug: str, *, by: Visitor) -> tuple[Published, list[DraftView]]:
    offered = catalogue.published(session, by.authority_id, slug)
    return offered, drafts.mine(session, by=by, procedure_id=offered.procedure_id)


def draft_row(visit: Visit[Visitor], draft: DraftView) -> views.DraftRow:
    """A draft in a list, with where it goes on."""
    zone, form = visit.authority.zone, draft.procedure.form
    page = journey.first_incomplete(form, draft.answers, visit.today)
    return views.DraftRow(
        title=draft.procedure.title,
        href=visit.links.draft(draft.public_id, "suite"),
        saved_at=clock.local(zone, draft.saved_at),
        expires_on=clock.day_in(zone, draft.expires_at),
        restart=visit.links.draft(draft.public_id, "suppression"),
        reached=render(page.title, {"authority": {"name": visit.authority.name}}) if page else CHECKING,
    )


def _categories(visit: Visit[Visitor], found: list[Published]) -> list[views.Category]:
    by_title: dict[str, list[views.ProcedureRow]] = {}
    for one in found:
        href = visit.links.procedure(one.procedure.slug)
        row = views.ProcedureRow(one.procedure.title, one.procedure.description, href)
        by_title.setdefault(one.procedure.category, []).append(row)
    return [views.Category(_slug(title), title, rows) for title, rows in sorted(by_title.items())]


def _matches(procedure: Procedure, query: str) -> bool:
    """Whether every word of the query begins a word of the title, description or keywords; accents do not count."""
    text = " ".join([procedure.title, procedure.description, procedure.category, *procedure.keywords])
    words = _plain(text).split()
    return all(any(word.startswith(_stem(typed)) for word in words) for typed in _plain(query).split())


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", bare.replace("œ", "oe").replace("æ", "ae"))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _slug(title: str) -> str:
    return "categorie-" + _plain(title).strip().replace(" ", "-")


def _notice(authority: AuthorityView, procedure: Procedure) -> list[tuple[str, str]]:
    """The information of the GDPR's article 13, in the order in which people ask; what has no text is left out."""
    notice = procedure.notice
    told = [
        ("Pourquoi ces informations", notice.purpose),
        ("Qui en est responsable", f"La commune, {authority.name}."),
        ("Qui les lit", notice.recipients),
        ("Combien de temps nous les gardons", notice.retention_text),
        ("Si vous ne répondez pas", notice.obligation),
        ("Vos droits", notice.rights),
        ("Délégué à la protection des données", authority.data_protection_contact),
        ("Ce qui nous y autorise", notice.legal_basis),
        ("Hors d’Europe", notice.transfers),
        ("Qui décide", notice.automated_decision),
    ]
    return [(term, text) for term, text in told if text]


def _joined(officer: dict[str, Any]) -> list[str]:
    """Who the data protection officer is and how to reach them otherwise than by e-mail."""
    lines = [officer.get("name", ""), *officer.get("postal_address", ()), officer.get("telephone", "")]
    return [line for line in lines if line]


def _texts(authority: AuthorityView, name: str) -> dict[str, Any]:
    found = authority.texts.get(name, {})
    return dict(found) if isinstance(found, dict) else {}
