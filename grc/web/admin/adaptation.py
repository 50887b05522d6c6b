"""What an authority says otherwise in a procedure, part by part, in plain words: seen first, then published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.catalogue import installing, overlaying
from grc.catalogue.definition import Procedure
from grc.catalogue.installing import Plan, PlanChanged, Wanted
from grc.catalogue.overlaying import Overlay, same
from grc.catalogue.publishing import LINT
from grc.catalogue.slots import Place, Slot, written_choice
from grc.errors import Conflict, Misconfigured, NotFound, Problem
from grc.forms.definition import Field, Page
from grc.web.admin import planned
from grc.web.admin.procedure_words import WORDS, Stated, key, problems_of, sentence, stated, told
from grc.web.admin.procedures import Found, address, find, is_behind, sections
from grc.web.bodies import Posted
from grc.web.citizen.questions import worded, worded_field
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

Json = Any
_INPUTS = {"label": "line", "text": "long", "hint": "long", "letter": "letter", "texts": "long", "day": "day"}
_NOTES = {
    "texts": "Une phrase par ligne.",
    "hint": "Sous la question. Videz-la pour l’ôter.",
    "letter": "Le texte que la lettre ajoute à ce que le logiciel imprime. Les {{ … }} prennent les réponses.",
}
_LATE = Problem("", "stale", "Une autre version vient d’être publiée. Relisez cette page avant de publier.")
_HELP = {
    "pages": "Une page ne passe pas avant celles dont elle reprend les réponses.",
    "retention_source": "Par exemple votre tableau de gestion, avec son article ou sa date.",
    "retention_words": "Ce que lisent les usagers et le registre, par exemple « Deux ans après la réponse. »",
}
_CHECKS = {"hidden": "Ne pas le montrer", "dispensable": "La demande attend tant que cette pièce manque"}


@dataclass(frozen=True)
class Input:
    """One property to set. kind: "line", "long", "letter", "day", "number", "check" or "order".

    theirs: what the catalogue says, where this is said otherwise. ranks: of an order: (input, choice, rank).
    """

    key: str
    label: str
    kind: str
    value: str = ""
    note: str = ""
    theirs: str = ""
    ranks: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class Thing:
    """What an id names, with what may be set of it. kept: why it is always shown, or ""."""

    what: str
    title: str
    inputs: Sequence[Input]
    kept: str = ""


@dataclass(frozen=True)
class Preview:
    """A page of the form as citizens would see it: its groups, each with its title, texts and questions."""

    title: str
    groups: Sequence[tuple[str, Sequence[str], Sequence[Field]]]


@dataclass(frozen=True)
class AdaptPage:
    """A part of a procedure. revision: the version that was published when the page was shown.

    changes: what would be said otherwise, None before it was asked; seen: the digest of that plan. may_insist:
    whether what is objected to may be published all the same.
    """

    title: str
    section: str
    action: str
    back: str
    revision: int
    things: Sequence[Thing]
    changes: Sequence[Stated] | None = None
    seen: str = ""
    preview: Preview | None = None
    may_insist: bool = False
    confirmed: frozenset[str] = frozenset()
    problems: Problems = field(default_factory=Problems)


@dataclass(frozen=True)
class _Asked:
    """A part of a procedure, found: its places, and the whole overlay as it stands or as it was typed."""

    found: Found
    catalogue: Procedure
    section: str
    places: Mapping[str, Place]
    overlay: Overlay


async def show(visit: Visit[AgentActor]) -> Response:
    """A part of the procedure, with what is said of it now; an update comes first."""
    asked = await _asked(visit)
    if is_behind(asked.found):
        return visit.redirect(address(visit, asked.found.row.slug, "mise-a-jour"))
    return _page(visit, asked)


async def change(visit: Visit[AgentActor]) -> Response:
    """What would change, with the page of the form that shows it; then it is published."""
    posted = await visit.form()
    asked = await _asked(visit)
    slug, confirmed = asked.found.row.slug, frozenset(posted.many("confirm"))
    asked = replace(asked, overlay=_typed(asked, posted))
    if posted.revision != asked.found.version.number:
        return _page(visit, asked, problems=[_LATE], code=409)
    wanted, seen = Wanted(overlay=asked.overlay, confirmed=confirmed), posted.one(planned.PLAN)
    if posted.one("then") != "publish":
        return await _planned_page(visit, asked, wanted)
    if seen:
        try:
            await visit.write(_publish, slug, wanted, posted.revision, seen)
            return visit.redirect(f"{address(visit, slug)}?fait=demarche-adaptee")
        except (Misconfigured, PlanChanged):
            pass  # told below, in full
        except Conflict:
            return _page(visit, asked, problems=[_LATE], code=409)
    return await _planned_page(visit, asked, wanted, planned.refusal(seen))


async def _planned_page(
    visit: Visit[AgentActor], asked: _Asked, wanted: Wanted, refused: tuple[Problem, int] | None = None
) -> Response:
    """What would be published, or why it may not. refused: why a plan without a fault was not, and the status."""
    plan = await visit.read(_plan, asked, wanted)
    if not plan.every_fault:
        problems, code = ([], 200) if refused is None else ([refused[0]], refused[1])
        may_insist, confirmed = LINT in wanted.confirmed, wanted.confirmed
        return _page(visit, asked, plan=plan, problems=problems, may_insist=may_insist, confirmed=confirmed, code=code)
    insisting = await visit.read(_plan, asked, replace(wanted, confirmed=wanted.confirmed | {LINT}))
    problems, may_insist = _placed(problems_of(plan.every_fault), asked), not insisting.every_fault
    shown = insisting if may_insist else None
    return _page(visit, asked, plan=shown, problems=problems, may_insist=may_insist, code=422)


async def _asked(visit: Visit[AgentActor]) -> _Asked:
    found = await visit.read(find, visit.path["slug"])
    if found.catalogue is None:
        raise NotFound("Le catalogue n’a plus cette démarche : elle reste telle qu’elle est publiée.")
    names, part = sections(found.catalogue), str(visit.path["part"])
    number = int(part) if part.isascii() and part.isdigit() and len(part) < 4 else 0
    if not 1 <= number <= len(names):
        raise NotFound("Cette démarche n’a pas cette partie.")
    section = names[number - 1]
    places = {name: each for name, each in overlaying.places_of(found.catalogue).items() if each.section == section}
    return _Asked(found, found.catalogue, section, places, found.row.overlay or {})


def _plan(session: Session, asked: _Asked, wanted: Wanted, *, by: AgentActor) -> Plan:
    return installing.plan(session, by.authority_id, asked.catalogue, wanted)


def _publish(
    session: Session, slug: str, wanted: Wanted, revision: int, seen: str, *, by: AgentActor, now: datetime
) -> Plan:
    found = find(session, slug, by=by)
    if found.catalogue is None or found.version.number != revision:
        raise Conflict(_LATE.message)
    return installing.install(session, by.authority_id, found.catalogue, wanted, seen=seen, by=by, now=now)


def _typed(asked: _Asked, posted: Posted) -> dict[str, dict[str, Mapping[str, Json]]]:
    """The whole overlay, with what was typed of this part."""
    result: dict[str, dict[str, Mapping[str, Json]]] = {each: dict(said) for each, said in asked.overlay.items()}
    for identifier, place in asked.places.items():
        for name, slot in place.slots.items():
            if key(identifier, name) not in posted.values:
                continue
            value = _value(slot, key(identifier, name), posted)
            result.setdefault(identifier, {}).pop(name, None)
            if not same(value, slot.value):
                result[identifier][name] = {"value": value, "over": slot.value}
    return {identifier: said for identifier, said in result.items() if said}


def _value(slot: Slot, name: str, posted: Posted) -> Json:
    """What was typed, as the property holds it; the catalogue's own where nothing was."""
    if slot.kind in _CHECKS or isinstance(slot.value, bool):
        return "yes" in posted.many(name)
    if slot.kind == "order":
        return _order(slot, name, posted)
    text = "\n".join(line.strip() for line in posted.text(name).replace("\r", "").strip().split("\n"))
    if slot.kind == "texts":
        lines = [line for line in text.split("\n") if line]
        return slot.value if not lines or _plain("\n".join(lines)) == _plain("\n".join(slot.value)) else lines
    if slot.kind == "value" and isinstance(slot.value, int):
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    if _plain(text) == _plain(str(slot.value or "")) or (not text and slot.kind != "hint"):
        return slot.value
    return text


def _order(slot: Slot, name: str, posted: Posted) -> list[Json]:
    """The choices by the rank typed for each; those of the same rank stay as they were."""

    def rank(value: Json) -> int:
        typed = posted.one(f"{name}/{written_choice(value)}").strip()
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else len(slot.value)

    return sorted(slot.value, key=rank)


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _placed(problems: Sequence[Problem], asked: _Asked) -> list[Problem]:
    """The problems, those that belong to no input of this part at the top of the page."""
    known = {key(identifier, name): place for identifier, place in asked.places.items() for name in place.slots}
    return [
        replace(each, message=f"«\u00a0{known[each.field].title}\u00a0»\u00a0: {each.message}")
        if each.field in known
        else replace(each, field="")
        for each in problems
    ]


def _page(
    visit: Visit[AgentActor],
    asked: _Asked,
    *,
    plan: Plan | None = None,
    problems: Sequence[Problem] = (),
    may_insist: bool = False,
    confirmed: frozenset[str] = frozenset(),
    code: int = 200,
) -> Response:
    slug, part = asked.found.row.slug, visit.path["part"]
    offered = asked.found.offered.procedure if plan is None else plan.procedure
    titles = titles_of(overlaying.places_of(asked.catalogue))
    page = AdaptPage(
        title=asked.found.offered.procedure.title,
        section=asked.section,
        action=address(visit, slug, f"adaptation/{part}"),
        back=address(visit, slug),
        revision=asked.found.version.number,
        things=[thing(identifier, place, asked.overlay, titles) for identifier, place in asked.places.items()],
        changes=None if plan is None else _changes(asked),
        seen="" if plan is None else plan.digest,
        preview=_preview(visit, asked, offered),
        may_insist=may_insist,
        confirmed=confirmed,
        problems=Problems(problems),
    )
    return visit.page("admin/procedures/adapt.html", code=code, frame=agent_frame(visit), page=page)


def _changes(asked: _Asked) -> list[Stated]:
    """What this part would say otherwise than the catalogue."""
    return stated(asked.catalogue, {name: said for name, said in asked.overlay.items() if name in asked.places})


def titles_of(places: Mapping[str, Place]) -> dict[str, str]:
    """What people read of each choice and page, by the input of its rank."""
    choices = ((each.removeprefix("choice:"), place) for each, place in places.items() if place.what == "choix")
    split = ((*name.split("/", 1), place.title) for name, place in choices)
    pages = ((each.removeprefix("page:"), place.title) for each, place in places.items() if place.what == "page")
    return {
        **{f"{key(f'form:{name}', 'order')}/{value}": title for name, value, title in split},
        **{f"{key('procedure', 'pages')}/{name}": title for name, title in pages},
    }


def thing(identifier: str, place: Place, overlay: Overlay, titles: Mapping[str, str]) -> Thing:
    """What may be set of an id, as the overlay has it now. titles: of its choices."""
    said = overlay.get(identifier, {})
    hidden = place.slots.get("hidden")
    inputs = [one for name, slot in place.slots.items() for one in _input(identifier, name, slot, said)]
    if place.what == "choix":  # short, and many of them
        inputs = [replace(one, kind="line", note="") if one.kind == "long" else one for one in inputs]
    inputs = [replace(one, ranks=[(name, titles.get(name, name), n) for name, _, n in one.ranks]) for one in inputs]
    kept = "" if hidden is None else hidden.refused
    return Thing(sentence(place.what), place.title, inputs, sentence(kept))


def _input(identifier: str, name: str, slot: Slot, said: Mapping[str, Mapping[str, Json]]) -> Iterator[Input]:
    """The input of a property, none where nothing may be set."""
    if slot.refused or (slot.kind == "dispensable" and slot.value is not True):
        return
    value = said[name]["value"] if name in said else slot.value
    theirs = told(slot.value) if name in said else ""
    made = Input(key(identifier, name), WORDS[name].capitalize(), "line", note=_NOTES.get(slot.kind, ""), theirs=theirs)
    if slot.kind in _CHECKS or isinstance(slot.value, bool):
        label = _CHECKS.get(slot.kind, "Oui")
        yield replace(made, kind="check", label=label, value="yes" if value is True else "", theirs="")
    elif slot.kind == "order":
        order = value if isinstance(value, list) else slot.value
        ranks = [(f"{made.key}/{written_choice(one)}", written_choice(one), str(n)) for n, one in enumerate(order, 1)]
        yield replace(made, kind="order", ranks=ranks)
    else:
        shown = "\n".join(value) if isinstance(value, list) else "" if value is None else str(value)
        number = slot.kind == "value" and isinstance(slot.value, int)
        yield replace(made, kind="number" if number else _INPUTS.get(slot.kind, "line"), value=shown, note=_note(slot))


def _note(slot: Slot) -> str:
    limits = slot.parameter
    if limits is not None and limits.minimum is not None and limits.maximum is not None:
        return f"De {limits.minimum} à {limits.maximum}."
    if slot.name in _HELP:
        return _HELP[slot.name]
    return _NOTES.get(slot.kind, "")


def _preview(visit: Visit[AgentActor], asked: _Asked, procedure: Procedure | None) -> Preview | None:
    """The page of the form that this part is, if it is one and is left."""
    name = next((each.removeprefix("page:") for each in asked.places if each.startswith("page:")), "")
    page: Page | None = procedure.form.page(name) if procedure is not None and name else None
    if page is None:
        return None
    groups = [
        (
            worded(visit, group.title),
            [worded(visit, text) for text in group.texts],
            [worded_field(visit, each) for each in group.fields],
        )
        for group in page.groups
    ]
    return Preview(worded(visit, page.title), groups)
