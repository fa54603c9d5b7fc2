"""``swallow-rag search``: what the retriever finds, without an answer."""

from __future__ import annotations

import click

from rag.types import Question, Scope
from ui.cli.asjson import hit_json, print_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.learner import LEVEL_OPTION, load_parts
from ui.cli.render import show_hits
from ui.cli.scoping import as_of_option, read_text, scope_options

_FILTERED = 5
"""So many times the hits are asked for when a level leaves some out."""


@click.command("search")
@click.argument("query")
@scope_options
@as_of_option
@click.option("--top-k", type=int, help="表示する断片の数")
@click.option("--mode", type=click.Choice(["hybrid", "keyword", "dense"]), help="探し方")
@click.option("--explain", is_flag=True, help="索引ごとの順位と点数も表示")
@LEVEL_OPTION
@json_option
@pass_session
def search_command(
    session: Session,
    /,
    query: str,
    *,
    scope: Scope,
    top_k: int | None,
    mode: str | None,
    explain: bool,
    level: str | None,
    as_json: bool,
) -> None:
    """資料の断片を探します。

    Find chunks of the documents, best first.
    """
    from rag.assembly import open_assembly
    from rag.learner.ranking import within_level

    question = Question(read_text(query), scope)
    settings = session.settings(retrieval__top_k=top_k, retrieval__mode=mode)
    with open_assembly(settings) as assembly:
        top_k = settings.retrieval.top_k
        hits = assembly.build_retriever().retrieve(question, top_k * (_FILTERED if level else 1))
        if level:
            parts = load_parts(settings)
            hits = within_level(hits, level, parts.word_list(), parts.analyzer)[:top_k]
    if as_json:
        print_json({"query": question.text, "hits": [hit_json(hit) for hit in hits]})
    else:
        click.echo("\n".join(show_hits(hits, explain=explain)) or "資料には見つかりませんでした。")
