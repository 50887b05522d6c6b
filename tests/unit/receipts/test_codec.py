"""Every notice goes to JSON and back without a loss."""

from __future__ import annotations

import json
from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.receipts import Acknowledgement, Incomplete, Notice, as_json, from_json
from grc.receipts.codec import _KINDS
from tests.support.notices import every_notice

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
st.register_type_strategy(str, TEXT)
INSTANTS = st.datetimes(timezones=st.just(UTC))
NOTICES = st.one_of([st.builds(kind) for kind in _KINDS.values()])


@pytest.mark.parametrize("name", every_notice())
def test_an_example_of_each_kind_comes_back_equal(name: str) -> None:
    notice = every_notice()[name]
    document = as_json(notice)
    assert (document["kind"], document["format"]) == (notice.KIND, 1)
    assert from_json(json.loads(json.dumps(document))) == notice


@given(NOTICES)
def test_any_notice_comes_back_equal(notice: Notice) -> None:
    assert from_json(json.loads(json.dumps(as_json(notice)))) == notice


def test_a_field_added_later_with_a_default_may_be_absent() -> None:
    document = as_json(every_notice()["acknowledgement"])
    del document["transferred_from"]
    assert from_json(document) == every_notice()["acknowledgement"]


def test_what_is_missing_is_kept_in_a_nested_value() -> None:
    receipt = every_notice()["acknowledgement"]
    assert isinstance(receipt, Acknowledgement)
    nested = Incomplete((), date(2026, 4, 20), ("Règle.",))
    document = as_json(receipt) | {"incomplete": {"items": [], "deadline_on": "2026-04-20", "rule": ["Règle."]}}
    restored = from_json(document)
    assert isinstance(restored, Acknowledgement)
    assert restored.incomplete == nested


@pytest.mark.parametrize("changes", [{"kind": "unknown"}, {"format": 2}])
def test_an_unknown_kind_or_format_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="unknown notice"):
        from_json(as_json(every_notice()["refused"]) | changes)
