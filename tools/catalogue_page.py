"""Writes docs/catalogue.md: each procedure of the catalogue, its circuit, rules and choices, its open points of law.

Run it after changing an entry of form_catalogue or a page of docs/procedures; with --check it only says whether the
document is current.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from grc.catalogue import loading
from grc.catalogue.definition import Appeal, Procedure, SilenceItem
from grc.workflow import structure, words
from grc.workflow.definition import State, Workflow

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "catalogue.md"
CATALOGUE = ROOT / "form_catalogue"
PAGES = ROOT / "docs" / "procedures"
_HEAD = """# Le catalogue : chaque démarche, ses règles, ses choix

Ce document est écrit par `python tools/catalogue_page.py` d’après `form_catalogue/` et les pages de
[procedures](procedures/README.md) ; un test vérifie qu’il est à jour. Ne le modifiez pas à la main. Comment une
démarche s’écrit : [les formats](formats.md). « À confirmer par l’autorité » : le droit est discuté, ou n’a pas pu être
vérifié ; la commune décide avant de publier.

"""
_RULES = {"acceptance": "acceptation", "rejection": "refus", "none": "aucun"}
_UNITS = {"month": "mois", "day": "jours"}
_KINDS = {
    "gracieux": "recours gracieux",
    "hierarchique": "recours hiérarchique",
    "cada": "recours préalable",
    "contentieux": "recours contentieux",
}
_DPIA = {"yes": "nécessaire", "no": "non nécessaire", "to-assess": "à évaluer par la commune"}
_FUNCTIONS = ("handler", "supervisor")
_TOLD = ("Choix faits", "Points de droit ouverts")
_UNSETTLED = "**à confirmer par l’autorité**"


def document() -> str:
    """The whole text of docs/catalogue.md; raises ValueError for a procedure whose page does not tell what it must."""
    procedures = loading.load_folder(CATALOGUE)
    return _HEAD + _index(procedures) + "".join("\n" + _section(each) for each in procedures)


def told(slug: str) -> dict[str, str]:
    """The parts of a procedure's page by their titles, its links as they are from docs/."""
    text = (PAGES / f"{slug}.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {title.strip(): _from_docs(body.strip()) for title, body in zip(parts[::2], parts[1::2], strict=True)}


def _from_docs(text: str) -> str:
    """The text with links that lead from docs/ where they led from docs/procedures/."""
    return re.sub(r"\]\(([^)#:]+)\)", lambda found: f"]({_moved(found[1])})", text)


def _moved(link: str) -> str:
    return link.removeprefix("../") if link.startswith("../") else f"procedures/{link}"


def _index(procedures: Iterable[Procedure]) -> str:
    rows = (
        f"| [{each.title}](#{_anchor(each.title)}) | {each.category} | `{each.workflow.id}` | "
        f"{_short(each)} | {'oui' if each.sensitive else 'non'} |\n"
        for each in procedures
    )
    return "| Démarche | Rubrique | Circuit | Silence | Sensible |\n| --- | --- | --- | --- | --- |\n" + "".join(rows)


def _anchor(title: str) -> str:
    """The fragment of a title as renderers of Markdown make it: small letters, no sign but hyphens."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _short(procedure: Procedure) -> str:
    """Each rule of silence in a word, and whether one is still to be confirmed."""
    rules = dict.fromkeys(_period(each) for each in procedure.silence)
    return ", ".join(rules) + (" ; à confirmer" if any(each.uncertain for each in procedure.silence) else "")


def _period(each: SilenceItem) -> str:
    name = _RULES[each.rule]
    return name if each.rule == "none" else f"{name}, {each.period} {_UNITS[each.unit]}"


def _section(procedure: Procedure) -> str:
    """One procedure: what it is, its rules, then what its page tells."""
    page, slug = told(procedure.slug), procedure.slug
    if missing := [title for title in _TOLD if not page.get(title)]:
        raise ValueError(f"docs/procedures/{slug}.md does not tell: {', '.join(missing)}")
    lines = [
        f"## {procedure.title}",
        "",
        f"{procedure.description} Fichiers : [`{slug}`](../form_catalogue/{slug}). "
        f"Page : [{slug}](procedures/{slug}.md).",
        "",
        *_facts(procedure),
        *(line for title in _TOLD for line in ("", f"### {title}", "", page[title])),
    ]
    return "\n".join(lines) + "\n"


def _facts(procedure: Procedure) -> Iterator[str]:
    yield f"- **Pour qui** : {procedure.audience}. {' '.join(procedure.who)}"
    yield f"- **Prix** : {procedure.price}. **Réponse habituelle** : {procedure.target_delay}."
    yield f"- **Service proposé** : {procedure.service}. **Fonctions à attribuer** : {_functions(procedure.workflow)}."
    yield from _circuit(procedure.workflow)
    yield from _list("Silence", [_silence(each) for each in procedure.silence])
    yield from _list("Recours", [_appeal(each) for each in procedure.appeal])
    yield from _list("Conservation", list(_retention(procedure)))
    yield from _list("Pièces qu’un texte demande", [_piece(each.field, procedure) for each in procedure.pieces])
    yield from _list("Réglages", list(_parameters(procedure)))
    yield f"- **Démarche sensible** : {'oui' if procedure.sensitive else 'non'}."
    if procedure.dpia is not None:
        yield f"- **Analyse d’impact** : {_DPIA[procedure.dpia.needed]}. {procedure.dpia.why}"


def _list(title: str, items: list[str]) -> Iterator[str]:
    """One line where there is one item or none, a list below where there are more."""
    if len(items) > 1:
        yield f"- **{title}** :"
        yield from (f"  - {each}" for each in items)
    else:
        yield f"- **{title}** : {items[0] if items else 'aucun.' if title in ('Réglages', 'Recours') else 'aucune.'}"


def _functions(workflow: Workflow) -> str:
    named = {each for transition in workflow.transitions for each in transition.by}
    return ", ".join(f"`{each}`" for each in _FUNCTIONS if each in named) or "aucune"


def _circuit(workflow: Workflow) -> Iterator[str]:
    """The circuit, the states where it ends, and the clocks of its own."""
    ends = dict.fromkeys(each.label for each in workflow.states.values() if _is_end(workflow, each))
    yield f"- **Circuit** : `{workflow.id}`. {workflow.description}"
    yield f"- **Fins** : {', '.join(f'« {each} »' for each in ends)}."
    if workflow.clocks:
        yield from _list("Délais du circuit", [words.clock(workflow, each) for each in workflow.clocks.values()])


def _is_end(workflow: Workflow, state: State) -> bool:
    """Whether no transition leaves the state for another."""
    return all(each.target in (None, state.id) for each in structure.exits(workflow, state))


def _silence(each: SilenceItem) -> str:
    return _sourced(_when(each.condition) + _period(each), each)


def _when(condition: Mapping[str, Any] | None) -> str:
    return "" if condition is None else f"si {' et '.join(_conditions(condition))} : "


def _conditions(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """What a condition asks of each answer, by its name: "`applicant.kind` vaut `person`"."""
    for name, asked in schema.get("properties", {}).items():
        if "properties" in asked:
            yield from _conditions(asked, f"{path}{name}.")
        else:
            values = asked.get("enum", [asked["const"]] if "const" in asked else [])
            known = " ou ".join(f"`{_value(value)}`" for value in values)
            yield f"`{path}{name}` vaut {known}" if known else f"`{path}{name}` remplit `{json.dumps(asked)}`"


def _appeal(each: Appeal) -> str:
    return _sourced(f"{_when(each.condition)}{_KINDS[each.kind]} : {each.to}, {each.delay_months} mois", each)


def _sourced(text: str, each: SilenceItem | Appeal) -> str:
    note = f", {_UNSETTLED}. {each.note}".rstrip() if each.uncertain else "."
    return f"{text} ({each.source}){note}"


def _retention(procedure: Procedure) -> Iterator[str]:
    kept = procedure.retention
    since = "la réception" if kept.since == "request" else "la décision ou la clôture"
    for case in kept.cases:
        label = procedure.workflow.states[case.state].label
        yield f"à l’étape « {label} » : {case.months} mois depuis {since}. {case.basis} Source : {case.source}."
    running = [f"« {each.label} »" for each in procedure.workflow.states.values() if each.ongoing]
    if running:
        yield f"sans terme tant que la demande est à l’étape {' ou '.join(running)}."
    yield f"{kept.months} mois depuis {since}. {kept.basis} Source : {kept.source}."


def _piece(name: str, procedure: Procedure) -> str:
    piece = next(each for each in procedure.pieces if each.field == name)
    kind = "indispensable" if piece.indispensable else "la demande avance sans elle"
    return f"{piece.title} : {piece.required_by} ; {kind}."


def _parameters(procedure: Procedure) -> Iterator[str]:
    for name, each in procedure.source["procedure"].get("parameters", {}).items():
        bounds = f", de {each['minimum']} à {each['maximum']}" if {"minimum", "maximum"} <= set(each) else ""
        yield f"`{name}`, {each['title']} : {_value(each['default']).rstrip('.')}{bounds}."


def _value(value: object) -> str:
    return ("non", "oui")[value] if isinstance(value, bool) else str(value)


def main() -> int:
    """Writes the document, or with --check says whether it is current; gives the exit status."""
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(document(), encoding="utf-8")
        return 0
    current = DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == document()
    if not current:
        print("docs/catalogue.md is out of date: run python tools/catalogue_page.py")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
