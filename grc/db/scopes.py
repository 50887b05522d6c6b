"""Several authorities in one transaction: what is done for each is done under its own scope, one after another.

For what must be whole or nothing (an import), and for one question asked of every authority (the quarantine): row-level
security holds all along. Only a unit of the platform may; a unit of an authority stays in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlmodel import Session

from grc.db.prepared import Answer, link_of

_AT_ONCE = 100
"""Questions on their way together: few enough that neither side waits for the other to read."""


@contextmanager
def acting_for(session: Session, authority_id: int) -> Iterator[None]:
    """Within it the platform's unit sees and writes the rows of that authority; those of the platform again after it.

    After a fault too, for a caller that catches it. Raises RuntimeError, on PostgreSQL, in a unit that is not the
    platform's.
    """
    session.flush()
    link = link_of(session)
    link.speak_for(authority_id)
    try:
        yield
        session.flush()
    finally:
        link.speak_for(None)


def ask_each(session: Session, keys: Sequence[int], ask: Callable[[int], Answer]) -> Iterator[tuple[int, Any]]:
    """Each authority with what is answered under its own scope; a hundred questions share one wait.

    ask: gives `Prepared.ask` of a question about that authority.
    """
    link = link_of(session)
    for at in range(0, len(keys), _AT_ONCE):
        asked = []
        try:
            for key in keys[at : at + _AT_ONCE]:
                link.speak_for(key)
                asked.append((key, ask(key)))
        finally:
            link.speak_for(None)
        yield from [(key, answer()) for key, answer in asked]
