"""What an abstention lacks: the question's words that no document has, and what would answer it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answering.conversation_phrases import Compound, Phrases, find_frame
from rag.answering.question_type import find_question_type
from rag.store.base import Store
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text
from rag.text.terms import content_terms
from rag.types import Answer, Question

MAX_NAMED = 3
"""How many words are named at most."""

WANTED = {
    "how-much": "金額",
    "how-long": "期間",
    "how-many": "数値",
    "when": "日付や時刻",
    "who": "担当者や名前",
    "where": "場所",
    "why": "理由",
    "how": "方法や手順",
    "what-is": "意味",
    "yes-no": "可否",
}
"""Kind of question → what a document would have to say."""


class MissingWords:
    """Completes an abstention with what is missing; any other answer stays as it is."""

    def __init__(self, store: Store, analyzer: Analyzer) -> None:
        self._store = store
        self._analyzer = analyzer

    def __call__(self, question: Question, answer: Answer) -> Answer:
        """「「リモート勤務」の語がどの資料にもありません」 and what would have to be there, as notes.

        A word that documents out of scope alone have is told only as missing from what was found, so that
        nothing is learned of them.
        """
        if not answer.abstained:
            return answer
        phrases = Phrases.of(question.text, self._analyzer)
        named = [one for one in phrases.compounds if not one.is_plain]
        nowhere = tuple(dict.fromkeys(one.text for one in self._unknown(named)))[:MAX_NAMED]
        notes = [*answer.notes, *_lines(phrases, named, nowhere, answer)]
        return replace(answer, missing=nowhere, notes=tuple(notes))

    def _unknown(self, compounds: Sequence[Compound]) -> Iterator[Compound]:
        """Those of which some word stands in no chunk of the store."""
        terms = [content_terms(one.text, self._analyzer.analyze(one.text)).base for one in compounds]
        asked = {"base": sum(terms[1:], start=terms[0])} if terms else {}
        known = self._store.document_frequencies(asked).get("base", {}) if asked else {}
        for compound, words in zip(compounds, terms, strict=True):
            if any(not known.get(word) for word in words):
                yield compound


def _lines(
    phrases: Phrases, named: Sequence[Compound], nowhere: Sequence[str], answer: Answer
) -> Iterator[str]:
    if nowhere:
        yield f"{_quoted(nowhere)}の語がどの資料にもありません"
    found = "\n".join(fold_text("\n".join((hit.document.title, hit.chunk.text))) for hit in answer.hits)
    far = [one.text for one in named if one.text not in nowhere and fold_text(one.text) not in found]
    if far and answer.hits:
        yield f"{_quoted(far[:MAX_NAMED])}の語が近い資料にありません"
    if not answer.hits and not nowhere:
        yield "この範囲には、質問の語を含む資料がありません"
    frame = find_frame(phrases)
    kind = find_question_type(fold_text(phrases.text))
    if frame is not None:
        wanted = WANTED.get(kind.name if kind else "", "") or (
            "数値" if kind and "count" in kind.name else "答え"
        )
        yield f"答えるには、「{frame.subject}」の{wanted}を述べた資料が必要です"


def _quoted(words: Sequence[str]) -> str:
    return "、".join(f"「{word}」" for word in words)
