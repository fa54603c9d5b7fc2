"""``swallow-rag replay``: a recorded question again, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session
from ui.cli.render import plain, shorten

if TYPE_CHECKING:
    from rag.records.answers import AnswerRecord
    from rag.records.comparison import Difference

LABELS = {
    "index.change_number": "索引の変更番号",
    "query": "検索した質問",
    "hit": "断片",
    "model": "モデル",
    "prompt": "プロンプト",
    "output": "モデルの出力",
    "answerer": "答え方",
    "abstained": "回答しなかった",
    "conflicts": "食い違いの数",
    "notes": "注記",
}
"""What differs → Japanese; settings, the index and statements are named as they are."""

_SIDE_CHARS = 100


@click.command("replay")
@click.argument("record", type=PATH, metavar="RECORD")
@json_option
@pass_session
def replay_command(session: Session, /, record: Path, as_json: bool) -> None:
    """記録した質問にいまの資料と設定で答え直し、違いを示します。

    Answer a recorded question again with the documents and settings of today, and show what differs.
    RECORD は records.path のフォルダにできた JSON ファイルです。答え直しは記録に残しません。
    """
    from rag.assembly import open_assembly
    from rag.records.answers import load_record
    from rag.records.comparison import compare_records
    from rag.records.keeping import recorded_question
    from rag.settings import RecordsSettings

    before = load_record(record)
    settings = session.settings().model_copy(update={"records": RecordsSettings()})
    with open_assembly(settings) as assembly:
        question = recorded_question(before)
        now = assembly.build_recorder().make(question, list(assembly.build_flow().events(question)))
    found = compare_records(before, now)
    if as_json:
        print_json(
            {
                "before": before.model_dump(mode="json"),
                "now": now.model_dump(mode="json"),
                "differences": [{"what": one.what, "before": one.before, "now": one.now} for one in found],
            }
        )
    else:
        click.echo("\n".join(_show(before, now, found)))


def _show(before: AnswerRecord, now: AnswerRecord, found: Sequence[Difference]) -> Iterator[str]:
    yield f"{before.time:%Y-%m-%d %H:%M} の質問: {plain(before.question)}"
    yield f"当時の回答: {shorten(before.answer, _SIDE_CHARS)}"
    yield f"いまの回答: {shorten(now.answer, _SIDE_CHARS)}"
    yield f"時間: {before.elapsed_seconds:.2f} 秒 → {now.elapsed_seconds:.2f} 秒"
    yield ""
    yield f"違い {len(found)} 件:" if found else "時間のほかに違いはありません。"
    for one in found:
        yield click.style(f"  {_label(one.what)}", bold=True)
        yield f"    当時: {shorten(one.before, _SIDE_CHARS) or '(なし)'}"
        yield f"    いま: {shorten(one.now, _SIDE_CHARS) or '(なし)'}"


def _label(what: str) -> str:
    """``statement 1`` → 「文 1」, ``settings.retrieval.top_k`` → 「設定 retrieval.top_k」."""
    for prefix, word in (("statement ", "文 "), ("settings.", "設定 "), ("index.", "索引 ")):
        if what not in LABELS and what.startswith(prefix):
            return word + what.removeprefix(prefix)
    return LABELS.get(what, what)
