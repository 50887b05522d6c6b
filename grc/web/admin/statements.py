"""What the law has an authority state: accessibility, security, data protection, who publishes; each with its date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import profile, statements
from grc.authorities.merging import Meanwhile
from grc.authorities.models import Authority
from grc.authorities.statements import CONFORMITIES, STATED_ON, Due
from grc.errors import Invalid, NotFound, Problem
from grc.web.admin import forms
from grc.web.admin.forms import Ask, Choice, FormPage
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/declarations"


@dataclass(frozen=True)
class Statement:
    """A statement as pages name it. slug: in addresses. public: the citizens' page that shows it. law: wants it."""

    name: str
    slug: str
    title: str
    law: str
    public: str
    intro: str
    asks: Sequence[Ask]


_ACCESSIBILITY = (
    Ask(
        "conformity", "État de conformité", "choice", options=[Choice(each, each.capitalize()) for each in CONFORMITIES]
    ),
    Ask(STATED_ON, "Date de la déclaration", "day", required=True),
    Ask("audited_on", "Date de l’audit", "day", hint="Sans audit, l’état est « non conforme »."),
    Ask("auditor", "Auditeur"),
    Ask("rate", "Taux de critères respectés", hint="En pour cent, par exemple 72,5.", size="govuk-input--width-5"),
    Ask("audit", "Résultat de l’audit", "long", hint="Une ou deux phrases, telles que les usagers les liront."),
    Ask("", "Contenus non accessibles", "heading", "Un par ligne, avec l’autre moyen d’obtenir la même chose."),
    Ask("failures", "Non-conformités", "long"),
    Ask("derogations", "Dérogations pour charge disproportionnée", "long", hint="Avec leur raison."),
    Ask("exempt", "Contenus exemptés", "long"),
    Ask("", "Essais, contact et programme", "heading"),
    Ask("tested_with", "Outils et appareils des essais", "long", hint="Un par ligne."),
    Ask("contact", "Adresse pour signaler un défaut", "email", hint="Sinon, celle de la collectivité."),
    Ask("scheme", "Schéma pluriannuel", "web", hint="L’adresse de la page ou du document, sur trois ans au plus."),
    Ask("plan", "Plan d’actions de l’année", "web"),
)
_SECURITY = (
    Ask("decided_on", "Date de la décision d’homologation", "day", required=True),
    Ask("ends_on", "Fin de validité", "day", required=True, hint="Un rappel paraît ici soixante jours avant."),
    Ask("decided_by", "Qui a décidé", required=True, hint="Par exemple « Le maire, Dominique Modèle »."),
    Ask("scope", "Ce que l’attestation couvre", "long"),
)
_OFFICER = (
    Ask("name", "Nom ou fonction", required=True, hint="Par exemple « Délégué mutualisé du syndicat »."),
    Ask("email", "Adresse électronique", "email"),
    Ask("telephone", "Téléphone", "telephone"),
    Ask("postal_address", "Adresse postale", "address"),
)
_LEGAL = (
    Ask("director", "Direction de la publication", required=True, hint="Par exemple « Le maire »."),
    Ask("host", "Hébergeur", "address", required=True, hint="Son nom, son adresse et son téléphone, un par ligne."),
)
STATEMENTS: Mapping[str, Statement] = MappingProxyType(
    {
        one.slug: one
        for one in (
            Statement(
                "accessibility",
                "accessibilite",
                "Accessibilité",
                "loi n° 2005-102, article 47 ; décret n° 2019-768",
                "accessibilite",
                "L’état choisi ici est écrit au bas de chaque page.",
                _ACCESSIBILITY,
            ),
            Statement(
                "security",
                "securite",
                "Attestation de sécurité",
                "décret n° 2010-112, article 5",
                "securite",
                "La collectivité atteste elle-même, après une analyse des risques, que le téléservice est protégé.",
                _SECURITY,
            ),
            Statement(
                "dpo",
                "dpo",
                "Délégué à la protection des données",
                "RGPD, articles 13 et 37",
                "donnees-personnelles",
                "Chaque démarche donne ce contact aux usagers.",
                _OFFICER,
            ),
            Statement(
                "legal",
                "mentions-legales",
                "Mentions légales",
                "loi n° 2004-575 du 21 juin 2004",
                "mentions-legales",
                "Le nom et les coordonnées de la collectivité y figurent déjà.",
                _LEGAL,
            ),
        )
    }
)
"""By slug."""


@dataclass(frozen=True)
class StatementRow:
    """A statement in the list. stated_on: None for one never made. due: what is to be done about it, or ""."""

    title: str
    href: str
    law: str
    stated_on: date | None
    public: str
    due: str = ""
    is_missing: bool = False


@dataclass(frozen=True)
class StatementsPage:
    """Every statement."""

    rows: Sequence[StatementRow]
    back: str


@dataclass(frozen=True)
class StatementPage(FormPage):
    """The form of a statement. public: where citizens read it."""

    law: str = ""
    public: str = ""
    stated_on: date | None = None


async def index(visit: Visit[AgentActor]) -> Response:
    """Every statement, with its date or what is missing."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    row = await visit.read(_row)
    page = StatementsPage(rows(visit, row), visit.links.agents(ADMINISTRATION))
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/statements.html", frame=frame, page=page)


async def show(visit: Visit[AgentActor]) -> Response:
    """The form of a statement, filled in."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    one, row = _asked(visit), await visit.read(_row)
    return _page(visit, one, row, statements.told(row, one.name))


async def change(visit: Visit[AgentActor]) -> Response:
    """A statement made, or made anew."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    one, posted = _asked(visit), await visit.form()
    typed, seen = forms.typed(posted, one.asks), forms.seen(posted, one.asks)
    try:
        await visit.write(_change, one.name, typed, seen, visit.today)
    except (Invalid, Meanwhile) as error:
        again, row = forms.again(error, typed, seen), await visit.read(_row)
        return _page(visit, one, row, again.typed, seen=again.seen, problems=again.problems, code=again.code)
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(PATH, fait="declaration"))


def due(row: Authority, today: date) -> Sequence[Due]:
    """What the law wants of the authority and it has not stated, or not for long."""
    return statements.due(row.texts, has_officer=bool(row.data_protection_contact), today=today)


def rows(visit: Visit[AgentActor], row: Authority) -> Sequence[StatementRow]:
    """Every statement with what is to be done about it."""
    wanted = {one.statement: one for one in due(row, visit.today)}
    return [_listed(visit, row, one, wanted.get(one.name)) for one in STATEMENTS.values()]


def _listed(visit: Visit[AgentActor], row: Authority, one: Statement, wanted: Due | None) -> StatementRow:
    return StatementRow(
        one.title,
        visit.links.agents(f"{PATH}/{one.slug}"),
        one.law,
        statements.day(row.texts, one.name, STATED_ON),
        visit.links.statement(one.public),
        due=wanted.sentence if wanted else "",
        is_missing=wanted.is_missing if wanted else False,
    )


def _asked(visit: Visit[AgentActor]) -> Statement:
    found = STATEMENTS.get(visit.path["statement"])
    if found is None:
        raise NotFound("Cette déclaration n’existe pas.")
    return found


def _page(
    visit: Visit[AgentActor],
    one: Statement,
    row: Authority,
    typed: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    code: int = 422,
) -> Response:
    page = StatementPage(
        title=one.title,
        action=visit.links.agents(f"{PATH}/{one.slug}"),
        back=visit.links.agents(PATH),
        back_text="Déclarations",
        asks=one.asks,
        typed=typed,
        seen=statements.told(row, one.name) if seen is None else seen,
        intro=(one.intro,),
        button="Publier",
        problems=Problems(problems),
        law=one.law,
        public=visit.links.statement(one.public),
        stated_on=statements.day(row.texts, one.name, STATED_ON),
    )
    return visit.page("admin/statement.html", code=code if problems else 200, frame=agent_frame(visit), page=page)


def _row(session: Session, *, by: AgentActor) -> Authority:
    return profile.one(session, by.authority_id)


def _change(
    session: Session,
    name: str,
    typed: Mapping[str, str],
    seen: Mapping[str, str],
    today: date,
    *,
    by: AgentActor,
    now: datetime,
) -> None:
    statements.change(session, by.authority_id, name, typed, seen=seen, today=today, by=by, now=now)
