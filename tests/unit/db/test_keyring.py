"""Keys: what is sealed opens again, what is hashed is found again, also while a secret is being replaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.db import Keyring

OLD = "an-old-secret-of-32-characters-000"
NEW = "a-new-secret-of-32-characters-0000"
OTHER = "the-secret-of-somebody-else-000000"


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    ring = Keyring([OLD])
    sealed = ring.seal(text)
    assert ring.open(sealed) == text
    assert len(text) < 4 or text not in sealed


def test_two_seals_of_one_text_differ() -> None:
    ring = Keyring([OLD])
    assert ring.seal("K7PQ") != ring.seal("K7PQ")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        Keyring([OTHER]).open(Keyring([OLD]).seal("K7PQ"))


@pytest.mark.parametrize("damage", ["", "x", "gAAAAA", "é"])
def test_what_is_no_seal_is_refused(damage: str) -> None:
    with pytest.raises(ValueError, match="does not hold"):
        Keyring([OLD]).open(damage)


def test_a_sealed_text_that_was_touched_is_refused() -> None:
    ring = Keyring([OLD])
    sealed = ring.seal("K7PQ-2M4X")
    touched = sealed[:-10] + ("A" if sealed[-10] != "A" else "B") + sealed[-9:]
    with pytest.raises(ValueError, match="does not hold"):
        ring.open(touched)


def test_a_new_secret_still_opens_and_finds_what_the_old_one_made() -> None:
    before, during, after = Keyring([OLD]), Keyring([NEW, OLD]), Keyring([NEW])
    assert during.open(before.seal("K7PQ")) == "K7PQ"
    assert before.hash("code", "K7PQ") in during.hashes("code", "K7PQ")
    assert during.hash("code", "K7PQ") == after.hash("code", "K7PQ") == during.hashes("code", "K7PQ")[0]
    assert after.open(during.seal("K7PQ")) == "K7PQ"
    with pytest.raises(ValueError, match="does not hold"):
        before.open(during.seal("K7PQ"))
    assert before.hash("code", "K7PQ") not in after.hashes("code", "K7PQ")


def test_a_hash_is_of_one_purpose_one_key_and_one_value() -> None:
    ring = Keyring([OLD])
    made = {ring.hash("code", "A"), ring.hash("draft", "A"), ring.hash("code", "B"), Keyring([NEW]).hash("code", "A")}
    assert len(made) == 4
    assert all(len(one) == 64 and "A" not in one for one in made)


def test_what_is_drawn_comes_out_the_same_and_the_keys_of_hashes_never_give_it() -> None:
    ring = Keyring([OLD])
    assert ring.drawn("transfer-code", "2:17") == Keyring([OLD, NEW]).drawn("transfer-code", "2:17")
    assert ring.drawn("transfer-code", "2:17") != ring.drawn("transfer-code", "2:18")
    assert ring.drawn("transfer-code", "2:17").hex() not in ring.hashes("transfer-code", "2:17")


def test_a_ring_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a secret"):
        Keyring([])
