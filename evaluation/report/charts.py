"""Small charts as inline SVG, drawn from numbers alone: no script, no font, nothing fetched.

Colours come from the page (``currentColor`` and the classes ``s0``…``s4``), so that light and dark both work;
every line also has its own dashes and label, for eyes that do not tell the colours apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from evaluation.report.tables import share

WIDTH, HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 108, 14, 34
_INNER_WIDTH, _INNER_HEIGHT = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
_LABEL_GAP = 13
_ROUND = 0.05
_STEPS = 5


def line_chart(series: Mapping[str, Sequence[float]], *, title: str) -> str:
    """Shares in [0, 1] over ranks from 1; the axis begins below the smallest value, and says so."""
    values = [value for line in series.values() for value in line]
    floor = max(0.0, int(min(values, default=0.0) / _ROUND) * _ROUND)
    length = max(map(len, series.values()), default=1)
    parts = [_axis(floor), *_ranks(length)]
    labels = []
    for number, (name, line) in enumerate(series.items()):
        points = [(_x(place, length), _y(value, floor)) for place, value in enumerate(line)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="s{number}" points="{path}"/>')
        labels.append((points[-1][1], number, name))
    return _svg(title, [*parts, *_labels(labels)])


def curve_chart(
    series: Mapping[str, Sequence[tuple[float, float]]], *, title: str, mark: float | None = None
) -> str:
    """Points of two shares, both axes from 0 to 1; ``mark`` is a dashed line at that share of the first."""
    parts = [_axis(0.0)]
    for part in range(_STEPS + 1):
        value = part / _STEPS
        x = _LEFT + value * _INNER_WIDTH
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{share(value)}</text>')
    if mark is not None:
        x = _LEFT + mark * _INNER_WIDTH
        parts.append(
            f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_TOP + _INNER_HEIGHT}"/>'
        )
    labels = []
    for number, (name, points) in enumerate(series.items()):
        drawn = [(_LEFT + x * _INNER_WIDTH, _y(y, 0.0)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        parts.append(f'<polyline class="s{number}" points="{path}"/>')
        labels.append((drawn[-1][1], number, name))
    return _svg(title, [*parts, *_labels(labels)])


def bar_chart(rows: Sequence[tuple[str, float, float, float]], *, title: str) -> str:
    """Horizontal bars of shares with their intervals: (label, value, low, high)."""
    step = 30
    height = len(rows) * step + 8
    parts = []
    for number, (name, value, low, high) in enumerate(rows):
        middle = number * step + step / 2
        width = value * _INNER_WIDTH
        parts += [
            f'<text x="{_LEFT + 30}" y="{middle + 4:.0f}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="bar" x="{_LEFT + 36}" y="{middle - 8:.0f}" width="{width:.1f}" height="16"/>',
            f'<line class="whisker" x1="{_LEFT + 36 + low * _INNER_WIDTH:.1f}" '
            f'x2="{_LEFT + 36 + high * _INNER_WIDTH:.1f}" y1="{middle:.1f}" y2="{middle:.1f}"/>',
            f'<text x="{_LEFT + 44 + high * _INNER_WIDTH:.1f}" y="{middle + 4:.0f}">{share(value)}</text>',
        ]
    return _svg(title, parts, height)


def column_chart(columns: Mapping[str, int], *, title: str) -> str:
    """Counts as columns, each with its number above."""
    largest = max(columns.values(), default=0) or 1
    step = (WIDTH - _LEFT) / max(1, len(columns))
    parts = []
    for place, (name, count) in enumerate(columns.items()):
        x, height = _LEFT / 2 + place * step, count / largest * (_INNER_HEIGHT - 16)
        top = _TOP + _INNER_HEIGHT - height
        middle = x + step / 2
        parts += [
            f'<rect class="bar" x="{x + 3:.1f}" y="{top:.1f}" width="{step - 6:.1f}" height="{height:.1f}"/>',
            f'<text x="{middle:.1f}" y="{top - 4:.1f}" text-anchor="middle">{count}</text>',
            f'<text x="{middle:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{escape(name)}</text>',
        ]
    return _svg(title, parts)


def as_file(chart: str, style: str) -> str:
    """A chart of this module as an SVG file of its own, with the style sheet that it needs."""
    drawing = chart[chart.index("<svg") : chart.index("</svg>")]
    head, _, rest = drawing.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{style}</style>{rest}</svg>\n'


def _svg(title: str, parts: Sequence[str], height: int = HEIGHT) -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
    return f"<figure><figcaption>{escape(title)}</figcaption>{head}{''.join(parts)}</svg></figure>"


def _x(place: int, length: int) -> float:
    return _LEFT + place * _INNER_WIDTH / max(1, length - 1)


def _y(value: float, floor: float) -> float:
    return _TOP + _INNER_HEIGHT * (1 - (value - floor) / (1 - floor))


def _axis(floor: float) -> str:
    lines = []
    for part in range(_STEPS + 1):
        value = floor + part * (1 - floor) / _STEPS
        y = _y(value, floor)
        lines.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + _INNER_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share(value)}</text>'
        )
    return "".join(lines)


def _ranks(length: int) -> list[str]:
    return [
        f'<text x="{_x(place, length):.1f}" y="{HEIGHT - 14}" text-anchor="middle">{place + 1}</text>'
        for place in range(length)
    ]


def _labels(labels: Sequence[tuple[float, int, str]]) -> list[str]:
    """At the end of each line, pushed apart where lines end together."""
    drawn, lowest = [], 0.0
    for y, number, name in sorted(labels):
        lowest = max(y + 4, lowest + _LABEL_GAP)
        x = _LEFT + _INNER_WIDTH + 8
        drawn.append(f'<text class="t{number}" x="{x}" y="{lowest:.1f}">{escape(name)}</text>')
    return drawn
