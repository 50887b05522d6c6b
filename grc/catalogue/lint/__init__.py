"""What a careful reader would object to in a procedure that loads: each fault says where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grc.catalogue.definition import Procedure
from grc.catalogue.lint import data, journeys, privacy, words
from grc.conditions import Faults, mapping
from grc.errors import Fault
from grc.forms.fields import listed

__all__ = ["faults_between", "faults_of", "forbidden"]


def faults_of(procedure: Procedure) -> tuple[Fault, ...]:
    """Every fault of the procedure: its journey, what it asks and keeps, its words; () for a clean one."""
    faults = Faults()
    journeys.check(procedure, faults)
    data.check(procedure, faults)
    privacy.check(procedure, faults)
    words.check(procedure, faults)
    return tuple(faults)


def forbidden(procedure: Procedure) -> tuple[Fault, ...]:
    """The faults that no authority may take upon itself: what a text forbids to ask (R19, R33), or to leave out."""
    faults = Faults()
    data.forbidden(procedure, faults)
    privacy.forbidden(procedure, faults)
    return tuple(faults)


def faults_between(procedures: Iterable[Procedure]) -> tuple[Fault, ...]:
    """The faults of procedures side by side: the same list asked for the same attribute in different terms."""
    faults, known = Faults(), dict[tuple[str, str], tuple[str, Any]]()
    for procedure in procedures:
        for field in procedure.form.every_field:
            for name, schema in listed.attributes_of(mapping(field.schema.get("x-choices"))).items():
                other, told = known.setdefault((listed.source_of(field), name), (procedure.slug, schema))
                if told != schema:
                    where = f"{procedure.slug}/schema.json#{field.name}"
                    message = f"« {name} » n’est pas décrit comme dans « {other} », pour la même liste."
                    faults.add(where, message, "Donnez-lui le même type, le même titre et la même unité.")
    return tuple(faults)
