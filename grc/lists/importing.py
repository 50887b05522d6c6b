"""Items from a table that a spreadsheet saved: CSV, in UTF-8 or in Windows-1252, with commas or semicolons."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from grc.conditions import Faults
from grc.forms import answers, export
from grc.forms.definition import Field, Item
from grc.forms.fields.date import PARTS
from grc.forms.items import LABEL, Columns
from grc.lists.commands import MOST_ITEMS, RESERVED_SLUGS, SLUG, Facts

_ID = "id"
_LONGEST_NAME = 200
_YES_NO = {"oui": "true", "vrai": "true", "1": "true", "x": "true", "non": "false", "faux": "false", "0": "false"}
_DAY = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"|(?P<day2>[0-9]{1,2})/(?P<month2>[0-9]{1,2})/(?P<year2>[0-9]{4})"
)
_IN_WORDS = {"true": "oui", "false": "non"}
_NOT_RELATIVE = date(2000, 1, 1)
"""No attribute has a date relative to today: any day will do."""


def read(content: bytes, columns: Columns, *, where: str) -> tuple[Facts, ...]:
    """The items of the table, in its order. Raises Misconfigured with every fault, each with its line.

    The first line names the columns: « id » (may be left out), « label » or « Nom », and each attribute by its name or
    its title. where: the name of the file.
    """
    faults = Faults()
    lines = _lines(content, where, faults)
    names = _names(lines[0][1], columns, f"{where}, ligne {lines[0][0]}", faults) if lines else {}
    if not lines:
        faults.add(where, "ce fichier est vide.", "La première ligne nomme les colonnes.")
    faults.raise_any()
    found = [_item(cells, names, columns, f"{where}, ligne {line}", faults) for line, cells in lines[1:]]
    _check_together(
        [(f"{where}, ligne {line}", facts) for (line, _), facts in zip(lines[1:], found, strict=True)], faults
    )
    if len(found) > MOST_ITEMS:
        faults.add(where, f"il y a {len(found)} éléments.", f"Une liste en a {MOST_ITEMS} au plus.")
    faults.raise_any()
    return tuple(found)


def written(found: Sequence[Item], columns: Columns) -> str:
    """The table of these items, as `read` reads it: semicolons, as French spreadsheets want, and no formula."""
    page, names = columns.form.pages[0], [field.name for field in columns.form.fields]
    days = {field.name for field in columns.form.fields if field.kind == "date"}
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\n")
    writer.writerow([_ID, *names])
    for item in found:
        typed = answers.as_typed(page, {**item.attributes, LABEL: item.label})
        cells = (str(item.attributes.get(name) or "") if name in days else str(typed.get(name, "")) for name in names)
        writer.writerow([item.id, *(export.defused(_IN_WORDS.get(cell, cell)) for cell in cells)])
    return lines.getvalue()


def _lines(content: bytes, where: str, faults: Faults) -> list[tuple[int, list[str]]]:
    """The lines that hold something, with their numbers in the file."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        faults.add(where, "ce fichier n’est pas un tableau CSV.", "Enregistrez-le en « CSV UTF-8 » avec votre tableur.")
        return []
    head = text.lstrip().partition("\n")[0]
    separator = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error:
        faults.add(f"{where}, ligne {reader.line_num}", "cette ligne n’est pas lisible.", "Vérifiez les guillemets.")
        return []
    return [(line, cells) for line, cells in rows if any(cells)]


def _names(cells: Sequence[str], columns: Columns, where: str, faults: Faults) -> dict[int, str]:
    """Which attribute stands in which column, by position."""
    known = {_plain(_ID): _ID, _plain("identifiant"): _ID}
    for field in columns.form.fields:
        known |= {_plain(field.name): field.name, _plain(field.title): field.name}
    names: dict[int, str] = {}
    for position, cell in enumerate(cells):
        name = known.get(_plain(cell))
        if name is None:
            wanted = (_ID, *(field.name for field in columns.form.fields))
            faults.unknown(where, f"colonne inconnue : « {cell} ».", cell, wanted)
        elif name in names.values():
            faults.add(where, f"la colonne « {cell} » figure deux fois.", "Gardez-en une.")
        else:
            names[position] = name
    for field in columns.form.fields:
        if field.name not in names.values():
            faults.add(where, f"il manque la colonne « {field.name} » ({field.title}).", "Ajoutez-la.")
    return names


def _item(cells: Sequence[str], names: Mapping[int, str], columns: Columns, where: str, faults: Faults) -> Facts:
    """What one line says; each cell is read as the agents' page would read it."""
    form = columns.form
    said = {names[position]: _as_was(cell) for position, cell in enumerate(cells) if position in names}
    for cell in cells[len(names) :]:
        if cell:
            faults.add(where, f"« {cell} » est de trop.", "Il y a plus de cases que de colonnes.")
    posted: dict[str, list[str]] = {}
    for field in form.fields:
        posted |= _posted(field, said.get(field.name, ""))
    page = answers.read_page(form, form.pages[0], posted, {}, as_of=_NOT_RELATIVE, files={})
    for problem in page.problems:
        faults.add(where, problem.message)
    slug = said.get(_ID, "")
    if slug and (not SLUG.fullmatch(slug) or slug in RESERVED_SLUGS):
        faults.add(where, f"« {slug} » n’est pas un identifiant.", "Minuscules sans accent, chiffres et tirets.")
    return facts_of(page.answers, slug=slug)


def facts_of(said: Mapping[str, Any], *, slug: str = "") -> Facts:
    """An item from the answers to the form of its list."""
    return Facts(str(said.get(LABEL, "")), {name: value for name, value in said.items() if name != LABEL}, slug)


def _as_was(cell: str) -> str:
    """The cell without the apostrophe that `written` put before what a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and export.defused(cell[1:]) == cell else cell


def _posted(field: Field, cell: str) -> dict[str, list[str]]:
    """The inputs of the agents' page that say what the cell does; a day as 2027-01-12 or 12/1/2027."""
    if field.kind == "yes_no":
        return {field.name: [_YES_NO.get(cell.lower(), cell)]}
    if field.kind != "date":
        return {field.name: [cell]}
    found = _DAY.fullmatch(cell)
    day = found.groupdict() if found else dict.fromkeys(PARTS, cell)
    parts = {name.rstrip("2"): text for name, text in day.items() if text is not None}
    return {f"{field.name}-{part}": [parts[part]] for part in PARTS}


def _check_together(found: Sequence[tuple[str, Facts]], faults: Faults) -> None:
    for place, message in _twins(found):
        faults.add(place, message, "Gardez une seule ligne.")


def _twins(found: Sequence[tuple[str, Facts]]) -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for place, facts in found:
        for kind, value in (("le nom", facts.label.casefold()), ("l’identifiant", facts.slug)):
            if value and (kind, value) in seen:
                yield place, f"{kind} « {facts.label if kind == 'le nom' else facts.slug} » figure deux fois."
            seen.add((kind, value))


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name[:_LONGEST_NAME].strip().lower())
    return "".join(each for each in decomposed if not unicodedata.combining(each))
