"""Questions that nobody means well: every one is answered or refused with one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.flow import AnswerFlow
from rag.assembly import Assembly
from rag.retrieval.base import Retriever
from rag.types import Question
from ui.cli.entry import run

HOSTILE = {
    "nothing": "",
    "blanks": " \u3000\t\n ",
    "100,000 characters": "有給休暇は何日ですか。" * 10_000,
    "100,000 of one character": "あ" * 100_000,
    "100,000 kanji without an end": "休" * 100_000,
    "digits": "9" * 5_000,
    "NUL": "有給\0休暇",
    "control characters": "有給\x01\x1b[31m休暇\x7f",
    "a lone surrogate": "有給\ud800休暇",
    "two of them, the wrong way round": "\udc00\ud800",
    "emoji": "🎉🎉🎉👨‍👩‍👧‍👦",
    "emoji among words": "有給🎉休暇👍🏽は？",
    "signs": "!@#$%^&*()_+-=[]{}|;':\",./<>?",
    "Japanese signs": "、。「」『』【】・…―〜※☆",
    "a quotation without an end": '"有給',
    "nothing but quotations": '""""""""',
    "minus signs": "- -- --- -",
    "filters without values": "title: date: page: article: source: collection:",
    "filters with nonsense": "有給 date:9999-99-99 page:-1 article:零 title:\0",
    "an endless range": "有給 page:1..999999 article:1..999999",
    "everything excluded": "有給 -有 -給 -休 -あ -い -う",
    "a phrase of blanks": '有給 "   "',
    "SQL": "'; DROP TABLE documents; --",
    "the index's own syntax": "terms_base:1 AND (休暇 OR *) ^5 ~2 [a TO b]",
    "a regular expression": "(a+)+$" + "a" * 500,
    "combining marks": "が" + "\u3099" * 1_000,
    "private use": "\ue000\uf8ff\U000f0000",
    "no characters": "\ufffe\uffff\U0010ffff",
    "right to left": "\u202eかゅき\u202c",
    "numbers without end": "1" * 400 + "円と" + "百千万" * 200,
    "brackets": "（" * 3_000,
    "a path": "../../../etc/passwd",
    "a template": "{{7*7}} ${jndi:ldap://x} %s %n",
}


@pytest.fixture(scope="module")
def retriever(parts: Assembly) -> Retriever:
    return parts.build_retriever()


@pytest.fixture(scope="module")
def flow(parts: Assembly) -> AnswerFlow:
    return parts.build_flow()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_retriever_and_the_answer(
    parts: Assembly, retriever: Retriever, flow: AnswerFlow, text: str
) -> None:
    hits = retriever.retrieve(Question(text), 5)
    assert len(hits) <= 5
    notes = parts.build_health().notes(Question(text), hits)
    answer = flow.answer(Question(text))
    assert answer.question == text
    assert all("\n" not in note for note in (*notes, *answer.notes)), "one line each"


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_finds_nothing(retriever: Retriever, text: str) -> None:
    assert list(retriever.retrieve(Question(text), 5)) == []


ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)


@given(ANY)
@settings(derandomize=True, deadline=None, max_examples=150)
def test_no_text_at_all_breaks_a_search(parts: Assembly, text: str) -> None:
    hits = parts.build_retriever().retrieve(Question(text), 3)
    parts.build_health().notes(Question(text), hits)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as the command line makes it."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "規程.txt").write_text(
        "年次有給休暇は二十日とする。\n旅費は実費を支給する。\n", encoding="utf-8"
    )
    assert run(["--store", str(folder / "store"), "ingest", str(folder / "規程.txt")]) == 0
    return folder / "store"


TYPED = (
    *(
        "nothing",
        "blanks",
        "100,000 characters",
        "NUL",
        "control characters",
        "a lone surrogate",
        "emoji",
        "signs",
    ),
    *("a quotation without an end", "filters with nonsense", "everything excluded", "no characters"),
)


@pytest.mark.parametrize("command", ["search", "ask"])
@pytest.mark.parametrize("name", TYPED)
def test_the_command_line(store: Path, command: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    code = run(["--store", str(store), command, "--", HOSTILE[name]])
    out, err = capsys.readouterr()
    assert code in {0, 2}, err
    assert "予期しない" not in err
    assert err.count("\n") == (1 if code else 0), "an error is one line"
    assert bool(out) is (code == 0)
    assert "\x1b[31m" not in out, "what was typed never acts on the terminal"
