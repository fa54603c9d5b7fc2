"""``swallow-rag search``: what the retriever finds, without an answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import click

from rag.types import Question, Scope
from ui.cli.asjson import hit_json, print_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.learner import LEVEL_OPTION, load_parts
from ui.cli.render import show_hits, show_notes
from ui.cli.scoping import VARIETY_OPTION, as_of_option, read_text, scope_options

_FILTERED = 5
"""So many times the hits are asked for when a level leaves some out."""


@click.command("search")
@click.argument("query")
@scope_options
@as_of_option
@click.option("--top-k", type=int, help="表示する断片の数")
@click.option("--mode", type=click.Choice(["hybrid", "keyword", "dense"]), help="探し方")
@VARIETY_OPTION
@click.option("--explain", is_flag=True, help="索引ごとの順位と点数、一致した語も表示")
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
    variety: int | None,
    explain: bool,
    level: str | None,
    as_json: bool,
) -> None:
    """資料の断片を探します。

    Find chunks of the documents, best first.

    QUERY では "語句"、-除く語、title:題名、date:2024-04..2025-03、page:3..5、article:20 なども使えます。
    """
    from rag.assembly import load_synonyms, open_assembly
    from rag.learner.ranking import within_level
    from rag.retrieval.base import Query
    from rag.retrieval.explain import MatchedTerm, explain_hits
    from rag.retrieval.query_language import read_question

    question = read_question(Question(read_text(query), scope))
    settings = session.settings(
        retrieval__top_k=top_k,
        retrieval__mode=mode,
        retrieval__max_per_document=variety,
    )
    with open_assembly(settings) as assembly:
        top_k = settings.retrieval.top_k
        hits = assembly.build_retriever().retrieve(question, top_k * (_FILTERED if level else 1))
        if level:
            parts = load_parts(settings)
            hits = within_level(hits, level, parts.word_list(), parts.analyzer)[:top_k]
        notes = (*question.notes, *assembly.build_health().notes(question, hits))
        matched: Sequence[Sequence[MatchedTerm]] = []
        if explain:
            asked = Query.from_question(question, assembly.analyzer, load_synonyms(settings.retrieval))
            matched = explain_hits(asked, hits, assembly.store, assembly.analyzer)
    if as_json:
        found = [hit_json(hit, terms) for hit, terms in zip_longest(hits, matched)]
        print_json({"query": question.text, "notes": notes, "hits": found})
    else:
        lines = [*show_notes(notes), *show_hits(hits, matched)]
        click.echo("\n".join(lines if hits else [*lines, "資料には見つかりませんでした。"]))
