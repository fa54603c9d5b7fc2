"""``swallow-rag eval statements``: how well statements are held against their sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session
from ui.cli.evaluating import PARTS, figures_table
from ui.cli.render import plain

if TYPE_CHECKING:
    from evaluation.statements.figures import StatementReport
    from rag.answering.evidence import EvidenceChecker

_LISTED = 20


@click.command("statements")
@click.argument("file", type=PATH, required=False)
@click.option(
    "--shared", type=PATH, metavar="FOLDER", help="元の文書があるフォルダ (付属の文の出典は data/README.md)"
)
@click.option("--half", "part", type=click.Choice(PARTS), default="all", help="どの部分か")
@click.option(
    "--limit", type=click.IntRange(min=1), default=200, metavar="N", help="作る文の数 (種類ごと、既定 200)"
)
@click.option("--wrong", is_flag=True, help="判定を誤った文も出す (調整用の半分だけ)")
@json_option
@pass_session
def statements_command(
    session: Session, /, file: Path | None, *, part: str, wrong: bool, as_json: bool, **options: Any
) -> None:
    """文が資料の文に支えられているかの判定を測ります。

    How well statements are held against their sources. FILE の既定は付属の文 (data/eval/statements.jsonl、
    ソースからの実行のときだけ)。SQuAD 形式 (.json) からは、質問と答えから正しい文と、一か所変えた文を
    作ります。JNLI の形の JSON Lines では、contradicted の適合率を出します。

    例: swallow-rag eval statements --shared 資料 --half reported
    """
    from evaluation.statements.pairs import is_labelled, judge_labelled, load_pairs
    from rag.assembly import load_checker
    from rag.text.analyzer import load_analyzer

    checker = load_checker(session.settings(), load_analyzer())
    if file and is_labelled(file):
        report = judge_labelled(*load_pairs(file, part), checker)  # type: ignore[arg-type]
        _print(report.as_json(), [report.name, *figures_table(report.rows())], as_json=as_json)
        return
    found = _measure(file, part, checker, **options)
    lines = [
        f"{found.name} ({part}): {len(found.outcomes):,} 文",
        *figures_table(found.rows()),
        found.summary,
    ]
    if found.num_unread:
        lines.append(f"出典が読めず、数えていない文: {found.num_unread} (--shared で場所を示してください)")
    if wrong:
        lines += [line for one in found.outcomes if one.is_wrong for line in _told(one)][: 2 * _LISTED]
    _print(found.as_json(), lines, as_json=as_json)


def _measure(
    file: Path | None, part: str, checker: EvidenceChecker, *, shared: Path | None, limit: int
) -> StatementReport:
    from evaluation.datasets.squad import load_squad
    from evaluation.statements.figures import StatementReport, judge_pairs
    from evaluation.statements.made import judge_made, sample_made
    from evaluation.statements.sets import load_statements, read_sentences, statements_file
    from rag.text.analyzer import load_analyzer

    file = file or statements_file()
    if file.name.endswith((".json", ".json.gz")):
        passages, analyzer = load_squad(file), load_analyzer()
        made = sample_made(passages, analyzer, part, limit)  # type: ignore[arg-type]
        return StatementReport(passages.name, tuple(judge_made(made, checker, analyzer)))
    pairs = [one for one in load_statements(file) if part in {"all", one.half}]
    read, num_unread = read_sentences(pairs, shared)
    return StatementReport(file.stem, tuple(judge_pairs(read, checker)), num_unread)


def _told(one: Any) -> list[str]:
    """A statement that was judged wrongly, and why; nothing of the half that is only reported."""
    if one.half != "tuning":
        return []
    reasons = "、".join(f"{d.said} ⇔ {d.found or '—'}" for d in one.discrepancies) or "語の重なり"
    return [
        plain(f"{one.id} {one.changed or '正しい'} → {one.verdict}: {one.statement}"),
        f"    {plain(reasons)}",
    ]


def _print(values: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json(values)
    else:
        click.echo("\n".join(lines))
