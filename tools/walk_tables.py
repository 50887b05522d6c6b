"""Writes tests/integration/catalogue/walks: what each path of each procedure sends, and when, found by following it.

Run it after changing a workflow, a rule of silence or a mail, and read the difference: it is what people will see.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from grc.catalogue import loading
from grc.db import Keyring, connect
from tests.support import walk_tables, walks, world
from tests.support.walking import Walker


def main() -> int:
    """Writes a text for each procedure, and removes those of procedures that are gone; gives the exit status."""
    procedures = loading.load_folder(walks.CATALOGUE)
    with tempfile.TemporaryDirectory() as folder:
        database = connect(world.seeded(Path(folder)), Keyring([world.SECRET]))
        walker = Walker(database)
        texts = {each.slug: walk_tables.written(walk_tables.made(walker, each)) for each in procedures}
        database.close()
    for old in walk_tables.FOLDER.glob("*.txt"):
        if old.stem not in texts:
            old.unlink()
    for slug, text in texts.items():
        (walk_tables.FOLDER / f"{slug}.txt").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
