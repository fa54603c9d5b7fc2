"""``swallow-rag eval model``: the questions of a model card, asked as llm-jp-eval asks them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session
from ui.cli.render import table

if TYPE_CHECKING:
    from evaluation.model_card import Find, ModelRun
    from rag.settings import Settings

TASKS = ("jsquad", "niilc", "jemhopqa", "jcommonsenseqa")


@click.command("model")
@click.argument("data", type=PATH)
@click.option("--task", type=click.Choice(TASKS), required=True, help="どの問題集か")
@click.option("--few-shot", type=PATH, metavar="FILE", help="例題のファイル (既定は DATA の初めの四問)")
@click.option("--retrieval", is_flag=True, help="自分のストアで探した文章を添える (niilc、jemhopqa)")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="初めの N 問だけ")
@click.option(
    "--backend", type=click.Choice(["transformers", "openai", "langchain"]), help="モデルの動かし方"
)
@click.option("--model", help="モデルの名前かフォルダ")
@click.option("--base-url", metavar="URL", help="OpenAI 互換サーバーの場所")
@json_option
@pass_session
def model_command(session: Session, /, data: Path, *, task: str, as_json: bool, **options: Any) -> None:
    """モデルカードの評価を、llm-jp-eval と同じ問い方で行います。

    Ask DATA as llm-jp-eval 1.3.0 does (greedy, 4-shot) and print its metrics under their definitions.

    例: swallow-rag eval model jsquad-valid.json --task jsquad --few-shot jsquad-train.json
    """
    from evaluation.model_card import run_task, split_examples
    from evaluation.model_tasks import NUM_EXAMPLES, load_items
    from evaluation.model_tasks import TASKS as KNOWN
    from rag.assembly import load_generator

    wanted = session.settings(
        generation__backend=options["backend"],
        generation__model=options["model"],
        generation__base_url=options["base_url"],
        generation__temperature=0.0,
    )
    known = KNOWN[task]
    items = load_items(known, data)
    if options["few_shot"]:
        examples = load_items(known, options["few_shot"])[:NUM_EXAMPLES]
    else:
        examples, items = split_examples(items)
    with _finder(wanted, options["retrieval"]) as find:
        run = run_task(
            known,
            items[: options["limit"]],
            examples,
            load_generator(wanted.generation),
            find=find,
            num_workers=wanted.generation.max_requests,
        )
    if as_json:
        print_json(run.as_json())
    else:
        click.echo("\n".join(_lines(run)))


@contextmanager
def _finder(settings: Settings, wanted: bool) -> Iterator[Find | None]:
    """A search of the store, or none."""
    if not wanted:
        yield None
        return
    from rag.assembly import open_assembly
    from rag.types import Question

    with open_assembly(settings) as assembly:
        retriever, top_k = assembly.build_retriever(), settings.retrieval.top_k
        yield lambda question: [hit.chunk.text for hit in retriever.retrieve(Question(question), top_k)]


def _lines(run: ModelRun) -> Iterator[str]:
    from evaluation.model_metrics import DEFINITIONS

    book = "検索つき" if run.with_retrieval else "検索なし"
    yield f"{run.task} ({len(run.outcomes):,} 問、{run.num_examples}-shot、{book}): {run.model}"
    yield from table([(name, f"{mean:.4f}", DEFINITIONS[name]) for name, mean in run.means.items()])
    if run.num_too_long:
        yield f"※ 長すぎて尋ねなかった {run.num_too_long:,} 問は誤りと数えました"
    yield f"{run.elapsed_seconds:.1f} 秒"
