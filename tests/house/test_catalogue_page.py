"""docs/catalogue.md tells each procedure of the catalogue as it is today, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import catalogue_page

_PAGE = """# Essai

## Choix faits

- Voir [l’acte](acte-de-deces.md) et [le dossier](../../form_catalogue/dict).

## Points de droit ouverts

- Aucun.
"""


def test_the_document_is_up_to_date() -> None:
    written = catalogue_page.DOCUMENT.read_text(encoding="utf-8")
    assert written == catalogue_page.document(), "run python tools/catalogue_page.py"


def test_each_link_of_the_document_leads_to_a_file_or_a_title() -> None:
    text = catalogue_page.document()
    titles = {catalogue_page._anchor(title) for title in re.findall(r"^## (.+)$", text, flags=re.MULTILINE)}
    links = set(re.findall(r"\]\(([^):]+)\)", text))
    assert {link.removeprefix("#") for link in links if link.startswith("#")} == titles
    files = [catalogue_page.DOCUMENT.parent / link for link in links if not link.startswith("#")]
    assert [path for path in files if not path.exists()] == []


def test_a_page_is_read_by_its_titles_and_its_links_are_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_page, "PAGES", tmp_path)
    (tmp_path / "essai.md").write_text(_PAGE, encoding="utf-8")
    page = catalogue_page.told("essai")
    assert (
        page["Choix faits"] == "- Voir [l’acte](procedures/acte-de-deces.md) et [le dossier](../form_catalogue/dict)."
    )
    assert page["Points de droit ouverts"] == "- Aucun."


def test_a_procedure_whose_page_tells_no_choices_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_page, "told", lambda slug: {"Choix faits": "Un."})
    with pytest.raises(ValueError, match="does not tell: Points de droit ouverts"):
        catalogue_page.document()
