"""Answers as they were asked and given, for the check page and for the tracking page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from grc.access.actors import Visitor
from grc.conditions import render
from grc.errors import Problem
from grc.forms.fields import input_of
from grc.forms.summary import Line, Section
from grc.web.citizen import views
from grc.web.visit import Visit

_NONE: Mapping[str, str] = {}


def answer_sections(
    visit: Visit[Visitor],
    sections: Iterable[Section],
    *,
    change: Callable[[str], str] = lambda _page: "",
    file: Callable[[str], str] = lambda _id: "",
    hindrances: Mapping[str, str] = _NONE,
) -> list[views.AnswerSection]:
    """Each page's answers. change: where a page is modified; file: where a document is read; "" for neither.

    hindrances: why a document cannot be read, by its id.
    """
    names = {"authority": {"name": visit.authority.name}}
    return [
        views.AnswerSection(
            title=render(section.title, names),
            lines=[
                views.AnswerLine(
                    label=render(line.label, names),
                    text="" if line.files else line.text,
                    missing=line.missing,
                    change=_place(change(section.page_id), line),
                    files=[
                        views.SentFile(
                            f["id"], f["name"], f["size"], href=file(f["id"]), hindrance=hindrances.get(f["id"], "")
                        )
                        for f in line.files
                    ],
                )
                for line in section.lines
            ],
        )
        for section in sections
    ]


def _place(page: str, line: Line) -> str:
    """The address of the question itself on its page; "" when nothing is to be modified there."""
    if not page or line.field.computed is not None:
        return ""
    return f"{page}#{input_of(line.field, Problem(line.field.name, '', ''))}"
