"""``swallow-rag exercises``, ``words`` and ``simplify``: study material, saved words, plain rewriting."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.errors import SettingsError
from rag.types import Scope
from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session
from ui.cli.learner import LEVEL_OPTION, load_parts, open_library, pasted_text, sentence_json, words_path
from ui.cli.render import place_line, plain, table
from ui.cli.scoping import read_text, scope_options

if TYPE_CHECKING:
    from rag.learner.exercises import Exercise
    from rag.learner.export import Card
    from rag.learner.simplify import Simplified
    from rag.records.words import SavedWord


@click.command("exercises")
@scope_options
@click.option("--kind", type=click.Choice(["cloze", "reading"]), default="cloze", help="穴埋めか、漢字の読み")
@click.option("--count", type=click.IntRange(1, 1000), default=10, help="問題の数")
@LEVEL_OPTION
@click.option(
    "--export", "export_to", type=PATH, metavar="FILE", help="カードにして書き出す (.apkg .tsv .csv)"
)
@json_option
@pass_session
def exercises_command(
    session: Session,
    /,
    *,
    scope: Scope,
    kind: Any,
    count: int,
    level: str | None,
    export_to: Path | None,
    as_json: bool,
) -> None:
    """資料の文から、穴埋めや漢字の読みの問題を作ります。答えと出典がつきます。

    Cloze and reading exercises from your documents, with key and source; or as cards for Anki.
    """
    from rag.learner.exercises import make_exercises
    from rag.learner.export import export_cards
    from rag.learner.library import read_library

    with open_library(session) as (parts, store):
        words = parts.word_list() if level else parts.words
        made = make_exercises(
            read_library(store, scope), parts.reader, kind, num_exercises=count, level=level, words=words
        )
    if export_to:
        export_cards([_exercise_card(one) for one in made], export_to)
    if as_json:
        print_json({"exercises": [_exercise_json(one) for one in made]})
        return
    for number, one in enumerate(made, start=1):
        click.echo(f"{number}. {plain(one.prompt)}\n   {plain(' / '.join(one.choices))}")
    for number, one in enumerate(made, start=1):
        where = place_line(one.sentence.document.name, one.sentence.heading_path, one.sentence.place)
        click.echo(f"答え {number}. {plain(one.key)}  {where}")
    if not made:
        click.echo("問題にできる文がありません。")


def _exercise_json(one: Exercise) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "prompt": one.prompt,
        "key": one.key,
        "choices": one.choices,
        "word": one.word,
        "reading": one.reading,
        "sentence": sentence_json(one.sentence),
    }


def _exercise_card(one: Exercise) -> Card:
    from rag.learner.export import Card

    sentence = one.sentence
    return Card(one.prompt, one.key, one.reading, "", sentence.text, sentence.document.source, sentence.place)


@click.command("words")
@click.argument("word", required=False)
@scope_options
@click.option("--save", is_flag=True, help="WORD を、資料の例文とともに保存")
@click.option(
    "--review",
    "rating",
    type=click.Choice(["again", "hard", "good", "easy"]),
    help="WORD をどれだけ覚えていたか",
)
@click.option("--forget", is_flag=True, help="WORD を一覧から外す")
@click.option("--due", is_flag=True, help="今日までに復習する語だけ")
@click.option("--export", "export_to", type=PATH, metavar="FILE", help="一覧を書き出す (.apkg .tsv .csv)")
@json_option
@pass_session
def words_command(
    session: Session,
    /,
    word: str | None,
    *,
    scope: Scope,
    save: bool,
    rating: Any,
    forget: bool,
    due: bool,
    export_to: Path | None,
    as_json: bool,
) -> None:
    """語を例文とともに保存し、復習の日を決めます。

    Save words with a sentence of your documents, review them (FSRS), and export them to Anki.
    """
    from rag.learner.export import export_cards
    from rag.records.words import SavedWords

    if word is None and (save or rating or forget):
        raise click.UsageError("WORD を指定してください")
    saved = SavedWords(words_path(session.settings()))
    if word is not None:
        word = read_text(word)
    if word and save:
        saved.save(_find_word(session, word, scope))
    if word and rating:
        saved.review(word, rating)
    if word and forget and not saved.remove(word):
        raise SettingsError(f"{word!r} is not among the saved words: see swallow-rag words")
    found = saved.words(dt.datetime.now(dt.UTC) if due else None)
    if export_to:
        export_cards([_word_card(one) for one in found], export_to)
    if as_json:
        print_json({"words": [_saved_json(one) for one in found]})
        return
    rows = [(one.written, one.reading, f"{one.due:%Y-%m-%d}", one.sentence) for one in found]
    click.echo(
        "\n".join(table([("語", "読み", "復習", "例文"), *rows])) if rows else "保存した語はありません。"
    )


def _find_word(session: Session, wanted: str, scope: Scope) -> SavedWord:
    """The commonest word of that sound or spelling, with its easiest sentence."""
    from rag.learner.library import read_library
    from rag.learner.lookup import look_up
    from rag.records.words import SavedWord

    with open_library(session) as (parts, store):
        found = look_up(wanted, read_library(store, scope), words=parts.words, max_examples=1)
    if not found:
        raise SettingsError(f"{wanted!r} does not stand in the documents: try swallow-rag lookup")
    best = found[0]
    glossary = parts.glossary()
    meaning = (glossary.meaning(best.written, best.reading) if glossary else "") or parts.words.meaning(
        best.written
    )
    [sentence] = best.examples
    return SavedWord(
        best.written, best.reading, meaning, sentence.text, sentence.document.source, sentence.place
    )


def _saved_json(one: SavedWord) -> dict[str, Any]:
    fields = ("written", "reading", "meaning", "sentence", "source", "place")
    days = {"saved": one.saved.isoformat(), "due": one.due.isoformat()}
    return {**{field: getattr(one, field) for field in fields}, **days}


def _word_card(one: SavedWord) -> Card:
    from rag.learner.export import Card

    return Card(one.written, one.reading, one.reading, one.meaning, one.sentence, one.source, one.place)


@click.command("simplify")
@click.argument("text")
@json_option
@pass_session
def simplify_command(session: Session, /, text: str, *, as_json: bool) -> None:
    """文章を「やさしい日本語」に書きかえ、元の文と並べて、数・名前・否定が変わっていないか確かめます。

    Rewrite a text (- for standard input) in plain Japanese beside the original; needs a model.
    """
    from rag.generation import load_generator
    from rag.learner.library import read_text as read_sentences
    from rag.learner.simplify import Simplifier

    settings = session.settings()
    parts = load_parts(settings)
    sentences = [one.text for one in read_sentences(pasted_text(text).text, parts.analyzer)]
    simplifier = Simplifier(load_generator(settings.generation), parts.analyzer)
    done = [*simplifier.simplify(sentences)]
    if as_json:
        print_json({"sentences": [_simplified_json(one) for one in done]})
        return
    for one in done:
        click.echo(f"元    {plain(one.original)}\n平易  {plain(one.text)}")
        for change in one.changes:
            click.echo(click.style(f"  ※ {_CHANGES[change.kind]} {plain(change.value)}", fg="red"))


_CHANGES = {
    "number": "数が違います",
    "name": "名前がありません",
    "negation": "否定が変わりました",
    "empty": "何も書かれませんでした",
}


def _simplified_json(one: Simplified) -> dict[str, Any]:
    changes = [change._asdict() for change in one.changes]
    return {"original": one.original, "text": one.text, "sound": one.is_sound, "changes": changes}
