"""A simulated geocoder and tile server: an invented town on loopback, with fault switches."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grc.demo.places import streets
from grc.demo.places.drawing import draw
from grc.demo.places.streets import Spot

__all__ = ["FAULTS", "PlacesPeer", "simulator"]

FAULTS = frozenset({"slow", "500", "429", "garbage", "redirect", "huge", "html", "not_a_collection"})
_SLOW = 12.0


class PlacesPeer:
    """The memory of one simulator. faults: those active now; asked: how often each path was; words: what came as q."""

    def __init__(self) -> None:
        self.faults: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.words: list[str] = []
        self.headers: list[dict[str, str]] = []

    def heard(self, request: Request) -> None:
        self.asked[request.url.path] += 1
        self.headers.append(dict(request.headers))
        if "q" in request.query_params:
            self.words.append(request.query_params["q"])


def simulator() -> Starlette:
    """/search and /reverse of the Base Adresse Nationale's API, /tuiles/{z}/{x}/{y}.png; `app.state.peer` for tests."""
    peer = PlacesPeer()
    site = _Site(peer)
    app = Starlette(
        routes=[
            Route("/search", site.search),
            Route("/reverse", site.reverse),
            Route("/tuiles/{zoom:int}/{column:int}/{row:int}.png", site.tile),
            Route("/_peer/faults", site.faults, methods=["GET", "POST"]),
        ]
    )
    app.state.peer = peer
    return app


class _Site:
    def __init__(self, peer: PlacesPeer) -> None:
        self._peer = peer

    async def search(self, request: Request) -> Response:
        """Addresses whose words begin like those of q."""
        limit = int(request.query_params.get("limit", "5"))
        found = streets.search(request.query_params.get("q", ""), limit)
        return await self._answered(request, JSONResponse(_collection(found)))

    async def reverse(self, request: Request) -> Response:
        """The address nearest to a point, if it is near."""
        lon, lat = (float(request.query_params.get(name, "0")) for name in ("lon", "lat"))
        return await self._answered(request, JSONResponse(_collection(streets.near(lon, lat))))

    async def tile(self, request: Request) -> Response:
        """A tile of the invented town."""
        zoom, column, row = (request.path_params[name] for name in ("zoom", "column", "row"))
        drawn = await asyncio.to_thread(draw, zoom, column, row)
        return await self._answered(request, Response(drawn, media_type="image/png"))

    async def faults(self, request: Request) -> Response:
        """The active faults; POST a JSON list to replace them, and the counts of requests begin anew."""
        if request.method == "POST":
            self._peer.faults = set(await request.json()) & FAULTS
            self._peer.asked.clear()
        return JSONResponse({"active": sorted(self._peer.faults), "asked": dict(self._peer.asked)})

    async def _answered(self, request: Request, right: Response) -> Response:
        """The right answer, or what the first active fault makes of it."""
        self._peer.heard(request)
        active = self._peer.faults
        if "slow" in active:
            await asyncio.sleep(_SLOW)
        wrong: dict[str, Callable[[], Response]] = {
            "500": lambda: Response("erreur", 500),
            "429": lambda: Response("trop", 429),
            "garbage": lambda: Response(b"\x00\xff{[", media_type=right.media_type),
            "redirect": lambda: RedirectResponse("/_peer/faults", 302),
            "huge": lambda: Response(b" " * 3_000_000, media_type=right.media_type),
            "html": lambda: Response("<p>Bienvenue</p>", media_type="text/html"),
            "not_a_collection": lambda: Response(json.dumps({"features": "x"}), media_type=right.media_type),
        }
        return next((make() for name, make in wrong.items() if name in active), right)


def _collection(found: list[Spot]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [_feature(spot) for spot in found], "query": ""}


def _feature(spot: Spot) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(spot.longitude, 6), round(spot.latitude, 6)]},
        "properties": {
            "label": spot.label,
            "name": spot.name,
            "postcode": streets.POSTCODE,
            "city": streets.CITY,
            "citycode": "99000",
            "type": "housenumber" if spot.number else "street",
            "score": 0.9,
        },
    }
