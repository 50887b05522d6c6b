"""A new version of the catalogue under an overlay: what nobody touched goes on, what both changed is settled first."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.catalogue import definition, loading, overlaying, updating
from grc.catalogue.definition import Procedure
from grc.errors import Misconfigured
from tests.support import overlays
from tests.support.overlays import Chosen, room, stated


def changed(*changes: Any) -> Procedure:
    """The next version of the room's booking."""
    source = copy.deepcopy(dict(room().source))
    for change in changes:
        change(source)
    return loading.from_source(source)


def _set(source: dict[str, Any], *path: str, value: Any) -> None:
    for step in path[:-1]:
        source = source[step]
    source[path[-1]] = value


def dearer(source: dict[str, Any]) -> None:
    _set(source, "procedure", "price", value="Voyez la délibération")


def narrower(source: dict[str, Any]) -> None:
    source["procedure"]["parameters"]["notice_days"]["maximum"] = 20


def without_crockery(source: dict[str, Any]) -> None:
    choices = source["schema"]["properties"]["needs"]["items"]["oneOf"]
    choices[:] = [each for each in choices if each["const"] != "crockery"]


def retitled(source: dict[str, Any]) -> None:
    _set(source, "schema", "properties", "persons", "title", value="Combien serez-vous ?")


@settings(max_examples=12, deadline=None)
@given(overlays.chosen())
def test_updating_to_the_same_version_changes_nothing(chosen: Chosen) -> None:
    overlay = stated(chosen)
    merged = updating.merge(room(), overlay)
    assert merged == updating.Merged(overlay, (), ())
    assert overlaying.apply(room(), merged.overlay) == overlaying.apply(room(), overlay)


@settings(max_examples=8, deadline=None)
@given(overlays.chosen(), st.sampled_from([dearer, without_crockery, retitled]))
def test_ids_that_the_catalogue_left_alone_keep_their_overlay(chosen: Chosen, change: Any) -> None:
    touched = {("procedure", "price"), ("form:persons", "label")}
    left = {key: value for key, value in chosen.items() if key not in touched and "crockery" not in key[0]}
    source = copy.deepcopy(dict(room().source))
    change(source)
    merged = updating.merge(replace(room(), source=source), stated(left))
    assert merged == updating.Merged(stated(left), (), ())


def test_a_value_changed_on_both_sides_is_a_conflict_until_it_is_settled() -> None:
    overlay = overlaying.stated(room(), {"procedure": {"price": "60 €", "target_delay": "3 jours"}})
    after = changed(dearer)
    merged = updating.merge(after, overlay)
    (conflict,) = merged.conflicts
    assert conflict.key == "procedure#price"
    told = overlays.plain(conflict.fault)
    assert "« 60 € »" in told
    assert "« Voyez la délibération »" in told
    assert overlaying.count(merged.overlay) == 1
    kept = updating.merge(after, overlay, {"procedure": "keep"})
    assert kept.conflicts == ()
    assert kept.overlay["procedure"]["price"] == {"value": "60 €", "over": "Voyez la délibération"}
    assert overlaying.overlaid(after, kept.overlay).price == "60 €"
    taken = updating.merge(after, overlay, {"procedure#price": "take"})
    assert list(taken.overlay["procedure"]) == ["target_delay"]
    assert overlaying.overlaid(after, taken.overlay).price == "Voyez la délibération"


def test_what_the_catalogue_took_up_is_no_overlay_any_more() -> None:
    overlay = overlaying.stated(room(), {"procedure": {"price": "Voyez la délibération"}})
    assert updating.merge(changed(dearer), overlay) == updating.Merged({}, (), ("procedure#price",))


@pytest.mark.parametrize(
    ("change", "written", "why"),
    [
        (without_crockery, {"choice:needs/crockery": {"label": "Les assiettes"}}, "ne l’a plus"),
        (narrower, {"parameter:notice_days": {"value": 30}}, "ne le permet plus"),
        (
            without_crockery,
            {"form:needs": {"order": ["sound", "kitchen", "crockery", "tables", "projector"]}},
            "permet",
        ),
    ],
    ids=["gone", "out of bounds", "order"],
)
def test_what_no_longer_fits_is_shown_and_never_silently_lost(change: Any, written: dict[str, Any], why: str) -> None:
    after, overlay = changed(change), overlaying.stated(room(), written)
    (conflict,) = updating.merge(after, overlay).conflicts
    assert why in overlays.plain(conflict.fault)
    assert not conflict.may_keep
    (still,) = updating.merge(after, overlay, {conflict.key: "keep"}).conflicts
    assert still == conflict
    assert updating.merge(after, overlay, {conflict.key: "take"}) == updating.Merged({}, (), ())


def test_a_choice_hidden_that_a_new_rule_reads_is_a_conflict() -> None:
    def read_it(source: dict[str, Any]) -> None:
        source["schema"]["x-checks"].append(
            {"expr": "answers.nature != 'activity' or answers.days == 1", "message": "Un seul jour.", "at": "stay"}
        )

    overlay = overlaying.stated(room(), {"choice:nature/activity": {"hidden": True}})
    (conflict,) = updating.merge(changed(read_it), overlay).conflicts
    assert "un contrôle" in overlays.plain(conflict.fault)


def test_settling_what_is_no_conflict_is_a_fault() -> None:
    with pytest.raises(Misconfigured, match="rien n’est en conflit"):
        updating.merge(room(), {}, {"form:needs": "keep"})


def test_a_new_version_of_the_catalogue_has_another_hash() -> None:
    assert definition.sha256(changed(dearer).source) != definition.sha256(room().source)


def test_a_conflict_shows_where_two_long_values_differ() -> None:
    ours = "Le règlement intérieur du service, que vous recevez avec l’accusé de réception, dit tout ce qui suit : "
    ours = f"{ours}la salle est rendue propre, les clés sont remises au gardien, au bout de quatre heures."
    theirs = ours.replace("quatre", "douze")
    told = str(updating.Conflict("form:x", "hint", "question", ours, ours, theirs, "Le catalogue a changé.").fault)
    assert "quatre" in told
    assert "douze" in told
    gone = str(updating.Conflict("form:x", "hint", "question", ours, ours, None, "Le catalogue ne l’a plus.").fault)
    assert "celle du catalogue : rien" in overlays.plain(gone)
