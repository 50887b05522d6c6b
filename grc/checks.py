"""What an operator wants to know before opening: database, store, mail server, catalogue, communes, outbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlsplit

from sqlmodel import Session

from grc import clock, cog, resources
from grc.attachments import scanning
from grc.attachments.antivirus import Clamd
from grc.attachments.local import LocalStorage
from grc.authorities import queries
from grc.authorities.views import AuthorityView
from grc.catalogue import loading, updating
from grc.catalogue import queries as catalogue
from grc.db import Database, schema
from grc.errors import GrcError, Misconfigured
from grc.notifications import senders
from grc.notifications.emails import MESSAGES
from grc.notifications.smtp import SmtpSender
from grc.opening import open_database
from grc.outbox import latest
from grc.outbox.delivery import health
from grc.places.client import AddressClient, TileClient
from grc.settings import Settings
from grc.sweeping import runs

_ANSWERS = "le service répond."
_SILENT = "le service ne répond pas comme il le doit."


@dataclass(frozen=True)
class Finding:
    """One thing looked at, and whether it is well."""

    is_well: bool
    text: str

    def __str__(self) -> str:
        return f"{'bien       ' if self.is_well else 'à corriger '} {self.text}"


async def findings(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which an operator would look."""
    found = [_schema(settings), _storage(settings), await _mail(settings), *(await _places(settings)), *_catalogue()]
    if found[0].is_well:
        database = open_database(settings)
        try:
            found += [
                _outbox(database),
                _sweeps(database),
                *(await _antivirus(settings, database)),
                *of_authorities(database),
                *(await of_senders(settings, database)),
            ]
        finally:
            database.close()
    return found


def _schema(settings: Settings) -> Finding:
    try:
        present = schema.revision_of(settings.database_url)
    except Exception as error:  # whatever the driver says, the operator is told
        return Finding(False, f"base : {type(error).__name__}. Vérifiez GRC_DATABASE_URL.")
    wanted = schema.newest()
    return Finding(present == wanted, f"base : révision {present or 'aucune'}, le code veut {wanted}.")


def _storage(settings: Settings) -> Finding:
    try:
        storage = LocalStorage(settings.storage)
        storage.delete(storage.put("check", iter([b"check"]), max_bytes=10).key)
    except (OSError, GrcError) as error:
        return Finding(False, f"stockage : {type(error).__name__}. Vérifiez GRC_STORAGE.")
    return Finding(True, "stockage : écrit et relu.")


async def _mail(settings: Settings) -> Finding:
    fault = await SmtpSender(settings.smtp_url, connections=1, timeout=5).probe()
    return Finding(not fault, f"messagerie : {fault or 'le serveur répond'}.")


async def _places(settings: Settings) -> list[Finding]:
    """The list of communes; the geocoder and the map, where they are configured."""
    found = []
    try:
        cog.find("Paris")
    except Misconfigured as error:
        found += [Finding(False, f"communes : {fault}") for fault in error.faults]
    addresses, tiles = AddressClient(settings.address_url, timeout=5), TileClient(settings.tiles_url, timeout=5)
    try:
        if addresses.is_offered:
            answers = bool(await addresses.search("place de la mairie") or await addresses.search("rue"))
            found.append(
                Finding(answers, f"adresses : {_ANSWERS if answers else f'{_SILENT} Vérifiez GRC_ADDRESS_URL.'}")
            )
        if tiles.is_offered:
            answers = await tiles.tile(0, 0, 0) is not None
            found.append(Finding(answers, f"carte : {_ANSWERS if answers else f'{_SILENT} Vérifiez GRC_TILES_URL.'}"))
    finally:
        await addresses.close()
        await tiles.close()
    return found


def _catalogue() -> Iterator[Finding]:
    try:
        found = loading.load_folder(resources.folder("form_catalogue"), messages=MESSAGES)
        yield Finding(True, f"catalogue : {len(found)} démarche(s) sans faute.")
    except Misconfigured as error:
        for fault in error.faults:
            yield Finding(False, f"catalogue : {fault}")


def _outbox(database: Database) -> Finding:
    with database.reading(scope=None) as session:
        state = health(session)
    late = state.is_late(clock.now())
    return Finding(not late and not state.dead, f"courriels : {state.pending} en attente, {state.dead} abandonné(s).")


def _sweeps(database: Database) -> Finding:
    """Whether time is followed: the last passage is recent, no sweep failed in it, no clock jumped."""
    with database.reading(scope=None) as session:
        last = runs.last(session)
    if last is None:
        return Finding(True, "relevés : aucun encore ; le service fait le premier dès qu’il tourne.")
    if last.fault in get_args(runs.Jump) and last.fault:
        text = "refusés, l’horloge a sauté. Vérifiez l’heure, puis « grc sweep --as-of now »."
        return Finding(False, f"relevés : {text}")
    if runs.is_late(last, clock.now()):
        return Finding(False, "relevés : aucun depuis plus d’une heure. « grc serve » ou « grc worker » tourne-t-il ?")
    return Finding(not last.fault, f"relevés : {f'échec de {last.fault}' if last.fault else 'à jour'}.")


async def _antivirus(settings: Settings, database: Database) -> list[Finding]:
    """Whether clamd answers and what waits for it; without one, whether files were left waiting."""
    with database.reading(scope=None) as session:
        waiting = scanning.waiting_in_all(session, queries.every_key(session))
    if not settings.clamd:
        text = f"antivirus : {waiting} document(s) en quarantaine, et plus d’antivirus. Remettez GRC_CLAMD."
        return [Finding(False, text)] if waiting else []
    fault = await Clamd(settings.clamd).fault()
    return [Finding(not fault, f"antivirus : {fault or 'clamd répond'}, {waiting} document(s) en quarantaine.")]


async def of_senders(settings: Settings, database: Database) -> list[Finding]:
    """What mail servers will think of the sender addresses; a machine without DNS is told so, and is well."""
    with database.reading(scope=None) as session:
        addresses = sorted({one.sender_address for one in queries.every_authority(session)})
    asked = [one for one in addresses if settings.dns or not senders.is_reserved(one)]
    if not asked:
        return []
    relay = urlsplit(settings.smtp_url).hostname or ""
    verdicts = await senders.look_each(asked, settings.dns, selector=settings.dkim_selector, relay=relay)
    return [_of_sender(address, found) for address, found in verdicts]


def _of_sender(address: str, found: Sequence[senders.Verdict]) -> Finding:
    """What is wrong, else everything that was seen."""
    wrong = [one for one in found if one.level == "wrong"]
    return Finding(not wrong, f"expéditeur {address} : {' ; '.join(one.text.rstrip('.') for one in wrong or found)}.")


def of_authorities(database: Database) -> Iterator[Finding]:
    """One finding for each commune: what it offers, what of it waits for an update, what its receipts would lack."""
    with database.reading(scope=None) as session:
        every = queries.every_authority(session)
    for authority in every:
        if authority.kind == "syndicate":
            continue
        with database.reading(scope=authority.id) as session:
            yield _authority(session, authority)


def _authority(session: Session, authority: AuthorityView) -> Finding:
    offered = catalogue.all_published(session, authority.id)
    lacking = [one.service.name for one in offered if not one.service.telephone]
    faults = [f"sans téléphone : {', '.join(lacking)}"] if lacking else []
    told = list(_updates(session, authority))
    others = latest.senders(session, authority.id) - {authority.sender_address}
    if others:
        published = f"l’adresse publiée est {authority.sender_address} (R112-11-3), normal si elle vient de changer"
        faults.append(f"des courriels sont partis de {', '.join(sorted(others))}, {published}")
    return Finding(not faults, f"{', '.join([f'{authority.name} : {len(offered)} démarche(s)', *told, *faults])}.")


def _updates(session: Session, authority: AuthorityView) -> Iterator[str]:
    """What waits for the catalogue's version: nothing is wrong, somebody is to decide."""
    try:
        waiting = updating.waiting(session, authority.id)
    except Misconfigured:
        return  # the catalogue's own faults are told
    if waiting.slugs:
        command = f"« grc catalogue update {authority.slug} --dry-run » dit ce qui changerait"
        yield f"{len(waiting.slugs)} à mettre à jour ({', '.join(waiting.slugs)} ; {command})"
    if waiting.conflicting:
        yield f"{len(waiting.conflicting)} en conflit avec ses adaptations ({', '.join(waiting.conflicting)})"
