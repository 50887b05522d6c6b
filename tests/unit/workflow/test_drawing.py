"""The drawing of a workflow: all of it is there, in words, and nothing stands on anything else."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

from grc import resources
from grc.errors import Misconfigured
from grc.workflow import drawing, layout, parsing, words
from grc.workflow.actions import ACTION_PARAMS
from grc.workflow.definition import Workflow
from tests.unit.workflow.test_equivalence import FLAGS, definitions

CATALOGUE = resources.folder("form_catalogue")
FILES = sorted([*CATALOGUE.glob("workflows/*.json"), *CATALOGUE.glob("*/workflow.json")])
SVG = "{http://www.w3.org/2000/svg}"


def read(path: Any) -> Workflow:
    document = json.loads(re.sub(r"{{ parameters\.\w+ }}", "1", path.read_text(encoding="utf-8")))
    return parsing.parse({**document, "guards": dict.fromkeys(document.get("guards", {}), "1 == 1")}, where=path.name)


def random(document: dict[str, Any]) -> Workflow | None:
    try:
        return parsing.parse(document, where="random", names=[*FLAGS, "variables.kept"])
    except Misconfigured:
        return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_drawing_says_each_state_and_each_way(path: Any) -> None:
    workflow = read(path)
    tree = ElementTree.fromstring(drawing.as_svg(workflow))
    written = " ".join(text.text or "" for text in tree.iter(f"{SVG}text"))
    for state in workflow.states.values():
        assert state.label in written
    for way in drawing.ways(workflow):
        assert f"{way.what} ({way.who}" in written
    title, description = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert tree.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert all(way.what in (description.text or "") for way in drawing.ways(workflow))
    assert not [each for each in tree.iter() if each.get("style") or each.tag in (f"{SVG}style", f"{SVG}script")]


def check_apart(workflow: Workflow) -> None:
    """Boxes, labels and lanes stand apart, inside the drawing."""
    placed = layout.place(workflow)
    for one, other in combinations(placed.boxes, 2):
        assert one.x != other.x or one.y + one.height < other.y or other.y + other.height < one.y
    for box in placed.boxes:
        assert box.y + box.height < placed.height
        assert box.x + layout.BOX < placed.width
        heights = [box.y, *(row.y for row in box.rows), box.y + box.height]
        tops = [box.y, *(row.y - layout.LINE * len(row.lines) for row in box.rows)]
        assert heights == sorted(heights)
        assert all(top >= before for before, top in zip(heights, tops[1:], strict=False))
        widest = max((len(line) for row in box.rows for line in row.lines), default=0)
        lanes = [bus.lanes[box.column] for bus in placed.buses if box.column in bus.lanes]
        assert all(lane > box.x + layout.BOX + 8 + widest * 7 for lane in lanes)
    placed_lanes = [(gutter, lane) for bus in placed.buses for gutter, lane in bus.lanes.items()]
    assert len(placed_lanes) == len(set(placed_lanes))
    channels = [bus.channel for bus in placed.buses if bus.channel is not None]
    assert len(channels) == len(set(channels))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_overlaps_in_the_catalogue(path: Any) -> None:
    check_apart(read(path))


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(document=definitions())
def test_nothing_overlaps_whatever_the_workflow(document: dict[str, Any]) -> None:
    workflow = random(document)
    if workflow is not None:
        check_apart(workflow)
        ElementTree.fromstring(drawing.as_svg(workflow))


def test_what_authors_write_is_escaped() -> None:
    meta = {"label": "<b>&", "sentence": "S.", "phase": "closed"}
    workflow = parsing.parse(
        {"id": "x", "initial": "a", "meta": {"label": '"<'}, "states": {"a": {"meta": meta}}}, where="x"
    )
    svg = drawing.as_svg(workflow)
    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;" in svg


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("after.soon", "après 15 jours"),
        ("after.later", "après 1 mois et 2 heures"),
        ("clock.answer", "échéance : Récépissé"),
        ("clock.silence", "le silence vaut décision"),
        ("signal.paid", "signal « paid »"),
        ("call.tax.failed", "appel « tax » échoué"),
    ],
)
def test_events_are_told_in_words(event: str, expected: str) -> None:
    meta = {"label": "L", "sentence": "S.", "phase": "closed"}
    clock = {"label": "Récépissé", "from": "received", "period": 7, "unit": "day", "source": "R554-22"}
    way = {"target": "b", "meta": {"by": ["system"]}}
    table = {"after": {event.removeprefix("after."): way}} if event.startswith("after.") else {"on": {event: way}}
    document = {
        "id": "x",
        "initial": "a",
        "meta": {"label": "L", "clocks": {"answer": clock}},
        "delays": {"soon": "P15D", "later": "P1MT2H"},
        "states": {"a": {"meta": meta, **table}, "b": {"meta": meta}},
    }
    workflow = parsing.parse(document, where="x")
    assert words.what(workflow, workflow.transitions[0]).replace("\u00a0", " ") == expected


def test_each_action_has_its_word() -> None:
    assert set(words.ACTION_WORDS) == set(ACTION_PARAMS)
    told = {way.what: way.actions for way in drawing.ways(read(CATALOGUE / "workflows" / "standard.json"))}
    assert told["Prendre en charge"] == ("attribution", "courriel")


def test_the_state_where_a_request_is_can_be_marked() -> None:
    workflow = read(CATALOGUE / "workflows" / "standard.json")
    assert "la demande est ici" not in drawing.as_svg(workflow)
    assert drawing.as_svg(workflow, current="accepted").count("la demande est ici") == 1
