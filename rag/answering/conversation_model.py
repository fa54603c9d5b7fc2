"""Follow-up questions made standalone by the model that answers, with the rules as judge and safety net."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.conversation import Rewriter, Rewriting, within_budget
from rag.errors import ModelError
from rag.generation.base import Generator, Sampling
from rag.generation.instructions import load_instructions
from rag.generation.prompts import render
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text
from rag.text.terms import content_terms
from rag.types import Turn

MAX_NEW_TOKENS = 128
MAX_QUERY_CHARS = 200
KNOWN_SHARE = 0.5
"""Share of a rewritten question's words that must stand in the question or in what was said before."""

_LABEL = re.compile(r"^(?:書き換えた?質問|書き換え後?|質問|回答|応答|答え)\s*[:：]\s*")
_NUMBER = re.compile(r"[0-9]+")
_QUOTES = "「」『』\"'“” \t"


class ModelRewriter:
    """Asks the model only for questions that the rules do not hold to stand alone.

    What the model writes is taken when it is one short question, names no number that nobody said, and is
    made of words that were said; else, and when the model fails, the rules' own rewriting is.
    """

    def __init__(self, generator: Generator, rules: Rewriter, analyzer: Analyzer, max_tokens: int) -> None:
        self._generator = generator
        self._rules = rules
        self._analyzer = analyzer
        self._max_tokens = max_tokens

    @property
    def name(self) -> str:
        """The model's name."""
        return self._generator.name

    def rewrite(self, question: str, history: Sequence[Turn]) -> Rewriting:
        """The model's rewriting where it can be believed."""
        by_rule = self._rules.rewrite(question, history)
        if by_rule.wants_more or by_rule.query == question.strip():
            return by_rule
        try:
            said = within_budget(history, self._max_tokens, self._generator.count_tokens)
            written = _first_line(self._write(question, said))
        except ModelError:
            return by_rule
        return Rewriting(written, self.name) if self._is_believed(written, question, said) else by_rule

    def _write(self, question: str, history: Sequence[Turn]) -> str:
        style = self._generator.prompt_style
        told = load_instructions("rewrite", style)
        dialogue = "\n".join(
            line for turn in history for line in (f"質問: {turn.question}", f"回答: {turn.answer}")
        )
        prompt = render(style, told.text, f"{dialogue}\n最後の質問: {question}", examples=told.examples)
        sampling = Sampling(max_new_tokens=MAX_NEW_TOKENS)
        return "".join(self._generator.stream(prompt, sampling))

    def _is_believed(self, written: str, question: str, history: Sequence[Turn]) -> bool:
        said = "\n".join([question, *(part for turn in history for part in (turn.question, turn.answer))])
        if not written or len(written) > MAX_QUERY_CHARS:
            return False
        if set(_NUMBER.findall(fold_text(written))) - set(_NUMBER.findall(fold_text(said))):
            return False
        words = content_terms(written, self._analyzer.analyze(written)).base.keys()
        known = content_terms(said, self._analyzer.analyze(said)).base.keys()
        return bool(words) and len(words & known) >= KNOWN_SHARE * len(words)


def _first_line(text: str) -> str:
    """「質問: 有給休暇はいつから？」 and what follows → 「有給休暇はいつから？」."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return _LABEL.sub("", first.strip()).strip(_QUOTES)
