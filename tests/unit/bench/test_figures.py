"""The bench's arithmetic: percentiles, medians, ratios of rounds, tables."""

from __future__ import annotations

import pytest

from grc.bench.figures import Round, a_round, median_ratio, median_round, number, percentile, table


def rate(per_second: float) -> Round:
    return Round(per_second, 1.0, 2.0, 0.5)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.01, 1), (0.5, 50), (0.95, 95), (0.951, 96), (0.99, 99), (1.0, 100)]
)
def test_a_percentile_is_a_value_that_occurred(share: float, expected: int) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], share) == expected


def test_the_percentile_of_one_value_is_that_value() -> None:
    assert [percentile([7.0], share) for share in (0.0, 0.5, 1.0)] == [7.0, 7.0, 7.0]


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no value"):
        percentile([], 0.5)


def test_a_round_counts_its_answers() -> None:
    measured = a_round([1.0, 2.0, 3.0, 10.0], seconds=2.0, cpu_seconds=0.008)
    assert measured == Round(per_second=2.0, p50=2.0, p95=10.0, cpu_ms=2.0)


def test_the_median_is_taken_figure_by_figure() -> None:
    rounds = [Round(10, 1, 30, 5), Round(30, 3, 10, 6), Round(20, 2, 20, 100)]
    assert median_round(rounds) == Round(20, 2, 20, 6)


def test_ratios_compare_rounds_of_the_same_minute() -> None:
    """The machine slows down between rounds: each ratio holds within its own round."""
    assert median_ratio([rate(10), rate(5), rate(2)], [rate(100), rate(50), rate(10)]) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="zip"):
        median_ratio([rate(1)], [rate(1), rate(2)])


@pytest.mark.parametrize(
    ("value", "written"), [(1234.5, "1234"), (99.94, "99.9"), (10.0, "10.0"), (9.876, "9.88"), (0.0804, "0.080")]
)
def test_a_figure_shows_three_digits_that_mean_something(value: float, written: str) -> None:
    assert number(value) == written


def test_a_table_is_markdown_with_aligned_columns() -> None:
    shown = table("Speed", ["", "requests/s"], [["bare", 10416.2], ["whole", 812.0]])
    assert shown.splitlines() == [
        "### Speed",
        "",
        "|       | requests/s |",
        "|-------|------------|",
        "| bare  | 10416      |",
        "| whole | 812        |",
    ]
