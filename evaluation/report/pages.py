"""What a report says, as blocks; `markdown` and `html` say how it looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evaluation.comparison import Change, Comparison, changed_settings
from evaluation.metrics import DEPTH, recall_at
from evaluation.report.charts import bar_chart, column_chart, line_chart
from evaluation.report.tables import METRIC_NAMES, Row, difference_rows, leg_rows, p_value
from evaluation.runs import Circumstances, QuestionOutcome, Run
from evaluation.significance import mean

MAX_LISTED = 50
_NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a part of the page."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; the first is the heading, and from the second column on they are numbers."""

    rows: tuple[Row, ...]
    numbers: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture for pages that can show one."""

    svg: str


Block = Heading | Paragraph | Table | Chart


@dataclass(frozen=True, slots=True)
class Page:
    """A title and what follows."""

    title: str
    blocks: tuple[Block, ...]


def run_page(run: Run, leg: str = "final") -> Page:
    """Figures and charts of one run, what ``leg`` did not find, and what the run was made with."""
    return Page(f"検索の評価: {run.circumstances.dataset}", tuple(_run_blocks(run, leg)))


def comparison_page(comparison: Comparison, before: Run, after: Run) -> Page:
    """Differences of two runs, the questions won and lost, and what was changed."""
    title = f"検索の比較: {comparison.before} → {comparison.after}"
    return Page(title, tuple(_comparison_blocks(comparison, before, after)))


def _run_blocks(run: Run, leg: str) -> Iterator[Block]:
    facts = run.circumstances
    yield Paragraph(
        f"{len(run.outcomes):,} 問 ({facts.part})、{facts.num_documents:,} 文書 {facts.num_chunks:,} 断片 "
        f"({facts.corpus})。{facts.began}"
    )
    yield from map(Paragraph, run.notes)
    yield Table(tuple(leg_rows(run)))
    intervals = [
        (name, figures.values["mrr@10"], figures.intervals["mrr@10"].low, figures.intervals["mrr@10"].high)
        for name, figures in run.legs.items()
    ]
    yield Chart(bar_chart(intervals, title="MRR@10 と 95 % 信頼区間"))
    curves = {name: recall_curve(run.outcomes, name) for name in run.legs}
    yield Chart(line_chart(_without_doubles(curves), title="順位までの再現率 (R@k)"))
    chosen = leg if leg in run.legs else next(iter(run.legs))
    yield Chart(column_chart(rank_counts(run.outcomes, chosen), title=f"最初の正解の順位 ({chosen})"))
    yield from _not_found(run, chosen)
    yield Heading("条件")
    yield Table((("項目", "値"), *condition_rows(run.circumstances)), numbers=False)


def recall_curve(outcomes: Sequence[QuestionOutcome], leg: str) -> list[float]:
    """Recall at 1, 2, …, 10."""
    return [
        mean([recall_at(outcome.legs[leg].gains, outcome.ideal, depth) for outcome in outcomes])
        for depth in range(1, DEPTH + 1)
    ]


def _without_doubles(curves: Mapping[str, Sequence[float]]) -> dict[str, Sequence[float]]:
    """Legs that end equal in every place are one line: ``fused = final``."""
    names: dict[tuple[float, ...], list[str]] = {}
    for name, curve in curves.items():
        names.setdefault(tuple(curve), []).append(name)
    return {" = ".join((same[0], same[-1])[: len(same)]): curve for curve, same in names.items()}


_RANKS = (("1", 1), ("2", 2), ("3", 3), ("4–5", 5), ("6–10", 10))


def rank_counts(outcomes: Sequence[QuestionOutcome], leg: str) -> dict[str, int]:
    """How many questions have their first gold at which rank; the rest were not found."""
    ranks = [outcome.legs[leg].rank or DEPTH + 1 for outcome in outcomes]
    counts, above = {}, 0
    for name, last in _RANKS:
        counts[name] = sum(above < rank <= last for rank in ranks)
        above = last
    return {**counts, "なし": sum(rank > above for rank in ranks)}


def _not_found(run: Run, leg: str) -> Iterator[Block]:
    lost = [outcome for outcome in run.outcomes if outcome.legs[leg].rank is None]
    yield Heading(f"10 位までに見つからなかった質問: {len(lost)} ({leg})")
    if len(lost) > MAX_LISTED:
        yield Paragraph(f"初めの {MAX_LISTED} 問です。すべては questions.jsonl にあります。")
    if lost:
        rows = [
            (one.id, one.text, *(rank_text(one.legs[name].rank) for name in run.legs), _first(one, leg))
            for one in lost[:MAX_LISTED]
        ]
        yield Table((("id", "質問", *run.legs, "1 位"), *rows), numbers=False)


def rank_text(rank: int | None) -> str:
    """The rank, or a dash."""
    return str(rank) if rank else _NOTHING


def _first(outcome: QuestionOutcome, leg: str) -> str:
    return next(iter(outcome.legs[leg].units), _NOTHING)


def condition_rows(facts: Circumstances) -> Iterator[Row]:
    """What a run was made with, a row a thing: hashes, versions, settings."""
    yield ("質問集", f"{facts.dataset} sha256 {facts.dataset_sha256}")
    yield ("検索対象", f"{facts.corpus} sha256 {facts.corpus_sha256}")
    yield ("版", f"swallow-rag {facts.version}, code {facts.code}")
    for stage, values in {**facts.settings, "index": facts.identity}.items():
        yield (stage, ", ".join(f"{name}={value}" for name, value in values.items()))


def _comparison_blocks(comparison: Comparison, before: Run, after: Run) -> Iterator[Block]:
    won, lost = len(comparison.won), len(comparison.lost)
    same = comparison.num_questions - won - lost
    yield Paragraph(
        f"{comparison.num_questions:,} 問、{comparison.leg}。良くなった {won} 問、悪くなった {lost} 問、"
        f"変わらない {same} 問 (符号検定 {p_value(comparison.sign_p_value)})。"
    )
    yield from map(Paragraph, comparison.notes)
    yield Table(tuple(difference_rows(comparison)))
    curves = {
        comparison.before: recall_curve(before.outcomes, comparison.leg),
        comparison.after: recall_curve(after.outcomes, comparison.leg),
    }
    yield Chart(line_chart(_without_doubles(curves), title="順位までの再現率 (R@k)"))
    counts = {"良くなった": won, "変わらない": same, "悪くなった": lost}
    yield Chart(column_chart(counts, title=f"質問の数 ({METRIC_NAMES['mrr@10']})"))
    yield from _changes("良くなった質問", comparison.won)
    yield from _changes("悪くなった質問", comparison.lost)
    yield Heading("変わった設定")
    changed = changed_settings(before, after)
    rows = [(name, str(old), str(new)) for name, (old, new) in changed.items()]
    yield Table((("設定", "前", "後"), *rows), numbers=False) if rows else Paragraph("ありません。")


def _changes(title: str, changes: Sequence[Change]) -> Iterator[Block]:
    yield Heading(f"{title}: {len(changes)}")
    if changes:
        rows = [
            (one.id, one.text, rank_text(one.before), rank_text(one.after)) for one in changes[:MAX_LISTED]
        ]
        yield Table((("id", "質問", "前", "後"), *rows), numbers=False)
