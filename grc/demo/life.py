"""The past of the communes of the demonstration: some months of demandes, lived day after day until now.

Every demande is filed, and everything that happens to it done, by the commands of the pages, at the instant at which
it happens; the sweeps pass each morning and mails leave each evening. The same seed gives the same plans.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock
from grc.attachments.storage import Storage
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.db import Database
from grc.deadlines import business_days
from grc.deadlines.holidays import Place
from grc.demo import people, seed, staff
from grc.demo.acting import Hands
from grc.demo.chores import Chores
from grc.demo.filing import Demande, Desk
from grc.demo.mailbox import Mailbox
from grc.demo.paths import Deed
from grc.demo.plans import Plan, Planner
from grc.demo.posting import Postman
from grc.submissions.models import Submission
from grc.sweeping.sweeps import SWEEPS, Sweep

SEED = 20261122
_SWEPT_AT = time(4, 30)
_FIRST_HOUR, _LAST_HOUR = 8.6, 17.0
_CITIZENS_FROM, _CITIZENS_UNTIL = 7.5, 22.0
_DAYS_TOGETHER = 7
_EACH_MORNING = frozenset({"documents_reminders", "documents_overdue", "implied_decisions", "timers"})
"""The sweeps that change a demande; fewer things than one passage of each does are due in a morning here."""
_NEVER = frozenset({"journal_seals"})
"""The accounts and rights that the journal tells of are made today: a seal of the past would say that they are late."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Past:
    """What the past is made with. base_url: as mails write it. issuer: of the simulated FranceConnect.

    mailbox: where the mails of the last days are found, None for nowhere. communes: those that have a past, by slug.
    """

    storage: Storage
    base_url: str
    issuer: str
    now: datetime
    mailbox: Mailbox | None = None
    communes: Sequence[str] = seed.COMMUNES


def live(database: Database, past: Past) -> int:
    """How many demandes were filed in the communes; nothing happens where there are some already."""
    filed = 0
    for slug in past.communes:
        with database.reading(scope=None) as session:
            authority = authorities.authority_of_slug(session, slug)
        if authority is not None and not _has_any(database, authority):
            filed += _Commune(database, past, authority, random.Random(f"{SEED} {slug}")).live()
    return filed


def _has_any(database: Database, authority: AuthorityView) -> bool:
    with database.reading(scope=authority.id) as session:
        mine = col(Submission.authority_id) == authority.id
        return session.execute(select(col(Submission.id)).where(mine).limit(1)).first() is not None


@dataclass
class _Life:
    """One demande on its way. at: when the next thing happens to it. waits: for what time brings."""

    plan: Plan
    at: datetime
    demande: Demande | None = None
    place: int = 0
    words: list[str] = field(default_factory=list)
    waits: Deed | None = None


@dataclass
class _Commune:
    """One commune from its first demande until now."""

    database: Database
    past: Past
    authority: AuthorityView
    chance: random.Random
    _queue: list[tuple[datetime, int, _Life | None]] = field(default_factory=list)
    """What is still to happen; None for the end of an agents' day."""
    _number: Iterator[int] = field(default_factory=count)
    _waiting: list[_Life] = field(default_factory=list)
    _filed: int = 0

    def live(self) -> int:
        """How many demandes were filed."""
        self.now, self.storage = self.past.now, self.past.storage
        self.postman = Postman(self.past.base_url, self.past.mailbox, self.now)
        with self.database.writing(scope=self.authority.id) as session:
            agents = staff.complete(session, self.authority, now=self.now)
            usual = staff.usual(session, self.authority.id)
            procedures = [each.procedure for each in catalogue.all_published(session, self.authority.id)]
        regulars = [each for each in people.regulars() if each.slug == self.authority.slug]
        is_small = self.authority.slug != seed.COMMUNES[0]
        planner = Planner(self.now, self.chance, is_small=is_small)
        self.hands = Hands(self.authority, self.storage, self.chance, staff.acting(agents), usual)
        self.chores = Chores(self.authority, staff.acting(agents), self.chance, self.now)
        clerks = staff.clerks(agents)
        self.desk = Desk(
            self.authority, self.storage, self.past.issuer, self.chance, people.others(self.chance), clerks
        )
        for plan in planner.plans(procedures, regulars):
            self._push(_Life(plan, self._hour(plan)))
        days = self._days()
        for at in range(0, len(days), _DAYS_TOGETHER):
            with self.database.writing(scope=self.authority.id) as session:
                for day in days[at : at + _DAYS_TOGETHER]:
                    self._day(session, day)
        return self._filed

    def _days(self) -> list[date]:
        first = self._queue[0][0].date() if self._queue else self.now.date()
        return [first + timedelta(days=number) for number in range((self.now.date() - first).days + 1)]

    def _day(self, session: Session, day: date) -> None:
        """The sweeps of the morning, what people do, then the mails."""
        morning = datetime.combine(day, _SWEPT_AT, UTC)
        if morning <= self.now:
            self._sweep(session, morning)
            self._wake(session, morning)
        if business_days.is_business_day(day, place=Place(self.authority.holidays)):
            heapq.heappush(self._queue, (self._at(day, _LAST_HOUR), next(self._number), None))
        evening = min(datetime.combine(day + _DAY, time(), UTC), self.now)
        while self._queue and self._queue[0][0] < evening:
            at, _, life = heapq.heappop(self._queue)
            if life is None:
                self.chores.do(session, at)
            else:
                self._step(session, life, at)
            session.expire_all()
        self.postman.carry(session, evening)

    def _sweep(self, session: Session, as_of: datetime) -> None:
        """What the law and workflows time, each morning; everything else on the first of the month, as of that day."""
        for each in SWEEPS:
            if each.name in _EACH_MORNING or (as_of.day == 1 and each.name not in _NEVER):
                self._swept(session, each, as_of)

    def _swept(self, session: Session, sweep: Sweep, as_of: datetime) -> None:
        done = sweep.unit(session, self.authority.id, as_of)
        assert not done.faults, (sweep.name, done.faults)
        session.expire_all()
        for key in done.keys:
            self.storage.delete(key)

    def _wake(self, session: Session, now: datetime) -> None:
        """Goes on with what waited for time, once time brought it."""
        for life in list(self._waiting):
            assert life.demande is not None and life.waits is not None
            if session.get_one(Submission, life.demande.id).state == life.waits.state:
                self._waiting.remove(life)
                life.waits, life.place = None, life.place + 1
                self._plan_next(life, now)

    def _step(self, session: Session, life: _Life, now: datetime) -> None:
        if life.plan.is_draft:
            self.desk.begin(session, life.plan, now)
        elif life.demande is None:
            life.demande = self.desk.file(session, life.plan, now)
            self._filed += life.demande is not None
            if life.demande is not None:
                self._plan_next(life, now)
            else:
                self._try_again(life.plan, now, timedelta(minutes=1))
        elif life.place < len(life.plan.way):
            deed = life.plan.way[life.place]
            if self.hands.do(session, life.demande, deed, life.plan.example.as_of, now):
                life.place += 1
                self._plan_next(life, now)
            else:
                self._try_again(life.plan, now, _DAY)
        elif life.words:
            self._write(session, life.demande, life.words.pop(0), now)
            self._plan_next(life, now)

    def _try_again(self, plan: Plan, now: datetime, later: timedelta) -> None:
        """The spare of a plan that does not come to its goal, in the time that is left."""
        if plan.spare is not None:
            left = (self.now - now) / _DAY - 2
            gaps = tuple(min(gap, max(left, 0) / len(plan.spare.gaps)) for gap in plan.spare.gaps)
            self._push(_Life(replace(plan.spare, gaps=gaps, filed_at=now), now + later))

    def _plan_next(self, life: _Life, now: datetime) -> None:
        """Puts the life back where its next thing happens; nothing where it is at its end."""
        way = life.plan.way
        if life.place < len(way):
            deed = way[life.place]
            if deed.is_of_system:
                life.waits = deed
                self._waiting.append(life)
                return
            wanted = now + timedelta(days=life.plan.gaps[life.place])
            self._push(life, self._office(wanted) if deed.is_of_agents else self._home(wanted), after=now)
            return
        if life.place == len(way) and not life.words and life.plan.words:
            life.words, life.place = self._talk(life.plan), life.place + 1
        if life.words:
            wanted = now + timedelta(days=self.chance.choice((0.2, 1, 2)))
            self._push(life, self._home(wanted) if life.words[0] == "citizen" else self._office(wanted))

    def _talk(self, plan: Plan) -> list[str]:
        """Who writes, in turn; the last word of a citizen may wait for its answer."""
        turns = ["citizen", "agent"] * plan.words
        return [*(["note"] if plan.has_note else []), *(turns[:-1] if self.chance.random() < 0.5 else turns)]

    def _write(self, session: Session, demande: Demande, who: str, now: datetime) -> None:
        if who == "note":
            self.hands.note(session, demande, now)
        else:
            self.hands.say(session, demande, now, is_agent=who == "agent")

    def _push(self, life: _Life, at: datetime | None = None, after: datetime | None = None) -> None:
        """Queued, if it happens before now; a deed that a weekend put off just beyond happens just before."""
        life.at = at or life.at
        if after is not None and life.at >= self.now:
            life.at = max(self.now - timedelta(minutes=self.chance.randrange(3, 40)), after + timedelta(minutes=1))
        if life.at < self.now:
            heapq.heappush(self._queue, (life.at, next(self._number), life))

    def _hour(self, plan: Plan) -> datetime:
        """When it is filed: at the desk in its hours, else when people are awake; what just came stays as it is."""
        if self.now - plan.filed_at < _DAY:
            return plan.filed_at
        if plan.channel == "online":
            return min(self._home(plan.filed_at), self.now - _DAY / 24)
        opened = self._office(plan.filed_at)
        return opened if opened < self.now else self._office(plan.filed_at - 4 * _DAY)

    def _office(self, wanted: datetime) -> datetime:
        """That instant or the next in office hours."""
        local = clock.local(self.authority.zone, wanted)
        day, hour = local.date(), local.hour + local.minute / 60
        if hour > _LAST_HOUR:
            day, hour = day + _DAY, 0
        open_on = business_days.first_business_day(day, place=Place(self.authority.holidays))
        if open_on != day or hour < _FIRST_HOUR:
            hour = _FIRST_HOUR + self.chance.random() * 3
        return self._at(open_on, hour)

    def _home(self, wanted: datetime) -> datetime:
        """That instant, or the next at which people are awake."""
        local = clock.local(self.authority.zone, wanted)
        hour = local.hour + local.minute / 60
        if _CITIZENS_FROM <= hour <= _CITIZENS_UNTIL:
            return wanted
        return self._at(local.date() + (_DAY if hour > 12 else timedelta()), _CITIZENS_FROM + self.chance.random() * 4)

    def _at(self, day: date, hour: float) -> datetime:
        there = datetime.combine(day, time(), ZoneInfo(self.authority.zone)) + timedelta(hours=hour)
        return there.astimezone(UTC)
