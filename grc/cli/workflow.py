"""The commands of workflows: what one says, in text and drawn."""

from __future__ import annotations

import json
from pathlib import Path

import click

from grc import resources
from grc.catalogue import loading
from grc.notifications.emails import MESSAGES
from grc.workflow import diagram, drawing, parsing
from grc.workflow.definition import Workflow


@click.group()
def workflow() -> None:
    """Les circuits des démarches."""


@workflow.command("show")
@click.argument("name")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Fichier où dessiner le circuit.")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Un autre catalogue.")
def workflow_show(name: str, svg: Path | None, folder: Path | None) -> None:
    """Dit le circuit d’une démarche du catalogue (son nom, ou celui du circuit) ; le dessine avec --svg."""
    found = _named(name, folder or resources.folder("form_catalogue"))
    click.echo(diagram.as_text(found), nl=False)
    if svg is not None:
        svg.write_text(drawing.as_svg(found), encoding="utf-8")
        click.echo(f"Dessiné dans {svg}.")


def _named(name: str, folder: Path) -> Workflow:
    """The workflow of the procedure of that name, of that id where a procedure follows it, else the shared one."""
    procedures = loading.load_folder(folder, messages=MESSAGES)
    found = {one.workflow.id: one.workflow for one in procedures} | {one.slug: one.workflow for one in procedures}
    shared = {path.stem: path for path in (folder / "workflows").glob("*.json")}
    if name in found:
        return found[name]
    if name not in shared:
        known = ", ".join(sorted({*found, *shared}))
        raise click.ClickException(f"Pas de circuit « {name} ». Le catalogue a : {known}.")
    document = json.loads(shared[name].read_text(encoding="utf-8"))
    return parsing.parse(document, where=f"workflows/{name}.json", messages=MESSAGES)
