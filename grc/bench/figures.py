"""The arithmetic of the bench: percentiles, medians of rounds, ratios, and tables as text."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Round:
    """One measured run. cpu_ms: of the server's processes, for each request. Latencies in milliseconds."""

    per_second: float
    p50: float
    p95: float
    cpu_ms: float


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of the values do not exceed; raises ValueError for none."""
    if not values:
        raise ValueError("no value")
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def a_round(latencies: Sequence[float], *, seconds: float, cpu_seconds: float) -> Round:
    """The figures of a run of as many requests as there are latencies."""
    count = len(latencies)
    return Round(
        per_second=count / seconds,
        p50=percentile(latencies, 0.5),
        p95=percentile(latencies, 0.95),
        cpu_ms=cpu_seconds * 1000 / count,
    )


def median_round(rounds: Sequence[Round]) -> Round:
    """The median of each figure."""
    return Round(
        per_second=statistics.median(each.per_second for each in rounds),
        p50=statistics.median(each.p50 for each in rounds),
        p95=statistics.median(each.p95 for each in rounds),
        cpu_ms=statistics.median(each.cpu_ms for each in rounds),
    )


def median_ratio(over: Sequence[Round], under: Sequence[Round]) -> float:
    """The median, round by round, of the ratios of throughput: both halves were measured in the same minute."""
    return statistics.median(a.per_second / b.per_second for a, b in zip(over, under, strict=True))


def number(value: float) -> str:
    """A figure with three digits that mean something: 1234, 56.7, 8.90, 0.123."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str | float]]) -> str:
    """A Markdown table with aligned columns, under its title."""
    texts = [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in rows]
    widths = [max(len(line[at]) for line in [list(heads), *texts]) for at in range(len(heads))]
    lines = [_line(heads, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return "\n".join([f"### {title}", "", *lines, *(_line(row, widths) for row in texts), ""])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
