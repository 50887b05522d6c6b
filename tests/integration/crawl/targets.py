"""What an authority keeps from the others: its rows as addresses name them, the words that it alone knows."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, Table, exists, func, insert, select, update
from sqlmodel import Session, SQLModel, col

import grc
from grc import clock, references, resources
from grc.authorities import lost_passwords
from grc.authorities.models import Absence, Agent, Closure, Grant, Passkey
from grc.citizens.models import EmailLink
from grc.db import UtcDateTime, keyring_of
from grc.lists.models import ReferenceItem
from grc.sessions import commands as sessions
from grc.submissions.models import Draft, Submission
from grc.tables import sealed
from tests.integration.crawl.ground import Ground, Scene
from tests.integration.crawl.recipes import Place
from tests.integration.crawl.wire import Answer, Ask
from tests.support import invented

OF_EVERYBODY = frozenset(
    {"page", "part", "statement", "zoom", "column", "row", "colour", "digest", "extension", "event", "name"}
)
"""Parameters whose values mean the same in each authority. The others name a row of one."""
SHARED = frozenset({"slug", "source", "item"})
"""Those of which both may have one of the same name; each target has some of its own too."""
IN_BOTH = ("slots",)
"""Of a scene of its own, and still of both."""
TABLES = tuple(table for table in SQLModel.metadata.sorted_tables if "authority_id" in table.c)
_OWN = "tilleulaise"
"""In whatever of Tilleul has nothing that tells it apart."""
_NAMES = (("agent", "family_name"), ("service", "name"), ("webhook", "name"), ("api_key", "name"))
_WORD = re.compile(rb"[\w-]{6,}")
_DULL = re.compile(rb"[\d-]+(T\d*)?|\d+T\d+")
_FIXED: Mapping[str, Mapping[str, Any]] = {"procedure": {"version_id": None}}
"""What a marked row says otherwise: its procedure is not published, for all pages list those that are."""
_COUNTERS = "rate_counter"
"""Whoever asks at an address counts there."""


@dataclass
class Target:
    """An authority whose rows others ask for. scenes: as the ground's. apart: what stands in addresses below a path.

    granted: the keys of demandes. words: what its rows say, and nobody else's, nor our pages.
    """

    ground: Ground
    slug: str
    authority_id: int
    scenes: Mapping[str, Scene]
    granted: tuple[int, ...]
    apart: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: frozenset[bytes] = frozenset()

    def scene(self, place: Place) -> Scene:
        """What stands for each parameter of this address: rows of the target."""
        names = dict(self.scenes[place.scene].names)
        for path, own in self.apart.items():
            names |= own if place.path.startswith(path) else {}
        return Scene(names)

    def is_own(self, place: Place) -> bool:
        """Whether this address names a row that the target alone has."""
        common, here = self.ground.scenes[""].names, self.scene(place).names
        rows = (name for name in place.names if name not in OF_EVERYBODY)
        return any(name not in SHARED or here[name] not in (common[name], *IN_BOTH) for name in rows)

    def told(self, words: Iterable[bytes], asked: Ask) -> set[bytes]:
        """Those of an answer's words that are the target's, but for those that the request itself said."""
        found = self.words.intersection(words)
        if not found:
            return set()
        said = f"{asked.target} {unquote_plus(asked.body.decode('latin-1'))}"
        return {word for word in found if word.decode() not in said}

    def learn(self) -> None:
        """Reads what the target alone knows; the rows of the others must be there already, but for their sessions."""
        database = self.ground.world.database
        with database.reading(scope=None) as session:
            every = list(session.execute(select(SQLModel.metadata.tables["authority"].c.id)).scalars())
        known = {key: _words_of(self.ground, key) for key in every}
        others = set().union(*(found for key, found in known.items() if key != self.authority_id))
        self.words = frozenset(known[self.authority_id] - others - _public_words())

    def state(self) -> dict[str, str]:
        """A hash of every row of the target, by table."""
        found = {}
        with self.ground.world.database.reading(scope=self.authority_id) as session:
            for table in TABLES:
                if table.name != _COUNTERS:
                    rows = [tuple(row) for row in session.execute(_mine(table, self.authority_id))]
                    found[table.name] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()[:12]}"
        return found


def words_in(answer: Answer) -> set[bytes]:
    """The words of an answer, as `Target.words` has them."""
    return set(_WORD.findall(answer.body))


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The tables that are not what they were, a line each."""
    return [f"{name} changed: {before[name]} → {after[name]}" for name in before if before[name] != after[name]]


def strays(ground: Ground, authority_id: int) -> list[str]:
    """The columns by which rows of this authority refer to what is not its own, a line each."""
    found = []
    with ground.world.database.reading(scope=authority_id) as session:
        for table, column, parent in _references():
            own = exists().where(parent.c.id == column, parent.c.authority_id == authority_id)
            lost = select(func.count()).where(table.c.authority_id == authority_id, column.is_not(None), ~own)
            if count := session.execute(lost).scalar_one():
                found.append(f"{count} rows of {table.name} refer by {column.name} to another authority's")
    return found


def _references() -> Iterator[tuple[Table, Column[Any], Any]]:
    for table in TABLES:
        for column in table.c:
            for key in column.foreign_keys:
                if "authority_id" in key.column.table.c:
                    yield table, column, key.column.table.alias()


def ours(ground: Ground) -> Target:
    """Tilleul, with rows of its own for whatever the crawl calls « 1 »."""
    rows, apart = _furnished(ground)
    scenes = {name: Scene({**scene.names, **rows}) for name, scene in ground.scenes.items()}
    with ground.world.database.reading(scope=ground.authority_id) as session:
        keys = tuple(session.execute(select(col(Submission.id)).limit(sessions.MOST_GRANTED)).scalars())
    return Target(ground, "tilleul", ground.authority_id, scenes, keys, apart)


def _furnished(ground: Ground) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """A row of Tilleul for each parameter: by name, and by path where a name means another thing there."""
    key, agent, now, token = ground.authority_id, ground.colleague, clock.now(), references.new_token()
    rows = {**_of_an_agent(ground, agent), **_of_the_commune(ground, token)}
    with ground.world.database.writing(scope=key) as session:
        _named(session, key)
        session.add_all(rows.values())
        session.flush()
        link = lost_passwords.make(session, session.get_one(Agent, agent), now=now)
        opened = sessions.open_session(session, authority_id=key, public="agent", now=now, agent_id=agent)
        found = {name: str(row.id) for name, row in rows.items()}
    apart = {"/agents/compte/cles/": {"key": found["passkey"]}, "/agents/connexion/mot-de-passe/": {"link": link}}
    return {**found, "session": str(opened.id), "item": _OWN, "token": token, "slug": invented.SLUG}, apart


def _named(session: Session, authority_id: int) -> None:
    """Gives what Tilleul calls as everybody does a name of its own: people, services, programs."""
    for table, column in _NAMES:
        named = SQLModel.metadata.tables[table]
        session.execute(update(named).where(named.c.authority_id == authority_id).values({column: f"Nom {_OWN}"}))
    for model in (Submission, Draft):
        for row in session.execute(select(model).where(col(model.authority_id) == authority_id)).scalars():
            told = re.sub(r'("family_name": )"[^"]*"', rf'\1"{_OWN}"', json.dumps(row.answers))
            row.answers = json.loads(told)


def _of_an_agent(ground: Ground, agent: int) -> dict[str, Any]:
    """What an agent has: a right, an absence, a passkey."""
    now = clock.now()
    mine: dict[str, Any] = {"authority_id": ground.authority_id, "agent_id": agent}
    hold: dict[str, Any] = {"credential_id": f"{_OWN}-credential", "public_key": f"{_OWN}-public"}
    return {
        "right": Grant(**mine, role="handler", granted_at=now, service_id=ground.annex),
        "absence": Absence(**mine, deputy_id=ground._agents["agent:handler"], stated_at=now, **_days(now)),
        "passkey": Passkey(**mine, name=f"Clé {_OWN}", created_at=now, **hold),
    }


def _of_the_commune(ground: Ground, token: str) -> dict[str, Any]:
    """A closure, a guest, a room, a link by which a citizen signs in."""
    now, key = clock.now(), ground.authority_id
    who: dict[str, Any] = {"given_name": "Invitée", "family_name": _OWN, "capacity": "", "password_hash": ""}
    inside: dict[str, Any] = {"guest_from": "Syndicat d’essai", "expires_at": now + timedelta(days=1)}
    room: dict[str, Any] = {"attributes": {"capacity": 12, "equipment": f"Estrade {_OWN}"}, "position": 99}
    sent: dict[str, Any] = {
        "created_at": now,
        "expires_at": now + timedelta(minutes=30),
        "token_hash": sessions.token_hash(token),
    }
    to: dict[str, Any] = {"citizen_id": ground.account, "email": "andrea@exemple.example", "purpose": "sign_in"}
    sent["token_hash"] = sessions.token_hash(token)
    return {
        "closure": Closure(authority_id=key, reason=f"Inventaire {_OWN}", **_days(now)),
        "guest": Agent(authority_id=key, email=f"{_OWN}@essai.example", role="reader", created_at=now, **who, **inside),
        "item": ReferenceItem(
            authority_id=key, source="rooms", slug=_OWN, label=f"Salle {_OWN}", changed_at=now, **room
        ),
        "token": EmailLink(authority_id=key, **to, **sent),
    }


def _days(now: datetime) -> dict[str, Any]:
    return {"first_on": now.date() + timedelta(days=3), "last_on": now.date() + timedelta(days=4)}


def marked(ground: Ground, slug: str) -> Target:
    """Another authority, with a row in every table that says whose it is in each column; its own pages are not read."""
    authority = ground.world.authority(slug)
    mark, number = f"zq{slug[:4]}", number_of(ground, slug)
    with ground.world.database.writing(scope=authority.id) as session:
        for table in TABLES:
            row = {column.name: _value(session, column, mark, number) for column in table.c}
            session.execute(insert(table), [{**row, **_FIXED.get(table.name, {}), "authority_id": authority.id}])
    text = {name: f"{mark}-{name}" for name in ("reference", "slug", "source", "token")}
    text |= {"item": f"{mark}-slug", "draft": f"{mark}-public_id", "file": f"{mark}-public_id"}
    text |= {"document": f"file-{mark}-public_id", "link": str(number)}
    names = {name: told for name, told in ground.scenes[""].names.items() if name in OF_EVERYBODY}
    numbers = dict.fromkeys(ground.scenes[""].names.keys() - names.keys(), str(number))
    scene = Scene({**numbers, **names, **text})
    return Target(ground, slug, authority.id, dict.fromkeys(ground.scenes, scene), (number,))


def number_of(ground: Ground, slug: str) -> int:
    """The key of each marked row of that authority."""
    return 700_000 + ground.world.authority(slug).id


def _value(session: Session, column: Column[Any], mark: str, number: int) -> Any:
    """What stands in a column of a marked row."""
    if column in sealed(column.table):
        return keyring_of(session).seal(b64encode(mark.encode()).decode())
    now = clock.now()
    kinds: dict[type, Any] = {
        UtcDateTime: now,
        Date: now.date(),
        JSON: {mark: f"{mark}-value"},
        Boolean: False,
        Integer: number,
        LargeBinary: mark.encode(),
    }
    found = next((value for kind, value in kinds.items() if isinstance(column.type, kind)), None)
    length = getattr(getattr(column.type, "impl_instance", column.type), "length", None) or 200
    return f"{mark}-{column.name}"[:length] if found is None else found


def _mine(table: Table, authority_id: int) -> Any:
    return select(table).where(table.c.authority_id == authority_id).order_by(*table.primary_key)


def _words_of(ground: Ground, authority_id: int) -> set[bytes]:
    """Every word that the rows of an authority hold, procedures apart: they come from files that all may read."""
    found: set[bytes] = set()
    with ground.world.database.reading(scope=authority_id) as session:
        for table in TABLES:
            if table.name != "procedure_version":
                for row in session.execute(_mine(table, authority_id)):
                    found.update(word for text in _texts(row) for word in _WORD.findall(text.encode()))
    return {word for word in found if not _DULL.fullmatch(word)}


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield json.dumps(value, ensure_ascii=False, default=str)


@cache
def _public_words() -> frozenset[bytes]:
    """What the program's own files say."""
    found: set[bytes] = set()
    for folder in (resources.folder("templates"), resources.folder("form_catalogue"), Path(grc.__file__).parent):
        for path in folder.rglob("*.*"):
            if path.suffix in (".py", ".html", ".json", ".md"):
                found.update(_WORD.findall(path.read_bytes()))
    return frozenset(found)
