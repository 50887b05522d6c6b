"""No text of the catalogue promises a destruction: a term only proposes one, which the Archives may refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from grc import resources

CATALOGUE = resources.folder("form_catalogue")
FILES = sorted(
    path
    for path in (*CATALOGUE.rglob("*.json"), *CATALOGUE.rglob("*.md"), *CATALOGUE.rglob("*.txt"))
    if not {"examples", "schemas"} & set(path.parts)
)
_DESTROYED = re.compile(r"\b(?:effa[cç]|supprim|détrui|destruction)\w*", re.IGNORECASE)
_ALLOWED = re.compile(
    r"\bou effacez-l(?:e|a|es)\b|\beffacez la date"
    r"|\b(?:corriger ou|les faire) effacer\b|\bleur effacement\b"
    r"|\b(?:peut|peuvent|pourra)(?: ensuite)? être détruite?s?, avec l’accord des Archives\b"
    r"|\bproposées? à la destruction\b"
)
"""What people erase themselves, a right that they have, and a destruction that still hangs on the Archives."""


@pytest.mark.law("R42")
@pytest.mark.law("R43")
def test_no_text_promises_what_only_a_visa_allows() -> None:
    """Source: code du patrimoine L212-2; GDPR art. 13, 2, a: what people are told of the term is true (ADR 0039)."""
    found = [(path.name, path.parent.name, each) for path in FILES for each in texts(path) if promises(each)]
    assert found == []


@pytest.mark.parametrize(
    ("promised", "innocent"),
    [
        ("Elle est ensuite effacée.", "Elle peut ensuite être détruite, avec l’accord des Archives."),
        ("Vos réponses sont supprimées.", "Les réponses sont gardées un an, puis proposées à la destruction."),
        ("Nous allons effacer vos réponses.", "Vous pouvez les faire corriger ou effacer."),
        ("La commune détruit votre dossier.", "Saisissez un numéro de dix chiffres, ou effacez-le."),
    ],
)
def test_the_rule_finds_a_promise(promised: str, innocent: str) -> None:
    assert promises(promised)
    assert not promises(innocent)


def promises(text: str) -> bool:
    return _DESTROYED.search(_ALLOWED.sub("", text)) is not None


def texts(path: Any) -> Iterator[str]:
    """What people read there; neither the words that they search by, nor a choice: it says what became of a thing."""
    written = path.read_text(encoding="utf-8")
    yield from _told(json.loads(written)) if path.suffix == ".json" else [written]


def _told(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for each in node:
            yield from _told(each)
    elif isinstance(node, dict):
        unread = {"keywords", "type", "$comment", *(("title",) if "const" in node and "type" not in node else ())}
        for name, each in node.items():
            if name not in unread:
                yield from _told(each)
