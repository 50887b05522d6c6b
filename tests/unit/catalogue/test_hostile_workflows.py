"""Workflows that nobody in good faith writes: each fault is told in French, nothing crashes, nothing is endless."""

from __future__ import annotations

import time
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from grc.catalogue import loading
from grc.conditions import Faults
from grc.errors import Misconfigured, TransitionRefused
from grc.submissions import timers
from grc.workflow import engine, parsing
from grc.workflow.extras import DURATION
from tests.support import circuits as every_action
from tests.support import invented
from tests.unit.catalogue.test_circuits import changed, faults_of

ODD: tuple[Any, ...] = (None, -1, 1e308, "", "\ud800", [[]], {"": []})


def _places(node: Any, path: str = "") -> Iterator[str]:
    """The path of each value of the document that can be reached by names."""
    if isinstance(node, dict):
        for name, each in node.items():
            if "/" not in name:
                here = f"{path}/{name}" if path else name
                yield here
                yield from _places(each, here)


@pytest.mark.parametrize("value", ODD, ids=[str(number) for number in range(len(ODD))])
def test_any_value_anywhere_is_a_fault_or_nothing(value: Any) -> None:
    kept = {path for path in _places(every_action.WORKFLOW) if "meta/forms/visit/" not in path}
    for path in sorted(kept):
        told = faults_of(changed(path, deepcopy(value)))
        assert all(fault.strip() for fault in told), path


@pytest.mark.parametrize("value", ODD, ids=[str(number) for number in range(len(ODD))])
def test_a_procedure_with_it_is_refused_by_its_faults_alone(value: Any) -> None:
    for path in ("meta/clocks/answer/unit", "meta/clocks/answer/guard", "meta/clocks/answer/from", "delays/patience"):
        try:
            loading.from_document(invented.document(workflow=changed(path, deepcopy(value))))
        except Misconfigured as refused:
            assert refused.faults, path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("actions/lead/url", "javascript:alert(1)"),
        ("actions/lead/url", "data:text/html,x"),
        ("actions/lead/url", "//evil.example"),
        ("actions/lead/url", "https:evil.example"),
        ("actions/lead/url", "https://moi:mot@evil.example/"),
        ("actions/lead/url", "https://evil.example\\@banc.example/"),
        ("actions/lead/url", "https://evil.example/\nx"),
        ("actions/tell_other/to", "answer:subject"),
        ("actions/tell_other/to", "answer:"),
        ("actions/tell_other/to", "camille@exemple.example"),
        ("actions/tell_other/to", "function:reader"),
        ("actions/register/send", ["photo"]),
        ("actions/register/send", "subject"),
        ("actions/register/send", ["person.__class__"]),
        ("actions/register/endpoint", "../etc"),
        ("actions/register/reads", [1]),
        ("actions/order/days", 10**9),
        ("actions/order/days", True),
        ("actions/order/title", "x" * 10_000),
        ("actions/count/value", "answers.subject * 99 ** 99"),
        ("actions/count/value", "(" * 5_000),
        ("actions/count/name", "__class__"),
        ("actions/say/text", "x" * 100_000),
        ("guards/thrice", "variables.rounds >= " + "1 + " * 25_000 + "1"),
        ("guards/thrice", "x" * 100_000),
        ("delays/patience", "P9999Y"),
        ("delays/patience", "P1D1Y"),
        ("delays/patience", "P1Y1Y"),
        ("delays/patience", "P0D"),
        ("meta/clocks/answer/warn", "P1D1M"),
        ("meta/clocks/answer/warn", "P9999Y"),
        ("meta/clocks/answer/period", 10**12),
        ("meta/clocks/silence", {"label": "x", "from": "received", "period": 1, "unit": "day", "source": "x"}),
    ],
)
def test_what_would_harm_is_refused(path: str, value: Any) -> None:
    assert faults_of(changed(path, value))


def test_a_duration_that_lint_lets_through_can_be_counted() -> None:
    whole = ("P1Y", "P2M", "P3W", "P4D", "P1Y2M3W4D", "P1DT2H3M", "PT5H", "PT1M", "P10Y", "P120M", "P3660D")
    odd = (
        "P",
        "PT",
        "P1D1Y",
        "P1Y1Y",
        "P1M1M",
        "P1DT",
        "PT1M1H",
        "P9999Y",
        "P9999M",
        "PT9999H",
        "P0D",
        "P-1D",
        "P1.5D",
    )
    begun = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    for written in whole:
        assert DURATION.fullmatch(written), written
    for written in (*whole, *odd):
        if DURATION.fullmatch(written) and not faults_of(changed("delays/patience", written)):
            assert timers.later(begun, written, zone="Europe/Paris") > begun, written


def test_a_circle_of_always_that_sets_comes_to_its_end() -> None:
    document = deepcopy(every_action.WORKFLOW)
    document["guards"]["ever"] = "variables.rounds >= 1"
    received = document["states"]["received"]
    received |= {"entry": ["count"], "always": {"target": "late", "guard": "ever", "actions": ["count"]}}
    document["states"]["late"]["always"] = {"target": "received", "guard": "ever"}
    workflow = loading.from_document(invented.document(workflow=document)).workflow
    with pytest.raises(TransitionRefused):
        engine.initial(workflow, {"answers": {}, "variables": {}, "labels": []})


def test_ten_thousand_states_are_judged_in_seconds() -> None:
    meta = {"label": "L", "sentence": "S.", "phase": "received"}
    states = {
        f"s{number}": {
            "meta": meta,
            "on": {"go": {"target": f"s{number + 1}", "meta": {"label": "x", "by": ["handler"]}}},
        }
        for number in range(10_000)
    }
    states["s10000"] = {"meta": {**meta, "phase": "closed"}}
    faults, begun = Faults(), time.process_time()
    parsing.read({"id": "long", "initial": "s0", "states": states}, where="w", messages=None, names=(), faults=faults)
    assert time.process_time() - begun < 20
