"""Which version of this program reads which archives: one line a version, the last one of this program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

UNNUMBERED = "0.1.0"
"""What every program called itself before the number moved: its tables and its archives changed under it."""


class Version(NamedTuple):
    """A version, the revision of its tables, the format of its archives."""

    version: str
    revision: str
    format: int


VERSIONS = (Version("0.2.0", "0007", 2),)
"""In order. A line that was released never changes: another is added, with its `__version__` and its CHANGELOG."""


def reader_of(revision: str, archive_format: int, versions: Sequence[Version] = VERSIONS) -> str:
    """The newest version whose tables and archives are these; "" where no number says it."""
    found = [one.version for one in versions if (one.revision, one.format) == (revision, archive_format)]
    return found[-1] if found else ""


def way_back(revision: str, archive_format: int, versions: Sequence[Version] = VERSIONS) -> str:
    """By what an archive of these is restored, in a sentence."""
    reader = reader_of(revision, archive_format, versions)
    if reader:
        return f"Restaurez-la avec GRC {reader}, que vous mettez ensuite à jour"
    return (
        "Elle est d’avant les versions numérotées\u00a0: restaurez-la avec le programme tel qu’il était le jour "
        f"où elle fut faite (le dernier qui dit {revision[:30]} dans grc/db/migrations/HEAD), puis mettez-le à jour"
    )
