"""The operators' page: what was sent and what was not, workers, sweeps, antivirus and room; no personal data.

Behind HTTP Basic and a secret of the installation, so that nobody has to be known to a database that may be ailing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import anyio.to_thread
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grc import clock
from grc.attachments import scanning
from grc.authorities import queries
from grc.calling import deliveries
from grc.db import acting_for
from grc.errors import GrcError, NotFound, TooMany
from grc.franceconnect.callback import OUR_FAULTS
from grc.outbox import dead, signs, sweeps
from grc.outbox.delivery import health
from grc.sessions import records
from grc.web import operators_words as words
from grc.web import rendering
from grc.web.flashes import with_flash
from grc.web.framing import plain_frame
from grc.web.operators_views import DeadRow, Fact, OperationsPage, SweepRow, WorkerRow, age
from grc.web.platform import Platform
from grc.web.visit import client_of

_LOG = logging.getLogger("grc.operators")
PATH = "/exploitation"
_MOST_TRIES = 10
"""Wrong secrets of one address in ten minutes, before it is no longer heard."""
_LITTLE_ROOM = 0.1
Handler = Callable[[Request], Awaitable[Response]]
_RECIPIENTS = {"citizen": "à l’usager", "service": "au service", "helper": "à l’aidant"}
_OF_ACCOUNT = "link:"


def routes() -> list[Route]:
    """The routes; none of them answers where no secret is set."""
    return [
        Route(PATH, guarded(show), methods=["GET"], name="operators:show"),
        Route(f"{PATH}/reprises", guarded(retry_all), methods=["POST"], name="operators:retry-all"),
        Route(f"{PATH}/envois/{{entry}}/reprise", guarded(retry), methods=["POST"], name="operators:retry"),
        Route(f"{PATH}/envois/{{entry}}/abandon", guarded(abandon), methods=["POST"], name="operators:abandon"),
    ]


def guarded(handler: Handler) -> Handler:
    """The page for who gives the secret; 404 where there is none, 401 without it, 429 after too many wrong ones."""

    async def checked(request: Request) -> Response:
        platform: Platform = request.app.state.platform
        secret = platform.config.operator_secret
        if not secret:
            raise NotFound("Cette adresse n’existe pas.")
        tries, client = platform.operator_tries, client_of(request, platform.config.trusted_proxies)
        if (tries.get(client) or 0) >= _MOST_TRIES:
            raise TooMany("Trop d’essais. Attendez dix minutes, puis réessayez.", retry_after=600)
        given = _given(request)
        if given is None or not _same(given, secret):
            if given is not None:
                tries.put(client, (tries.get(client) or 0) + 1)
                _LOG.warning("operators' page: wrong secret")
            return _door()
        return await handler(request)

    return checked


async def show(request: Request) -> Response:
    """Everything, or what can still be said while the database is away."""
    platform: Platform = request.app.state.platform
    now = clock.now()
    facts = [await _store(platform)]
    try:
        page = await platform.db.read(lambda session: _page(session, now), scope=None)
        facts += [*(await _antivirus(platform)), await _sign_ins(platform, now), await _told(platform)]
    except GrcError:
        page = OperationsPage(action=f"{PATH}/reprises", database_is_away=True)
    frame = with_flash(plain_frame("Exploitation"), request.query_params.get("fait", ""))
    html = rendering.render("platform/operations.html", frame=frame, page=page.with_facts(facts))
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


async def retry(request: Request) -> Response:
    """One dead letter, due again at once."""
    platform: Platform = request.app.state.platform
    entry = _entry(request)
    await platform.db.write(lambda session: dead.revive(session, entry, now=clock.now()), scope=None)
    _LOG.info("outbox entry %d tried again by an operator", entry)
    platform.wake()
    return _back("envoi-repris")


async def retry_all(request: Request) -> Response:
    """Every dead letter that can leave, due again at once."""
    platform: Platform = request.app.state.platform
    count = await platform.db.write(lambda session: dead.revive_all(session, now=clock.now()), scope=None)
    _LOG.info("%d outbox entries tried again by an operator", count)
    platform.wake()
    return _back("envois-repris")


async def abandon(request: Request) -> Response:
    """One dead letter, off the list."""
    platform: Platform = request.app.state.platform
    entry = _entry(request)
    await platform.db.write(lambda session: dead.abandon(session, entry, now=clock.now()), scope=None)
    _LOG.info("outbox entry %d abandoned by an operator", entry)
    return _back("envoi-abandonne")


def _entry(request: Request) -> int:
    """The entry that the address names; raises NotFound for a number that no database holds."""
    text = request.path_params["entry"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound("Cet envoi n’existe pas.")
    return int(text)


def _back(done: str) -> Response:
    return RedirectResponse(f"{PATH}?fait={done}", status_code=303)


def _door() -> Response:
    """What is asked for; a browser shows this page to who gives nothing."""
    html = rendering.render("platform/operators_door.html", frame=plain_frame("Exploitation"))
    asked = {"WWW-Authenticate": 'Basic realm="Exploitation", charset="UTF-8"', "Cache-Control": "no-store"}
    return HTMLResponse(html, status_code=401, headers=asked)


def _given(request: Request) -> bytes | None:
    """The password that a browser sends, whatever its user name; None when it sends none."""
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(sent.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _same(given: bytes, secret: str) -> bool:
    """In a time that tells nothing of the secret, not even its length."""
    return hmac.compare_digest(hashlib.sha256(given).digest(), hashlib.sha256(secret.encode()).digest())


def _page(session: Session, now: datetime) -> OperationsPage:
    slugs = {each.id: each.slug for each in queries.every_authority(session)}
    state = health(session)
    return OperationsPage(
        action=f"{PATH}/reprises",
        pending=state.pending,
        oldest="" if state.oldest_at is None else age(now - state.oldest_at),
        is_late=state.is_late(now),
        dead_count=state.dead,
        dead=[_dead(each, slugs[each.authority_id], now) for each in dead.letters(session)],
        workers=[
            WorkerRow(one.holder, age(now - one.started_at), age(now - one.seen_at), one.is_silent(now))
            for one in signs.every(session)
        ],
        sweeps=[_sweep(one, now) for one in sweeps.last(session)],
    )


def _dead(each: dead.DeadLetter, slug: str, now: datetime) -> DeadRow:
    what = "Appel à un autre système" if each.channel == "http" else words.MAILS.get(each.kind, each.kind)
    base = f"{PATH}/envois/{each.id}"
    return DeadRow(
        id=each.id,
        authority=slug,
        what=what,
        to=_recipient(each.recipient) if each.channel == "mail" else "",
        tries=each.tries,
        fault=each.fault,
        since=age(now - each.created_at),
        retry=f"{base}/reprise" if each.can_leave else "",
        abandon=f"{base}/abandon",
    )


def _sweep(one: sweeps.Run, now: datetime) -> SweepRow:
    is_stuck = one.ended_at is None and now - one.started_at > timedelta(hours=1)
    return SweepRow(
        words.SWEEPS.get(one.name, one.name),
        age(now - (one.ended_at or one.started_at)),
        words.outcome(one.done, one.fault, is_stuck=is_stuck),
        is_well=not one.fault and not is_stuck,
    )


async def _store(platform: Platform) -> Fact:
    """Whether the files' place can be written, and how much room it has."""
    is_kept = await anyio.to_thread.run_sync(platform.storage.is_well)
    if not is_kept:
        return Fact("Stockage", "Le dossier des pièces ne peut pas être écrit.", is_well=False)
    free, total = await anyio.to_thread.run_sync(platform.storage.room)
    text = f"{free // 10**9} Go libres sur {total // 10**9}"
    return Fact("Stockage", text, is_well=free >= total * _LITTLE_ROOM)


async def _antivirus(platform: Platform) -> list[Fact]:
    """Whether clamd answers, and what waits for it."""
    waiting = await platform.db.read(_waiting, scope=None)
    held = words.held(waiting)
    if platform.antivirus is None:
        return [Fact("Antivirus", f"Aucun ; {held}", is_well=not waiting)]
    fault = await platform.antivirus.fault()
    return [Fact("Antivirus", f"{'Ne répond pas' if fault else 'Répond'} ; {held}", is_well=not fault)]


async def _sign_ins(platform: Platform, now: datetime) -> Fact:
    """What identity providers refused us or did not answer in a day; a registration that is wrong shows here."""
    ours, theirs, faulty = await platform.db.read(partial(_failures, since=now - timedelta(days=1)), scope=None)
    if not ours and not theirs:
        return Fact("Connexions", "Aucun échec de notre fait ni du fournisseur en 24 heures")
    where = f" ({', '.join(faulty)} ; voyez « grc franceconnect check »)" if faulty else ""
    return Fact(
        "Connexions", f"En 24 heures : {ours} refusées par notre faute{where}, {theirs} par une panne", not ours
    )


async def _told(platform: Platform) -> Fact:
    """What other programs were not told: webhooks that take nothing."""
    waiting, abandoned = await platform.db.read(deliveries.left, scope=None)
    if not abandoned:
        return Fact("Notifications aux logiciels", f"Rien d’abandonné, {waiting} en attente")
    told = f"{abandoned} abandonnées en trente jours, {waiting} en attente ; voyez « grc webhook list »"
    return Fact("Notifications aux logiciels", told, is_well=False)


def _waiting(session: Session) -> int:
    return scanning.waiting_in_all(session, queries.every_key(session))


def _failures(session: Session, *, since: datetime) -> tuple[int, int, list[str]]:
    """How many by our fault, how many by an outage, and where ours were: all authorities in one unit."""
    ours, theirs, faulty = 0, 0, list[str]()
    for authority in queries.every_authority(session):
        with acting_for(session, authority.id):
            count = partial(records.failures, session, authority.id, since=since)
            wrong = count(outcomes=OUR_FAULTS)
            theirs += count(outcomes=("unavailable",))
        ours += wrong
        faulty += [authority.slug] if wrong else []
    return ours, theirs, faulty


def _recipient(recipient: str) -> str:
    """Whom a mail goes to, in words that name nobody."""
    if recipient.startswith(_OF_ACCOUNT):
        return "à l’usager, pour son compte"
    return _RECIPIENTS.get(recipient, recipient)
