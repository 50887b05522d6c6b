"""What a new version changes: told by the place that it is about, with both values."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from grc.catalogue import differences, loading, overlaying, shelf
from grc.catalogue.definition import Procedure
from grc.catalogue.differences import Difference
from tests.support.overlays import plain, room

_PRIVACY = {"purpose": "Préparer la salle", "legal_basis": "public_task", "retention": "P1Y", "anonymise": "remove"}

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
                ("rules", "form:persons#rules", "None", "None"),
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
    assert ("rules", "procedure#contrôles", "None", "None") in told(found)


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
        ("", "x" * 200, ("", f"{'x' * 160}…")),
        (f"{'mot ' * 100}un", f"{'mot ' * 100}deux", ("…mot mot mot mot mot mot mot mot mot mot un", "…")),
    ],
)
def test_an_excerpt_shows_the_place_that_changed(before: str, after: str, wanted: tuple[str, str]) -> None:
    one, other = differences.excerpts(before, after)
    assert one == wanted[0]
    assert other.startswith(wanted[1])
    assert max(len(one), len(other)) <= 162
