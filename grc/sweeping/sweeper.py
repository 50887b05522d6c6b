"""The passage over every authority, again and again: nothing that fails for one keeps another waiting."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import anyio.to_thread
from sqlmodel import Session

from grc import clock
from grc.attachments import commands as attachments
from grc.attachments.storage import Storage
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.db import Database
from grc.sweeping import due, runs
from grc.sweeping.due import Due
from grc.sweeping.forwarding import forward
from grc.sweeping.runs import Jump, Run
from grc.sweeping.sweeps import SWEEPS, Done, Sweep

_LOG = logging.getLogger("grc.sweeps")
_EVERY_SECONDS = 600.0
_ROUNDS_A_DAY = 144
_CHUNK = 500
_MOST_UNITS = 1000
"""Of one sweep for one authority in one passage: what is left waits for the next one."""
_ABANDONED = timedelta(hours=6)
_TRANSFERS = "transfers"
Visit = Callable[[AuthorityView], Awaitable[Done]]


@dataclass(frozen=True)
class Passage:
    """What a passage did. refused: why it did nothing, or ""."""

    as_of: datetime
    runs: tuple[Run, ...] = ()
    refused: Jump = ""

    @property
    def faults(self) -> list[str]:
        """The sweeps that failed somewhere, with what."""
        return [f"{run.name}: {run.fault}" for run in self.runs if run.fault]


@dataclass
class Sweeper:
    """One for the installation is enough; several do no harm."""

    db: Database
    storage: Storage
    now: Callable[[], datetime] = clock.now
    sweeps: Sequence[Sweep] = field(default=SWEEPS)

    async def run(self) -> None:
        """Sweeps every ten minutes, for ever; a failing round is logged and tried again."""
        for number in itertools.count():
            try:
                passage = await self.round()
                if number % _ROUNDS_A_DAY == 0 and not passage.refused:
                    await self.forget_orphans()
            except Exception as error:  # whatever it is, tomorrow's round must happen
                _LOG.error("sweep failed: %s", type(error).__name__)
            await asyncio.sleep(_EVERY_SECONDS)

    async def round(self, as_of: datetime | None = None, *, is_confirmed: bool = False) -> Passage:
        """One passage of every sweep over every authority, as of that instant (now, when none is given).

        Refused when the instant is too far from the last one believed, unless an operator confirmed it: a wrong clock
        would decide demandes and delete drafts, and no correction of the clock would bring them back.
        """
        instant = as_of or self.now()
        last = await self.db.read(runs.last, scope=None)
        why = "" if is_confirmed else runs.jump(last, instant)
        if why and last is not None:
            _LOG.error("sweeps refused, %s: as of %s, last of %s", why, instant.isoformat(), last.as_of.isoformat())
            await self.db.write(partial(runs.refuse, run=last, why=why), scope=None)
            return Passage(instant, refused=why)
        believed = instant if is_confirmed or last is None else max(instant, last.as_of)
        return await self._passage(instant, believed=believed)

    async def sweep(self, sweep: Sweep, as_of: datetime, *, only: Sequence[AuthorityView] | None = None) -> Run:
        """One sweep over every authority, or over some; what it did is kept when it was over all.

        Only those where something is due are visited.
        """
        run = await self._sweep(sweep, as_of, await self._authorities() if only is None else only)
        if only is None:
            await self._keep(run)
        return run

    async def forget_orphans(self) -> int:
        """How many files without a row were deleted: a crash between the store and the database leaves them."""
        gone = 0
        for authority in await self._authorities():
            listed = partial(self.storage.old_keys, authority.slug, before=self.now() - _ABANDONED)
            keys = await anyio.to_thread.run_sync(listed)
            for at in range(0, len(keys), _CHUNK):
                chunk = keys[at : at + _CHUNK]
                look = partial(_known, authority_id=authority.id, keys=chunk)
                for key in set(chunk) - await self.db.read(look, scope=authority.id):
                    await anyio.to_thread.run_sync(self.storage.delete, key)
                    gone += 1
        return gone

    async def _passage(self, as_of: datetime, *, believed: datetime) -> Passage:
        started = self.now()
        before = {run.name: run.as_of for run in await self.db.read(runs.every, scope=None)}
        everyone = await self._authorities()
        done = [await self._forward(as_of, everyone)]
        await self._keep(done[0])
        for each in self.sweeps:
            if _is_time(each, before.get(each.name), as_of):
                done.append(await self._sweep(each, as_of, everyone))
                await self._keep(done[-1])
        await anyio.to_thread.run_sync(partial(self.storage.remove_unfinished, before=as_of - _ABANDONED))
        fault = ", ".join(run.name for run in done if run.fault)[:200]
        whole = Run(runs.WHOLE, believed, started, self.now(), sum(run.done for run in done), fault)
        await self._keep(whole)
        return Passage(as_of, tuple(done))

    async def _forward(self, as_of: datetime, among: Sequence[AuthorityView]) -> Run:
        """What was sent on to another authority of this installation arrives, before anything is judged there."""

        async def arrive(authority: AuthorityView) -> Done:
            return Done(await forward(self.db, self.storage, authority, now=as_of))

        return await self._each(_TRANSFERS, due.transfers_on_their_way, arrive, as_of, among)

    async def _sweep(self, sweep: Sweep, as_of: datetime, among: Sequence[AuthorityView]) -> Run:
        return await self._each(sweep.name, sweep.due, lambda one: self._units(sweep, one, as_of), as_of, among)

    async def _each(
        self, name: str, what: Due | None, do: Visit, as_of: datetime, among: Sequence[AuthorityView]
    ) -> Run:
        """What was done where something was due: an authority that fails keeps no other waiting."""
        started, done, faults = self.now(), 0, set[str]()
        try:
            visited = await self._due(what, as_of, among)
        except Exception as error:  # a question that fails must not hide what is due: everyone is visited
            visited = among
            faults.add(type(error).__name__)
            _LOG.error("sweep %s: who has anything due is not known: %s", name, type(error).__name__)
        for authority in visited:
            try:
                made = await do(authority)
                done, faults = done + made.count, faults | set(made.faults)
            except Exception as error:  # whatever it is, the others must be swept
                faults.add(type(error).__name__)
                _LOG.error("sweep %s of %s failed: %s", name, authority.slug, type(error).__name__)
        return Run(name, as_of, started, self.now(), done, ", ".join(sorted(faults))[:200])

    async def _due(self, what: Due | None, as_of: datetime, among: Sequence[AuthorityView]) -> Sequence[AuthorityView]:
        """Those of these authorities where something is due, in their order."""
        if what is None:
            return among
        found = await self.db.read(partial(due.who, due=what, among=among, as_of=as_of), scope=None)
        return [one for one in among if one.id in found]

    async def _keep(self, run: Run) -> None:
        await self.db.write(partial(runs.record, run=run), scope=None)

    async def _units(self, sweep: Sweep, authority: AuthorityView, as_of: datetime) -> Done:
        """What the sweep did there: one transaction after another, until nothing is left to do."""
        done, faults = 0, set[str]()
        for _ in range(_MOST_UNITS):
            made = await self.db.write(lambda session: sweep.unit(session, authority.id, as_of), scope=authority.id)
            for key in made.keys:
                await anyio.to_thread.run_sync(self.storage.delete, key)
            done, faults = done + made.count, faults | set(made.faults)
            if not made.count:
                break
        return Done(done, faults=tuple(faults))

    async def _authorities(self) -> list[AuthorityView]:
        return await self.db.read(authorities.every_authority, scope=None)


def _is_time(sweep: Sweep, last: datetime | None, as_of: datetime) -> bool:
    """Whether that sweep is not too recent; one of a later instant says nothing."""
    return last is None or not last <= as_of < last + sweep.every


def _known(session: Session, *, authority_id: int, keys: list[str]) -> set[str]:
    return attachments.known_keys(session, authority_id, keys)
