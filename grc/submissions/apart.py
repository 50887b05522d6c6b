"""A chunk of a sweep, each row under a SAVEPOINT of its own: what fails for one demande keeps no other waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session

T = TypeVar("T")
_LOG = logging.getLogger("grc.sweeps")
_KEY = "faults"


def each(session: Session, rows: Iterable[T], do: Callable[[T], object]) -> int:
    """For how many rows it was done. One that fails is undone alone, told to operators, and tried at the next passage.

    A `do` that gives False did nothing, and is not counted.
    """
    done = 0
    for row in rows:
        try:
            with session.begin_nested():
                done += do(row) is not False
                session.flush()
        except Exception as error:  # whatever it is, the others must be done
            _LOG.error("a row of a sweep failed: %s", type(error).__name__)
            session.info.setdefault(_KEY, []).append(type(error).__name__)
    return done


def faults(session: OrmSession) -> tuple[str, ...]:
    """The kinds of failure met in this unit of work."""
    return tuple(session.info.get(_KEY, ()))
