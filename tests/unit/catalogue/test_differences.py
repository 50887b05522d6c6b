"""What a new version changes: told by the place that it is about, with both values."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from grc.catalogue import differences, loading, overlaying, shelf, telling
from grc.catalogue.definition import Procedure
from grc.catalogue.differences import Difference
from tests.support.overlays import plain, room

_PRIVACY = {"purpose": "Préparer la salle", "legal_basis": "public_task", "retention": "P1Y", "anonymise": "remove"}

REPEATED = "livret-de-famille"
"""It asks questions of each child."""
_RECIPIENTS = plain(room().notice.recipients)


def _choices(source: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = source["schema"]["properties"]["needs"]["items"]["oneOf"]
    return found


def dearer(source: dict[str, Any]) -> None:
    source["procedure"]["price"] = "50 €"


def retitled(source: dict[str, Any]) -> None:
    source["schema"]["properties"]["persons"]["title"] = "Combien serez-vous ?"


def narrower(source: dict[str, Any]) -> None:
    source["schema"]["properties"]["persons"]["maximum"] = 30


def asked(source: dict[str, Any]) -> None:
    source["schema"]["properties"]["word"] = {"type": "string", "title": "Un mot", "maxLength": 100} | {
        "x-privacy": _PRIVACY
    }
    source["ui"]["elements"][-1]["elements"].append({"type": "Control", "scope": "#/properties/word"})


def demanded(source: dict[str, Any]) -> None:
    asked(source)
    source["schema"]["required"] = [*source["schema"].get("required", []), "word"]


def fewer(source: dict[str, Any]) -> None:
    _choices(source).pop()


def turned(source: dict[str, Any]) -> None:
    _choices(source).reverse()


def longer(source: dict[str, Any]) -> None:
    source["procedure"]["retention"]["months"] = 24


def unsaid(source: dict[str, Any]) -> None:
    notice = source["procedure"]["notice"]
    notice["recipients"] = f"{notice['recipients']} Personne d’autre."


def swapped(source: dict[str, Any]) -> None:
    pages = source["ui"]["elements"]
    pages[-1], pages[-2] = pages[-2], pages[-1]


def later(source: dict[str, Any]) -> None:
    source["procedure"]["parameters"]["most_days"]["default"] = 3


def read(*changes: Any) -> Procedure:
    """The room's booking so changed, as its version is read again once it is published."""
    source = copy.deepcopy(dict(room().source))
    for change in changes:
        change(source)
    return loading.from_document(loading.from_source(source).document)


def told(found: list[Difference]) -> list[tuple[Any, ...]]:
    return [(each.kind, each.key, *(plain(value) for value in (each.before, each.after))) for each in found]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ((), (dearer,), [("words", "procedure#price", "Selon la salle et la durée", "50 €")]),
        (
            (),
            (retitled, narrower),
            [
                ("words", "form:persons#label", "Combien de personnes attendez-vous ?", "Combien serez-vous ?"),
                ("rules", "form:persons#rules", "maximum : 5000", "maximum : 30"),
            ],
        ),
        ((), (asked,), [("added", "form:word", "None", "None")]),
        ((asked,), (), [("removed", "form:word", "None", "None")]),
        ((asked,), (demanded,), [("rules", "form:word#required", "False", "True")]),
        ((), (fewer,), [("removed", "choice:needs/projector", "None", "None")]),
        ((), (longer,), [("words", "procedure#retention_months", "12", "24")]),
        ((), (unsaid,), [("rules", "procedure#notice", _RECIPIENTS, f"{_RECIPIENTS} Personne d’autre.")]),
        ((), (), []),
    ],
    ids=["words", "rules", "added", "removed", "required", "choice", "months", "facts", "nothing"],
)
def test_each_change_is_told_once_where_it_is(before: Any, after: Any, wanted: list[tuple[Any, ...]]) -> None:
    assert told(differences.between(read(*before), read(*after))) == wanted


def test_an_order_and_a_value_are_told_with_both_states() -> None:
    (order,) = differences.between(read(), read(turned))
    assert (order.key, order.before) == ("form:needs#order", [*reversed(order.after)])
    (pages,) = differences.between(read(), read(swapped))
    assert (pages.key, pages.before[-2:]) == ("procedure#pages", [*reversed(pages.after[-2:])])
    found = differences.between(read(), read(later))
    assert ("words", "parameter:most_days#value", "7", "3") in told(found)
    (checks,) = [each for each in found if each.name == "contrôles"]
    assert [said.splitlines()[0] for said in (checks.before, checks.after)] == [
        "answers.days <= 7",
        "answers.days <= 3",
    ]


def test_a_question_takes_its_choices_and_its_items_with_it() -> None:
    hidden = overlaying.overlaid(room(), overlaying.stated(room(), {"form:needs": {"hidden": True}}))
    (gone,) = [each for each in differences.between(room(), hidden) if "needs" in each.id]
    assert (gone.kind, gone.id) == ("removed", "form:needs")


def test_every_procedure_of_the_catalogue_is_like_itself_read_again() -> None:
    for procedure in shelf.entries().values():
        assert differences.between(procedure, loading.from_document(procedure.document)) == []


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("court", "courte", ("court", "courte")),
        ("", "x" * 200, ("", "x" * 200)),
        (f"{'a' * 300} fin un", f"{'a' * 300} fin deux", (f"…{'a' * 35} fin un", f"…{'a' * 35} fin deux")),
        (
            f"{'mot ' * 100}un{' mot' * 100}",
            f"{'mot ' * 100}deux{' mot' * 100}",
            (f"…{'mot ' * 9}un{' mot' * 9}…", f"…{'mot ' * 9}deux{' mot' * 9}…"),
        ),
        (
            f"un {'mot ' * 100}un",
            f"deux {'mot ' * 100}deux",
            (f"un {'mot ' * 100}un", f"deux {'mot ' * 100}deux"),
        ),
    ],
    ids=["short", "nothing", "no space", "middle", "both ends"],
)
def test_an_excerpt_shows_all_that_differs(before: str, after: str, wanted: tuple[str, str]) -> None:
    assert telling.excerpts(before, after) == wanted


def _leaves(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of a document, with its way."""
    each = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    if not isinstance(node, Mapping | list):
        yield way, node
    for key, value in each:
        yield from _leaves(value, (*way, key))


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value} zz"


def _with(document: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The document with another value there; only what is around it is copied."""
    if not way:
        return value
    made = copy.copy(document)
    made[way[0]] = _with(document[way[0]], way[1:], value)
    return made


_UNTOLD = ("example", "format", "slug")
"""What no one is shown: an example of answers, and what names the file."""


@pytest.mark.parametrize(("slug", "step"), [("reservation-salle", 19), ("accessibilite-numerique", 7)])
def test_no_value_of_a_document_changes_in_silence(slug: str, step: int) -> None:
    before = shelf.entry(slug)
    silent, blind = [], []
    for way, value in [*_leaves(before.document)][::step]:
        if way[0] in _UNTOLD or way == ("procedure", "format"):
            continue
        changed = _with(dict(before.document), way, _other(value))
        found = differences.between(before, replace(before, document=changed))
        silent += [] if found else [way]
        blind += [way for each in found if each.kind in ("words", "rules") and each.before == each.after]
    assert (silent, blind) == ([], [])


def _longest(document: Any) -> Any:
    """The page that shows most."""
    return max(document["ui"]["elements"], key=lambda page: len(page["elements"]))


def _group(node: Any) -> Any:
    """The first group of several questions."""
    inner = [each for each in node.get("elements", []) if each.get("type") == "Group" and len(each["elements"]) > 1]
    return inner[0] if inner else next(filter(None, (_group(each) for each in node.get("elements", []))), None)


def _repeated(node: Any) -> Any:
    """The first question that is asked of each item."""
    if node.get("options", {}).get("detail"):
        return node
    return next(filter(None, (_repeated(each) for each in node.get("elements", []))), None)


def turned_page(document: Any) -> None:
    _longest(document)["elements"].reverse()


def turned_group(document: Any) -> None:
    _group(document["ui"])["elements"].reverse()


def ruled_item(document: Any) -> None:
    item = _repeated(document["ui"])["options"]["detail"]["elements"][0]
    item["rule"] = {"effect": "HIDE", "condition": {"scope": "#", "schema": {}}}


def turned_items(document: Any) -> None:
    _repeated(document["ui"])["options"]["detail"]["elements"].reverse()


def ten_years(document: Any) -> None:
    document["procedure"]["retention"]["basis"] = "Dix ans."


def slower(document: Any) -> None:
    document["workflow"]["meta"]["clocks"]["answer"]["period"] = 30


def overseen(document: Any) -> None:
    document["workflow"]["states"]["in_progress"]["on"]["refuse"]["meta"]["by"] = ["supervisor"]


@pytest.mark.parametrize(
    ("slug", "change", "key", "after"),
    [
        ("reservation-salle", turned_page, "#questions", ""),
        ("accessibilite-numerique", turned_group, "#questions", ""),
        (REPEATED, ruled_item, "#rules", "HIDE"),
        (REPEATED, turned_items, "#questions", ""),
        ("accessibilite-numerique", ten_years, "procedure#retention_basis", "Dix ans."),
        ("accessibilite-numerique", slower, "procedure#circuit", "délais, answer, période : 30"),
        ("accessibilite-numerique", overseen, "state:in_progress#rules", "actions, refuse, par qui : supervisor"),
    ],
)
def test_an_order_a_rule_and_a_term_are_told_with_both_values(slug: str, change: Any, key: str, after: str) -> None:
    before = shelf.entry(slug)
    document = copy.deepcopy(dict(before.document))
    change(document)
    found = differences.between(before, replace(before, document=document))
    assert all(key in each.key for each in found), [each.key for each in found]
    assert len(found) == 1
    assert found[0].before != found[0].after
    assert after in plain(telling.text(found[0].after))
