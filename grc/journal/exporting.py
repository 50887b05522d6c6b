"""The journal as lines of JSON that an outsider checks without this program: docs/operating.md shows how."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from grc.journal import chain
from grc.journal.chain import GENESIS, Seal
from grc.journal.chaining import slug_of
from grc.journal.models import JournalLink
from grc.journal.verifying import links_of, seals_of

FORMAT = 1
_LINKS = JournalLink.__table__  # type: ignore[attr-defined]


def lines(session: Session, authority_id: int, *, month: str = "") -> Iterator[str]:
    """The lines, in the order of the chain: what the file is, then entries with their place, then seals.

    month: "2026-11" for that month alone; its first entry goes on from `previous` of the first line.
    """
    seals = seals_of(session, authority_id)
    wanted = [one for one in seals if month in ("", one.month)]
    yield _line({"format": FORMAT, "authority": slug_of(session, authority_id), "month": month or None})
    head = _before(session, authority_id, month, seals)
    for row in links_of(session, authority_id, month=month):
        entry = chain.facts(row) if row.entry is not None else None
        place = {"month": row.month, "position": row.position, "previous": head, "hash": row.hash}
        yield _line({**place, "entry": entry})
        head = row.hash
    for seal in wanted:
        yield _line({"seal": {**chain.seal_facts(seal), "signature": seal.signature}})


def _before(session: Session, authority_id: int, month: str, seals: list[Seal]) -> str:
    """The hash that the first line goes on from: of the last seal before the first month that still has entries."""
    first = month or session.execute(_first_month(authority_id)).scalar() or ""
    return next((one.hash for one in reversed(seals) if one.month < first), GENESIS)


def _first_month(authority_id: int) -> Any:
    """The statement that gives the first month with entries."""
    return select(_LINKS.c.month).where(_LINKS.c.authority_id == authority_id).order_by(_LINKS.c.month).limit(1)


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
