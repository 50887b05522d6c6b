"""Which sites may show an authority's forms in their pages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlmodel import Session

from grc.authorities.models import Authority
from grc.errors import Invalid, Problem

_SITE = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")
MOST = 20


def allow(session: Session, authority_id: int, sites: Sequence[str]) -> list[str]:
    """The origins listed from now on, in place of the former ones; none closes every frame.

    A site is scheme, host and port ("https://www.tilleul.example"), https but on this machine. Raises Invalid.
    """
    kept = sorted({site.strip().lower().rstrip("/") for site in sites})
    problems = [Problem("site", "format", _words(site)) for site in kept if not _SITE.fullmatch(site)]
    if len(kept) > MOST:
        problems.append(Problem("site", "too_many", f"Donnez {MOST} sites au plus."))
    if problems:
        raise Invalid("Ces sites ne peuvent pas encadrer les formulaires.", problems)
    session.get_one(Authority, authority_id).embed_sites = kept or None
    session.flush()
    return kept


def _words(site: str) -> str:
    return f"« {site[:100]} » n’est pas une origine : écrivez https:// et l’hôte, sans chemin ni astérisque."
