"""The pages of the lists that agents keep."""

from __future__ import annotations

from dataclasses import replace

from grc.forms.definition import Choice, Field
from grc.web.agents import agenda_views
from grc.web.agents import list_views as views
from tests.support.previews.world import Preview, agent_page, at, problems

ROOMS = "Salles à réserver"
HIRE = "Réservation d’une salle"
COLUMNS = ("Capacité", "Équipement", "Prix d’une journée")
FIELDS = (
    Field("label", "label", "text", "Nom", required=True),
    Field("capacity", "capacity", "integer", "Capacité", "En personnes"),
    Field("equipment", "equipment", "text", "Équipement"),
    Field("price", "price", "money", "Prix d’une journée"),
)


def _item(number: int, label: str, *cells: str, is_open: bool = True, by: str = "") -> views.ItemRow:
    here = f"/tilleul/agents/listes/rooms/salle-{number}"
    return views.ItemRow(
        id=f"salle-{number}",
        label=label,
        cells=cells,
        is_open=is_open,
        revision=number,
        edit=here,
        place=f"{here}/place",
        state=f"{here}/etat",
        first=number == 1,
        last=number == 3,
        changed_at=at(3, 16),
        changed_by=by,
    )


LIST = views.ListPage(
    title=ROOMS,
    source="rooms",
    columns=COLUMNS,
    rows=(
        _item(1, "Salle des fêtes", "180", "cuisine, vaisselle et scène", "180,50\u00a0€", by="Omar Fictif"),
        _item(2, "Foyer", "60", "cuisine", "90\u00a0€", is_open=False, by="Omar Fictif"),
        _item(3, "Salle du Verger", "25", "", ""),
    ),
    used_by=(HIRE,),
    new="/tilleul/agents/listes/rooms/nouveau",
    back="/tilleul/agents/listes",
)
ITEM = views.ItemPage(
    title="Modifier «\u00a0Foyer\u00a0»",
    list_title=ROOMS,
    action="/tilleul/agents/listes/rooms/salle-2",
    back="/tilleul/agents/listes/rooms",
    fields=FIELDS,
    typed={"label": "Foyer", "capacity": "60", "equipment": "cuisine", "price": "90"},
    revision=2,
)


_TAKEN, _MISSING = (
    replace(LIST.rows[number], **more) for number, more in ((0, {"taken": 2}), (2, {"missing": "Jour"}))
)
DATED = replace(LIST, rows=(_TAKEN, _MISSING), series=f"{LIST.new[:-7]}creneaux", hidden=12, has_order=False)
HOLDERS = tuple((each, f"/tilleul/agents/demandes/{each}") for each in ("2026-111-222-333", "2026-111-222-334"))
THINGS = (Choice("foyer", "Foyer"), Choice("salle", "Salle des fêtes"))
_AGENDA = "/tilleul/agents/agenda/rooms"
AGENDA = agenda_views.AgendaPage(
    title=ROOMS,
    month="juin 2026",
    before=("mai 2026", f"{_AGENDA}?mois=2026-05"),
    after=("juillet 2026", f"{_AGENDA}?mois=2026-07"),
    taken=(
        agenda_views.Taken("Du 5 juin 2026 au 7 juin 2026", "Salle des fêtes", "Demande 2026-111-222-333", "#demande"),
        agenda_views.Taken("Le 11 juin 2026 de 18 h à 20 h", "Foyer", "Club d’essai", give_back=f"{_AGENDA}/4/retrait"),
        agenda_views.Taken("Le 13 juin 2026", "Foyer", "Demande, option"),
    ),
    back="/tilleul/agents/agenda",
    lost=(("Foyer", "salle des feste"),),
    action=_AGENDA,
    fields=(
        Field("item", "item", "choice", "Quoi ?", required=True, choices=THINGS, options={"format": "select"}),
        Field("stay", "stay", "interval", "Du premier au dernier jour", required=True),
        Field("hours", "hours", "hours", "De quelle heure à quelle heure ?", "Pour un seul jour."),
        Field("reason", "reason", "text", "Pourquoi ?", required=True),
    ),
)


def agendas() -> dict[str, Preview]:
    wrong = problems(item="«\u00a0Foyer\u00a0» est déjà pris le 11\u00a0juin\u00a02026. Choisissez d’autres jours.")
    refused = replace(AGENDA, problems=wrong, typed={"item": "foyer", "reason": "Fête"}, anchors={"item": "item"})
    return {
        "agendas": agent_page("agenda/index", agenda_views.AgendasPage(((ROOMS, _AGENDA),))),
        "agendas-none": agent_page("agenda/index", agenda_views.AgendasPage(())),
        "agenda": agent_page("agenda/show", AGENDA),
        "agenda-empty": agent_page("agenda/show", replace(AGENDA, taken=(), fields=())),
        "agenda-wrong": agent_page("agenda/show", refused),
    }


def lists() -> dict[str, Preview]:
    kept = (
        views.ListRow(ROOMS, "/tilleul/agents/listes/rooms", 2, (HIRE,)),
        views.ListRow("Crèches", "/tilleul/agents/listes/nurseries", 0, ("Demande de place en crèche",)),
    )
    wrong = problems(capacity="Saisissez un nombre entier pour «\u00a0Capacité\u00a0», par exemple 40.")
    return {
        "lists": agent_page("lists/index", views.ListsPage(kept)),
        "lists-none": agent_page("lists/index", views.ListsPage(())),
        "list": agent_page("lists/show", LIST),
        "list-empty": agent_page("lists/show", replace(LIST, rows=())),
        "list-item": agent_page("lists/item", ITEM),
        "list-past": agent_page("lists/show", DATED),
        "list-item-taken": agent_page("lists/item", replace(ITEM, taken=3, holders=HOLDERS)),
        "list-item-wrong": agent_page(
            "lists/item", replace(ITEM, typed={**ITEM.typed, "capacity": "beaucoup"}, problems=wrong)
        ),
    }
