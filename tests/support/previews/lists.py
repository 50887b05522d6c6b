"""The pages of the lists that agents keep."""

from __future__ import annotations

from dataclasses import replace

from grc.forms.definition import Field
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
        "list-item-wrong": agent_page(
            "lists/item", replace(ITEM, typed={**ITEM.typed, "capacity": "beaucoup"}, problems=wrong)
        ),
    }
