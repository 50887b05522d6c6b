"""Files that a command writes for its operator alone: secrets, links, settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from grc.errors import Unavailable


@contextmanager
def placed(file: Path | None) -> Iterator[TextIO | None]:
    """A new file for its owner alone, there before anything is done, and gone when that fails; None for none."""
    if file is None:
        yield None
        return
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{file} existe déjà : rien n’est écrasé.") from error
    except OSError as error:
        raise Unavailable(f"{file} ne peut pas être écrit.") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as written:
            yield written
    except BaseException:
        file.unlink(missing_ok=True)
        raise
