"""French typography and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.receipts import wording

EVENING = datetime(2026, 3, 16, 17, 42, tzinfo=UTC)


def test_dates_are_written_in_full_with_no_break_spaces() -> None:
    assert wording.long_date(date(2026, 3, 16)) == "lundi 16\u00a0mars\u00a02026"
    assert wording.short_date(date(2026, 8, 1)) == "1er\u00a0août\u00a02026"


@pytest.mark.parametrize(
    ("instant", "zone", "written"),
    [
        (EVENING, "Europe/Paris", "lundi 16 mars 2026 à 18 h 42 (heure de Paris)"),
        (EVENING, "America/Guadeloupe", "lundi 16 mars 2026 à 13 h 42 (heure de la Guadeloupe)"),
        (
            datetime(2026, 11, 30, 23, 30, tzinfo=UTC),
            "Europe/Paris",
            "mardi 1er décembre 2026 à 0 h 30 (heure de Paris)",
        ),
        (EVENING, "Asia/Kolkata", "lundi 16 mars 2026 à 23 h 12 (UTC+5:30)"),
        (EVENING, "Pacific/Marquesas", "lundi 16 mars 2026 à 8 h 12 (UTC-9:30)"),
        (EVENING, "UTC", "lundi 16 mars 2026 à 17 h 42 (UTC+0)"),
    ],
)
def test_an_instant_is_told_in_the_hour_of_the_zone_which_is_named(instant: datetime, zone: str, written: str) -> None:
    assert wording.moment_with_zone(instant, zone).replace("\u00a0", " ") == written


def test_hours_are_told_with_their_end_where_it_is_known() -> None:
    end = EVENING + timedelta(minutes=30)
    assert wording.hours(EVENING, None, "Europe/Paris").replace("\u00a0", " ") == "à 18 h 42"
    assert wording.hours(EVENING, end, "Europe/Paris").replace("\u00a0", " ") == "de 18 h 42 à 19 h 12"


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        wording.hour(datetime(2026, 3, 16, 17, 42), "Europe/Paris")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("elle est refusée : c'est", "elle est refusée\u00a0: c’est"),
        ("Pourquoi ?", "Pourquoi\u202f?"),
        ("une ; deux", "une\u202f; deux"),
        ("le service « État civil »", "le service «\u00a0État civil\u00a0»"),
        ("à 18 h 42", "à 18\u00a0h\u00a042"),
        ("n° 362568", "n°\u00a0362568"),
        ("CJA art. R421-1", "CJA art.\u00a0R421-1"),
        ("le 1er avril 2026 et le 3 mai", "le 1er\u00a0avril\u00a02026 et le 3\u00a0mai"),
        ("plus de 10 Mo", "plus de 10\u00a0Mo"),
        ("https://tilleul.example/a?b", "https://tilleul.example/a?b"),
    ],
)
def test_our_sentences_get_their_spaces(typed: str, set_: str) -> None:
    assert wording.typeset(typed) == set_
    assert wording.typeset(set_) == set_


@pytest.mark.parametrize(("count", "months", "days"), [(1, "un mois", "un jour"), (2, "deux mois", "deux jours"),
                                                       (15, "15 mois", "15 jours")])  # fmt: skip
def test_delays_are_written_in_words_up_to_ten(count: int, months: str, days: str) -> None:
    assert wording.months(count).replace("\u00a0", " ") == months
    assert wording.days(count).replace("\u00a0", " ") == days


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CRPA art. L231-4", "code des relations entre le public et l’administration, article L231-4"),
        ("CJA art. R421-1 et R421-2", "code de justice administrative, articles R421-1 et R421-2"),
        ("décret 2017-890, article 30", "décret 2017-890, article 30"),
        ("Code général des impôts, art. 1 à 3", "Code général des impôts, articles 1 à 3"),
        ("décret 2017-890, art. 30", "décret 2017-890, article 30"),
        ("CRPA L411-2", "code des relations entre le public et l’administration, article L411-2"),
    ],
)
def test_a_source_is_spelled_out(text: str, shown: str) -> None:
    assert wording.source(text).replace("\u00a0", " ") == shown


def test_what_could_hide_or_break_a_line_is_taken_out_and_the_rest_stays() -> None:
    assert wording.plain("Nadia\r\nBcc: x@y.example\x00\u202e *gras* #panic() <b>é</b>") == (
        "Nadia Bcc: x@y.example *gras* #panic() <b>é</b>"
    )
    assert wording.paragraphs("un\r\n\r\ndeux\u2028trois\r") == ("un", "deux", "trois")
    assert wording.quoted("mot") == "«\u00a0mot\u00a0»"


@given(st.text())
def test_plain_text_is_one_line_and_stays_itself_when_cleaned_again(text: str) -> None:
    shown = wording.plain(text)
    assert len(shown.splitlines()) <= 1
    assert wording.plain(shown) == shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Service de l’état civil", "Le service de l’état civil"),
        ("Secrétariat de la mairie", "Le service «\u00a0Secrétariat de la mairie\u00a0»"),
        ("Services techniques", "Le service «\u00a0Services techniques\u00a0»"),
    ],
)
def test_a_department_begins_a_sentence(name: str, said: str) -> None:
    assert wording.the_service(name) == said
