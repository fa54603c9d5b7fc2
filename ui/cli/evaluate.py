"""``swallow-rag eval``: how well questions are found and answered, and what would be better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session
from ui.cli.evaluate_answers import answers_command
from ui.cli.evaluate_model import model_command
from ui.cli.evaluate_statements import statements_command
from ui.cli.evaluate_summaries import summaries_command
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
from ui.cli.render import table

if TYPE_CHECKING:
    from evaluation.runs import Run


@click.group("eval")
def eval_group() -> None:
    """検索と回答の良さを測り、比べます。

    Measure how well questions are found and answered.
    """


eval_group.add_command(answers_command)
eval_group.add_command(statements_command)
eval_group.add_command(model_command)
eval_group.add_command(summaries_command)


@eval_group.command("retrieval")
@click.argument("dataset", type=PATH)
@click.option("--pool", type=PATH, multiple=True, metavar="FILE", help="このファイルの文章も混ぜる (複数可)")
@click.option("--folder", type=PATH, metavar="FOLDER", help="このフォルダの資料を探す")
@click.option(
    "--collection",
    "collections",
    multiple=True,
    metavar="NAME",
    help="自分のストアのこの資料群を探す (複数可)",
)
@click.option("--half", "part", type=click.Choice(PARTS), default="all", help="質問集のどの部分か")
@limit_option
@output_option
@cache_option
@json_option
@pass_session
def retrieval_command(session: Session, /, dataset: Path, *, as_json: bool, **options: Any) -> None:
    """質問集で検索を測ります。

    Recall, MRR and nDCG per leg. DATASET: SQuAD 形式 (.json)、BEIR のフォルダ、質問と資料の表 (.csv)、
    JSON Lines。文章を含まない質問集は --folder、--pool、または自分のストアの中を探します。

    例: swallow-rag eval retrieval 質問.csv --folder 規程集 --output 結果
    """
    from evaluation.corpus import Target, open_corpus
    from evaluation.report.pages import run_page
    from evaluation.report.tables import leg_rows
    from evaluation.report.write import write_page
    from evaluation.runner import run_retrieval
    from evaluation.runs import save_run

    asked = load_questions(dataset, options["part"], options["limit"])
    target = Target(options["pool"], options["folder"], options["collections"], options["cache"])
    with (
        counting() as tell,
        open_corpus(asked, target, session.settings(), tell=tell) as corpus,
    ):
        run = run_retrieval(asked, corpus, part=options["part"], tell=tell)
    if options["output"]:
        save_run(run, options["output"])
        write_page(run_page(run), options["output"])
    if as_json:
        print_json(run.as_json())
        return
    click.echo(
        "\n".join([_heading(run), *figures_table(leg_rows(run)), *run.notes, *written(options["output"])])
    )


@eval_group.command("runs")
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@click.option("--leg", default="final", metavar="NAME", help="どの検索を比べるか (既定は final)")
@click.option("--list", "num_listed", type=click.IntRange(min=0), default=10, help="表に出す質問の数")
@output_option
@json_option
@pass_session
def runs_command(
    _session: Session,
    /,
    before: Path,
    after: Path,
    *,
    leg: str,
    num_listed: int,
    output: Path | None,
    as_json: bool,
) -> None:
    """二つの結果を比べます。どの質問が良くなり、どれが悪くなったか。

    Compare two runs that were written with --output: questions won and lost, with tests.
    """
    from evaluation.comparison import compare_runs
    from evaluation.report.pages import comparison_page, rank_text
    from evaluation.report.tables import difference_rows, p_value
    from evaluation.report.write import write_page
    from evaluation.runs import load_run

    runs = load_run(before), load_run(after)
    comparison = compare_runs(*runs, names=_names(before, after), leg=leg)
    if output:
        write_page(comparison_page(comparison, *runs), output)
    if as_json:
        print_json(comparison.as_json())
        return
    sides = (("良くなった", comparison.won), ("悪くなった", comparison.lost))
    lines = [f"{comparison.num_questions:,} 問 ({leg})", *comparison.notes]
    lines += figures_table(difference_rows(comparison))
    lines.append(
        f"{' / '.join(f'{name} {len(changes)} 問' for name, changes in sides)} "
        f"(符号検定 {p_value(comparison.sign_p_value)})"
    )
    for name, changes in sides:
        rows = [(c.id, f"{rank_text(c.before)} → {rank_text(c.after)}", c.text) for c in changes[:num_listed]]
        lines += [f"{name}質問:", *(f"  {line}" for line in table(rows))] if rows else []
    click.echo("\n".join([*lines, *written(output)]))


@eval_group.command("compare")
@click.argument("folder", type=PATH)
@click.option("--questions", type=PATH, required=True, metavar="FILE", help="質問集 (.csv か JSON Lines)")
@click.option(
    "--mode", "modes", type=click.Choice(["keyword", "dense", "hybrid"]), multiple=True, help="探し方"
)
@click.option("--chunk-chars", type=click.IntRange(50, 8_000), multiple=True, help="断片の長さ (文字)")
@click.option("--embedder", "embedders", multiple=True, metavar="MODEL", help="ベクトルのモデル")
@limit_option
@output_option
@cache_option
@json_option
@pass_session
def compare_command(session: Session, /, folder: Path, *, as_json: bool, **options: Any) -> None:
    """自分の資料で、探し方、断片の長さ、モデルの組み合わせを比べます。

    Try every combination on the documents of FOLDER and print a table. 指定のないものは既定の組です。

    例: swallow-rag eval compare 規程集 --questions 質問.csv --chunk-chars 200 --chunk-chars 400
    """
    from evaluation.grid import CHUNK_CHARS, MODES, Grid, run_grid
    from evaluation.report.pages import run_page
    from evaluation.report.tables import grid_rows
    from evaluation.report.write import write_page
    from evaluation.runs import save_run

    settings = session.settings()
    asked = load_questions(options["questions"], "all", options["limit"])
    grid = Grid(
        options["modes"] or MODES,
        options["chunk_chars"] or CHUNK_CHARS,
        options["embedders"] or (settings.embedding.model,),
    )
    cells = []
    with counting() as tell:
        for cell, run in run_grid(asked, folder, grid, settings, cache=options["cache"], tell=tell):
            cells.append(cell)
            if options["output"]:
                place = options["output"] / f"{len(cells):02}-{cell.max_chunk_chars}-{cell.mode}"
                save_run(run, place)
                write_page(run_page(run), place)
    if as_json:
        print_json({"questions": asked.name, "num_questions": len(asked.questions),
                    "cells": [cell.as_json() for cell in cells]})  # fmt: skip
        return
    lines = [f"{asked.name}: {len(asked.questions):,} 問", *figures_table(grid_rows(cells), names=3)]
    click.echo("\n".join([*lines, *written(options["output"])]))


def _heading(run: Run) -> str:
    facts = run.circumstances
    return (
        f"{facts.dataset} ({facts.part}): {len(run.outcomes):,} 問、"
        f"{facts.num_documents:,} 文書 {facts.num_chunks:,} 断片"
    )


def _names(before: Path, after: Path) -> tuple[str, str]:
    """The folders' names, or the whole paths where the names are equal."""
    names = before.resolve().name, after.resolve().name
    return names if names[0] != names[1] else (str(before), str(after))
