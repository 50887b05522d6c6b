"""What scripts ask while a place is typed or shown: suggestions, communes, tiles of the map. None of it is logged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import anyio.to_thread
from starlette.responses import JSONResponse, Response

from grc import cog
from grc.access.actors import Visitor
from grc.forms.definition import Field
from grc.forms.fields import commune
from grc.places.geojson import Suggestion
from grc.web import security
from grc.web.citizen.form_views import FormPage
from grc.web.frame import PlaceLinks
from grc.web.visit import Visit

_KINDS = frozenset({"address", "commune", "place"})
_NUMBER = re.compile(r"[0-9]{1,7}", re.ASCII)
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:[.][0-9]{1,20})?", re.ASCII)
_SHOWN = 6
_WEEK = 7 * 86400
_ADDRESSES = (
    "Quand vous tapez une adresse ou posez un repère, notre serveur cherche cette adresse dans un annuaire d’adresses."
)
_TILES = "Notre serveur va chercher les images de la carte."
_NOTHING_MORE = "Il ne dit rien de vous : ni votre nom, ni l’adresse de votre appareil."


def links_of(visit: Visit[Visitor], fields: Iterable[Field]) -> PlaceLinks | None:
    """What the scripts of a page need, None when it asks for no place that they could help with."""
    kinds = {each.kind for each in _every(fields)} & _KINDS
    links, platform = visit.links, visit.platform
    found = PlaceLinks(
        addresses=links.places("adresses") if kinds & {"address", "place"} and platform.addresses.is_offered else "",
        communes=links.places("communes") if "commune" in kinds else "",
    )
    if "place" in kinds and platform.tiles.is_offered:
        found = PlaceLinks(
            found.addresses,
            found.communes,
            tiles=links.places("cartes"),
            centre=links.places("cartes/centre"),
            credit=platform.config.map_credit,
        )
    return found if found != PlaceLinks() else None


def with_leave(response: Response, page: FormPage) -> Response:
    """The response, which lets the browser ask for a position where there is a map."""
    if page.places is not None and page.places.tiles:
        response.headers.update(security.LOCATING)
    return response


async def suggest_addresses(visit: Visit[Visitor]) -> Response:
    """Addresses like the words `q`, or the one nearest to `lon` and `lat`."""
    if not visit.platform.suggestions_pace.allows(visit.client_address):
        return _given([], code=429)
    addresses, query = visit.platform.addresses, visit.query
    if "q" in query:
        found = await addresses.search(query["q"], limit=_SHOWN)
        return _given([_address(each) for each in found])
    given = query.get("lon", ""), query.get("lat", "")
    if not all(_DEGREES.fullmatch(each) for each in given):
        return _given([])
    nearest = await addresses.near(float(given[0]), float(given[1]))
    return _given([] if nearest is None else [_address(nearest)])


async def suggest_communes(visit: Visit[Visitor]) -> Response:
    """Communes like the words `q`: what to read, what to put in the field, and what names it alone."""
    if not visit.platform.suggestions_pace.allows(visit.client_address):
        return _given([], code=429)
    found = await anyio.to_thread.run_sync(cog.find, visit.query.get("q", ""), _SHOWN)
    return _given([{"label": commune.described(each), "text": each.label, "key": each.key} for each in found])


async def show_centre(visit: Visit[Visitor]) -> Response:
    """Where the map begins: the town hall, as far as the geocoder knows it."""
    lines = " ".join(visit.authority.postal_address[-2:])
    found = await visit.platform.addresses.search(lines, limit=1)
    return _given([_address(each) for each in found])


async def show_tile(visit: Visit[Visitor]) -> Response:
    """A tile of the map, passed on."""
    given = [str(visit.path[name]) for name in ("zoom", "column", "row")]
    if not all(_NUMBER.fullmatch(each) for each in given):
        return _no_tile(404)
    if not visit.platform.tiles_pace.allows(visit.client_address):
        return _no_tile(429)
    zoom, column, row = map(int, given)
    content = await visit.platform.tiles.tile(zoom, column, row)
    if content is None:
        return _no_tile(404)
    kept = {"Cache-Control": f"private, max-age={_WEEK}", "Vary": "Accept-Encoding"}
    return Response(content, media_type="image/png", headers=kept)


def _no_tile(code: int) -> Response:
    """A hole in the map, asked for again the next time."""
    return Response(status_code=code, media_type="text/plain", headers={"Cache-Control": "no-store"})


def what_leaves(visit: Visit[Visitor]) -> str:
    """What of a place typed or shown goes to others, in words; "" when nothing does."""
    platform = visit.platform
    sought = [_ADDRESSES] if platform.addresses.is_offered else []
    sought += [_TILES] if platform.tiles.is_offered else []
    return " ".join([*sought, _NOTHING_MORE]) if sought else ""


def _every(fields: Iterable[Field]) -> Iterable[Field]:
    """The fields, and those of the items of repeated ones."""
    for each in fields:
        yield each
        if each.form is not None:
            yield from _every(each.form.fields)


def _address(found: Suggestion) -> dict[str, Any]:
    return {
        "label": found.label,
        "line1": found.line1,
        "postcode": found.postcode,
        "city": found.city,
        "longitude": found.longitude,
        "latitude": found.latitude,
    }


def _given(suggestions: list[dict[str, Any]], *, code: int = 200) -> Response:
    """What scripts read; no copy is kept of what was typed."""
    return JSONResponse({"suggestions": suggestions}, status_code=code, headers={"Cache-Control": "no-store"})
