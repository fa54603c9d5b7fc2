"""What the page shows of an answer: labels, surroundings, warnings, nearest sources."""

from dataclasses import replace

import pytest

from rag.errors import DocumentNotFound
from rag.types import (
    EVERYTHING,
    Answer,
    Chunk,
    Citation,
    Document,
    DocumentInfo,
    Hit,
    Locator,
    Scope,
    Statement,
    Verdict,
)
from ui.page.excerpt import Excerpt
from ui.page.markup import statements_html
from ui.page.view import MAX_NEAREST, AnswerView, scope_label, view_answer

TEXT = "就業規則\n第20条\n有給休暇は年20日とする。申請は前日までに行う。"
QUOTE = "有給休暇は年20日とする。"
INFO = DocumentInfo("d1", "/srv/規程/就業規則.txt", "社内", "就業規則")


class OneDocument:
    """Knows one document."""

    def document(self, document_id: str, scope: Scope) -> Document:
        if document_id != INFO.id:
            raise DocumentNotFound(f"document {document_id} is not there")
        return Document(INFO.id, INFO.source, INFO.collection, INFO.title, TEXT)


def cite(**changes: object) -> Citation:
    start = TEXT.index(QUOTE)
    citation = Citation(1, INFO, 7, start, start + len(QUOTE), QUOTE, ("就業規則", "第20条"), "3行目")
    return replace(citation, **changes)


def answered(*statements: Statement, **changes: object) -> AnswerView:
    answer = Answer("有休は？", statements, (), False, 0.9, "extractive", ("注",), 0.24)
    return view_answer(replace(answer, **changes), OneDocument(), EVERYTHING)


def test_a_source_says_where_it_stands_and_shows_what_is_around() -> None:
    [source] = answered(Statement(QUOTE, (cite(),), Verdict.VERBATIM)).sources
    assert source.label == "[1] 就業規則 › 第20条 · 3行目"
    assert source.excerpt == Excerpt("就業規則\n第20条\n", QUOTE, "申請は前日までに行う。")


@pytest.mark.parametrize(
    ("changes", "label", "reason"),
    [
        ({"place": ""}, "[1] 就業規則 › 第20条", "no place known"),
        ({"heading_path": ()}, "[1] 就業規則 · 3行目", "no headings"),
        ({"heading_path": ("第3章", "第20条")}, "[1] 就業規則 › 第3章 › 第20条 · 3行目", "all headings"),
        ({"document": replace(INFO, title="")}, "[1] 就業規則.txt › 就業規則 › 第20条 · 3行目", "no title"),
    ],
)
def test_labels(changes: dict[str, object], label: str, reason: str) -> None:
    [source] = answered(Statement(QUOTE, (cite(**changes),), Verdict.VERBATIM)).sources
    assert source.label == label, reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"start": 0, "end": len(QUOTE)}, "the document has changed since"),
        ({"document": replace(INFO, id="gone")}, "the document is gone"),
    ],
)
def test_a_quotation_stands_alone_when_its_document_no_longer_holds_it(
    changes: dict[str, object], reason: str
) -> None:
    [source] = answered(Statement(QUOTE, (cite(**changes),), Verdict.VERBATIM)).sources
    assert source.excerpt == Excerpt("", QUOTE, ""), reason


@pytest.mark.parametrize(
    ("verdict", "warning"),
    [
        (Verdict.VERBATIM, ""),
        (Verdict.SUPPORTED, ""),
        (Verdict.PARTLY, "一部だけ根拠あり"),
        (Verdict.UNSUPPORTED, "根拠なし"),
        (Verdict.CONTRADICTED, "資料と食い違い"),
    ],
)
def test_only_doubtful_statements_carry_a_warning(verdict: Verdict, warning: str) -> None:
    [statement] = answered(Statement(QUOTE, (cite(), cite(number=2)), verdict)).statements
    assert (statement.numbers, statement.warning) == ((1, 2), warning)


@pytest.mark.parametrize(
    ("short", "marked", "reason"),
    [
        ("年20日", '有給休暇は<b class="sr-short">年20日</b>とする。', "the words that were asked for"),
        ("", QUOTE, "nothing was asked for by itself"),
        ("年10日", QUOTE, "words that do not stand there are not marked"),
    ],
)
def test_the_short_answer_stands_out_in_its_sentence(short: str, marked: str, reason: str) -> None:
    view = answered(Statement(QUOTE, (cite(),), Verdict.VERBATIM), short_answer=short)
    assert f'<span class="sr-statement">{marked}</span>' in statements_html(view.statements), reason


def test_notes_and_footer() -> None:
    view = answered(elapsed_seconds=1.26, answerer="generative")
    assert (view.notes, view.footer) == (("注",), "生成した文 · 1.3秒")
    assert answered(answerer="別の方法").footer == "別の方法 · 0.2秒"


def test_an_abstention_names_the_best_hit_of_each_heading() -> None:
    def hit(position: int, heading: str) -> Hit:
        locator = Locator(0, 4, page=position) if position % 2 else None
        chunk = Chunk(INFO.id, position, 0, 4, TEXT[:4], (), (heading,), locator, position)
        return Hit(chunk, INFO, 1.0)

    hits = tuple(hit(position, f"第{position % 7}条") for position in range(20))
    view = answered(hits=hits, abstained=True)
    assert view.abstained
    assert len(view.sources) == MAX_NEAREST
    assert [source.label for source in view.sources[:2]] == ["就業規則 › 第0条", "就業規則 › 第1条 · 1ページ"]
    assert view.sources[0].number is None
    assert view.sources[0].excerpt.quote == TEXT[:4]


@pytest.mark.parametrize(
    ("scope", "label"),
    [
        (EVERYTHING, ""),
        (Scope(collections=frozenset({"社内", "学習"})), "学習、社内"),
        (Scope(collections=frozenset({"社内"}), sources=frozenset({INFO.source})), "社内、就業規則.txt"),
    ],
)
def test_scope_in_words(scope: Scope, label: str) -> None:
    assert scope_label(scope) == label
