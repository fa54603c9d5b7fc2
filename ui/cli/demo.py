"""``swallow-rag demo``: the sample documents, three questions, and how to go on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from rag.types import Answer, Question
from ui.cli.asjson import answer_json, print_json, report_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.progress import progress_bar
from ui.cli.render import plain, show_answer

COLLECTION = "sample"

QUESTIONS = (
    "試用期間は何か月ですか",
    "空気清浄機のフィルターは何年で交換しますか",
    "定年まで働いたら、退職金はいくらもらえますか",
)
"""The first rests on a numbered article, the second on a page of a PDF; the third is answered nowhere."""


@click.command("demo")
@json_option
@pass_session
def demo_command(session: Session, /, *, as_json: bool) -> None:
    """付属のサンプル資料を入れ、三つの質問に答えてみせます。

    Ingest the bundled documents into a store of their own and ask three questions, one of them
    without an answer. 自分のストアには触れません。
    """
    from ingest.pipeline import ingest
    from rag.assembly import open_assembly
    from rag.bundled import bundled_path

    began = time.monotonic()
    store = session.store or demo_store_path()
    settings = session.settings(store__path=store, ingest__collection=COLLECTION)
    with open_assembly(settings, create=True) as assembly, progress_bar("サンプル資料") as progress:
        sample = bundled_path("sample")
        report = ingest(
            [sample], assembly.store, assembly.embedder, settings.ingest, prune=True, progress=progress
        )
        num_documents = assembly.store.statistics().num_documents
        flow = assembly.build_flow()
        answers = [flow.answer(Question(question)) for question in QUESTIONS]
    elapsed = time.monotonic() - began
    if as_json:
        print_json(
            {"store": str(store), "ingest": report_json(report), "answers": list(map(answer_json, answers))}
        )
        return
    click.echo(f"サンプル資料 {num_documents} 件 ({sample})")
    for file in report.skipped:
        click.echo(f"  読めませんでした: {plain(file.message)}")
    for answer in answers:
        _show(answer)
    click.echo(_farewell(store, elapsed))


def demo_store_path() -> Path:
    """Beside the user's own store, never in it."""
    from rag.settings import default_store_path

    return default_store_path().with_name("demo-store")


def _show(answer: Answer) -> None:
    click.echo()
    click.echo(click.style(f"問 {answer.question}", bold=True))
    click.echo("\n".join(show_answer(answer)))


def _farewell(store: Path, elapsed: float) -> str:
    rows: tuple[tuple[str, Any], ...] = (
        ("画面で試す", "make ui"),
        ("もっと尋ねる", f'swallow-rag --store {store} ask "…"'),
        ("自分の資料で", 'swallow-rag ingest フォルダ && swallow-rag ask "…"'),
    )
    return "\n".join(["", f"{elapsed:.1f} 秒でした。つぎは:", *(f"  {what}: {how}" for what, how in rows)])
