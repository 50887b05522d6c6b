"""Addresses of the static files, under a digest of them all: they can be cached for ever and never go stale.

The digest is a folder of the path ("/static/3f0c9a1b2d4e/app.css"), so that what a style sheet or a module names by
a relative path is renewed with it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from grc import resources


@lru_cache(maxsize=1)
def version() -> str:
    """Twelve hexadecimal digits over the names and contents of every file of the static folder."""
    folder = resources.folder("static")
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def url(root: str, name: str) -> str:
    """The address of the static file `name` ("app.css") on the platform whose root is "" or "/somewhere"."""
    return f"{root}/static/{version()}/{name}"


def logo_url(root: str, logo: str) -> str:
    """The address of an authority's logo, "" for none: its own, cleaned and served apart, or a static file."""
    if logo.startswith("logo-"):
        return f"{root}/theme/{logo}"
    return url(root, logo) if logo else ""
