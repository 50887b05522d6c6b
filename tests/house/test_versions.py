"""The number of the version moves with the tables and with the archives, so that an archive tells who can read it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from grc import __version__
from grc.archives.contents import FORMAT
from grc.archives.versions import UNNUMBERED, VERSIONS, Version, reader_of, way_back
from grc.db import schema

_ROOT = Path(__file__).parents[2]


def test_the_last_line_is_this_program() -> None:
    assert VERSIONS[-1] == (__version__, schema.newest(), FORMAT)
    assert tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__


def test_the_changelog_opens_with_it_and_tells_both() -> None:
    text = (_ROOT / "CHANGELOG.md").read_text()
    newest = re.split(r"^## ", text, flags=re.MULTILINE)[1]
    assert newest.startswith(f"{__version__} ")
    assert f"revision {schema.newest()}, archives at format {FORMAT}" in newest


def test_every_line_is_another_number_and_another_reader() -> None:
    numbers = [tuple(map(int, one.version.split("."))) for one in (Version(UNNUMBERED, "", 0), *VERSIONS)]
    assert numbers == sorted(set(numbers))
    assert all(schema.known(one.revision) for one in VERSIONS)
    revisions, formats = [one.revision for one in VERSIONS], [one.format for one in VERSIONS]
    assert (revisions, formats) == (sorted(revisions), sorted(formats))


def test_an_older_archive_is_sent_to_a_version_that_can_read_it() -> None:
    first, last = VERSIONS[0], VERSIONS[-1]
    table = (first, last._replace(version="999.0.0"), last._replace(version="999.1.0", revision="9999"))
    assert reader_of(last.revision, last.format, table) == "999.0.0"
    assert "GRC 999.0.0," in way_back(last.revision, last.format, table)
    assert "HEAD" in way_back("0005", 1, table)
    assert f"GRC {UNNUMBERED}" not in way_back("0005", 1, table)
