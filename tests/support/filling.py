"""Fills any form of the catalogue in a browser from one of its examples, as a person does: input after input."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Locator, Page

from grc import resources
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.conditions import value_at
from grc.forms import answers as form_answers
from grc.forms.definition import Form, Item
from grc.forms.definition import Page as FormPage
from tests.support.world import PDF

CATALOGUE = resources.folder("form_catalogue")
_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[12][0-9]{3}-[0-9]{2}")
_MOST_ROUNDS = 6
_PATIENCE = 400
_CHILDHOOD = timedelta(days=18 * 366)


@dataclass(frozen=True)
class Example:
    """Answers that pass, moved to today: what lay ahead of the example's day lies as far ahead of today."""

    slug: str
    name: str
    answers: dict[str, Any]
    lists: Mapping[str, tuple[Item, ...]]

    @property
    def form(self) -> Form:
        return procedures()[self.slug].form


@cache
def procedures() -> dict[str, Procedure]:
    """Every procedure of the catalogue by its slug."""
    return {each.slug: each for each in loading.load_folder(CATALOGUE)}


def examples(today: date) -> list[Example]:
    """The examples that pass, of every procedure."""
    return [_read(path, today) for path in sorted(CATALOGUE.glob("*/examples/passes-*.json"))]


def _read(path: Path, today: date) -> Example:
    document = json.loads(path.read_text(encoding="utf-8"))
    as_of = date.fromisoformat(document["as_of"])
    moved = {name: _moved(document.get(name, {}), as_of, today - as_of) for name in ("answers", "lists")}
    lists = {source: tuple(Item(**item) for item in items) for source, items in moved["lists"].items()}
    return Example(path.parent.parent.name, path.stem, moved["answers"], lists)


def _moved(value: Any, as_of: date, by: timedelta) -> Any:
    """The same answers with each day that is not past, and each day of a childhood before, as far from today."""
    if isinstance(value, dict):
        return {name: _moved(each, as_of, by) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, as_of, by) for each in value]
    if isinstance(value, str) and _MONTH.fullmatch(value) and value >= f"{as_of:%Y-%m}":
        return f"{date.fromisoformat(value + '-15') + by:%Y-%m}"
    if isinstance(value, str) and _DAY.fullmatch(value) and date.fromisoformat(value) > as_of - _CHILDHOOD:
        return (date.fromisoformat(value) + by).isoformat()
    return value


def fill(page: Page, form: Form, answers: Mapping[str, Any], *, scripts: bool) -> None:
    """From the first page of the form to the answers to check; raises AssertionError where the form will not go on."""
    for _ in range(len(form.pages) + 1):
        page_id = _page_id(page)
        if page_id == "verification":
            return
        shown = form.page(page_id)
        assert shown is not None, page.url
        fill_page(page, shown, answers, scripts=scripts)
        page.get_by_role("button", name="Continuer", exact=True).first.click()
        _leave(page, page_id)
    raise AssertionError(f"the form goes in a circle at {page.url}")


def _page_id(page: Page) -> str:
    return urlsplit(page.url).path.rsplit("/", 1)[1]


def _leave(page: Page, page_id: str) -> None:
    """Waits for the next page: a second press before it is there would send this one twice."""
    wrong = page.locator(".govuk-error-summary")
    for _ in range(_PATIENCE):
        if _page_id(page) != page_id:
            page.wait_for_load_state()
            return
        assert not wrong.count(), (page_id, wrong.first.inner_text())
        page.wait_for_timeout(50)
    raise AssertionError(f"the page does not go on: {page.url}")


def fill_page(page: Page, shown: FormPage, answers: Mapping[str, Any], *, scripts: bool) -> None:
    """Types until nothing new appears: an answer may open another question, a row has to be added first."""
    wanted = {name: value for name, value in form_answers.as_typed(shown, answers).items() if value not in ("", [])}
    rows = {each.name: len(value_at(answers, each.path) or ()) for each in shown.fields if each.form is not None}
    before: list[str] = []
    for _ in range(_MOST_ROUNDS):
        for name, count in rows.items():
            _add_rows(page, name, count)
        for name, value in wanted.items():
            if name not in rows:
                _type(page, name, value, scripts=scripts)
        _send_files(page, shown, answers, scripts=scripts)
        there = [name for name in wanted if _is_there(page, name)]
        if len(there) == len(wanted) or there == before:
            return
        before = there
        redraw = page.get_by_role("button", name="Mettre à jour les questions")
        if not scripts and redraw.count():
            redraw.first.click()
        _settle(page, scripts=scripts)


def _settle(page: Page, *, scripts: bool) -> None:
    """Waits for what a change draws again, and for files on their way."""
    if scripts:
        page.wait_for_timeout(60)
        busy = page.locator(".htmx-request, #answers progress")
        for _ in range(_PATIENCE):
            if not busy.count():
                return
            page.wait_for_timeout(50)
        raise AssertionError(f"still busy: {busy.first.inner_text()}")


def _add_rows(page: Page, name: str, count: int) -> None:
    for _ in range(count):
        have = page.locator(f'input[type=hidden][name="{name}"]').count()
        if have >= count:
            return
        add = page.locator(f'button[value="add:{name}"]')
        if not add.count():  # another answer opens the question first
            return
        add.click()
        page.locator(f'input[type=hidden][name="{name}"]').nth(have).wait_for(state="attached")


def _inputs(page: Page, name: str) -> Locator:
    return page.locator(f'#answers [name="{name}"]')


def _is_there(page: Page, name: str) -> bool:
    return _inputs(page, name).count() > 0 or page.locator(f'#answers output[id="{name}"]').count() > 0


def _type(page: Page, name: str, value: str | list[str], *, scripts: bool) -> None:
    found = _inputs(page, name)
    if not found.count():
        return
    kind = found.first.evaluate("each => each.tagName === 'INPUT' ? each.type : each.tagName.toLowerCase()")
    if kind in ("radio", "checkbox"):
        for each in [value] if isinstance(value, str) else value:
            box = page.locator(f'#answers [name="{name}"][value="{each}"]')
            if not box.is_checked():
                box.check()
                _settle(page, scripts=scripts)
    elif kind == "hidden":
        found.first.evaluate("(each, value) => { each.value = value }", value)
    elif found.first.input_value() != value:
        _write(found.first, kind, str(value))
        _settle(page, scripts=scripts)


def _write(found: Locator, kind: str, value: str) -> None:
    if kind == "select" and not found.is_visible():  # a script has put a search box in its place
        found.evaluate("(each, value) => { each.value = value }", value)
    elif kind == "select":
        found.select_option(value)
    else:
        found.fill(value)
        found.blur()


def _send_files(page: Page, shown: FormPage, answers: Mapping[str, Any], *, scripts: bool) -> None:
    """Chooses the files; scripts send each at once, and the page says so by a way to take it back."""
    for field in shown.fields:
        files = value_at(answers, field.path) if field.kind == "file" else None
        chosen = page.locator(f'#answers input[type=file][name="{field.name}"]')
        sent = page.locator(f'[id="{field.name}-sent"]').get_by_role("button", name=re.compile("^Retirer"))
        if not files or not chosen.count() or sent.count() or chosen.evaluate("each => each.files.length"):
            continue
        chosen.set_input_files([_file(each) for each in files])
        if scripts:
            sent.nth(len(files) - 1).wait_for(timeout=30_000)


def _file(told: Mapping[str, Any]) -> Any:
    """A small real file of that name and type."""
    content = PDF if told["type"] == "application/pdf" else _picture(str(told["type"]))
    return {"name": told["name"], "mimeType": told["type"], "buffer": content}


def _picture(media_type: str) -> bytes:
    """A small photograph."""
    written = io.BytesIO()
    Image.new("RGB", (32, 24), "#1f5f8b").save(written, {"image/png": "PNG"}.get(media_type, "JPEG"))
    return written.getvalue()


def compared(answers: Any) -> Any:
    """Answers without what the server decides of a file: its id and size."""
    if isinstance(answers, list) and answers and all(isinstance(each, dict) and "size" in each for each in answers):
        return [Path(each["name"]).stem for each in answers]
    if isinstance(answers, list):
        return [compared(each) for each in answers]
    if isinstance(answers, dict):
        return {name: compared(each) for name, each in answers.items()}
    return answers
