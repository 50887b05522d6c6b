"""The published procedures of an authority, as programs read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from grc import clock
from grc.bookings import queries as bookings
from grc.catalogue import queries
from grc.catalogue.definition import Procedure
from grc.catalogue.queries import Published, VersionFacts
from grc.errors import NotFound
from grc.forms import answers, rows, schema
from grc.forms.definition import Lists
from grc.forms.fields import listed
from grc.web.api.site import Answer, Asked

Json = Any
Found = tuple[Published, VersionFacts]


async def every(asked: Asked) -> Answer:
    """All of them, by name of address, without their details."""
    found: list[Published] = await asked.read(queries.all_published)
    return Answer({"procedures": [_short(asked, each) for each in found]})


async def facts(asked: Asked) -> Answer:
    """One of them: what is told to a person before the form."""
    published, version = await _find(asked)
    procedure = published.procedure
    body = {
        **_short(asked, published),
        "keywords": list(procedure.keywords),
        "who": list(procedure.who),
        "prepare": list(procedure.prepare),
        "minutes": procedure.minutes,
        "price": procedure.price,
        "target_delay": procedure.target_delay,
        "franceconnect": procedure.franceconnect,
        "identification": procedure.identification,
        "service": _service(published),
        "silence": [_without_none(_silence(each)) for each in procedure.silence],
        "appeal": [_without_none(_appeal(each)) for each in procedure.appeal],
        "documents": [dict(vars(each)) for each in procedure.pieces],
        "retention": _retention(procedure),
        "notice": _notice(procedure),
        "version": {
            "number": version.number,
            "sha256": version.sha256,
            "published_at": version.published_at.isoformat(),
        },
    }
    return Answer(body, version.sha256)


async def json_schema(asked: Asked) -> Answer:
    """The stand-alone schema of its answers."""
    published, version = await _find(asked)
    procedure = published.procedure
    document = schema.stand_alone(procedure.form)
    address = f"{asked.base}/procedures/{procedure.slug}/schema.json"
    named = {"$schema": document.pop("$schema"), "$id": address, "title": procedure.title}
    return Answer(
        {**named, "$comment": f"version {version.number}, sha256 {version.sha256}", **document}, version.sha256
    )


async def ui_schema(asked: Asked) -> Answer:
    """Its pages, as a pure JSON Forms UI schema."""
    published, version = await _find(asked)
    return Answer(published.procedure.document["ui"], version.sha256)


async def example(asked: Asked) -> Answer:
    """Answers that pass, hidden ones left out and computed ones worked out.

    Raises NotFound for a version that was published before examples were kept.
    """
    published, version = await _find(asked)
    found: Mapping[str, Json] | None = published.procedure.document.get("example")
    if found is None:
        raise NotFound("Cette version a été publiée sans exemple. Publiez la démarche à nouveau pour en avoir un.")
    kept = answers.prune(published.procedure.form, found["answers"], as_of=date.fromisoformat(found["as_of"]))
    return Answer({**found, "answers": kept}, version.sha256)


async def lists(asked: Asked) -> Answer:
    """What may be chosen today in the lists that agents keep, by name of the question; each item is the answer."""
    published, version = await _find(asked)
    form = published.procedure.form
    offered: Lists = await asked.read(bookings.offered, published.procedure)
    today = clock.day_in(asked.authority.zone, clock.now())
    body = {
        field.name: [listed.as_stored(field, item) for item in rows.offered(field, offered, today).items]
        for field in form.every_field
        if field.kind == "listed"
    }
    return Answer({"lists": body}, version.sha256)


async def _find(asked: Asked) -> Found:
    found: Found = await asked.read(_published, asked.path["slug"])
    return found


def _published(session: Session, authority_id: int, slug: str) -> Found:
    found = queries.published(session, authority_id, slug)
    return found, queries.version_facts(session, authority_id, found.version_id)


def _short(asked: Asked, published: Published) -> dict[str, Json]:
    procedure = published.procedure
    here = f"{asked.base}/procedures/{procedure.slug}"
    return {
        "slug": procedure.slug,
        "title": procedure.title,
        "description": procedure.description,
        "audience": procedure.audience,
        "category": procedure.category,
        "open": published.is_open_on(clock.day_in(asked.authority.zone, clock.now())),
        "links": {
            "self": here,
            "page": f"{asked.site}/demarches/{procedure.slug}",
            "schema": f"{here}/schema.json",
            "ui": f"{here}/ui.json",
            "example": f"{here}/example.json",
            "lists": f"{here}/lists.json",
        },
    }


def _service(published: Published) -> dict[str, Json]:
    service = published.service
    address: Sequence[str] = service.postal_address
    return {
        "name": service.name,
        "email": service.email,
        "telephone": service.telephone,
        "postal_address": list(address),
        "hours": service.hours,
    }


def _silence(item: Any) -> dict[str, Json]:
    """A rule as citizens may read it: whether the law is settled is for the authority."""
    is_none = item.rule == "none"
    return {
        "if": item.condition,
        "rule": item.rule,
        "period": None if is_none else item.period,
        "unit": None if is_none else item.unit,
        "source": item.source,
    }


def _appeal(item: Any) -> dict[str, Json]:
    """A way to contest; those with a condition that the answers meet take the place of those without one."""
    told = {"kind": item.kind, "to": item.to, "delay_months": item.delay_months, "source": item.source}
    return {"if": item.condition, **told}


def _retention(procedure: Procedure) -> dict[str, Json]:
    """How long the answers are kept, and where the state in which a demande ended makes it another time."""
    kept = procedure.retention
    rule = {"months": kept.months, "source": kept.source, "basis": kept.basis, "since": kept.since}
    return {**rule, "cases": [dict(vars(each)) for each in kept.cases]} if kept.cases else rule


def _notice(procedure: Procedure) -> dict[str, Json]:
    told = {name: text for name, text in vars(procedure.notice).items() if text}
    return {("retention" if name == "retention_text" else name): text for name, text in told.items()}


def _without_none(values: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if value is not None}
