"""A table that a spreadsheet saved as CSV, read whole: its encoding and separator found, its faults told by line."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grc.conditions import Faults

UTF8, WINDOWS = "UTF-8", "Windows-1252"
MOST_BYTES = 5_000_000
_RESAVE = "Enregistrez-le en « CSV UTF-8 » avec votre tableur."
_MISREAD = re.compile(
    r"[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Å[’“]|â€|\ufffd"  # UTF-8 read as Windows-1252
    r"|[A-Za-z][‚ƒ„†‡ˆ‰‹•˜]|[a-z][ŠŒŽ]"  # CP850 or Mac Roman read so
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Line:
    """A line that holds something. number: in the file, from 1. cells: by the name of their column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """What was read. encoding: UTF8 or WINDOWS. columns: the names found, in the file's order."""

    encoding: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read(content: bytes, known: Collection[str], required: Collection[str], *, where: str, faults: Faults) -> Sheet:
    """The table of a CSV file; every fault is added to `faults`, and what can be read in spite of them is given.

    The first line names the columns, among `known`, whatever their accents and capitals; `required` must all be there.
    Separated by semicolons, commas or tabs; UTF-8 with or without BOM, or Windows-1252. where: the name of the file.
    """
    text, encoding = _decoded(content, where, faults)
    _check_misread(text, where, faults)
    rows = list(_rows(text, where, faults))
    if not rows:
        if not faults:
            faults.add(where, "ce fichier est vide.", "La première ligne nomme les colonnes.")
        return Sheet(encoding, (), ())
    number, heads = rows[0]
    names = _names(heads, known, required, f"{where}, ligne {number}", faults)
    lines = tuple(_line(number, cells, names, heads, where, faults) for number, cells in rows[1:])
    if not lines and not faults:
        faults.add(where, "ce fichier n’a que la ligne des titres.", "Ajoutez une ligne par collectivité.")
    return Sheet(encoding, tuple(names.values()), lines)


def plain(name: str) -> str:
    """A title of column without accents nor capitals, its words joined by « _ »: « Jours fériés » is jours_feries."""
    decomposed = unicodedata.normalize("NFKD", name[:100].strip().lower().replace("’", " ").replace("'", " "))
    bare = "".join(each for each in decomposed if not unicodedata.combining(each))
    return re.sub(r"[\s_-]+", "_", bare).strip("_")


def _decoded(content: bytes, where: str, faults: Faults) -> tuple[str, str]:
    """The text and its encoding; "" after a fault."""
    if len(content) > MOST_BYTES:
        faults.add(where, "ce fichier est trop gros.", f"{MOST_BYTES // 1_000_000} Mo au plus.")
        return "", UTF8
    if b"\x00" in content:
        faults.add(where, "ce fichier n’est pas un tableau CSV (il contient des octets nuls).", _RESAVE)
        return "", UTF8
    try:
        return content.decode("utf-8-sig"), UTF8
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), WINDOWS
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.add(f"{where}, ligne {line}", "ce fichier n’est ni en UTF-8 ni en Windows-1252.", _RESAVE)
        return "", WINDOWS


def _check_misread(text: str, where: str, faults: Faults) -> None:
    """Adds a fault for each line of which a part is in another encoding than the rest: names would be written wrong."""
    for number, line in enumerate(text.split("\n"), start=1):
        found = _MISREAD.search(line)
        if found is not None:
            shown = line[max(0, found.start() - 20) : found.end() + 20].strip()
            problem = (
                f"des accents se lisent de travers : « {shown} ». Le fichier mêle deux encodages, ou en a un autre."
            )
            faults.add(f"{where}, ligne {number}", problem, f"Écrivez ce texte à nouveau. {_RESAVE}")


def _rows(text: str, where: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Each line that holds something, with the number of its first line in the file."""
    head = text.lstrip().partition("\n")[0]
    separator = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    first = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield first, cells
            first = reader.line_num + 1
    except csv.Error:
        remedy = "Vérifiez les guillemets : ouverts, puis fermés, et doublés dans un texte."
        faults.add(f"{where}, ligne {first}", "cette ligne n’est pas lisible.", remedy)


def _names(
    heads: Sequence[str], known: Collection[str], required: Collection[str], where: str, faults: Faults
) -> dict[int, str]:
    """The name of the column at each position."""
    names: dict[int, str] = {}
    for position, head in enumerate(heads):
        name = plain(head)
        if not head:
            faults.add(where, f"la colonne {position + 1} n’a pas de titre.", "Donnez-lui-en un, ou supprimez-la.")
        elif name not in known:
            faults.unknown(where, f"colonne inconnue : « {head[:60]} ».", name, known)
        elif name in names.values():
            faults.add(where, f"la colonne « {head[:60]} » figure deux fois.", "Gardez-en une.")
        else:
            names[position] = name
    for name in required:
        if name not in names.values():
            faults.add(where, f"il manque la colonne « {name} ».", "Ajoutez-la.")
    return names


def _line(
    number: int, cells: Sequence[str], names: Mapping[int, str], heads: Sequence[str], where: str, faults: Faults
) -> Line:
    place = f"{where}, ligne {number}"
    for cell in cells[len(heads) :]:
        if cell:
            faults.add(place, f"« {cell[:60]} » est de trop.", "Il y a plus de cases que de colonnes.")
    said = {}
    for position, name in names.items():
        cell = cells[position] if position < len(cells) else ""
        if _CONTROL.search(cell.replace("\r\n", "\n")):
            faults.add(
                f"{place}, colonne « {name} »", "un caractère invisible s’y trouve.", "Écrivez ce texte à nouveau."
            )
        said[name] = cell
    return Line(number, said)
