"""Claims become an identity whatever is absent, odd or hostile in them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grc.demo.franceconnect import IDENTITIES
from grc.franceconnect import claims

ISS = "https://fc.example/api/v2"
SUB = "a" * 64 + "v1"


def read(**values: Any) -> claims.PivotIdentity:
    return claims.identity({"sub": SUB} | values, iss=ISS, acr="eidas1")


def test_keeps_the_only_safe_split_of_given_names():
    identity = read(given_name="Jean Philippe Pierre", given_name_array=["Jean Philippe", "Pierre"])
    assert identity.given_names == ("Jean Philippe", "Pierre")
    assert identity.given_name == "Jean Philippe Pierre"


def test_does_not_guess_a_split():
    assert read(given_name="Jean Philippe Pierre").given_names == ()


def test_keeps_the_birth_name_as_the_register_writes_it():
    assert read(family_name="D’ŒUVRE-Exemple").family_name == "D’ŒUVRE-Exemple"


def test_keeps_the_birthplace_as_text():
    assert read(birthplace="2A004", birthcountry="99100").birthplace == "2A004"
    assert read(birthplace="01004").birthplace == "01004"


def test_knows_a_birth_abroad_by_its_country():
    assert read(birthplace="", birthcountry="99351").born_abroad
    assert not read(birthplace="75107", birthcountry="99100").born_abroad
    assert not read().born_abroad


@pytest.mark.parametrize(
    ("birthdate", "idp_birthdate", "uncertain"),
    [
        ("1958-01-01", "1958-00-00", True),
        ("1958-03-01", "1958-03-00", True),
        ("1958-01-01", "1958-01-01", False),
        ("1958-01-01", "", True),
        ("1976-02-29", "", False),
        ("", "", False),
    ],
)
def test_says_whether_a_birthdate_may_be_a_stand_in(birthdate: str, idp_birthdate: str, uncertain: bool):
    assert read(birthdate=birthdate, idp_birthdate=idp_birthdate).birthdate_is_uncertain is uncertain


@pytest.mark.parametrize(
    "odd", ["1958-00-00", "1957-02-29", "29/02/1976", "20260101", "１９５８-01-01", 19580101, None]
)
def test_takes_no_date_but_a_real_one(odd: object):
    assert read(birthdate=odd).birthdate is None


@pytest.mark.parametrize("odd", ["1958", "1958-00-12", "1958-13-01", "x", 5, None])
def test_takes_no_partial_date_but_those_of_the_contract(odd: object):
    assert read(idp_birthdate=odd).idp_birthdate == ""


def test_keeps_a_name_of_256_characters_and_drops_an_absurd_one():
    assert len(read(family_name="É" * 256).family_name) == 256
    assert read(family_name="É" * 5000).family_name == ""


def test_removes_control_characters_and_unites_spellings():
    assert read(family_name="EXE\r\nMPLE\x00 ").family_name == "EXEMPLE"
    assert read(family_name="E\u0301TE").family_name == "ÉTE"


def test_gender_is_one_of_three_or_unknown():
    assert read(gender="unspecified").gender == "unspecified"
    assert read(gender="other").gender == ""
    assert read(gender=["male"]).gender == ""


def test_shows_no_personal_data_in_its_representation():
    shown = repr(read(family_name="EXEMPLE", email="x@courriel.example", birthdate="1970-10-10", birthplace="75107"))
    assert shown == f"PivotIdentity(iss='{ISS}', acr='eidas1')"


@pytest.mark.parametrize("person", IDENTITIES, ids=lambda person: person.key)
def test_survives_storage(person: Any):
    identity = read(**person.claims)
    assert claims.from_json(json.loads(json.dumps(claims.as_json(identity)))) == identity


def test_refuses_to_read_another_format():
    with pytest.raises(ValueError, match="format 2"):
        claims.from_json(claims.as_json(read()) | {"format": 2})


def test_the_birthdate_is_a_date():
    assert read(birthdate="1976-02-29").birthdate == date(1976, 2, 29)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = [*claims.PivotIdentity.__dataclass_fields__, "given_name_array"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a fresh machine first builds its tables
@given(st.dictionaries(st.sampled_from([name for name in NAMES if name not in {"iss", "sub", "acr"}]), ANYTHING))
def test_never_crashes_on_a_claim(odd: dict[str, Any]):
    identity = read(**odd)
    assert claims.from_json(claims.as_json(identity)) == identity
