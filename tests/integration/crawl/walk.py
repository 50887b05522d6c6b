"""The walk itself: every address, first as it should be asked, then as nobody should ask it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import TypeVar

from tests.integration.crawl import attacks
from tests.integration.crawl.ground import VISITOR, Ground, Scene
from tests.integration.crawl.recipes import Place
from tests.integration.crawl.rules import faults
from tests.integration.crawl.wire import Answer, Ask
from tests.support import campaign
from tests.support.hostile import Read

T = TypeVar("T")
_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
_ACTION = re.compile(r'<form\b[^>]*\baction="([^"]*)"')
_ENDS = ("/deconnexion", "/suppression")
"""Addresses whose good POST takes away what the next one needs."""
_COMMON = ("revision", "text", "then", "code", "email", "password", "suite", "next", "reasons", "page", "confirm")


@dataclass
class Walk:
    """What was found. asked: how many requests were made."""

    ground: Ground
    found: list[str] = field(default_factory=list)
    asked: int = 0

    async def ask(self, place: Place, asked: Ask) -> Answer:
        """The answer, which is judged."""
        answer = await self.ground.wire.ask(asked)
        self.asked += 1
        self.found += faults(place, asked, answer)
        return answer

    async def read(self, place: Place, who: str, *, share: int) -> None:
        """The address by GET: hostile parameters, queries, headers, methods. share: one attack in so many."""
        ground, scene = self.ground, self.ground.scenes[place.scene]
        session, target = ground.cookie(who), place.filled(scene)
        for name in place.names:
            for piece in (attacks.DIGITS, *sampled(attacks.PIECES, f"{place}{name}{who}", share)):
                await self.ask(place, ground.ask("GET", place.filled(scene, **{name: piece}), session))
        for query in sampled(attacks.QUERIES, f"{place}?{who}", 2 * share):
            await self.ask(place, ground.ask("GET", f"{target}?{query}", session))
        for headers in sampled(attacks.HEADERS, f"{place}:{who}", 2 * share):
            await self.ask(place, ground.ask("GET", target, {**session, **headers}))
        for method in sampled(attacks.METHODS, f"{place}!{who}", share):
            answer = await self.ask(place, ground.ask(method, target, session))
            if method not in ("HEAD", "OPTIONS") and answer.status not in (403, 404, 405):
                self.found.append(f"{place} answers {method} by {answer.status}")

    async def post(self, place: Place, who: str, *, share: int) -> None:
        """The address by POST: hostile parameters, then every hostile body on a demande of its own."""
        ground = self.ground
        ground.forget_limits()
        at_desk = place.path.startswith("/agents/saisies/")
        is_shared = (place.scene or not place.names) and not at_desk
        scene = ground.scenes[place.scene] if is_shared else ground.fresh(at_desk=at_desk)
        session = ground.cookie(who)
        for name in place.names:
            for piece in (attacks.DIGITS, *sampled(attacks.PIECES, f"{place}{name}{who}", share)):
                await self.ask(place, ground.ask("POST", place.filled(scene, **{name: piece}), session))
        names, kept = await self._form(place, scene, session)
        bodies = list(attacks.bodies(names, kept))
        for at, (_, told, body) in enumerate(sampled(bodies, f"{place}={who}", share)):
            odd = attacks.HEADERS[(zlib.crc32(str(place).encode()) + at) % len(attacks.HEADERS)] if at % 3 == 2 else {}
            asked = ground.ask("POST", place.filled(scene), {**session, **odd, **told}, body=body, cut=at % 11 == 10)
            answer = await self.ask(place, asked)
            if at % 10 == 9:
                ground.forget_limits()
            if answer.header("set-cookie") or place.path.endswith(_ENDS):
                session = ground.cookie(who)

    async def sample(self, place: Place) -> None:
        """The address with fewer attacks, in a whole campaign too: where most of it is walked elsewhere."""
        if place.method == "GET":
            await self.read(place, place.who, share=campaign.size(40, 4))
        else:
            await self.post(place, place.who, share=campaign.size(160, 16))

    async def _form(
        self, place: Place, scene: Scene, session: Mapping[str, bytes]
    ) -> tuple[Sequence[str], Mapping[str, Sequence[str]]]:
        """The inputs of the form that posts here, and what it posts as it stands; common ones where no page has it."""
        target = place.filled(scene)
        for page in (target, target.rsplit("/", 1)[0], target.rsplit("/", 2)[0]):
            answer = await self.ground.wire.ask(self.ground.ask("GET", page, session))
            if answer.status == 200 and (inputs := form_of(answer.text, target)) is not None:
                return [*inputs.names, "then"], {name: inputs.values[name] for name in inputs.values}
        return _COMMON, {}


def form_of(page: str, action: str) -> Read | None:
    """The inputs of the page's form that posts to this address, None without one."""
    for form in _FORM.findall(page):
        where = _ACTION.search(form)
        if where is not None and unescape(where[1]).partition("?")[0] == action:
            return Read(form)
    return None


def sampled(items: Sequence[T], key: str, share: int) -> Iterator[T]:
    """One item in `share`: which ones, the key decides, so that each is met somewhere."""
    first = zlib.crc32(key.encode()) % share
    return iter(items[first::share])


def walkers(place: Place) -> list[str]:
    """Who asks: somebody who is admitted; in a whole campaign, everybody who is, and a visitor."""
    return sorted({*place.whom, VISITOR}) if campaign.size(0, 1) else [place.who]
