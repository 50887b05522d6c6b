"""Bars by month, placed on the server: two series side by side, a scale of round numbers."""

from __future__ import annotations

from collections.abc import Sequence

from grc.web.syndicate.views import Bar, Drawing, MonthLabel

_LEFT, _TOP, _FOOT, _TALL = 48, 12, 28, 180
_BAR, _GAP, _BETWEEN = 18, 2, 20
_LINES = 4


def drawing(months: Sequence[tuple[str, int, int]]) -> Drawing:
    """The bars of (label, received, decided), in the order of time."""
    top = ceiling(max([1, *(number for _, *pair in months for number in pair)]))
    step = 2 * _BAR + _GAP + _BETWEEN
    bars, labels = [], []
    for at, (label, *pair) in enumerate(months):
        x = _LEFT + _BETWEEN // 2 + at * step
        labels.append(MonthLabel(x + _BAR, label))
        for number, (series, value) in enumerate(zip(("received", "decided"), pair, strict=True)):
            height = round(_TALL * value / top)
            bars.append(Bar(x + number * (_BAR + _GAP), _TOP + _TALL - height, height, series))
    grid = [(_TOP + _TALL - round(_TALL * line / _LINES), top * line // _LINES) for line in range(_LINES + 1)]
    return Drawing(_LEFT + step * len(months), _TOP + _TALL + _FOOT, _BAR, bars, labels, grid)


def ceiling(most: int) -> int:
    """A round number not under `most`, which four lines share without a remainder."""
    scale = 4
    while True:
        for factor in (1, 2, 5):
            if scale * factor >= most:
                return scale * factor
        scale *= 10
