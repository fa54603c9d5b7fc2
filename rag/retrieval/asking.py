"""Telling questions from words to look for."""

from __future__ import annotations

import re

from rag.text.analyzer import Analysis

_OF_SENTENCES = ("動詞", "形容詞", "助動詞", "代名詞")
_HIRAGANA = re.compile("[ぁ-ゖー]*")
_OF_QUESTIONS = frozenset({"?", "は", "何"})


def asks(question: Analysis) -> bool:
    """Whether this is a question: 「費用は？」 is; 「平成十年六月」 and 「広告の費用」 are words to find.

    What is all in hiragana is looked for by its readings: MeCab cuts it at random, and so it has no meaning.
    """
    words = question.features
    return any(word.pos.startswith(_OF_SENTENCES) or word.base in _OF_QUESTIONS for word in words) and any(
        not _HIRAGANA.fullmatch(word.base) for word in words if not word.pos.startswith("補助記号")
    )
