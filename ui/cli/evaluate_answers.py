"""``swallow-rag eval answers``: what is cited, the short answer, its proof, and when to abstain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session
from ui.cli.evaluating import (
    PARTS,
    cache_option,
    counting,
    figures_table,
    limit_option,
    load_questions,
    output_option,
    written,
)

if TYPE_CHECKING:
    from evaluation.datasets.base import Dataset
    from rag.settings import Settings


@click.command("answers")
@click.argument("dataset", type=PATH, required=False)
@click.option("--pool", type=PATH, multiple=True, metavar="FILE", help="このファイルの文章も混ぜる (複数可)")
@click.option(
    "--folder",
    type=PATH,
    metavar="FOLDER",
    help="文章のない質問集で尋ねる資料 (サンプルでは付属の資料)",
)
@click.option(
    "--unanswerable",
    "withheld",
    type=click.Choice(["paragraph", "article", "swapped", "none"]),
    default="paragraph",
    help="正解の段落か記事全体を除いて、または質問の一か所を変えて、もう一度尋ねる (none は尋ねない)",
)
@click.option("--half", "part", type=click.Choice(PARTS), default="all", help="質問集のどの部分か")
@limit_option
@output_option
@cache_option
@json_option
@pass_session
def answers_command(
    session: Session, /, dataset: Path | None, *, folder: Path | None, as_json: bool, **options: Any
) -> None:
    r"""質問集で回答と棄権を測ります。

    How well questions are answered. DATASET: SQuAD 形式 (.json)、質問と資料の表、JSON Lines。既定は付属の
    サンプル資料の質問集です (ソースからの実行のときだけあります)。

    \b
    evidence_sentence_accuracy  最初に引用した文に正解がある (棄権させない)
    exact_match, char_f1        SQuAD 1.1 の定義を文字で (JGLUE と同じ)。短い答えがなければ引用した文
    citation_recall/_precision  ALCE (Gao et al. 2023) の定義。判定は本システムの根拠の検査
    refusal_rate                正解を除いた質問のうち棄権したもの
    false_refusal_rate          答えられる質問のうち棄権したもの
    answerability_auroc         答えのある質問の点数が、ない質問の点数より高い確率

    例: swallow-rag eval answers jsquad.json --pool jaquad.json --limit 500 --json
    """
    from evaluation.datasets.sentences import is_quoted
    from evaluation.sample import sample_questions_file

    file = dataset or sample_questions_file()
    if is_quoted(file) and options["withheld"] != "swapped":
        _sample(file, folder, session.settings(), as_json=as_json)
    else:
        _measure(file, folder, session.settings(), as_json=as_json, **options)


def _sample(file: Path, folder: Path | None, settings: Settings, *, as_json: bool) -> None:
    """A set with gold sentences and unanswerable questions of its own, by halves."""
    from evaluation.sample import measure_answers
    from rag.bundled import bundled_path

    report = measure_answers(file, folder or bundled_path("sample"), settings)
    if as_json:
        print_json(report.as_json())
    else:
        click.echo("\n".join(figures_table(report.rows())))


def _measure(
    file: Path, folder: Path | None, settings: Settings, *, withheld: Any, as_json: bool, **options: Any
) -> None:
    from evaluation.answers.judges import load_judge
    from evaluation.answers.runner import run_answers
    from evaluation.answers.runs import save_answers
    from evaluation.corpus import Target, open_corpus
    from evaluation.datasets.sentences import is_quoted
    from evaluation.report.answers import answers_heading, answers_page, figure_rows, working_rows
    from evaluation.report.write import write_page
    from rag.bundled import bundled_path

    part, output = options["part"], options["output"]
    asked, swapped = _load(file, part, options["limit"], is_swapped=withheld == "swapped")
    if is_quoted(file):
        folder = folder or bundled_path("sample")
    target = Target(options["pool"], folder, cache=options["cache"])
    with counting() as tell, open_corpus(asked, target, settings, tell=tell) as corpus:
        run = run_answers(
            asked, corpus, load_judge(), withheld=withheld, swapped=swapped, part=part, tell=tell
        )
    if output:
        save_answers(run, output)
        write_page(answers_page(run), output)
    if as_json:
        print_json(run.as_json())
        return
    lines = [answers_heading(run), *figures_table(figure_rows(run))]
    if run.curve:
        lines += ["", *figures_table(working_rows(run.curve))]
    click.echo("\n".join([*lines, *run.notes, *written(output)]))


def _load(
    file: Path, part: Any, limit: int | None, *, is_swapped: bool
) -> tuple[Dataset, Mapping[str, str] | None]:
    """The questions; with ``is_swapped`` those that were swapped, and what became of them."""
    if not is_swapped:
        return load_questions(file, part, limit), None
    from evaluation.answers.swapped import load_swapped, pair_up
    from evaluation.datasets.registry import load_dataset

    return pair_up(load_dataset(file), load_swapped(), part, limit)
