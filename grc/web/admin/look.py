"""How the pages look: one colour, seen before it is taken, and a logo, cleaned before it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, cast
from urllib.parse import quote

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.attachments import darkroom, sniffing
from grc.attachments.darkroom import NotDeveloped
from grc.attachments.sniffing import JPEG, PNG, WEBP
from grc.authorities import drawings, looks, profile
from grc.authorities.drawings import NotDrawn
from grc.authorities.merging import Meanwhile
from grc.authorities.models import Authority
from grc.errors import Invalid, Problem
from grc.notifications import emails
from grc.web import assets, theme
from grc.web.bodies import Upload
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame, theme_url
from grc.web.platform import Platform
from grc.web.theme import Use
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/apparence"
SVG = "image/svg+xml"
_SIDE = 320
"""Pixels of the longest side of a logo: eight times the height at which pages show it."""
_PICTURES = (PNG, JPEG, WEBP)
_WRONG = {
    "damaged": "Ce dessin SVG est abîmé. Ouvrez-le, enregistrez-le de nouveau, puis choisissez-le.",
    "declarations": "Ce dessin SVG contient des déclarations. Enregistrez-le en « SVG simple », puis choisissez-le.",
    "size": "Ce logo dépasse 200 Ko. Choisissez une image plus simple ou plus petite.",
    "complex": "Ce dessin SVG est trop complexe. Simplifiez-le, ou enregistrez-le en PNG.",
    "unsized": "Ce dessin SVG ne dit pas ses dimensions. Enregistrez-le en « SVG simple », puis choisissez-le.",
    "empty": "Ce dessin SVG n’a plus rien à montrer sans ses textes et images. Transformez-les en tracés.",
}


@dataclass(frozen=True)
class LookPage:
    """The colour, its preview and the logo. colour: that the whole page shows. typed: in the input; seen: stored.

    uses: what the colour becomes. mail: colours of the accent of mails, and of what is read on it. name: of the
    authority. logo: address, "" for none. is_preview: the colour is not kept yet.
    """

    action: str
    logo_action: str
    logo_removal: str
    back: str
    colour: str
    typed: str
    seen: str
    uses: Sequence[Use]
    mail: tuple[str, str]
    name: str
    logo: str
    is_preview: bool
    problems: Problems


async def show(visit: Visit[AgentActor]) -> Response:
    """The page, in the colour kept, or in the one to try (?couleur=1f5f8b)."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    asked = visit.query.get("couleur", "")
    try:
        return await _page(visit, looks.colour_of(asked) if asked else visit.authority.colour)
    except Invalid as invalid:
        return await _page(visit, visit.authority.colour, typed=asked, problems=invalid.problems)


async def choose(visit: Visit[AgentActor]) -> Response:
    """Another colour, tried first or taken."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    posted = await visit.form()
    typed, seen = posted.text("colour").strip(), posted.text("seen.colour")
    try:
        colour = looks.colour_of(typed)
        if posted.one("then") == "preview":
            return visit.redirect(f"{visit.links.agents(PATH)}?couleur={quote(colour.lstrip('#'))}")
        await visit.write(_set_colour, colour, seen)
    except Meanwhile as error:
        visit.platform.forget(visit.authority.id)
        return await _page(visit, looks.colour_of(typed), problems=error.problems, code=409)
    except Invalid as invalid:
        return await _page(visit, visit.authority.colour, typed=typed, problems=invalid.problems)
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(PATH, fait="couleur"))


async def send_logo(visit: Visit[AgentActor]) -> Response:
    """Another logo: a picture redrawn small, or a drawing written anew."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    files = (await visit.form(max_files=1)).files("logo")
    if not files:
        return await _page(
            visit, visit.authority.colour, problems=[Problem("logo", "required", "Choisissez un fichier.")]
        )
    try:
        content, media_type = await _cleaned(visit.platform, files[0])
    except _NotKept as refused:
        return await _page(visit, visit.authority.colour, problems=[Problem("logo", refused.code, refused.message)])
    await visit.write(_set_logo, content, media_type)
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(PATH, fait="logo"))


async def remove_logo(visit: Visit[AgentActor]) -> Response:
    """The name alone."""
    require(visit.actor, Permission.AUTHORITY_CHANGE)
    await visit.form()
    await visit.write(_remove_logo)
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(PATH, fait="logo-retire"))


class _NotKept(Exception):
    """A logo that is not accepted; message: a French sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


async def _cleaned(platform: Platform, upload: Upload) -> tuple[bytes, str]:
    """The logo as it is kept, with its type: nothing of what came but pixels or shapes. Raises _NotKept."""
    if upload.too_large:
        raise _NotKept("size", _WRONG["size"])
    head = upload.file.read(sniffing.HEAD_BYTES)
    upload.file.seek(0)
    if _may_be_svg(head):
        try:
            return drawings.cleaned(upload.file.read(drawings.MOST_BYTES + 1)), SVG
        except NotDrawn as refused:
            raise _NotKept(refused.problem, _WRONG[refused.problem]) from refused
    media_type = sniffing.sniff(head, cast(Any, upload.file))
    if media_type not in _PICTURES:
        raise _NotKept("type", "Ce fichier n’est pas un logo. Choisissez un fichier PNG, JPEG, WebP ou SVG.")
    develop = partial(darkroom.developed, upload.file, media_type, side=_SIDE, max_bytes=looks.MOST_BYTES)
    try:
        return await platform.developing(develop), darkroom.kept_type(media_type)
    except NotDeveloped as refused:
        told = _WRONG["size"] if refused.problem == "size" else sniffing.sentence(refused.problem, upload.filename)
        raise _NotKept(refused.problem, told) from refused


def _may_be_svg(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or head[:2] in (b"\xff\xfe", b"\xfe\xff")


async def _page(
    visit: Visit[AgentActor], colour: str, *, typed: str = "", problems: Sequence[Problem] = (), code: int = 422
) -> Response:
    authority = await visit.read(_row)
    page = LookPage(
        action=visit.links.agents(PATH),
        logo_action=visit.links.agents(f"{PATH}/logo"),
        logo_removal=visit.links.agents(f"{PATH}/logo/retrait"),
        back=visit.links.agents(ADMINISTRATION),
        colour=colour,
        typed=typed or colour,
        seen=authority.colour,
        uses=theme.uses(colour),
        mail=(colour, emails.colours(colour)["on_accent"]),
        name=authority.name,
        logo=assets.logo_url("", authority.logo),
        is_preview=colour != authority.colour,
        problems=Problems(problems),
    )
    frame = replace(with_flash(agent_frame(visit), visit.query.get("fait", "")), theme=theme_url(colour))
    return visit.page("admin/look.html", code=code if problems else 200, frame=frame, page=page)


def _row(session: Session, *, by: AgentActor) -> Authority:
    return profile.one(session, by.authority_id)


def _set_colour(session: Session, colour: str, seen: str, *, by: AgentActor, now: datetime) -> None:
    looks.set_colour(session, by.authority_id, colour, seen=seen, by=by, now=now)


def _set_logo(session: Session, content: bytes, media_type: str, *, by: AgentActor, now: datetime) -> None:
    looks.set_logo(session, by.authority_id, content, media_type, by=by, now=now)


def _remove_logo(session: Session, *, by: AgentActor, now: datetime) -> None:
    looks.remove_logo(session, by.authority_id, by=by, now=now)
