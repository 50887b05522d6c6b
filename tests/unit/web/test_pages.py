"""What every page owes to who reads it, in its full, empty and wrong states."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

import pytest

from grc import resources
from tests.support.previews import previews

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path"}
_VOID |= {"circle", "rect"}
_GROUPS = ("admin", "citizen", "agents", "errors", "platform", "statements", "syndicate")
_LABELLED = {"input", "textarea", "select"}
_UNLABELLED_TYPES = {"hidden", "submit", "button"}

NAMES = sorted(previews())


class Outline(HTMLParser):
    """The elements of a page with their attributes, and how they nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self._texts: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if len(dict(attrs)) != len(attrs):
            self.faults.append(f"attribute twice: {attrs}")
        if tag == "form" and "form" in self._open:
            self.faults.append("a form in a form")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if self._open:
            self._texts.setdefault(self._open[-1], []).append(data)

    def text(self, tag: str) -> str:
        return "".join(self._texts.get(tag, [])).strip()

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.elements if "id" in attributes]


@cache
def _html(name: str) -> str:
    return previews()[name].html()


@cache
def _outline(name: str) -> Outline:
    return Outline(_html(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_one_heading_a_title_and_a_language(name: str) -> None:
    outline = _outline(name)
    assert len(outline.of("h1")) == 1
    assert outline.of("html")[0]["lang"] == "fr"
    title = outline.text("title")
    assert re.fullmatch(r"(Erreur\u00a0: )?\S.+ – \S.+", title), title
    assert outline.of("main")[0]["id"] == "main-content"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_well_formed_and_holds_nothing_inline(name: str) -> None:
    outline = _outline(name)
    assert not outline.faults
    assert len(outline.ids()) == len(set(outline.ids()))
    assert not outline.of("style")
    assert all(attributes.get("src") for attributes in outline.of("script"))
    for tag, attributes in outline.elements:
        assert "style" not in attributes, (tag, attributes)
        assert not [each for each in attributes if each.startswith(("on", "hx-on", "data-hx-on"))], (tag, attributes)
        assert "javascript:" not in str(attributes.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_control_has_its_label_and_what_describes_it_exists(name: str) -> None:
    outline = _outline(name)
    labelled = {attributes.get("for") for attributes in outline.of("label")}
    for tag, attributes in outline.elements:
        if tag in _LABELLED and attributes.get("type") not in _UNLABELLED_TYPES:
            assert attributes["id"] in labelled, attributes
        for reference in ("aria-describedby", "aria-labelledby", "aria-controls"):
            if reference in attributes:
                wanted = (attributes[reference] or "").split()
                assert wanted and set(wanted) <= set(outline.ids()), (tag, attributes)


@pytest.mark.parametrize("name", [name for name in NAMES if "wrong" in name])
def test_an_error_is_said_in_the_title_and_leads_to_its_control(name: str) -> None:
    outline = _outline(name)
    assert outline.text("title").startswith("Erreur")
    summary = _html(name).split("govuk-error-summary__list")[1].split("</ul>")[0]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert set(targets) <= set(outline.ids())
    assert targets or "check" in name


@pytest.mark.parametrize("name", NAMES)
def test_forms_work_without_scripts(name: str) -> None:
    for form in _outline(name).of("form"):
        assert form.get("action") and form.get("method") in ("get", "post"), form
    for tag, attributes in _outline(name).elements:
        assert not [each for each in attributes if each.startswith("hx-")], (tag, attributes)


@pytest.mark.parametrize("name", NAMES)
def test_words_have_the_spaces_of_french(name: str) -> None:
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", "", _html(name), flags=re.DOTALL)
    assert not re.findall(r"\S+ [:;?!»](?=\s|$)|« \S*|\w'\w+", text)


def test_every_template_is_shown_in_some_state() -> None:
    used = {preview.template for preview in previews().values()}
    folder = resources.folder("templates")
    pages = {
        path.relative_to(folder).as_posix()
        for group in _GROUPS
        for path in (folder / group).rglob("*.html")
        if not path.name.startswith("_") and path.name != "parts.html"
    }
    assert used == pages


def test_every_template_says_what_it_expects() -> None:
    folder = resources.folder("templates")
    for path in [
        *folder.glob("*.html"),
        *(page for group in (*_GROUPS, "widgets") for page in (folder / group).rglob("*.html")),
    ]:
        assert path.read_text(encoding="utf-8").startswith("{#"), path
