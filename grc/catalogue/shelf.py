"""The catalogue that this software carries, read once in the life of a process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from grc import resources
from grc.catalogue import definition, loading
from grc.catalogue.definition import Procedure
from grc.conditions import suggestion
from grc.errors import NotFound


@cache
def entries() -> Mapping[str, Procedure]:
    """The procedures of the catalogue by their slug; about a second the first time. Raises Misconfigured."""
    return {each.slug: each for each in loading.load_folder(resources.folder("form_catalogue"))}


@cache
def digests() -> Mapping[str, str]:
    """The hash of each procedure's document, as an installed procedure keeps that of the one under it."""
    return {slug: definition.sha256(each.source) for slug, each in entries().items()}


def entry(slug: str) -> Procedure:
    """The procedure of that slug; raises NotFound, with the nearest name."""
    found = entries().get(slug)
    if found is None:
        raise NotFound(f"Le catalogue n’a pas de démarche «\u00a0{slug}\u00a0». {suggestion(slug, entries())}".strip())
    return found
