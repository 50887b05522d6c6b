"""Numbers given by others: their keys, how they are typed and shown. La Poste's are public; the rest made."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grc.forms import identifiers
from grc.forms.formats import FORMATS


@pytest.mark.parametrize(
    ("name", "compact", "expected"),
    [
        ("siren", "356000000", True),
        ("siren", "123456782", True),
        ("siren", "123456789", False),
        ("siren", "000000000", False),
        ("siren", "35600000", False),
        ("siren", "35600000x", False),
        ("siret", "12345678200002", True),
        ("siret", "12345678200010", True),
        ("siret", "12345678200003", False),
        ("siret", "12345678900005", False),
        ("siret", "35600000000048", True),
        ("siret", "35600000049837", True),
        ("siret", "35600000012343", False),
        ("siret", "1234567820000", False),
        ("rna", "W751000001", True),
        ("rna", "W2A1000001", True),
        ("rna", "W9R1000001", True),
        ("rna", "W75100001", False),
        ("rna", "A751000001", False),
        ("iban", "FR7630006000011234567890189", True),
        ("iban", "FR7630006000011234567890188", False),
        ("iban", "FR763000600001123456789018", False),
        ("iban", "DE89370400440532013000", True),
        ("iban", "GB29NWBK60161331926819", True),
        ("iban", "FR0000000000000000000000097", False),
        ("cadastre", "000AB0123", True),
        ("cadastre", "1230A0001", True),
        ("cadastre", "000120123", True),
        ("cadastre", "000AB0000", False),
        ("cadastre", "000000123", False),
        ("cadastre", "AB0123", False),
        ("insee-commune", "35238", True),
        ("insee-commune", "2A004", True),
        ("insee-commune", "97411", True),
        ("insee-commune", "20004", True),
        ("insee-commune", "2C004", False),
        ("insee-commune", "3523", False),
        ("hour-minute", "23:59", True),
        ("hour-minute", "24:00", False),
        ("hour-minute", "9:30", False),
        ("partial-date", "1957", True),
        ("partial-date", "1992-11", True),
        ("partial-date", "2024-02-29", True),
        ("partial-date", "2023-02-29", False),
        ("partial-date", "1992-13", False),
        ("partial-date", "0957", False),
        ("partial-date", "1992-1", False),
    ],
)
def test_a_key_is_right_or_not(name: str, compact: str, expected: bool) -> None:
    assert FORMATS[name].holds(compact) is expected


@given(st.integers(1, 10**8 - 1), st.integers(0, 10**4 - 1))
def test_one_wrong_figure_is_always_noticed(company: int, site: int) -> None:
    """The key of Luhn notices every single mistake: of ten last figures, one is right."""
    (siren,) = [f"{company:08}{key}" for key in "0123456789" if FORMATS["siren"].holds(f"{company:08}{key}")]
    assume(siren != "356000000")
    assert sum(FORMATS["siret"].holds(f"{siren}{site:04}{key}") for key in "0123456789") == 1


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("AB 123", "000AB0123"),
        ("ab123", "000AB0123"),
        ("AB-0123", "000AB0123"),
        ("000 AB 123", "000AB0123"),
        ("000AB0123", "000AB0123"),
        ("123 C 4", "1230C0004"),
        ("0C 4", "0000C0004"),
        ("section A n° 12", "0000A0012"),
        ("Parcelle ZB no 7", "000ZB0007"),
        ("AB, 12", "000AB0012"),
        ("N 12", "0000N0012"),
        ("12 123", "000120123"),
        ("000 12 0123", "000120123"),
    ],
)
def test_a_parcel_is_read_as_people_write_it(typed: str, stored: str) -> None:
    assert identifiers.parcel(typed) == stored
    assert FORMATS["cadastre"].holds(stored)


@pytest.mark.parametrize("typed", ["AB", "123", "ABC 12", "AB 12345", "AB 0", "", "1 2 3 4"])
def test_what_is_no_parcel_stays_wrong(typed: str) -> None:
    assert not FORMATS["cadastre"].holds(identifiers.parcel(typed))


@pytest.mark.parametrize(
    ("name", "compact", "shown"),
    [
        ("siren", "123456782", "123 456 782"),
        ("siret", "12345678200002", "123 456 782 00002"),
        ("iban", "FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189"),
        ("cadastre", "000AB0123", "AB 123"),
        ("cadastre", "1230C0004", "123 C 4"),
        ("cadastre", "000120123", "12 123"),
        ("cadastre", "x", "x"),
        ("rna", "W751000001", "W751000001"),
    ],
)
def test_an_identifier_is_grouped_as_on_paper(name: str, compact: str, shown: str) -> None:
    assert identifiers.shown(name, compact) == shown.replace(" ", "\u00a0")
    assert identifiers.read(name, shown) == compact.upper()
