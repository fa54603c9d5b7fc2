"""``swallow-rag read`` and ``level``: furigana, words, grammar and difficulty of a text or document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from rag.types import Scope
from ui.cli.asjson import print_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.learner import (
    LEVEL_OPTION,
    LearnerParts,
    Text,
    load_parts,
    open_library,
    pasted_text,
    profile_json,
    profile_lines,
    stored_texts,
)
from ui.cli.render import plain, table
from ui.cli.scoping import scope_options

if TYPE_CHECKING:
    from rag.learner.furigana import Ruby
    from rag.learner.words import ExplainedWord

_STYLES = {"html": "html", "aozora": "aozora", "brackets": "brackets"}


@click.command("read")
@click.argument("text", required=False)
@click.option("--source", metavar="NAME", help="ストアの資料を読む (TEXT の代わりに)")
@click.option("--style", type=click.Choice(list(_STYLES)), default="brackets", help="ふりがなの形")
@click.option(
    "--above", type=click.IntRange(0, 8), default=0, help="この学年までの漢字には振らない (7 は常用漢字)"
)
@click.option("--others", is_flag=True, help="ほかの読みもありうる語に、その読みも示す")
@click.option("--digits", is_flag=True, help="算用数字にも読みを振る")
@click.option("--words", "with_words", is_flag=True, help="一語ずつの説明")
@click.option("--grammar", "with_grammar", is_flag=True, help="使われている文型")
@click.option("--profile", "with_profile", is_flag=True, help="読みやすさ")
@json_option
@pass_session
def read_command(session: Session, /, text: str | None, source: str | None, **options: Any) -> None:
    """文章にふりがなを振り、語、文型、読みやすさを示します。資料に入れる必要はありません。

    Read any text (- for standard input) with furigana, words, grammar and level, without ingesting it.
    """
    if (text is None) == (source is None):
        raise click.UsageError("TEXT か --source のどちらかを指定してください")
    if source is None:
        parts, texts = load_parts(session.settings()), [pasted_text(text or "")]
    else:
        with open_library(session) as (parts, store):
            texts = stored_texts(store, Scope(sources=frozenset({source})))
    if not texts:
        raise click.UsageError(f"{source} という資料はありません。swallow-rag list で一覧が出ます")
    if options["as_json"]:
        found = [_as_json(parts, one, options) for one in texts]
        print_json(found[0] if len(found) == 1 else {"documents": found})
        return
    for one in texts:
        click.echo("\n".join(_lines(parts, one, options)))


def _shown(parts: LearnerParts, text: Text, options: dict[str, Any]) -> list[Ruby]:
    from rag.learner.render import show_above

    rubies = parts.reader_of(text).read(text.text, annotations=text.annotations)
    return show_above(rubies, text.text, options["above"], digits=options["digits"])


def _lines(parts: LearnerParts, text: Text, options: dict[str, Any]) -> Iterator[str]:
    from rag.learner.levels import profile
    from rag.learner.library import read_text
    from rag.learner.render import render

    yield plain(render(text.text, _shown(parts, text, options), options["style"], others=options["others"]))
    if options["with_words"]:
        yield ""
        yield from table([_HEADING, *map(_word_row, _explained(parts, text))])
    if options["with_grammar"]:
        yield ""
        for example in _grammar(parts, text):
            found = plain("」「".join(example["found"]))
            yield f"{example['level']}  {example['name']}  「{found}」  {example['ja']}"
    if options["with_profile"]:
        yield ""
        yield from profile_lines(profile(read_text(text.text, parts.analyzer), parts.words))


_HEADING = ("語", "基本形", "読み", "品詞", "形", "アクセント", "漢字", "級", "意味")


def _word_row(word: ExplainedWord) -> tuple[str, ...]:
    return (
        word.surface,
        word.base,
        word.reading,
        f"{word.part_of_speech.ja} / {word.part_of_speech.en}",
        f"{word.form.ja} / {word.form.en}" if word.form else "",
        ",".join(map(str, word.accent)),
        f"{word.grade}年" if 0 < word.grade < 7 else {7: "常用", 8: "常用外"}.get(word.grade, ""),  # noqa: PLR2004
        word.level or "",
        word.meaning,
    )


def _explained(parts: LearnerParts, text: Text) -> list[ExplainedWord]:
    from rag.learner.words import explain_words

    return explain_words(text.text, parts.reader_of(text), words=parts.words, glossary=parts.glossary())


def _grammar(parts: LearnerParts, text: Text) -> list[dict[str, Any]]:
    from rag.learner.grammar.search import find_in_sentence
    from rag.learner.library import read_text

    patterns = parts.patterns()
    return [
        {
            "name": example.pattern.name,
            "level": example.pattern.level,
            "ja": example.pattern.ja,
            "en": example.pattern.en,
            "found": example.found,
            "start": sentence.start + example.spans[0].start,
            "sentence": sentence.text,
        }
        for sentence in read_text(text.text, parts.analyzer)
        for example in find_in_sentence(sentence, patterns)
    ]


def _as_json(parts: LearnerParts, text: Text, options: dict[str, Any]) -> dict[str, Any]:
    from rag.learner.levels import profile
    from rag.learner.library import read_text
    from rag.learner.render import render

    rubies = _shown(parts, text, options)
    return {
        "source": text.source,
        "text": text.text,
        "rendered": render(text.text, rubies, options["style"], others=options["others"]),
        "furigana": [asdict(ruby) for ruby in rubies],
        "words": [_word_json(word) for word in _explained(parts, text)],
        "grammar": _grammar(parts, text),
        "profile": profile_json(profile(read_text(text.text, parts.analyzer), parts.words)),
    }


def _word_json(word: ExplainedWord) -> dict[str, Any]:
    names = {
        "part_of_speech": word.part_of_speech._asdict(),
        "form": word.form._asdict() if word.form else None,
    }
    return {**asdict(word), **names}


@click.command("level")
@scope_options
@LEVEL_OPTION
@json_option
@pass_session
def level_command(session: Session, /, *, scope: Scope, level: str | None, as_json: bool) -> None:
    """資料を読みやすい順に並べます。

    Documents from easy to hard, with their readability profile; --level keeps those within reach.
    """
    from rag.learner.levels import is_within, profile
    from rag.learner.library import read_library

    with open_library(session) as (parts, store):
        words = parts.word_list() if level else parts.words
        found = [
            (info, profile(read_library(store, Scope(sources=frozenset({info.source}))), words))
            for info in store.document_infos(scope)
        ]
    if level:
        found = [(info, one) for info, one in found if one.level and is_within(one.level, level)]
    found.sort(key=lambda pair: pair[1].difficulty)
    if as_json:
        print_json(
            {"documents": [{"source": i.source, "title": i.title, **profile_json(p)} for i, p in found]}
        )
        return
    rows = [
        (
            i.name,
            p.level or "",
            f"{p.difficulty:.2f}",
            f"{p.kanji_share:.0%}",
            f"{p.sentence_chars:.0f}",
            f"{p.clauses:.1f}",
        )
        for i, p in found
    ]
    heading = ("資料", "級", "難しさ", "漢字", "文の長さ", "節")
    click.echo(
        "\n".join(table([heading, *rows], right=frozenset({2, 3, 4, 5}))) if rows else "資料はありません。"
    )
