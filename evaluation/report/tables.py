"""Figures as rows of text, shared by the terminal, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluation.comparison import Comparison
from evaluation.grid import Cell
from evaluation.metrics import METRICS
from evaluation.runs import Run

METRIC_NAMES = {
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
}

Row = Sequence[str]


def share(value: float) -> str:
    """Three digits without the zero, as tables of retrieval print them: ``.925``."""
    text = f"{value:.3f}"
    return text.removeprefix("0") if value >= 0 else "-" + text.removeprefix("-0")


def signed(value: float) -> str:
    """``+.012``, ``-.003``."""
    return share(value) if value < 0 else f"+{share(value)}"


def p_value(value: float) -> str:
    """``p = .021``, ``p < .001``."""
    return "p < .001" if value < 0.001 else f"p = {share(value)}"  # noqa: PLR2004


def leg_rows(run: Run) -> Iterator[Row]:
    """One row a leg: metrics, the interval of two of them, times."""
    yield ("leg", *METRIC_NAMES.values(), "R@1 95 %", "MRR@10 95 %", "ms", "p50", "p95")
    for name, figures in run.legs.items():
        yield (
            name,
            *(share(figures.values[metric]) for metric in METRICS),
            *(
                interval_text(figures.intervals[metric].low, figures.intervals[metric].high)
                for metric in ("recall@1", "mrr@10")
            ),
            *(f"{value:.1f}" for value in (figures.ms_mean, figures.ms_p50, figures.ms_p95)),
        )


def interval_text(low: float, high: float) -> str:
    """``.912–.938``."""
    return f"{share(low)}–{share(high)}"


def difference_rows(comparison: Comparison) -> Iterator[Row]:
    """One row a metric: before, after, difference with interval and p-value."""
    yield ("metric", "before", "after", "difference", "95 %", "permutation test")
    for metric, found in comparison.differences.items():
        yield (
            METRIC_NAMES[metric],
            share(found.before),
            share(found.after),
            signed(found.delta),
            f"{signed(found.interval.low)} … {signed(found.interval.high)}",
            p_value(found.p_value),
        )


def grid_rows(cells: Sequence[Cell]) -> Iterator[Row]:
    """One row a combination, in the order in which they were measured."""
    yield ("embedder", "chars", "mode", "chunks", *METRIC_NAMES.values(), "ms", "build s")
    for cell in cells:
        yield (
            cell.embedder,
            str(cell.max_chunk_chars),
            cell.mode,
            f"{cell.num_chunks:,}",
            *(share(cell.figures.values[metric]) for metric in METRICS),
            f"{cell.figures.ms_mean:.1f}",
            f"{cell.build_seconds:.1f}",
        )
