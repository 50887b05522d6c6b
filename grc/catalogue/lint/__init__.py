"""What a careful reader would object to in a procedure that loads: each fault says where, and what to do."""

from __future__ import annotations

from grc.catalogue.definition import Procedure
from grc.catalogue.lint import data, journeys, words
from grc.conditions import Faults
from grc.errors import Fault

__all__ = ["faults_of", "forbidden"]


def faults_of(procedure: Procedure) -> tuple[Fault, ...]:
    """Every fault of the procedure: its journey, what it asks and keeps, its words; () for a clean one."""
    faults = Faults()
    journeys.check(procedure, faults)
    data.check(procedure, faults)
    words.check(procedure, faults)
    return tuple(faults)


def forbidden(procedure: Procedure) -> tuple[Fault, ...]:
    """The faults that no authority may take upon itself: what a text forbids to ask (R19, R33)."""
    faults = Faults()
    data.forbidden(procedure, faults)
    return tuple(faults)
