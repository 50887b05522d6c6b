"""The chain of the journal: what is linked, and that any change of a row is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text

from grc.db import Database, Keyring, connect
from grc.journal import chain, chaining, verifying
from grc.journal.acts import JournalAct
from grc.journal.chaining import seal
from grc.journal.recording import record
from grc.journal.verifying import Report
from tests.support.world import SECRET, seeded

OCTOBER, NOVEMBER = datetime(2026, 10, 30, 8, tzinfo=UTC), datetime(2026, 11, 2, 8, tzinfo=UTC)
PASSAGES = (OCTOBER, OCTOBER + timedelta(days=1), NOVEMBER)


@dataclass
class Town:
    """A commune whose journal has nine entries under three seals, over two months."""

    database: Database
    engine: Engine
    id: int = 1

    def verified(self, *, at: datetime = NOVEMBER) -> Report:
        with self.database.reading(scope=self.id) as session:
            return verifying.verify(session, self.id, as_of=at)

    def sealed(self, at: datetime) -> int:
        with self.database.writing(scope=self.id) as session:
            return seal(session, self.id, at)

    def write(self, at: datetime, number: int = 3) -> None:
        with self.database.writing(scope=self.id) as session:
            for one in range(number):
                record(session, self.id, JournalAct.AGENT_CHANGED, ("agent", one), by=None, now=at, data={"n": one})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    url = seeded(tmp_path_factory.mktemp("journal"))
    made = Town(connect(url, Keyring([SECRET])), create_engine(url))
    with made.engine.begin() as connection:
        for table in ("journal_link", "journal_seal", "journal_entry"):
            connection.execute(text(f"DELETE FROM {table}"))
    for at in PASSAGES:
        made.write(at)
        assert made.sealed(at) == 3
        assert made.sealed(at) == 0
    yield made
    made.database.close()
    made.engine.dispose()


def rows(town: Town, table: str) -> list[dict[str, Any]]:
    with town.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


def restored(town: Town, table: str, kept: list[dict[str, Any]]) -> None:
    """The table as it was."""
    names = list(kept[0])
    values = ", ".join(f":{name}" for name in names)
    with town.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"), kept)


TABLES = ("journal_entry", "journal_link", "journal_seal")
COLUMNS = {
    "journal_entry": ("at", "actor_kind", "actor_id", "act", "subject_kind", "subject", "data", "authority_id"),
    "journal_link": ("entry_id", "month", "position", "hash", "authority_id"),
    "journal_seal": ("month", "position", "hash", "before", "signature", "sealed_at", "authority_id"),
}
ODD = {
    "at": "2026-10-30 08:00:00.000001",
    "sealed_at": "2026-10-30 08:00:00.000001",
    "actor_id": 77,
    "data": '{"n": 77}',
    "position": 77,
    "entry_id": 77,
    "month": "2026-09",
    "authority_id": 2,
}


def test_what_is_sealed_is_whole(town: Town) -> None:
    report = town.verified()
    assert (report.faults, report.entries, report.waiting, report.purged) == ([], 9, 0, [])
    assert report.last is not None and report.last.place == ("2026-11", 3)
    assert [row["position"] for row in rows(town, "journal_link")] == [1, 2, 3, 4, 5, 6, 1, 2, 3]


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_single_change_is_found(town: Town, data: st.DataObject) -> None:
    """A row of any of the three tables changed in any column, removed, or exchanged with another."""
    table = data.draw(st.sampled_from(TABLES))
    kept = rows(town, table)
    row = data.draw(st.sampled_from(kept))
    act = data.draw(st.sampled_from(["change", "remove", "exchange"]))
    column = data.draw(st.sampled_from(COLUMNS[table]))
    which = {"id": row["id"]}
    other = data.draw(st.sampled_from([one for one in kept if one is not row]))
    with town.engine.begin() as connection:
        if act == "remove":
            connection.execute(text(f"DELETE FROM {table} WHERE id = :id"), which)
        elif act == "change":
            value = ODD.get(column, "f" * 64)
            connection.execute(text(f"UPDATE {table} SET {column} = :value WHERE id = :id"), {**which, "value": value})
        else:
            connection.execute(text(f"UPDATE {table} SET id = -1 WHERE id = :id"), which)
            moved = {"mine": row["id"], "other": other["id"]}
            connection.execute(text(f"UPDATE {table} SET id = :mine WHERE id = :other"), moved)
            connection.execute(text(f"UPDATE {table} SET id = :other WHERE id = -1"), moved)
    found = town.verified(at=NOVEMBER + timedelta(days=1)).faults
    changed = rows(town, table)
    restored(town, table, kept)
    if act == "exchange" and table != "journal_entry":
        assert found == []  # the numbers of links and seals say nothing: their places do
    elif act == "exchange" and _same(row, other):
        assert found == []
    else:
        assert found, (table, act, column, changed)


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two entries say the same."""
    return {**one, "id": 0} == {**other, "id": 0}


def test_faults_name_their_place(town: Town) -> None:
    def after(statement: str, at: datetime = NOVEMBER) -> str:
        kept = {table: rows(town, table) for table in TABLES}
        with town.engine.begin() as connection:
            for each in statement.split(";"):
                connection.execute(text(each))
        said = " | ".join(town.verified(at=at).faults)
        for table, lines in kept.items():
            restored(town, table, lines)
        return said

    assert "2026-10 n° 2 : l’entrée 2 a disparu" in after("DELETE FROM journal_entry WHERE id = 2")
    assert "2026-10 n° 5 : l’entrée 5" in after("UPDATE journal_entry SET subject = 'x' WHERE id = 5")
    assert "2026-10 n° 2 : maillons retirés jusqu’au n° 3" in after("DELETE FROM journal_link WHERE entry_id = 2")
    assert "entrée 2 : sans maillon depuis" in after("DELETE FROM journal_link WHERE entry_id = 2")
    assert "2026-11 n° 3 : la fin du mois est coupée" in after("DELETE FROM journal_link WHERE entry_id = 9")
    assert "2026-11 n° 1 : maillons sans sceau" in after("DELETE FROM journal_seal WHERE month = '2026-11'")
    assert "sceau 2026-10 n° 6 : il ne suit pas" in after("DELETE FROM journal_seal WHERE id = 1")
    month = "DELETE FROM journal_link WHERE month = '2026-10'; DELETE FROM journal_entry WHERE id <= 6"
    assert "2026-10 : le mois entier a disparu" in after(month)
    whole = after(month + "; DELETE FROM journal_seal WHERE month = '2026-10'")
    assert "2026-11 n° 1 : l’entrée 7, son maillon ou ce qui le précède a changé" in whole
    assert "sceau 2026-11 n° 3 : il ne suit pas le précédent" in whole
    reordered = "UPDATE journal_link SET entry_id = -1 WHERE entry_id = 4; UPDATE journal_link SET entry_id = 4 "
    reordered += "WHERE entry_id = 5; UPDATE journal_link SET entry_id = 5 WHERE entry_id = -1"
    assert "2026-10 n° 4" in after(reordered) and "2026-10 n° 5" in after(reordered)
    late = "INSERT INTO journal_entry (authority_id, at, actor_kind, act, subject_kind, subject, data) "
    late += "VALUES (1, '2026-11-02 07:00:00.000000', 'agent', 'agent:closed', 'agent', '1', '{}')"
    assert "entrée 10 : sans maillon depuis 2026-11-02T07:00:00" in after(late, at=NOVEMBER + timedelta(hours=2))
    assert after(late) == ""


def test_who_only_inserts_hides_nothing(town: Town) -> None:
    """Without the key: months taken away under a forged purge line, lines dated from the future or the past."""
    kept, today = {table: rows(town, table) for table in TABLES}, NOVEMBER + timedelta(days=1)
    with town.engine.begin() as connection:
        connection.execute(text("DELETE FROM journal_link WHERE month = '2026-10'"))
        connection.execute(text("DELETE FROM journal_entry WHERE id <= 6"))
    with town.database.writing(scope=town.id) as session:
        for at in (datetime(2099, 1, 1, tzinfo=UTC), today):
            record(session, town.id, JournalAct.JOURNAL_PURGED, ("journal", "2026-10"), by=None, now=at)
    town.write(NOVEMBER - timedelta(hours=2), number=1)
    waiting = " | ".join(town.verified(at=today).faults)
    assert town.sealed(today) == 3
    linked, a_year_later = town.verified(at=today).faults, town.verified(at=today + timedelta(days=400))
    for table, lines in kept.items():
        restored(town, table, lines)
    assert "2026-10 : le mois entier a disparu" in waiting
    assert "datée de l’avenir, 2099-01-01" in waiting
    assert linked == a_year_later.faults
    assert [one.partition(" : ")[0] for one in linked] == ["2026-11 n° 4", "2026-11 n° 6", "2026-10"]


def test_what_waited_behind_a_full_batch_is_dated_right(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeps that were stopped for a day seal its lines in several batches at once: none is a fault."""
    for module in (chaining, verifying):
        monkeypatch.setattr(module, "BATCH", 2)
    kept, later = {table: rows(town, table) for table in TABLES}, NOVEMBER + timedelta(days=1)
    town.write(NOVEMBER + timedelta(hours=2), number=3)
    assert (town.sealed(later), town.sealed(later)) == (2, 1)
    faults = town.verified(at=later).faults
    for table, lines in kept.items():
        restored(town, table, lines)
    assert faults == []


def test_an_older_key_still_vouches(town: Town) -> None:
    """After a rotation the seals of the former secret hold: with it in the ring, or under a seal of the new one."""
    url = town.database.url
    newest = "another-secret-of-the-tests-that-is-newer-than"
    for ring, faults in (([newest, SECRET], 0), ([newest], 3)):
        database = connect(url, Keyring(ring))
        with database.reading(scope=1) as session:
            found = verifying.verify(session, 1, as_of=NOVEMBER).faults
        database.close()
        assert len(found) == faults, found
        assert all("aucune clé" in one for one in found)


def test_the_canonical_spelling_never_changes() -> None:
    """What is sealed today is read in ten years: these bytes are part of the format (ADR 0033)."""

    class Entry:
        at = datetime(2026, 11, 2, 8, 0, 0, 5, tzinfo=UTC)
        actor_kind, actor_id, act = "agent", 12, "agent:closed"
        subject_kind, subject = "agent", "é"
        data = {"b": [1, None, True], "a": "x"}  # noqa: RUF012 - as a row holds it

    assert chain.canonical(Entry()) == (
        '{"act":"agent:closed","actor_id":12,"actor_kind":"agent","at":"2026-11-02T08:00:00.000005Z",'
        '"data":{"a":"x","b":[1,null,true]},"subject":"é","subject_kind":"agent"}'
    )
    assert chain.linked(chain.GENESIS, Entry()) == "f67dadfd74efeda5e6848112cf3800ebe56f7331df40b3a77ba9339be387db28"
