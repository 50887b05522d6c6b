"""What the authority says of itself: name, coordinates, sender address, calendar, establishments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import profile
from grc.authorities.merging import Meanwhile
from grc.authorities.models import Authority
from grc.catalogue import responsible
from grc.deadlines.holidays import Place
from grc.errors import Invalid, Problem
from grc.web.admin import forms
from grc.web.admin.forms import Ask, Choice, FormPage
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/collectivite"
_PLACES = {
    Place.METROPOLE: "Métropole",
    Place.ALSACE_MOSELLE: "Moselle, Bas-Rhin, Haut-Rhin",
    Place.ALSACE_MOSELLE_GOOD_FRIDAY: "Moselle, Bas-Rhin, Haut-Rhin, Vendredi saint compris",
    Place.GUADELOUPE: "Guadeloupe",
    Place.GUYANE: "Guyane",
    Place.LA_REUNION: "La Réunion",
    Place.MARTINIQUE: "Martinique",
    Place.MAYOTTE: "Mayotte",
    Place.SAINT_BARTHELEMY: "Saint-Barthélemy",
    Place.SAINT_MARTIN: "Saint-Martin",
    Place.SAINT_PIERRE_ET_MIQUELON: "Saint-Pierre-et-Miquelon",
}
_ZONES = {
    "Europe/Paris": "Métropole (Paris)",
    "America/Guadeloupe": "Guadeloupe",
    "America/Martinique": "Martinique",
    "America/Cayenne": "Guyane (Cayenne)",
    "America/St_Barthelemy": "Saint-Barthélemy",
    "America/Marigot": "Saint-Martin (Marigot)",
    "America/Miquelon": "Saint-Pierre-et-Miquelon",
    "Indian/Reunion": "La Réunion",
    "Indian/Mayotte": "Mayotte",
}
_INTRO = ("Les usagers lisent ces coordonnées sur chaque page. Un changement se voit aussitôt.",)


@dataclass(frozen=True)
class AuthorityPage(FormPage):
    """The form of the authority. fixed: what is shown and not changed here. asks_sender: whether to confirm it."""

    fixed: Sequence[tuple[str, str]] = ()
    asks_sender: bool = False
    sender: str = ""
    modalities: str = ""


async def show(visit: Visit[AgentActor]) -> Response:
    """The form, filled in."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    row = await visit.read(_row)
    return _page(visit, row, profile.told(row))


async def change(visit: Visit[AgentActor]) -> Response:
    """The authority said otherwise; another sender address wants to be confirmed (R112-11-3)."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    posted, row = await visit.form(), await visit.read(_row)
    wanted = asks(row)
    typed, seen = forms.typed(posted, wanted), forms.seen(posted, wanted)
    try:
        await visit.write(_change, typed, seen, posted.one("sender_told") == "yes")
    except (Invalid, Meanwhile) as error:
        again, row = forms.again(error, typed, seen), await visit.read(_row)
        return _page(visit, row, again.typed, seen=again.seen, problems=again.problems, code=again.code)
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(PATH, fait="collectivite"))


def asks(row: Authority) -> Sequence[Ask]:
    places = {str(place): name for place, name in _PLACES.items()}
    places.setdefault(row.holidays, row.holidays)
    zones = dict(_ZONES)
    zones.setdefault(row.zone, row.zone)
    return (
        Ask("name", "Nom", hint="Montré en haut de chaque page et dans les courriels.", required=True),
        Ask("postal_address", "Adresse postale", "address", hint="Par exemple « Mairie de Tilleul », puis la rue."),
        Ask("telephone", "Téléphone", "telephone"),
        Ask("email", "Adresse électronique", "email"),
        Ask("hours", "Horaires", hint="Par exemple « Du lundi au vendredi, de 9 h à 12 h »."),
        Ask("", "Les accusés de réception", "heading"),
        Ask(
            "sender_address",
            "Adresse d’envoi",
            "email",
            hint="D’où partent les accusés. Elle est publiée sur chaque démarche et dans les modalités d’utilisation.",
            required=True,
        ),
        Ask("", "Le calendrier", "heading", "Les délais de la loi suivent ces réglages, jamais les fermetures."),
        Ask("holidays", "Jours fériés", "choice", options=[Choice(key, name) for key, name in places.items()]),
        Ask("zone", "Fuseau horaire", "choice", options=[Choice(key, name) for key, name in zones.items()]),
        Ask("", "Les établissements", "heading", "ProConnect n’amène que les agents de ces établissements."),
        Ask("siret", "SIRET", hint="Quatorze chiffres.", size="govuk-input--width-20"),
        Ask("establishments", "Autres SIRET", "address", hint="Un par ligne\u00a0: école, CCAS, médiathèque."),
    )


def _page(
    visit: Visit[AgentActor],
    row: Authority,
    typed: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    code: int = 422,
) -> Response:
    page = AuthorityPage(
        title="Collectivité",
        action=visit.links.agents(PATH),
        back=visit.links.agents(ADMINISTRATION),
        back_text="Administration",
        asks=asks(row),
        typed=typed,
        seen=profile.told(row) if seen is None else seen,
        intro=_INTRO,
        problems=Problems(problems),
        fixed=[("Adresse des pages", _address(visit)), ("Identifiant", row.slug)],
        asks_sender=typed.get("sender_address", "") != row.sender_address,
        sender=row.sender_address,
        modalities=visit.links.statement("modalites"),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/authority.html", code=code if problems else 200, frame=frame, page=page)


def _address(visit: Visit[AgentActor]) -> str:
    domain = visit.authority.domain
    return f"https://{domain}/" if domain else f"{visit.platform.config.base_url}{visit.links.home()}"


def _row(session: Session, *, by: AgentActor) -> Authority:
    return profile.one(session, by.authority_id)


def _change(
    session: Session,
    typed: Mapping[str, str],
    seen: Mapping[str, str],
    is_sender_told: bool,
    *,
    by: AgentActor,
    now: datetime,
) -> None:
    told = is_sender_told
    profile.change(session, by.authority_id, typed, seen=seen, is_sender_told=told, by=by, now=now)
    responsible.require_address(session, by.authority_id)
