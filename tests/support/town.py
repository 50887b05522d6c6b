"""An installation under load for the campaigns of kills: citizens send drafts, agents take charge and decide."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

import httpx2
from sqlalchemy import func, select, update
from sqlmodel import col

from grc import clock
from grc.authorities import queries as authorities
from grc.db import Database
from grc.outbox.models import OutboxEntry
from grc.sessions import commands as sessions
from grc.settings import Settings
from grc.submissions.models import Submission
from tests.support import demandes
from tests.support.demandes import Begun
from tests.support.processes import Running

AGENT = "claire.modele@tilleul.example"
ACTS = (
    ("prise-en-charge", {"revision": "1"}),
    ("decision", {"outcome": "accepted", "reasons": "", "revision": "2", "then": "send"}),
)
"""What an agent does with each demande, each act on the revision that the one before made."""


class Town:
    """confirmed: where each draft's browser was led. acted: the acts that agents saw done. refused: what went wrong."""

    def __init__(self, settings: Settings, database: Database, drafts: Sequence[Begun]) -> None:
        self.settings, self.database = settings, database
        self.waiting = list(reversed(drafts))
        self.confirmed: dict[str, str] = {}
        self.acted: list[tuple[str, str]] = []
        self.refused: list[tuple[int, str]] = []
        self._numbers = itertools.count(1)
        self._seen: set[str] = set()
        self._to_handle: deque[tuple[str, int]] = deque()
        self._agent = self._signed_in()

    async def send(self, client: httpx2.AsyncClient, draft: Begun) -> None:
        """One citizen's final POST; what was not answered will be sent again."""
        number = next(self._numbers)
        headers = {
            "cookie": f"grc-citizen-tilleul-{self.settings.port}={draft.token}",
            "x-forwarded-for": f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}",
        }
        answer = await self._post(client, f"brouillons/{draft.public_id}/envoi", {}, headers)
        if answer is None:
            self.waiting.insert(0, draft)
        elif answer.status_code == 303:
            self.confirmed[draft.public_id] = answer.headers["location"]

    async def handle(self, client: httpx2.AsyncClient, reference: str, act: int) -> None:
        """An agent's act; one that was not answered is done again, and may then be refused as done already."""
        name, fields = ACTS[act]
        answer = await self._post(client, f"agents/demandes/{reference}/{name}", fields, {"cookie": self._agent})
        if answer is None:
            self._to_handle.append((reference, act))
            return
        self.acted.append((reference, name))
        if act + 1 < len(ACTS):
            self._to_handle.append((reference, act + 1))

    async def keep_sending(self, stop: asyncio.Event) -> None:
        """One citizen after another, until told to stop."""
        async with self._client() as client:
            while self.waiting and not stop.is_set():
                await self.send(client, self.waiting.pop())

    async def keep_handling(self, stop: asyncio.Event) -> None:
        """One act after another, until told to stop, or until every demande is decided."""
        async with self._client() as client:
            while not stop.is_set():
                self._look()
                if self._to_handle:
                    await self.handle(client, *self._to_handle.popleft())
                else:
                    await asyncio.sleep(0.05)

    async def until_ready(self, server: Running) -> None:
        """Waits until the pages answer."""
        async with self._client() as client, asyncio.timeout(90):
            while True:
                assert server.process.poll() is None, server.log.read_text()
                with suppress(httpx2.HTTPError):
                    if (await client.get("/healthz")).status_code == 200:
                        return
                await asyncio.sleep(0.05)

    def pending(self) -> int:
        """How many mails have not left yet."""
        with self.database.reading(scope=None) as session:
            waiting = select(func.count()).where(col(OutboxEntry.state) == "pending")
            return int(session.execute(waiting).scalar_one())

    def end_leases(self) -> None:
        """Lets what killed workers held be taken at once, as it would be two minutes later."""
        with self.database.writing(scope=None) as session:
            session.execute(update(OutboxEntry).where(col(OutboxEntry.state) == "pending").values(due_at=clock.now()))

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self.settings.base_url, trust_env=False, timeout=20)

    async def _post(
        self, client: httpx2.AsyncClient, path: str, fields: dict[str, str], headers: dict[str, str]
    ) -> httpx2.Response | None:
        """The answer, None when there was none or a later one is asked for; what is refused is kept."""
        try:
            answer = await client.post(
                f"/tilleul/{path}", data=fields, headers={"origin": self.settings.base_url, **headers}
            )
        except httpx2.HTTPError:
            return None
        if answer.status_code == 503:
            return None
        if answer.status_code not in (303, 409):
            self.refused.append((answer.status_code, answer.text))
        return answer

    def _look(self) -> None:
        """Finds the demandes that nobody handles yet."""
        with self.database.reading(scope=demandes.commune(self.database).id) as session:
            found = set(session.execute(select(col(Submission.reference))).scalars()) - self._seen
        self._seen |= found
        self._to_handle.extend((reference, 0) for reference in sorted(found))

    def _signed_in(self) -> str:
        """The cookie of an agent."""
        authority = demandes.commune(self.database)
        with self.database.writing(scope=authority.id) as session:
            agent = authorities.agent_of_email(session, authority.id, AGENT)
            assert agent is not None
            opened = sessions.open_session(
                session, authority_id=authority.id, public="agent", now=clock.now(), agent_id=agent.id, shown_name="C"
            )
        return f"grc-agent-tilleul-{self.settings.port}={opened.token}"
