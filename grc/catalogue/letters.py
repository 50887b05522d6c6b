"""The letters of a procedure: files in Markdown, of its own or shared, read into its document and linted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from grc.conditions import Faults, mapping
from grc.forms import derived
from grc.forms.definition import Form
from grc.receipts import letters
from grc.workflow.definition import Workflow

Json = Any
FOLDER = "letters"


def read(folder: Path, facts: Mapping[str, Json], faults: Faults) -> dict[str, tuple[str, str]]:
    """Each letter that the procedure declares: its text, and the file where it stands; a missing file is a fault.

    facts: procedure.json, whose `letters` gives the name of a file for each letter ("accepted", "refused", or a name of
    the workflow's own). The procedure's folder is looked into first, then the shared one beside it.
    """
    found: dict[str, tuple[str, str]] = {}
    for name, stem in mapping(facts.get("letters")).items():
        paths = [base / FOLDER / f"{stem}.md" for base in (folder, folder.parent)]
        path = next((each for each in paths if each.is_file()), None)
        if path is None:
            known = {each.stem for base in (folder, folder.parent) for each in (base / FOLDER).glob("*.md")}
            where = f"{folder.name}/procedure.json#/letters/{name}"
            faults.unknown(where, f"la lettre « {stem} » n’existe pas.", str(stem), known)
            continue
        where = path.relative_to(folder.parent).as_posix()
        try:
            found[name] = path.read_text(encoding="utf-8-sig"), where
        except UnicodeDecodeError:
            faults.add(where, "ce fichier n’est pas en UTF-8.", "Enregistrez-le en UTF-8.")
    return found


def check(read_letters: Mapping[str, tuple[str, str]], form: Form, faults: Faults) -> None:
    """Adds the faults of each letter, with their lines: names that this form does not have, what the language lacks."""
    stored = derived.names({field.name: field.schema for field in form.fields}, "answers")
    known = stored | {f"shown.{field.name}" for field in form.fields}
    for text, where in read_letters.values():
        letters.check(text, known=known, where=where, faults=faults)


def check_workflow(workflow: Workflow, names: Iterable[str], where: str, faults: Faults) -> None:
    """Adds a fault for each decision of the workflow that names a letter which the procedure does not declare."""
    known = set(names)
    for action in workflow.actions:
        letter = action.params.get("letter")
        if action.type == "decision" and letter and letter not in known:
            message = f"la lettre « {letter} » n’est pas déclarée par la démarche."
            faults.unknown(f"{where}#/actions/{action.name}", message, str(letter), known)


def chosen(workflow: Workflow, outcome: str) -> str:
    """The name of the letter of a decision: the one that the workflow's action names, else the outcome itself."""
    named = (
        action.params["letter"]
        for action in workflow.actions
        if action.type == "decision" and action.params.get("outcome") == outcome and action.params.get("letter")
    )
    return str(next(named, outcome))
