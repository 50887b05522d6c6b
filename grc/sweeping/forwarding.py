"""The second step of a transfer between authorities of this installation: what is on its way arrives.

Run right after the first step, and by each passage of the sweeps: what fails is tried again. Each unit of work is in
the partition of one authority; files are copied in the store between them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import partial

import anyio.to_thread

from grc.attachments.commands import AttachmentView, StoredFile
from grc.attachments.storage import Storage
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.db import Database
from grc.submissions import transfers
from grc.submissions.transfers import Parcel

_LOG = logging.getLogger("grc.sweeps")
_CHUNK = 1 << 16


async def forward(db: Database, storage: Storage, source: AuthorityView, *, now: datetime) -> int:
    """How many demandes of this authority arrived where they were sent; what fails stays on its way."""
    done = after = 0
    while parcels := await db.read(partial(transfers.parcels, authority=source, after=after), scope=source.id):
        for parcel in parcels:
            done += await _tried(db, storage, source, parcel, now)
        after = parcels[-1].link_id
    return done


async def _tried(db: Database, storage: Storage, source: AuthorityView, parcel: Parcel, now: datetime) -> bool:
    """Whether it arrived; what fails, or waits for the antivirus, is tried again, and told to agents after a day."""
    try:
        if parcel.is_whole:
            await _arrive(db, storage, source, parcel, now)
            return True
    except Exception as error:  # the others must arrive
        _LOG.error("transfer %d of %s: %s", parcel.link_id, source.slug, type(error).__name__)
    tell = partial(transfers.tell_late, authority=source, parcel=parcel, now=now)
    await db.write(tell, scope=source.id)
    return False


async def _arrive(db: Database, storage: Storage, source: AuthorityView, parcel: Parcel, now: datetime) -> None:
    target = await db.read(partial(authorities.authority, authority_id=parcel.to_id), scope=parcel.to_id)
    look = partial(transfers.has_arrived, authority=target, parcel=parcel)
    is_there = await db.read(look, scope=target.id)
    copies = []
    for file in () if is_there else parcel.files:
        copies.append((file, await anyio.to_thread.run_sync(partial(_copied, storage, target.slug, file))))
    receive = partial(transfers.receive, authority=target, parcel=parcel, files=copies, now=now)
    reference = await db.write(receive, scope=target.id)
    arrived = partial(transfers.arrived, authority=source, parcel=parcel, reference=reference)
    await db.write(arrived, scope=source.id)


def _copied(storage: Storage, slug: str, file: AttachmentView) -> StoredFile:
    """The same bytes among the files of the other authority; a copy that no row points to is swept away."""
    stored = storage.put(slug, _chunks(storage, file.key), max_bytes=file.size_bytes)
    return StoredFile(stored.key, file.name, file.media_type, stored.size, stored.sha256)


def _chunks(storage: Storage, key: str) -> Iterator[bytes]:
    with storage.open(key) as content:
        while chunk := content.read(_CHUNK):
            yield chunk
