"""Spans and stocks: what is left at the fullest instant, what a hall and its parts do to each other, other weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.bookings import availability, queries, wanted, words
from grc.bookings.availability import Taken
from grc.bookings.queries import Thing
from grc.bookings.wanted import Span, Wanted
from grc.catalogue.definition import When

PARIS = "Europe/Paris"
EPOCH = datetime(2027, 1, 1, tzinfo=UTC)


def hours(start: int, end: int) -> Span:
    return Span(EPOCH + timedelta(hours=start), EPOCH + timedelta(hours=end))


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], 10),
        ([(8, 12, 4)], 6),
        ([(0, 10, 4), (14, 30, 4)], 10),  # they end and start at the very limits
        ([(8, 11, 4), (11, 16, 5)], 5),  # one after the other: never together
        ([(8, 12, 4), (11, 16, 5)], 1),
        ([(0, 24, 12)], 0),
    ],
)
def test_what_is_left_is_what_the_fullest_instant_leaves(taken: list[tuple[int, int, int]], left: int) -> None:
    made = [Taken(hours(start, end), quantity) for start, end, quantity in taken]
    assert availability.left(hours(10, 14), made, 10) == left


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10), st.integers(1, 4)), max_size=8), st.integers(0, 30))
def test_the_same_as_counting_every_hour(taken: list[tuple[int, int, int]], start: int) -> None:
    made = [Taken(hours(at, at + long), quantity) for at, long, quantity in taken]
    by_hour = [sum(q for at, long, q in taken if at <= hour < at + long) for hour in range(start, start + 5)]
    assert availability.most_taken(hours(start, start + 5), made, 99) == max(by_hour)


def test_a_part_that_is_taken_takes_the_whole_and_an_option_hinders_options_only() -> None:
    hall = Thing("hall", "Halle", 1, is_open=True, apart=frozenset({"stage"}))
    taken = {"stage": [Taken(hours(8, 12), 1, is_firm=False)]}
    assert availability.left(hours(8, 9), queries.against(hall, taken, firm_only=False), 1) == 0
    assert availability.left(hours(8, 9), queries.against(hall, taken, firm_only=True), 1) == 1


@pytest.mark.parametrize(("taken", "wanted_on"), [((2027, 3, 27), (2027, 3, 29)), ((2027, 10, 29), (2027, 10, 31))])
def test_a_margin_is_of_days_of_the_zone_over_a_change_of_the_clocks(
    taken: tuple[int, int, int], wanted_on: tuple[int, int, int]
) -> None:
    before, after = (wanted.whole_days(date(*day), date(*day), PARIS) for day in (taken, wanted_on))
    between = wanted.hours(date(*wanted_on) - timedelta(days=1), time(), time(0, 30), PARIS)
    for near, other in ((after, before), (before, after)):
        assert not availability.widened(near, 1, PARIS).meets(other)
        assert availability.widened(near, 1, PARIS).meets(between)
        assert availability.widened(near, 2, PARIS).meets(other)


def test_whole_days_are_those_of_the_commune_over_a_change_of_the_clocks() -> None:
    span = wanted.whole_days(date(2027, 3, 27), date(2027, 3, 28), PARIS)
    assert span.ends_at - span.starts_at == timedelta(hours=47)
    assert words.when(span, PARIS).replace("\u00a0", " ") == "du 27 mars 2027 au 28 mars 2027"
    later = span.later(7, PARIS)
    assert words.when(later, PARIS).replace("\u00a0", " ") == "du 3 avril 2027 au 4 avril 2027"
    assert not wanted.whole_days(date(2027, 3, 29), date(2027, 3, 29), PARIS).meets(span)


def test_other_weeks_are_those_that_are_free() -> None:
    span = wanted.whole_days(date(2027, 4, 10), date(2027, 4, 10), PARIS)
    taken = [Taken(span.later(7 * week, PARIS), 1) for week in (0, 1, 3)]
    assert availability.other_weeks(span, taken, 1, 1, PARIS) == [2, 4]


def test_the_sentence_says_why_and_what_else() -> None:
    span = wanted.hours(date(2027, 4, 10), time(14), time(18, 30), PARIS)
    one = Wanted("room", "rooms", "foyer", "Foyer", 1, span)
    told = words.taken(one, 0, PARIS, others=["Salle du Verger"], days=[span.later(7, PARIS)]).replace("\u00a0", " ")
    assert told == (
        "« Foyer » n’est pas libre le 10 avril 2027 de 14 h à 18 h 30. "
        "Libre le 17 avril 2027 de 14 h à 18 h 30. Vous pouvez choisir : « Salle du Verger »."
    )
    tables = Wanted(
        "items", "equipment", "table", "Table", 30, wanted.whole_days(date(2027, 4, 10), date(2027, 4, 10), PARIS)
    )
    assert words.taken(tables, 12, PARIS, others=[], days=[]).replace("\u00a0", " ") == (
        "« Table » : il n’en reste que 12 le 10 avril 2027. Choisissez autre chose, ou téléphonez au service."
    )
    place = Wanted("period", "periods", "easter", "Vacances de printemps", 1, Span(*wanted.ALWAYS))
    assert words.full(place, 0, []).replace("\u00a0", " ") == (
        "« Vacances de printemps » est complet. Choisissez autre chose, ou téléphonez au service."
    )


def test_each_place_counts_whenever_it_was_taken() -> None:
    """An agent moved the hour of a slot after it was taken: it is still taken."""
    before = wanted.hours(date(2027, 4, 10), time(9), time(10), PARIS)
    taken = [Taken(before, 1), Taken(before.later(1, PARIS), 1)]
    assert availability.never_taken(taken, 3) == 1
    assert availability.never_taken(taken, 1) == 0


SLOT = When("day", "", "start", "end")


@pytest.mark.parametrize(
    ("when", "item", "told"),
    [
        (SLOT, {"day": "2027-03-28", "start": "14:00", "end": "14:30"}, "le 28 mars 2027 de 14 h à 14 h 30"),
        (SLOT, {"day": "2027-03-28"}, None),
        (SLOT, {"day": "2027-03-28", "start": "14:00"}, None),
        (SLOT, {"day": "2027-03-28", "start": "14:00", "end": "09:00"}, None),
        (SLOT, {"day": "jeudi 3", "start": "14:00", "end": "14:30"}, None),
        (SLOT, {"day": "2027-03-28", "start": "vers 14 h", "end": "14:30"}, None),
        (SLOT, {"day": 20270328, "start": "14:00", "end": "14:30"}, None),
        (SLOT, {"start": "14:00", "end": "14:30"}, None),
        (When("a", "b"), {"a": "2027-02-15", "b": "2027-02-19"}, "du 15 février 2027 au 19 février 2027"),
        (When("a", "b"), {"a": "2027-02-15", "b": "2027-02-14"}, None),
        (When("a", "b"), {"a": "2027-02-15"}, "le 15 février 2027"),
        (When("a"), {"a": "9999-12-31"}, None),
    ],
)
def test_an_item_says_itself_when_it_is(when: When, item: dict[str, str], told: str | None) -> None:
    span = wanted.of_item(when, item, PARIS)
    assert (None if span is None else words.when(span, PARIS).replace("\u00a0", " ")) == told
