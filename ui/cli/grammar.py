"""``swallow-rag grammar`` and ``lookup``: grammar and words in one's own documents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from rag.types import Scope
from ui.cli.asjson import print_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.learner import load_parts, open_library, sentence_json, sentence_lines
from ui.cli.render import plain, table
from ui.cli.scoping import read_text, scope_options

if TYPE_CHECKING:
    from rag.learner.grammar.search import GrammarCount
    from rag.learner.lookup import FoundWord

_EXAMPLES = click.option("--examples", type=click.IntRange(0, 1000), default=3, help="例文の数")


@click.command("grammar")
@click.argument("pattern", required=False)
@scope_options
@_EXAMPLES
@click.option("--list", "list_only", is_flag=True, help="文型の一覧 (資料は見ません)")
@json_option
@pass_session
def grammar_command(
    session: Session, /, pattern: str | None, *, scope: Scope, examples: int, list_only: bool, as_json: bool
) -> None:
    """文型を資料の中から探します。活用した形も見つかります。

    Find a pattern such as 「〜ざるを得ない」 in your documents, however inflected.

    Without PATTERN every known pattern is counted.
    """
    if list_only:
        _list_patterns(session, as_json=as_json)
        return
    from rag.learner.grammar.catalog import find_patterns
    from rag.learner.grammar.search import count_patterns
    from rag.learner.library import read_library
    from rag.learner.lookup import difficulty

    with open_library(session) as (parts, store):
        patterns = parts.patterns()
        if pattern is not None:
            patterns = find_patterns(read_text(pattern), patterns, parts.analyzer)
        counts = count_patterns(
            read_library(store, scope),
            patterns,
            max_examples=examples,
            difficulty=partial(difficulty, words=parts.words),
        )
    if as_json:
        print_json({"patterns": [_count_json(count) for count in counts]})
        return
    click.echo("\n".join(_count_lines(counts)) or "資料には見つかりませんでした。")


def _list_patterns(session: Session, *, as_json: bool) -> None:
    patterns = load_parts(session.settings()).patterns()
    if as_json:
        fields = ("name", "level", "pattern", "ja", "en")
        print_json({"patterns": [{field: getattr(one, field) for field in fields} for one in patterns]})
        return
    click.echo("\n".join(table([(one.level, one.name, one.ja, one.en) for one in patterns])))


def _count_json(count: GrammarCount) -> dict[str, Any]:
    one = count.pattern
    return {
        "name": one.name,
        "level": one.level,
        "ja": one.ja,
        "en": one.en,
        "count": count.num_found,
        "by_document": dict(count.by_document.most_common()),
        "examples": [
            {
                **sentence_json(example.sentence),
                "found": example.found,
                "spans": [list(s) for s in example.spans],
            }
            for example in count.examples
        ],
    }


def _count_lines(counts: list[GrammarCount]) -> Iterator[str]:
    for count in counts:
        one = count.pattern
        yield click.style(f"{plain(one.name)}  {one.level}  {count.num_found} か所", bold=True)
        if one.ja:
            yield f"  {plain(one.ja)} {plain(one.en)}"
        for example in count.examples:
            yield from sentence_lines(example.sentence, example.spans)


@click.command("lookup")
@click.argument("word")
@scope_options
@_EXAMPLES
@json_option
@pass_session
def lookup_command(session: Session, /, word: str, *, scope: Scope, examples: int, as_json: bool) -> None:
    """かな、ローマ字、漢字で、資料の中の語と例文を探します (例文はやさしい順)。

    Words of your documents by their sound (こうえん, kouen) or spelling, with examples from easy to hard.
    """
    from rag.learner.library import read_library
    from rag.learner.lookup import look_up

    with open_library(session) as (parts, store):
        found = look_up(read_text(word), read_library(store, scope), words=parts.words, max_examples=examples)
    if as_json:
        print_json({"query": word, "words": [_word_json(one) for one in found]})
        return
    click.echo("\n".join(_word_lines(found)) or "資料には見つかりませんでした。")


def _word_json(word: FoundWord) -> dict[str, Any]:
    return {
        "written": word.written,
        "reading": word.reading,
        "count": word.num_found,
        "by_document": dict(word.by_document.most_common()),
        "examples": [sentence_json(sentence) for sentence in word.examples],
    }


def _word_lines(found: list[FoundWord]) -> Iterator[str]:
    for word in found:
        yield click.style(f"{plain(word.written)}（{word.reading}）{word.num_found}", bold=True)
        for sentence in word.examples:
            yield from sentence_lines(sentence)
