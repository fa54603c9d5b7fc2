"""Runs over answers as rows and pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluation.answers.measures import FALSE_REFUSALS, Working
from evaluation.answers.runs import AnswerOutcome, AnswerRun
from evaluation.report.charts import bar_chart, column_chart, curve_chart
from evaluation.report.pages import MAX_LISTED, Block, Chart, Heading, Page, Paragraph, Table, condition_rows
from evaluation.report.tables import Row, interval_text, share

FIGURE_NAMES = {
    "evidence_sentence_accuracy": "最初の根拠文に正解がある (棄権させない)",
    "evidence_sentence_accuracy_in_gold": "… しかも正解の段落の文",
    "evidence_sentence_accuracy_when_refusing": "… 棄権は誤りとして",
    "gold_in_hits": "正解の段落が検索結果にある",
    "exact_match": "完全一致 (SQuAD 1.1、文字)",
    "char_f1": "文字 F1 (SQuAD 1.1)",
    "citation_recall": "引用の再現率 (ALCE)",
    "citation_precision": "引用の適合率 (ALCE)",
    "false_refusal_rate": "誤った棄権 (答えられる質問)",
    "refusal_rate": "正しい棄権 (答えのない質問)",
    "answerability_auroc": "答えの有無の AUROC",
    "refusal_rate_at_5_percent_false_refusals": "誤った棄権 5 % での正しい棄権",
}
"""What each figure is called in tables; the names of `AnswerRun.figures`."""

_CHARTED = {
    "evidence_sentence_accuracy": "根拠文",
    "gold_in_hits": "検索",
    "exact_match": "完全一致",
    "char_f1": "文字 F1",
    "citation_recall": "引用再現",
    "citation_precision": "引用適合",
    "refusal_rate": "正しい棄権",
}
_WITHHELD = {
    "paragraph": "正解の段落を除く",
    "article": "正解の記事全体を除く",
    "swapped": "質問の一か所を変える",
    "none": "測らない",
}
_BINS = 10


def figure_rows(run: AnswerRun) -> Iterator[Row]:
    """A heading, and a row a figure that was measured: its share and 95 % interval."""
    yield ("指標", "値", "95 %")
    for name, label in FIGURE_NAMES.items():
        value, found = run.figures[name], run.intervals.get(name)
        if value is not None:
            yield (label, share(value), interval_text(found.low, found.high) if found else "")


def working_rows(
    curve: Sequence[Working], at: Sequence[float] = (0.01, 0.02, 0.05, 0.1, 0.2)
) -> Iterator[Row]:
    """A heading, and the highest threshold that refuses no more of the answerable than each of ``at``."""
    yield ("誤った棄権", "しきい値", "誤った回答")
    for allowed in at:
        best = [one for one in curve if one.false_refusals <= allowed]
        if best:
            yield (f"≤ {allowed:.0%}", f"{best[-1].threshold:.3f}", f"{best[-1].false_answers:.1%}")


def answers_heading(run: AnswerRun) -> str:
    """One line: the set, how much was asked, of what, and by whom it was answered."""
    facts = run.circumstances
    return (
        f"{facts.dataset} ({facts.part}): {len(run.outcomes):,} 問、{facts.num_documents:,} 文書 "
        f"{facts.num_chunks:,} 断片、{run.answerer}。答えのない質問: {_WITHHELD[run.withheld]}"
    )


def answers_page(run: AnswerRun) -> Page:
    """Figures and charts of one run, what was answered wrongly, and what the run was made with."""
    return Page(f"回答の評価: {run.circumstances.dataset}", tuple(_blocks(run)))


def _blocks(run: AnswerRun) -> Iterator[Block]:
    yield Paragraph(f"{answers_heading(run)}。引用の判定: {run.judge}。{run.circumstances.began}")
    yield from map(Paragraph, run.notes)
    yield Table(tuple(figure_rows(run)))
    yield from _charts(run)
    if run.curve:
        yield Heading("棄権のしきい値")
        yield Table(tuple(working_rows(run.curve)))
    wrong = [one for one in run.outcomes if not one.holds_answer]
    yield from _questions(f"最初の根拠文に正解がない質問: {len(wrong)}", wrong)
    answered = [one for one in run.outcomes if one.without and not one.without.refused]
    yield from _questions(f"正解を除いても答えた質問: {len(answered)}", answered, withheld=True)
    yield Heading("条件")
    yield Table((("項目", "値"), *condition_rows(run.circumstances)), numbers=False)


def _charts(run: AnswerRun) -> Iterator[Block]:
    means = [
        (label, value, run.intervals[name].low, run.intervals[name].high)
        for name, label in _CHARTED.items()
        if (value := run.figures[name]) is not None
    ]
    yield Chart(bar_chart(means, title="指標と 95 % 信頼区間"))
    if run.curve:
        points = [(one.false_refusals, one.false_answers) for one in run.curve]
        title = "誤った棄権 (横) と誤った回答 (縦)"
        yield Chart(curve_chart({"score": points}, title=title, mark=FALSE_REFUSALS))
        yield Chart(column_chart(_histogram(run.answerable_scores), title="点数の分布: 答えのある質問"))
        yield Chart(column_chart(_histogram(run.unanswerable_scores), title="点数の分布: 答えのない質問"))


def _histogram(scores: Sequence[float]) -> dict[str, int]:
    """How many scores lie in each tenth: ``.0``, ``.1``, …"""
    bins = [min(_BINS - 1, int(score * _BINS)) for score in scores]
    return {f".{number}": bins.count(number) for number in range(_BINS)}


def _questions(title: str, outcomes: Sequence[AnswerOutcome], *, withheld: bool = False) -> Iterator[Block]:
    yield Heading(title)
    if len(outcomes) > MAX_LISTED:
        yield Paragraph(f"初めの {MAX_LISTED} 問です。すべては questions.jsonl にあります。")
    rows = [_question_row(one, withheld=withheld) for one in outcomes[:MAX_LISTED]]
    if rows:
        yield Table((("id", "質問", "正解", "引用した文", "点数"), *rows), numbers=False)


def _question_row(one: AnswerOutcome, *, withheld: bool) -> Row:
    cited = one.without.cited if withheld and one.without else one.cited
    score = one.without.confidence if withheld and one.without else one.confidence
    return (one.id, one.text, " / ".join(one.answers), cited, f"{score:.2f}")
