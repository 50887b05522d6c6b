"""`grc bounces`: the mails that came back, from the pipe of a mail server or from a mailbox."""

from __future__ import annotations

import mailbox
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from grc import clock, settings
from grc.errors import GrcError
from grc.notifications import bounces as reports
from grc.notifications import returned
from grc.opening import open_database

TRY_AGAIN = 75
"""EX_TEMPFAIL: the mail server keeps the mail and brings it again."""
_SAID = {
    "recorded": "revenu(s), noté(s)",
    "again": "déjà noté(s)",
    "told": "retard(s) ou succès, sans suite",
    "unknown": "d’un courriel inconnu",
    "not_ours": "sans rapport de remise",
}


@click.command()
@click.argument("source", default="-", type=click.Path(path_type=Path, allow_dash=True))
def bounces(source: Path) -> None:
    """Lit les courriels revenus : SOURCE est un fichier, une boîte mbox, un dossier Maildir, ou « - » pour l’entrée.

    Statut 0 : traité, ou rien qui nous regarde. Statut 75 : à présenter de nouveau (base arrêtée, réglage fautif) ;
    rien n’est perdu, tout peut être relu.
    """
    try:
        database = open_database(settings.load())
        done = Counter(returned.handle(database, raw, now=clock.now()).outcome for raw in _mails(source))
        database.close()
    except (GrcError, OSError) as error:
        click.echo(f"À reprendre : {getattr(error, 'message', '') or type(error).__name__}", err=True)
        sys.exit(TRY_AGAIN)
    for outcome, words in _SAID.items():
        if done[outcome]:
            click.echo(f"{done[outcome]} {words}.")


def _mails(source: Path) -> Iterator[bytes]:
    """The mails of the source, their first bytes each; those of a Maildir are put away once they are handled."""
    if str(source) == "-":
        yield _beginning(sys.stdin.buffer)
    elif source.is_dir():
        yield from _of_maildir(source)
    else:
        with source.open("rb") as file:
            is_mbox = file.read(5) == b"From "
        yield from _of_mbox(source) if is_mbox else [_of_file(source)]


def _of_maildir(folder: Path) -> Iterator[bytes]:
    if not (folder / "new").is_dir():
        raise NotADirectoryError(str(folder))
    for path in sorted((folder / "new").iterdir()):
        if path.is_symlink() or not path.is_file():
            continue  # a pipe would keep us waiting, a link would show us another's file
        yield _of_file(path)
        path.rename(folder / "cur" / f"{path.name}:2,S")  # only now: what failed before stays new


def _of_mbox(path: Path) -> Iterator[bytes]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as file:
                yield file.read(reports.MOST_BYTES)
    finally:
        box.close()


def _of_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(reports.MOST_BYTES)


def _beginning(stream: IO[bytes]) -> bytes:
    """The first bytes; the rest is read too, or the server that writes it would see a broken pipe."""
    kept = stream.read(reports.MOST_BYTES)
    while stream.read(1 << 16):
        continue
    return kept
