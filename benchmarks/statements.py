"""The evidence check on statements made from shared question sets, on hand-worded ones, and on JNLI.

    python benchmarks/statements.py ../shared/data

Prints tables; docs/evaluation.md holds the figures. The made set has at least 600 changed statements: another
number, date or name for the answer of a question, and sentences turned round.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluation.datasets.squad import load_squad
from evaluation.statements.figures import StatementReport, judge_pairs
from evaluation.statements.made import judge_made, sample_made
from evaluation.statements.pairs import judge_labelled, load_pairs
from evaluation.statements.sets import load_statements, read_sentences, statements_file
from rag.answering.evidence import EvidenceChecker
from rag.text.analyzer import load_analyzer
from ui.cli.render import table


def main() -> None:
    """Judge everything and print it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("--each", type=int, default=150, help="made statements a kind of change")
    options = arguments.parse_args()
    analyzer = load_analyzer()
    checker = EvidenceChecker(analyzer)
    for half in ("tuning", "reported"):
        pairs = [pair for pair in load_statements(statements_file()) if pair.half == half]
        read, num_unread = read_sentences(pairs, options.shared)
        show(StatementReport(f"worded by hand, {half}", tuple(judge_pairs(read, checker)), num_unread))
    passages = load_squad(options.shared / "jaquad" / "train.json.gz")
    made = sample_made(passages, analyzer, "reported", options.each)
    show(StatementReport("made from JaQuAD, reported", tuple(judge_made(made, checker, analyzer))))
    report = judge_labelled(*load_pairs(options.shared / "jnli" / "valid-v1.3.jsonl.gz"), checker)
    print(f"\n{report.name}: precision of contradicted by number or negation {report.precision:.3f}")
    print("\n".join(table(list(report.rows()), right=frozenset({1, 2, 3}))))


def show(report: StatementReport) -> None:
    """One table."""
    print(f"\n{report.name}: {len(report.outcomes):,} statements, {report.num_unread} without their source")
    print("\n".join(table(list(report.rows()), right=frozenset(range(1, 7)))))
    print(report.summary)


if __name__ == "__main__":
    main()
