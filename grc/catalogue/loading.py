"""From the catalogue's folder, or from a stored document, to procedures; every fault of every procedure at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from grc.catalogue import appointments, circuits, coherence, letters, parameters, reading, relaxing, taking
from grc.catalogue.definition import (
    FORMAT,
    Appeal,
    Dpia,
    Notice,
    Piece,
    Procedure,
    Retention,
    RetentionCase,
    SilenceItem,
    canonical,
    sha256,
)
from grc.conditions import Faults
from grc.errors import Misconfigured
from grc.forms import parsing as form_parsing
from grc.forms.definition import Form
from grc.forms.expansion import Blocks, expand_schema, expand_ui
from grc.workflow import parsing as workflow_parsing

__all__ = ["canonical", "from_document", "from_source", "load_folder", "sha256"]

Json = Any
_SHARED = ("schemas", "blocks", "workflows", letters.FOLDER)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class _Shared:
    """What the procedures of a folder have in common."""

    blocks: Blocks
    workflows: Mapping[str, Mapping[str, Json]]
    messages: Collection[str] | None


def load_folder(path: Path, *, messages: Collection[str] | None = None) -> tuple[Procedure, ...]:
    """Every procedure of a catalogue, in the order of their slugs. Raises Misconfigured with all faults of all of them.

    messages: the names of the messages that workflows may send; None: not checked.
    """
    faults = Faults()
    shared = _Shared(
        blocks=dict(_blocks(path / "blocks", faults)),
        workflows=dict(_workflows(path / "workflows", faults)),
        messages=messages,
    )
    folders = sorted(each for each in path.iterdir() if each.is_dir() and each.name not in _SHARED)
    found = [_load(each, shared, faults) for each in folders if not each.name.startswith(".")]
    circuits.check_links({each.slug: each.workflow for each in found if each is not None}, faults)
    if not found:
        faults.add(str(path.name), "ce catalogue ne contient aucune démarche.", "Ajoutez un dossier par démarche.")
    faults.raise_any()
    return tuple(each for each in found if each is not None)


def from_source(source: Mapping[str, Json]) -> Procedure:
    """The procedure of a catalogue's document with an authority's overlay on it; raises Misconfigured.

    It is judged as an entry of the catalogue is: what an overlay may not break is a fault here. source: what
    `Procedure.source` was, changed.
    """
    faults = Faults()
    where = f"{source['slug']}/procedure.json"
    reading.check(source["procedure"], "procedure", where, faults)
    faults.raise_any()
    procedure = _judged(source, {}, None, faults)
    faults.raise_any()
    if procedure is None:
        raise Misconfigured(faults)
    return procedure


def from_document(document: Mapping[str, Json]) -> Procedure:
    """The procedure of a document made by `load_folder`, as the database stored it; raises Misconfigured.

    It was judged when it was published. What this software can read, it reads: a rule that came since is for authors,
    and must not keep agents from the demandes filed under that version.
    """
    faults = Faults()
    if document.get("format") != FORMAT:
        faults.add("document", f"format {document.get('format')} : ce logiciel lit le format {FORMAT}.")
        faults.raise_any()
    procedure = _read(document, None, faults, is_published=True)
    if procedure is None:
        raise Misconfigured(faults)
    return procedure


def _blocks(path: Path, faults: Faults) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for folder in sorted(path.iterdir()) if path.is_dir() else ():
        where = f"blocks/{folder.name}"
        schema = reading.read_json(folder / "schema.json", f"{where}/schema.json", faults) or {}
        around = {"type": "object", "properties": {"block": schema}}
        reading.check(around, "form", f"{where}/schema.json", faults, within=2)
        ui = (
            _read_checked(folder / "ui.json", "ui", f"{where}/ui.json", faults) if (folder / "ui.json").exists() else {}
        )
        yield folder.name, {"schema": schema, "ui": ui or {}}


def _workflows(path: Path, faults: Faults) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for file in sorted(path.glob("*.json")):
        where = f"workflows/{file.name}"
        document = _read_checked(file, "workflow", where, faults)
        if document is not None and document.get("id") != file.stem:
            faults.add(f"{where}#/id", f"l’identifiant est celui du fichier : « {file.stem} ».")
        yield file.stem, document or {}


def _read_checked(path: Path, kind: str, where: str, faults: Faults) -> dict[str, Json] | None:
    document = reading.read_json(path, where, faults)
    if document is not None:
        reading.check(document, kind, where, faults)
    return document


def _load(folder: Path, shared: _Shared, faults: Faults) -> Procedure | None:
    slug = folder.name
    if not _SLUG.fullmatch(slug):
        faults.add(slug, "le nom du dossier sert d’adresse.", "Minuscules sans accent, chiffres et tirets.")
    facts = _read_checked(folder / "procedure.json", "procedure", f"{slug}/procedure.json", faults)
    schema = _read_checked(folder / "schema.json", "form", f"{slug}/schema.json", faults)
    ui = _read_checked(folder / "ui.json", "ui", f"{slug}/ui.json", faults)
    workflow = _workflow_of(folder, facts or {}, shared, faults)
    if facts is None or schema is None or ui is None:
        return None
    written = letters.read(folder, facts, faults)
    document = {
        "format": FORMAT,
        "slug": slug,
        "procedure": _without_schema(facts),
        "schema": expand_schema(schema, where=f"{slug}/schema.json#", blocks=shared.blocks, faults=faults),
        "ui": _without_schema(expand_ui(ui, where=f"{slug}/ui.json", blocks=shared.blocks, faults=faults)),
        "workflow": _without_schema(workflow),
        **({"letters": {name: text for name, (text, _) in written.items()}} if written else {}),
        **_example(folder, faults),
    }
    return _judged(document, {name: place for name, (_, place) in written.items()}, shared.messages, faults)


def _judged(
    source: Mapping[str, Json], places: Mapping[str, str], messages: Collection[str] | None, faults: Faults
) -> Procedure | None:
    """The procedure of a document of the catalogue. places: where each letter stands, for its faults."""
    procedure = _read(parameters.written_out(source, faults), messages, faults)
    if procedure is None:
        return None
    written = {name: (text, places.get(name, f"{procedure.slug}/letters")) for name, text in procedure.letters.items()}
    letters.check(written, procedure.form, faults)
    letters.check_workflow(procedure.workflow, written, f"{procedure.slug}/workflow.json", faults)
    return replace(procedure, source=source)


def _workflow_of(folder: Path, procedure: Mapping[str, Json], shared: _Shared, faults: Faults) -> Mapping[str, Json]:
    """Its own workflow.json, else the shared one it names."""
    own = folder / "workflow.json"
    if own.exists():
        return _read_checked(own, "workflow", f"{folder.name}/workflow.json", faults) or {}
    name = procedure.get("workflow")
    if isinstance(name, str) and name in shared.workflows:
        return shared.workflows[name]
    if procedure:
        where = f"{folder.name}/procedure.json#/workflow"
        faults.unknown(where, f"le circuit « {name} » n’existe pas.", str(name), shared.workflows)
    return {}


def _example(folder: Path, faults: Faults) -> dict[str, Json]:
    """One example that passes, as it is published: the first by the name of its file, without what only tests read."""
    path = next(iter(sorted((folder / "examples").glob("passes-*.json"))), None)
    if path is None:
        return {}
    document = _read_checked(path, "example", f"{folder.name}/examples/{path.name}", faults) or {}
    return {"example": {key: document[key] for key in ("description", "as_of", "answers") if key in document}}


def _without_schema(document: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in document.items() if key != "$schema"}


def _read(
    document: Mapping[str, Json], messages: Collection[str] | None, faults: Faults, *, is_published: bool = False
) -> Procedure | None:
    """The procedure of a self-contained document; None when it has faults."""
    slug, facts = str(document["slug"]), document["procedure"]
    form = form_parsing.read(document["schema"], document["ui"], where=slug, blocks={}, faults=faults)
    agent_forms = circuits.agent_forms(document["workflow"], slug, faults)
    names = circuits.names(document["workflow"], form, agent_forms)
    where = f"{slug}/workflow.json"
    workflow = workflow_parsing.read(document["workflow"], where=where, messages=messages, names=names, faults=faults)
    if not is_published:
        coherence.check(slug, facts, form, faults)
        circuits.check(workflow, form, names, where, faults)
        appointments.check(workflow, form, agent_forms, where, faults)
        circuits.check_retention(facts, workflow, f"{slug}/procedure.json#", faults)
        taking.check(slug, facts, form, workflow, faults)
        relaxing.check(slug, facts, form, workflow, relaxing.written_in(document), faults)
    if faults:
        return None
    return Procedure(
        slug=slug,
        title=facts["title"],
        description=facts["description"],
        audience=facts["audience"],
        category=facts["category"],
        keywords=tuple(facts.get("keywords", ())),
        who=tuple(facts["who"]),
        prepare=tuple(facts["prepare"]),
        minutes=facts["minutes"],
        price=facts["price"],
        target_delay=facts["target_delay"],
        service=facts.get("service", ""),
        reference_template=facts.get("reference_template", ""),
        franceconnect=facts["franceconnect"],
        identification=facts["identification"],
        silence=tuple(_silence(each) for each in facts["silence"]),
        appeal=tuple(_appeal(each) for each in facts["appeal"]),
        pieces=tuple(_pieces(form)),
        retention=_retention(facts["retention"]),
        notice=_notice(facts["notice"]),
        form=form,
        workflow=workflow,
        agent_forms=agent_forms,
        document=document,
        letters=document.get("letters", {}),
        sensitive=facts.get("sensitive", False),
        opens_on=_day(facts.get("opens_on")),
        closes_on=_day(facts.get("closes_on")),
        closed=facts.get("closed", ""),
        dpia=Dpia(**facts["dpia"]) if "dpia" in facts else None,
        takes=taking.read(facts),
    )


def _day(written: Json) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _silence(item: Mapping[str, Json]) -> SilenceItem:
    return SilenceItem(
        rule=item["rule"],
        period=item.get("period", 0),
        unit=item.get("unit", "month"),
        source=item["source"],
        uncertain=item.get("uncertain", False),
        condition=item.get("if"),
        note=item.get("note", ""),
        when=item.get("when", ""),
    )


def _appeal(item: Mapping[str, Json]) -> Appeal:
    return Appeal(**{key: value for key, value in item.items() if key != "if"}, condition=item.get("if"))


def _retention(written: Mapping[str, Json]) -> Retention:
    cases = (
        RetentionCase(each["state"], each["months"], each["source"], each["basis"]) for each in written.get("cases", ())
    )
    return Retention(**{key: value for key, value in written.items() if key != "cases"}, cases=tuple(cases))


def _notice(notice: Mapping[str, Json]) -> Notice:
    facts = {key: value for key, value in notice.items() if key != "retention"}
    return Notice(retention_text=notice["retention"], **facts)


def _pieces(form: Form) -> Iterator[Piece]:
    """The fields that a text requires, in the order of the form."""
    for field in form.fields:
        text = field.schema.get("x-required-by")
        if text is not None:
            yield Piece(field.name, field.title, text["source"], text["indispensable"])
