"""Pages from templates: one strict environment of ours, one lax for the macros of govuk-frontend.

Every template starts with a comment that lists the names it expects; a missing name is an error, never an empty
string. Text is escaped by default. Templates hold no query, no rule and no address: routes give them values.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from grc import resources
from grc.web import typography


class Kinded(Protocol):
    """What a widget draws: anything of a kind that has a file in templates/widgets/."""

    @property
    def kind(self) -> str:
        """The stem of the widget's file, such as "yes_no"."""


def render(template: str, **context: object) -> str:
    """The HTML of a template such as "citizen/tracking.html"; raises UndefinedError when a name is missing."""
    return environment().get_template(template).render(context)


@cache
def environment() -> Environment:
    """The environment of our templates, made once and for all: files are not read again while it serves."""
    ours = Environment(
        loader=FileSystemLoader(resources.folder("templates")),
        undefined=StrictUndefined,
        autoescape=True,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[typography.FrenchSpaces],
    )
    ours.globals["govuk"] = govuk
    ours.globals["count"] = typography.count
    ours.globals["widget"] = _widgets(ours)
    for filter_ in (
        typography.day,
        typography.weekday,
        typography.short_day,
        typography.hour,
        typography.moment,
        typography.short_moment,
        typography.size,
        typography.input_value,
        typography.type_names,
        typography.typeset,
        typography.breakable,
    ):
        ours.filters[filter_.__name__] = filter_
    return ours


def _widgets(ours: Environment) -> Any:
    """The function that draws a field by the macro `field` of its kind's file: a new kind is a new file, no list."""

    def widget(field: Kinded, *arguments: object, **options: object) -> Markup:
        module: Any = ours.get_template(f"widgets/{field.kind}.html").module
        drawn: Markup = module.field(field, *arguments, **options)
        return drawn

    return widget


def govuk(component: str, params: Mapping[str, object]) -> Markup:
    """A component of govuk-frontend by its own macro: govuk("error-summary", {…}).

    For what a page draws once; what it draws many times has its flat twin in widgets/, held equal by tests.
    """
    drawn: Markup = _govuk_macro(component)(params)
    return drawn


@cache
def _govuk_macro(component: str) -> Any:
    module = _lax().get_template(f"govuk_frontend_jinja/components/{component}/macro.html").module
    return getattr(module, "govuk" + "".join(word.capitalize() for word in component.split("-")))


@cache
def _lax() -> Environment:
    """The macros rely on undefined values being silent, so they live apart from our strict templates."""
    return Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        autoescape=True,
        auto_reload=False,
    )
