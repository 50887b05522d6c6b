"""How accounts and links begin and end, on both databases: one account an address, nothing kept of what has ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from grc.authorities import commands as authorities
from grc.citizens import accounts, addresses, links, relinking
from grc.citizens.models import Citizen, EmailLink
from grc.db import Database, Keyring, connect
from grc.outbox.models import OutboxEntry
from grc.submissions import closing, filing
from grc.submissions.models import Draft, Submission
from grc.sweeping.sweeps import named
from tests.support import demandes
from tests.support.demandes import commune
from tests.support.world import SECRET

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ME = "camille@exemple.example"
YEARS = timedelta(days=365 * closing.UNUSED_YEARS)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = connect(database_url, Keyring([SECRET]))
    yield made
    made.close()


def sign_in_link(session: Session, authority: int, email: str = ME, **changes: Any) -> EmailLink:
    told: dict[str, Any] = {"purpose": links.SIGN_IN, "lasts": links.SIGN_IN_LASTS, "now": NOW, **changes}
    return links.send(session, authority, email=email, **told)


def sweep(session: Session, authority: int, name: str, at: datetime) -> int:
    found = named(name)
    assert found is not None
    return found.unit(session, authority, at).count


@pytest.mark.law("R41")
def test_an_address_has_one_open_account_in_an_authority_and_another_in_the_next(database: Database) -> None:
    here, there = commune(database), commune(database, "marronnier")
    with database.writing(scope=here.id) as session:
        first = accounts.local(session, here.id, ME, now=NOW)
        assert accounts.local(session, here.id, ME, now=NOW) == first
        kept = session.get_one(Citizen, first).subject
    with database.writing(scope=there.id) as session:
        other = session.get_one(Citizen, accounts.local(session, there.id, ME, now=NOW))
        assert (other.id, other.subject) != (first, kept)
    with database.writing(scope=here.id) as session:
        accounts.close(session, here.id, first, now=NOW)
        again = accounts.local(session, here.id, ME, now=NOW)
        assert again != first


def test_a_link_is_taken_once_and_forgotten_with_its_mail(database: Database) -> None:
    authority = commune(database).id
    with database.writing(scope=authority) as session:
        row = sign_in_link(session, authority)
        row.token_hash = links.token_hash("the-token")
        session.add(row)
        session.flush()
        assert links.take(session, authority, "the-token", links.OLD_ADDRESS, now=NOW) is None
        assert links.take(session, authority, "the-token", links.SIGN_IN, now=NOW + links.SIGN_IN_LASTS) is None
        taken = links.take(session, authority, "the-token", links.SIGN_IN, now=NOW)
        assert taken is not None
        assert taken.used_at == NOW
        assert links.take(session, authority, "the-token", links.SIGN_IN, now=NOW) is None
        assert links.purge(session, authority, now=NOW + timedelta(hours=2)) == 0
        sweep(session, authority, "sessions", NOW + timedelta(days=2))
        assert session.execute(select(col(EmailLink.id))).all() == []
        assert session.execute(select(col(OutboxEntry.id))).all() == []


def test_half_a_change_is_no_change_and_a_second_one_ends_the_first(database: Database) -> None:
    authority = commune(database).id
    with database.writing(scope=authority) as session:
        account = accounts.local(session, authority, ME, now=NOW)
        addresses.ask(session, authority, account, "first@exemple.example", now=NOW)
        addresses.ask(session, authority, account, "second@exemple.example", now=NOW)
        assert addresses.pending(session, authority, account, now=NOW) == "second@exemple.example"
        still = select(EmailLink).where(col(EmailLink.used_at).is_(None)).order_by(col(EmailLink.id))
        new, old = session.execute(still).scalars().all()
        assert (new.email, old.email) == ("second@exemple.example", ME)
        assert (new.pair_id, old.pair_id) == (old.id, new.id)
        assert addresses.pending(session, authority, account, now=NOW + links.CHANGE_LASTS) == ""


def unused(session: Session, authority: int, email: str = ME) -> int:
    account = accounts.local(session, authority, email, now=NOW)
    session.execute(update(Citizen).where(col(Citizen.id) == account).values(signed_in_at=NOW - YEARS))
    return account


def test_an_unused_account_is_told_then_closed_and_one_that_is_used_is_left(database: Database) -> None:
    authority = commune(database).id
    demande = demandes.filed(database)
    with database.writing(scope=authority) as session:
        account, used, waits = (unused(session, authority, f"{name}@x.example") for name in ("a", "b", "c"))
        session.execute(update(Submission).where(col(Submission.id) == demande.id).values(citizen_id=waits))
        assert sweep(session, authority, "unused_accounts", NOW - timedelta(days=1)) == 0
        assert sweep(session, authority, "unused_accounts", NOW) == 2
        assert sweep(session, authority, "unused_accounts", NOW + timedelta(days=1)) == 0, "told once"
        session.execute(update(Citizen).where(col(Citizen.id) == used).values(signed_in_at=NOW + timedelta(days=2)))
        assert sweep(session, authority, "unused_accounts", NOW + timedelta(days=29)) == 0
        assert sweep(session, authority, "unused_accounts", NOW + timedelta(days=31)) == 1
        found = session.execute(select(Citizen).order_by(col(Citizen.id))).scalars().all()
        assert [row.closed_at is not None for row in found] == [True, False, False]
        assert found[0].id == account
        assert found[0].email == ""


def test_an_account_unused_for_longer_is_told_first_all_the_same(database: Database) -> None:
    authority = commune(database).id
    with database.writing(scope=authority) as session:
        unused(session, authority)
        late = NOW + timedelta(days=400)
        assert closing.close_unused(session, authority, now=late) == (0, [])
        assert closing.warn_unused(session, authority, now=late) == 1
        assert closing.close_unused(session, authority, now=late)[0] == 0
        assert closing.close_unused(session, authority, now=late + closing.UNUSED_NOTICE)[0] == 1


def test_a_commune_says_after_how_long_an_account_is_unused(database: Database) -> None:
    authority = commune(database).id
    with database.writing(scope=authority) as session:
        unused(session, authority)
        authorities.close_accounts_unused_for(session, authority, years=0)
        assert sweep(session, authority, "unused_accounts", NOW + timedelta(days=4000)) == 0
        authorities.close_accounts_unused_for(session, authority, years=4)
        assert sweep(session, authority, "unused_accounts", NOW) == 0
        assert sweep(session, authority, "unused_accounts", NOW + timedelta(days=365)) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Camille@Exemple.EXAMPLE", ME),
        (" camille@exemple.example ", ME),
        ("camille+mairie@exemple.example", "camille+mairie@exemple.example"),
        ("camille@exemplé.example", ""),
        ("camıllE@exemple.example", ""),
        ("camille@exemple.example\r\nBcc: x@x.example", ""),
        ("<camille@exemple.example>", ""),
        ("camille@exemple.example,x@x.example", ""),
        ("x" * 65 + "@exemple.example", ""),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert links.canonical(typed) == kept


def test_two_posts_at_once_leave_one_code_to_attach_an_account(database: Database) -> None:
    authority = commune(database).id
    with database.writing(scope=authority) as session:
        account = accounts.local(session, authority, ME, now=NOW)

    def give(session: Session) -> None:
        relinking.give_code(session, authority, account, by="post", session_id=None, now=NOW)

    def second() -> None:
        with database.writing(scope=authority) as session:
            give(session)

    thread = threading.Thread(target=second)
    with database.writing(scope=authority) as session:
        give(session)
        thread.start()
        thread.join(timeout=0.5)  # it waits for the first one to be whole
    thread.join()
    with database.reading(scope=authority) as session:
        assert relinking.pending_until(session, authority, account, now=NOW) is not None


def test_what_is_filed_while_its_account_closes_keeps_its_draft_s_trace(database: Database) -> None:
    here = commune(database)
    begun = demandes.begun(database, demandes.answers_with(ME), at=NOW)
    with database.writing(scope=here.id) as session:
        account = accounts.local(session, here.id, ME, now=NOW)
        session.execute(update(Draft).values(citizen_id=account))
    by = replace(begun.visitor, citizen_id=account)

    def close() -> None:
        with database.writing(scope=here.id) as session:
            closing.close_account(session, by=by, now=NOW)

    thread = threading.Thread(target=close)
    with database.writing(scope=here.id) as session:
        filing.submit(session, here, begun.public_id, client="127.0.0.1", by=by, now=NOW)
        thread.start()
        thread.join(timeout=0.5)  # it waits for what is being filed
    thread.join()
    with database.reading(scope=here.id) as session:
        assert session.execute(select(col(Draft.submission_id))).scalar_one() is not None
        assert session.execute(select(col(Citizen.closed_at))).scalar_one() == NOW
